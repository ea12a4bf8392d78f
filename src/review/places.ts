import type { ReadingOf } from '../dataset/reading-queries.ts';
import type { StoredFinding } from '../dataset/store.ts';
import { cellKey } from '../form/form.ts';
import type { Place } from './originals/place.ts';

/** Where on the original a finding is: its cells, the doubtful one first, else the sentences that it quotes. */
export function placesOf(finding: StoredFinding, reading: ReadingOf, chosen?: string): Place[] {
  const facts = new Map(
    reading.report.tables.flatMap((t) =>
      t.facts.map((f) => [cellKey(f.table, f.row, f.column) as string, f] as const),
    ),
  );
  const quotes = finding.evidence.flatMap((e) =>
    e.kind === 'quote' ? [{ location: e.location, text: e.text }] : [],
  );
  const cells = [...new Set<string>([...finding.culprit, ...finding.cells])].flatMap((key) => {
    const fact = facts.get(key);
    return fact && fact.location !== '' ? [{ key, location: fact.location, text: fact.raw }] : [];
  });
  if (chosen !== undefined) {
    const fact = facts.get(chosen);
    if (fact && fact.location !== '') {
      return [
        { location: fact.location, text: fact.raw, main: true },
        ...cells
          .filter((c) => c.key !== chosen)
          .map(({ location, text }) => ({ location, text, main: false })),
      ];
    }
  }
  const all = [...cells, ...quotes];
  // Without one cell to accuse the eye should fall on the total, which stands last among the cells of a sum.
  const main =
    finding.culprit.length > 0 || quotes.length > 0
      ? (cells.find((c) => finding.culprit.some((k) => k === c.key)) ?? quotes[0] ?? all[0])
      : (cells.at(-1) ?? all[0]);
  return all.map((p) => ({ location: p.location, text: p.text, main: p === main }));
}

/** One cell of a report. */
export function placeOfCell(reading: ReadingOf, cell: string): Place[] {
  for (const table of reading.report.tables) {
    for (const fact of table.facts) {
      if (cellKey(fact.table, fact.row, fact.column) === cell && fact.location !== '')
        return [{ location: fact.location, text: fact.raw, main: true }];
    }
  }
  return [];
}
