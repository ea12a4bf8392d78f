import { html, type Markup } from '../markup.ts';

/** Charts as SVG drawn here: no script, the same in a browser, on paper and in a saved page. */

export interface Series {
  readonly name: string;
  /** `a`, `b`, `c`: its colour in the style sheet. */
  readonly style: 'a' | 'b' | 'c';
  readonly values: readonly (number | null)[];
}

const WIDTH = 620;
const HEIGHT = 250;
const LEFT = 62;
const RIGHT = 16;
const TOP = 18;
const BOTTOM = 34;

/** Lines over years. A year without a number interrupts the line. */
export function lineChart(
  title: string,
  labels: readonly string[],
  series: readonly Series[],
  format: (value: number) => string = thousands,
): Markup {
  const most = Math.max(0, ...series.flatMap((s) => s.values.map((v) => v ?? 0)));
  const { step, top } = scaleOf(most);
  const x = (i: number) =>
    labels.length === 1
      ? (LEFT + WIDTH - RIGHT) / 2
      : LEFT + 20 + (i * (WIDTH - RIGHT - LEFT - 40)) / (labels.length - 1);
  const y = (v: number) => HEIGHT - BOTTOM - (v * (HEIGHT - TOP - BOTTOM)) / top;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
${ticks.map((t) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(t))}" y2="${round(y(t))}"/><text class="tick" x="${LEFT - 8}" y="${round(y(t) + 4)}" text-anchor="end">${format(t)}</text>`)}
${labels.map((l, i) => html`<text class="tick" x="${round(x(i))}" y="${HEIGHT - 10}" text-anchor="middle">${l}</text>`)}
${series.map((s) => html`${runs(s.values).map((run) => html`<polyline class="line line-${s.style}" points="${run.map((i) => `${round(x(i))},${round(y(s.values[i] as number))}`).join(' ')}"/>`)}${s.values.map((v, i) => (v === null ? null : html`<circle class="dot dot-${s.style}" cx="${round(x(i))}" cy="${round(y(v))}" r="4"><title>${s.name} ${labels[i]}: ${format(v)}</title></circle>`))}`)}
</svg><figcaption>${series.map((s) => html`<span class="key key-${s.style}">${s.name}</span>`)}</figcaption>
${numbers(title, labels, series, format)}</figure>`;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  readonly href?: string;
}

/** Horizontal bars, one below the other. */
export function barChart(title: string, bars: readonly Bar[], style: Series['style']): Markup {
  const most = Math.max(1e-9, ...bars.map((b) => b.value));
  const height = 34;
  const labelWidth = 190;
  const full = WIDTH - labelWidth - 90;
  return html`<figure class="chart"><svg viewBox="0 0 ${WIDTH} ${Math.max(1, bars.length) * height + 4}" role="${bars.some((b) => b.href) ? 'group' : 'img'}" aria-label="${title}">
${bars.map((b, i) => {
  const top = i * height + 4;
  const bar = html`<text class="tick bar-label" x="${labelWidth - 8}" y="${top + 19}" text-anchor="end">${shortened(b.label)}</text><rect class="bar bar-${style}" x="${labelWidth}" y="${top}" width="${round(Math.max(2, (b.value / most) * full))}" height="${height - 8}" rx="3"/><text class="bar-value" x="${round(labelWidth + Math.max(2, (b.value / most) * full) + 8)}" y="${top + 19}">${b.text}</text>`;
  return b.href ? html`<a href="${b.href}" aria-label="${b.label}: ${b.text}">${bar}</a>` : bar;
})}
</svg></figure>`;
}

/** The same numbers as a table, for those who do not see the picture. */
function numbers(
  title: string,
  labels: readonly string[],
  series: readonly Series[],
  format: (value: number) => string,
): Markup {
  return html`<table class="visually-hidden"><caption>${title}</caption><thead><tr><td></td>${series.map((s) => html`<th scope="col">${s.name}</th>`)}</tr></thead><tbody>${labels.map((l, i) => html`<tr><th scope="row">${l}</th>${series.map((s) => html`<td>${s.values[i] === null || s.values[i] === undefined ? '' : format(s.values[i] as number)}</td>`)}</tr>`)}</tbody></table>`;
}

function shortened(label: string): string {
  const characters = [...label];
  return characters.length > 12 ? `${characters.slice(0, 11).join('')}…` : label;
}

/** Stretches of neighbouring indexes that have a value. */
function runs(values: readonly (number | null)[]): number[][] {
  const found: number[][] = [];
  let run: number[] = [];
  values.forEach((v, i) => {
    if (v === null) {
      run = [];
      return;
    }
    if (run.length === 0) found.push(run);
    run.push(i);
  });
  return found.filter((r) => r.length > 1);
}

/** Steps of 1, 2 or 5 times a power of ten, at most five of them. */
function scaleOf(most: number): { step: number; top: number } {
  if (most <= 0) return { step: 1, top: 1 };
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? 10 * power;
  return { step, top: Math.ceil(most / step) * step };
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}

export function thousands(n: number): string {
  const text = String(Math.round(n * 100) / 100);
  const [whole, part] = text.split('.') as [string, string | undefined];
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/gu, ',');
  return part === undefined ? grouped : `${grouped}.${part}`;
}
