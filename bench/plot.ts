import { fit } from './fit.ts';
import type { WholeResult } from './results.ts';

const WIDTH = 640;
const HEIGHT = 360;
const LEFT = 70;
const BOTTOM = 50;

/** Processor seconds over reports, both logarithmic, with the fitted line. */
export function plotOf(whole: readonly WholeResult[]): string {
  const points = whole.map((r) => ({ x: r.reports, y: r.processorSeconds }));
  const line = fit(points);
  const decades = (values: readonly number[]) => ({
    from: Math.floor(Math.log10(Math.min(...values))),
    to: Math.ceil(Math.log10(Math.max(...values))),
  });
  const xs = decades(points.map((p) => p.x));
  const ys = decades(points.map((p) => p.y));
  const x = (value: number) =>
    LEFT + ((Math.log10(value) - xs.from) / (xs.to - xs.from || 1)) * (WIDTH - LEFT - 20);
  const y = (value: number) =>
    HEIGHT - BOTTOM - ((Math.log10(value) - ys.from) / (ys.to - ys.from || 1)) * (HEIGHT - BOTTOM - 20);
  const at = (n: number) => n.toFixed(1);
  const grid = [
    ...range(xs).map((d) => {
      const label = (10 ** d).toLocaleString('en');
      return `<line x1="${at(x(10 ** d))}" y1="20" x2="${at(x(10 ** d))}" y2="${HEIGHT - BOTTOM}"/><text x="${at(x(10 ** d))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${label}</text>`;
    }),
    ...range(ys).map((d) => {
      const label = (10 ** d).toLocaleString('en');
      return `<line x1="${LEFT}" y1="${at(y(10 ** d))}" x2="${WIDTH - 20}" y2="${at(y(10 ** d))}"/><text x="${LEFT - 8}" y="${at(y(10 ** d) + 4)}" text-anchor="end">${label}</text>`;
    }),
  ];
  const first = points[0] as (typeof points)[number];
  const last = points.at(-1) as (typeof points)[number];
  const model = (value: number) => (line ? line.factor * value ** line.exponent : value);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<title>Processor seconds of extract over the number of reports</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
<g stroke="#ddd" fill="#444" stroke-width="1">${grid.join('').replaceAll('<text', '<text stroke="none"')}</g>
<line x1="${at(x(first.x))}" y1="${at(y(model(first.x)))}" x2="${at(x(last.x))}" y2="${at(y(model(last.x)))}" stroke="#1f5fa8" stroke-width="1.5"/>
${points.map((p) => `<circle cx="${at(x(p.x))}" cy="${at(y(p.y))}" r="4" fill="#b3261e"><title>${p.x} reports: ${p.y.toFixed(1)} s</title></circle>`).join('\n')}
<text x="${(WIDTH + LEFT) / 2}" y="${HEIGHT - 10}" text-anchor="middle" fill="#222">reports</text>
<text transform="translate(16 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle" fill="#222">processor seconds</text>
</svg>
`;
}

function range({ from, to }: { from: number; to: number }): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
