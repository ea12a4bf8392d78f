/**
 * The culprit search on mutated tables: what is found, with which verdict, and how often `unique` is wrong; and how
 * long it takes.
 *
 *     node bench/culprit.ts [mutations of each kind, default 2000] [seed]
 *
 * Table 三 with its own kinds of errors, then whole reports (table 三 and 四) with those of the test renderer.
 */
import { localiseTableThree } from '../src/check/culprit/table-three.ts';
import { checkReport } from '../src/check/engine.ts';
import type { ExampleReport } from '../src/check/rule.ts';
import type { TableId } from '../src/form/form.ts';
import { buildReport } from '../test/check/build-report.ts';
import {
  asExample,
  asTable,
  changedCells,
  consistentTable,
  MUTATIONS,
  type MutationKind,
  seeded,
} from '../test/check/mutate-table.ts';
import { bodyOf, districtName } from '../test/render/bodies.ts';
import { inventReport, NOTICE } from '../test/render/invent.ts';
import { MUTATION_KINDS, mutate, numbersOf } from '../test/render/mutations.ts';
import { Random } from '../test/render/random.ts';
import type { ReportRecord } from '../test/render/record.ts';

const PER_KIND = Number(process.argv[2] ?? 2000);
const SEED = Number(process.argv[3] ?? 1);

let mutations = 0;
let wrong = 0;
const times: number[] = [];

console.log('table 三, errors made here');
console.log('kind                      changed  reported  single  unique+right  unique wrong  verdicts');
for (const kind of Object.keys(MUTATIONS) as MutationKind[]) tableThree(kind);

console.log('\nwhole reports, errors of the test renderer');
for (const table of ['t3', 't4'] as const) {
  for (const kind of MUTATION_KINDS) wholeReport(table, kind);
}

times.sort((a, b) => a - b);
const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]?.toFixed(3);
console.log(`\n${mutations} mutations, ${wrong} unique verdicts wrong`);
console.log(
  `localiseTableThree: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, all rules ${wholeReports()} ms a report`,
);
console.log(`processor time of localiseTableThree: ${processorTime()} ms a report, mean over all kinds`);
if (wrong > 0) process.exitCode = 1;

function tableThree(kind: MutationKind): void {
  const random = seeded(SEED * 1000 + kind.length);
  const verdicts = new Map<string, number>();
  let changed = 0;
  let reported = 0;
  let single = 0;
  let right = 0;
  let falsely = 0;
  for (let i = 0; i < PER_KIND; i++) {
    const edition = random(2) ? '2021' : '2019';
    const before = consistentTable(random, edition);
    const after = before.map((line) => [...line]);
    MUTATIONS[kind](after, random, consistentTable(random, edition));
    const changes = changedCells(before, after);
    if (changes.length === 0) continue;
    changed++;
    const table = asTable(after);
    const start = performance.now();
    const causes = localiseTableThree(table);
    times.push(performance.now() - start);
    if (causes.length > 0) reported++;
    const names = causes.map((c) => c.verdict).join('+') || 'holds';
    verdicts.set(names, (verdicts.get(names) ?? 0) + 1);
    if (changes.length === 1) single++;
    for (const cause of causes) {
      if (cause.verdict !== 'unique') continue;
      const named = cause.explanations[0]?.changes[0];
      const [change] = changes;
      if (changes.length === 1 && named?.cell === change?.cell && named?.suggested === change?.right) right++;
      else falsely++;
    }
  }
  mutations += changed;
  wrong += falsely;
  line(kind, changed, reported, single, right, falsely, verdicts);
}

function wholeReport(table: 't3' | 't4', kind: (typeof MUTATION_KINDS)[number]): void {
  const random = new Random(SEED);
  const verdicts = new Map<string, number>();
  let changed = 0;
  let reported = 0;
  let single = 0;
  let right = 0;
  let falsely = 0;
  for (let i = 0; i < PER_KIND / 4; i++) {
    const size = [5, 30, 400, 20_000][i % 4] ?? 5;
    const record = inventReport(
      SEED * 7919 + i,
      bodyOf(districtName(i % 50), i % 60),
      2019 + (i % 7),
      NOTICE,
      size,
    );
    const mutation = mutate(record, table, kind, random);
    if (!mutation) continue;
    changed++;
    if (mutation.changes.length === 1) single++;
    const findings = checkReport(buildReport(exampleOf(mutation.record))).findings.filter((f) =>
      /^T[34]\.(?:FLOW|ITEMS|ROWSUM|SUM)$/.test(f.rule),
    );
    if (findings.length > 0) reported++;
    const names = findings.map((f) => f.verdict).join('+') || 'holds';
    verdicts.set(names, (verdicts.get(names) ?? 0) + 1);
    for (const finding of findings) {
      if (finding.verdict !== 'unique') continue;
      const named = finding.suggested[0]?.cells[0];
      const [change] = mutation.changes;
      const isRight =
        mutation.changes.length === 1 && named?.cell === change?.cell && named?.suggested === change?.right;
      if (isRight) right++;
      else falsely++;
    }
  }
  mutations += changed;
  wrong += falsely;
  line(`${table} ${kind}`, changed, reported, single, right, falsely, verdicts);
}

function exampleOf(record: ReportRecord): ExampleReport {
  const cells = (table: TableId): Record<string, number> =>
    Object.fromEntries([...numbersOf(record, table)].map(([key, value]) => [key.slice(3), value]));
  const edition = record.tables.t3?.edition ?? '2021';
  return { year: record.year, edition, without: ['t2'], t3: cells('t3'), t4: cells('t4') };
}

function line(
  name: string,
  changed: number,
  reported: number,
  single: number,
  right: number,
  falsely: number,
  verdicts: ReadonlyMap<string, number>,
): void {
  const shown = [...verdicts].sort((a, b) => b[1] - a[1]).slice(0, 4);
  console.log(
    `${name.padEnd(25)} ${String(changed).padStart(7)} ${String(reported).padStart(9)} ${String(single).padStart(7)} ${String(right).padStart(13)} ${String(falsely).padStart(13)}  ${shown.map(([v, n]) => `${v} ${n}`).join(', ')}`,
  );
}

/** Other programs on the machine distort this less than the time on the clock. */
function processorTime(): string {
  const random = seeded(SEED);
  const tables = Array.from({ length: 2000 }, (_, i) => {
    const kinds = Object.keys(MUTATIONS) as MutationKind[];
    const table = consistentTable(random, '2021');
    MUTATIONS[kinds[i % kinds.length] ?? 'one_cell'](table, random, consistentTable(random, '2021'));
    return asTable(table);
  });
  const start = process.cpuUsage();
  for (const table of tables) localiseTableThree(table);
  const { user, system } = process.cpuUsage(start);
  return ((user + system) / 1000 / tables.length).toFixed(3);
}

/** Milliseconds for every rule on one report with one wrong cell, the middle of many. */
function wholeReports(): string {
  const random = seeded(SEED);
  const reports = Array.from({ length: 300 }, () => {
    const table = consistentTable(random, '2021');
    MUTATIONS.one_cell(table, random);
    return buildReport(asExample(table));
  });
  const each = reports.map((report) => {
    const start = performance.now();
    checkReport(report);
    return performance.now() - start;
  });
  each.sort((a, b) => a - b);
  return each[Math.floor(each.length / 2)]?.toFixed(3) ?? '';
}
