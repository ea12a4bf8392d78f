import { matchSection } from '../form/sections.ts';
import type { Mark } from '../read/document.ts';
import type { Report, Section } from './report.ts';
import type { Ranges } from './tables/locate.ts';
import type { Row } from './tables/rows.ts';

/** The text around the tables: headings and paragraphs, each with the section that it stands in. */
export interface Narrative {
  readonly lines: Report['narrative'];
  /** Those of the lines whose characters can be taken at face value: what they say is a statement of the office. */
  readonly stated: Report['narrative'];
  readonly sections: readonly Section[];
}

/**
 * In such a line some of the digits are struck out, are a footnote's number, or belong to something else. Which ones the
 * mark does not say, so none of its numbers is a claim.
 */
const UNSAFE: ReadonlySet<Mark> = new Set([
  'struck',
  'superscript',
  'subscript',
  'overlapping',
  'clipped',
  'boundary_uncertain',
]);

export function readNarrative(rows: readonly Row[], ranges: Ranges): Narrative {
  const tableAt = (i: number) => Object.values(ranges).some((r) => r !== null && i >= r.from && i < r.to);
  const headings = headingsOf(rows);
  const lines: { text: string; location: string; section: number | null }[] = [];
  const stated: typeof lines = [];
  const sections: { number: number; heading: string; location: string; text: string[]; hasTable: boolean }[] =
    [];
  let current: (typeof sections)[number] | null = null;
  rows.forEach((row, i) => {
    const heading = headings.get(i);
    if (heading !== undefined) {
      current = {
        number: heading.number,
        heading: heading.text,
        location: row.location,
        text: [],
        hasTable: false,
      };
      sections.push(current);
      const line = { text: heading.text, location: row.location, section: heading.number };
      lines.push(line);
      stated.push(line);
      return;
    }
    const inTable = tableAt(i);
    if (inTable && current) current.hasTable = true;
    // Inside a table only whole sentences are narrative (a note between two tables, text in a layout grid).
    for (const cell of row.cells) {
      if (cell.spanned) continue;
      const text = cell.text.trim();
      if (text === '' || (inTable && !/[。；]/u.test(text))) continue;
      if (row.kind === 'grid' && !inTable && text.length < 2) continue;
      const line = { text, location: cell.location, section: current?.number ?? null };
      lines.push(line);
      if (!cell.marks.some((m) => UNSAFE.has(m))) stated.push(line);
      current?.text.push(text);
    }
  });
  return {
    lines,
    stated,
    sections: sections.map((s) => ({ ...s, text: s.text.join('\n') })),
  };
}

/** Row index → heading. A table of contents names sections that come again with their text: those are left out. */
function headingsOf(rows: readonly Row[]): Map<number, { number: number; text: string }> {
  const all: { at: number; number: number; text: string }[] = [];
  rows.forEach((row, i) => {
    const filled = row.cells.filter((c) => !c.spanned && c.text.trim() !== '');
    if (filled.length !== 1) return;
    const text = filled[0]?.text.trim() ?? '';
    const section = matchSection(text);
    if (section) all.push({ at: i, number: section.number, text });
  });
  const kept = all.filter((h, n) => {
    const next = all[n + 1];
    const crowded = next !== undefined && next.at - h.at === 1;
    const again = all.slice(n + 1).some((o) => o.number === h.number);
    return !(again && (crowded || all[n - 1]?.at === h.at - 1));
  });
  return new Map(kept.map((h) => [h.at, { number: h.number, text: h.text }]));
}
