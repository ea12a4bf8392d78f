import { matchSection } from '../form/sections.ts';
import type { Mark } from '../read/document.ts';
import type { Report, Section } from './report.ts';
import { isShown, isStated } from './stated.ts';
import type { Ranges } from './tables/locate.ts';
import type { Row } from './tables/rows.ts';

/** The text around the tables: headings and paragraphs, each with the section that it stands in. */
export interface Narrative {
  readonly lines: Report['narrative'];
  /** Those of the lines whose characters can be taken at face value: what they say is a statement of the office. */
  readonly stated: Report['narrative'];
  readonly sections: readonly Section[];
}

export function readNarrative(rows: readonly Row[], ranges: Ranges): Narrative {
  const tableAt = (i: number) => Object.values(ranges).some((r) => r !== null && i >= r.from && i < r.to);
  const headings = headingsOf(rows);
  const lines: { text: string; location: string; section: number | null; doubtful?: true }[] = [];
  const stated: typeof lines = [];
  const sections: { number: number; heading: string; location: string; text: string[]; hasTable: boolean }[] =
    [];
  let current = null as (typeof sections)[number] | null;
  const take = (text: string, location: string, marks: readonly Mark[]): boolean => {
    const line = { text, location, section: current?.number ?? null };
    const safe = isStated(marks);
    lines.push(safe ? line : { ...line, doubtful: true });
    if (safe) stated.push(line);
    return safe;
  };
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
      take(heading.text, row.location, heading.marks);
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
      if (take(text, cell.location, cell.marks)) current?.text.push(text);
    }
  });
  return {
    lines,
    stated,
    sections: sections.map((s) => ({ ...s, text: s.text.join('\n') })),
  };
}

interface Heading {
  readonly number: number;
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** Row index → heading. A table of contents names sections that come again with their text: those are left out. */
function headingsOf(rows: readonly Row[]): Map<number, Heading> {
  const all: (Heading & { at: number })[] = [];
  rows.forEach((row, i) => {
    const filled = row.cells.filter((c) => !c.spanned && c.text.trim() !== '');
    const [only] = filled;
    if (filled.length !== 1 || !only || !isShown(only.marks)) return;
    const text = only.text.trim();
    const section = matchSection(text);
    if (section) all.push({ at: i, number: section.number, text, marks: only.marks });
  });
  const kept = all.filter((h, n) => {
    const next = all[n + 1];
    const crowded = next !== undefined && next.at - h.at === 1;
    const again = all.slice(n + 1).some((o) => o.number === h.number);
    return !(again && (crowded || all[n - 1]?.at === h.at - 1));
  });
  return new Map(kept.map((h) => [h.at, h]));
}
