import { readFileSync, writeFileSync } from 'node:fs';
import { fit, type Line } from './fit.ts';
import { plotOf } from './plot.ts';
import type { Results, WholeResult } from './results.ts';

const PAGE = new URL('../docs/performance.md', import.meta.url);
const PICTURE = new URL('../docs/performance-growth.svg', import.meta.url);
/** What people wrote stands above this line and is kept. */
const MARK = '<!-- Below: written by bench/main.ts -->';

/** Writes what was measured into docs/performance.md, and the picture of how cost grows. */
export function writePages(results: Results): void {
  const sections = [
    surroundings(results),
    readers(results),
    stages(results),
    store(results),
    whole(results),
  ].filter((s) => s !== '');
  const text = readFileSync(PAGE, 'utf8');
  const at = text.indexOf(MARK);
  if (at < 0) throw new Error(`docs/performance.md has lost the line ${MARK}`);
  writeFileSync(PAGE, `${text.slice(0, at)}${MARK}\n\n${sections.join('\n\n')}\n`);
  if ((results.whole ?? []).length >= 2) writeFileSync(PICTURE, plotOf(results.whole ?? []));
}

function surroundings({ machine, node, load }: Results): string {
  const busy =
    load > 0.5 * machine.processors
      ? ` The machine was busy with other work (load ${load}): processor time is what to compare; seconds on the clock are upper bounds.`
      : '';
  return `Machine: ${machine.processors} processors (${machine.model}), ${machine.memoryGiB} GiB; Node ${node}.${busy}`;
}

function readers({ readers }: Results): string {
  if (!readers) return '';
  const rows = readers.flatMap((r) => [
    [
      r.container,
      `this reader (${r.documents} documents of ${r.kilobytes.toFixed(0)} kB)`,
      ms(r.msPerDocument),
      rate(r.msPerDocument),
      '1',
    ],
    ...r.peers.map((p) => [
      '',
      p.name,
      p.msPerDocument === null ? 'failed or not installed' : ms(p.msPerDocument),
      p.msPerDocument === null ? '' : rate(p.msPerDocument),
      p.msPerDocument === null ? '' : (p.msPerDocument / r.msPerDocument).toFixed(1),
    ]),
  ]);
  return `## Reading\n\nTables with their cells, one core. A program that is started for each document is counted from its start to its end.\n\n${table(['container', 'reader', 'ms', 'documents/s/core', 'times the cost'], rows)}`;
}

function stages({ stages }: Results): string {
  if (!stages) return '';
  return `## Extracting and checking\n\n${table(
    ['stage', 'ms a report', 'reports/s/core'],
    [
      ['extracting: tables, identity, statements', ms(stages.extractMs), rate(stages.extractMs)],
      ['checking: every rule, with the search for the wrong cell', ms(stages.checkMs), rate(stages.checkMs)],
      [
        'the search for the wrong cell alone, on tables with an error',
        ms(stages.culpritMs),
        rate(stages.culpritMs),
      ],
    ],
  )}`;
}

function store({ store }: Results): string {
  if (!store) return '';
  const n = store.reports.toLocaleString('en');
  return `## Store and export\n\n${n} reports, ${(store.facts / 1e6).toFixed(1)} million facts, SQLite.\n\n${table(
    ['step', 'ms a report', 'reports/s'],
    [
      ['storing, in batches', ms(store.saveMs), rate(store.saveMs)],
      ['exporting to CSV and Parquet', ms(store.exportMs), rate(store.exportMs)],
    ],
  )}\n\nThe export took ${store.exportSeconds.toFixed(0)} s on the clock and ${memory(store.parentMiB)} MiB (${memory(store.allMiB)} MiB with the processes that write). The store holds ${(store.bytesPerReport / 1000).toFixed(0)} kB a report.`;
}

function whole({ whole }: Results): string {
  if (!whole || whole.length === 0) return '';
  const rows = whole.map((r) => [
    r.reports.toLocaleString('en'),
    r.seconds.toFixed(1),
    (r.reports / r.seconds).toFixed(0),
    ms((r.processorSeconds * 1000) / r.reports),
    memory(r.parentMiB),
    memory(r.allMiB),
    r.secondRunSeconds.toFixed(1),
  ]);
  const line = fit(whole.map((r) => ({ x: r.reports, y: r.processorSeconds })));
  return `## The whole of \`extract\`\n\nA mixed folder (60 % HTML, 20 % DOCX, 10 % DOC, 10 % PDF), from an empty store to the finished dataset.\n\n${table(
    [
      'reports',
      'seconds',
      'reports/s',
      'processor ms a report',
      'parent MiB',
      'all processes MiB',
      'second run, s',
    ],
    rows,
  )}${line ? `\n\n${growth(line, whole)}\n\n![Processor time over reports](performance-growth.svg)` : ''}`;
}

function growth(line: Line, whole: readonly WholeResult[]): string {
  const largest = whole.at(-1)?.reports.toLocaleString('en');
  return `Fitted: processor seconds = ${line.factor.toExponential(2)} × reports^${line.exponent.toFixed(2)} (1 would be the same cost for every report). The largest folder measured had ${largest} reports; nothing beyond it is claimed.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}

function rate(msEach: number): string {
  const each = 1000 / msEach;
  return each < 10 ? each.toFixed(1) : Math.round(each).toLocaleString('en');
}

function memory(mib: number | null): string {
  return mib === null ? '' : mib.toFixed(0);
}
