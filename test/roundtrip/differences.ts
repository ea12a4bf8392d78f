import type { Report } from '../../src/extract/report.ts';
import { expectedFacts, trim } from '../render/expected.ts';
import type { ReportRecord } from '../render/record.ts';
import { tablesOf } from '../render/record.ts';

/**
 * Where a report that was read differs from the record that it was drawn from; empty when it reads back as itself.
 * @param mayLose the container lost cell boundaries: a table may be refused and a cell `inferred` or unreadable, but
 * no cell may be wrong without a mark.
 */
export function differences(record: ReportRecord, report: Report, mayLose: boolean): string[] {
  const found: string[] = [];
  const say = (what: string): void => {
    found.push(what);
  };
  for (const table of tablesOf(record)) {
    const readings = report.tables.filter((t) => t.table === table);
    const refusal = report.refusals.find((r) => r.table === table);
    if (readings.length === 0 && mayLose) {
      if (!refusal && report.outcome === 'complete') say(`${table} is missing in a complete report`);
      continue;
    }
    if (readings.length !== 1) {
      say(
        `${table} was read ${readings.length} times${refusal ? ` (refused: ${refusal.code}, ${refusal.reason})` : ''}`,
      );
      continue;
    }
    const reading = readings[0]!;
    const edition = record.tables[table]!.edition;
    // Table 四 is the same in both.
    if (reading.edition !== edition && table !== 't4') {
      say(`${table} is of ${edition}, read as ${reading.edition}`);
      continue;
    }
    const facts = new Map(reading.facts.map((f) => [`${f.table}/${f.row}/${f.column}`, f]));
    const expected = expectedFacts(record).filter((e) => e.table === table);
    if (facts.size !== expected.length)
      say(`${table} has ${facts.size} facts, the form ${expected.length} cells`);
    for (const e of expected) {
      const f = facts.get(e.key);
      const printed = `${e.state} ${e.value ?? ''}${e.unit ?? ''} ${JSON.stringify(e.raw)}`;
      if (!f) {
        say(`${e.key} is missing; printed ${printed}`);
        continue;
      }
      const read = `${f.state} ${f.value ?? ''}${f.unit ?? ''} ${JSON.stringify(f.raw)} (${f.confidence}${f.doubtful ? ', doubtful' : ''}, ${f.location})`;
      const same = f.state === e.state && Object.is(f.value, e.value) && f.unit === e.unit;
      if (mayLose) {
        const marked = f.doubtful || f.state === 'unreadable' || f.state === 'absent';
        if (!same && !marked) say(`${e.key}: printed ${printed}, read ${read}`);
        continue;
      }
      if (!same || trim(f.raw) !== e.raw) say(`${e.key}: printed ${printed}, read ${read}`);
      else if (f.confidence !== 'certain' || f.doubtful) say(`${e.key}: certain on the page, read ${read}`);
    }
  }
  return found;
}

/** Where the report names another body, year, period or date than the record, or lacks one of its six sections. */
export function identityDifferences(record: ReportRecord, report: Report): string[] {
  const expected = {
    agency: record.agency,
    year: record.year,
    title: record.title,
    publishedOn: record.publishedOn,
    period: `${record.year}-01-01 ${record.year}-12-31`,
    sections: '1 2 3 4 5 6',
    conflicts: '',
  };
  const read = {
    agency: report.agency,
    year: report.year,
    title: report.title,
    publishedOn: report.publishedOn,
    period: `${report.period?.start} ${report.period?.end}`,
    sections: report.sections.map((s) => s.number).join(' '),
    conflicts: report.conflicts.map((c) => c.field).join(' '),
  };
  return (Object.keys(expected) as (keyof typeof expected)[]).flatMap((key) =>
    read[key] === expected[key] ? [] : [`${key}: printed ${expected[key]}, read ${read[key]}`],
  );
}
