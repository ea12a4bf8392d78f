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
    e.kind === 'quote' ? [{ key: '', location: e.location, text: e.text }] : [],
  );
  const culprits = new Set<string>(finding.culprit);
  const cells = [...new Set<string>([...finding.culprit, ...finding.cells])].flatMap((key) => {
    const fact = facts.get(key);
    return fact && fact.location !== '' ? [{ key, location: fact.location, text: fact.raw }] : [];
  });
  if (chosen !== undefined) {
    const fact = facts.get(chosen);
    if (fact && fact.location !== '') {
      return [
        { location: fact.location, text: fact.raw, main: true, suspect: true },
        ...cells
          .filter((c) => c.key !== chosen)
          .map((c) => ({ location: c.location, text: c.text, main: false, suspect: culprits.has(c.key) })),
      ];
    }
  }
  const all = [...cells, ...quotes];
  // Without one cell to accuse the eye should fall on the total, which stands last among the cells of a sum.
  const main =
    culprits.size > 0 || quotes.length > 0
      ? (cells.find((c) => culprits.has(c.key)) ?? quotes[0] ?? all[0])
      : (cells.at(-1) ?? all[0]);
  return all.map((p) => ({
    location: p.location,
    text: p.text,
    main: p === main,
    suspect: culprits.has(p.key) || p.key === '',
  }));
}

/** One cell of a report. */
export function placeOfCell(reading: ReadingOf, cell: string): Place[] {
  for (const table of reading.report.tables) {
    for (const fact of table.facts) {
      if (cellKey(fact.table, fact.row, fact.column) === cell && fact.location !== '')
        return [{ location: fact.location, text: fact.raw, main: true, suspect: true }];
    }
  }
  return [];
}
