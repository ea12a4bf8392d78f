import { extractReport } from '../../src/extract/extract.ts';
import { cellKey, T4_COLUMNS, T4_ROWS } from '../../src/form/form.ts';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { expectedFacts } from '../render/expected.ts';
import { PLAIN_GALLEY, setSheets } from '../render/galley.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { type PdfStyle, renderPdf } from '../render/pdf.ts';
import type { PrintedCell, ReportRecord } from '../render/record.ts';

/** What the page cuts of table 四: nothing, between two rows of its head, its labels, between labels and numbers, its numbers. */
export type Cut = 'head' | 'labels' | 'below labels' | 'numbers';
export const CUTS: readonly Cut[] = ['head', 'labels', 'below labels', 'numbers'];

/** A report of table 四 alone, its sums right. `digits` of most numbers: from five on they take two lines. */
export function fourAlone(seed: number, digits: number, threeTables = false): ReportRecord {
  const record = inventReport(seed, bodyOf(districtName(3), 5), 2023, { ...NOTICE, threeTables }, 400);
  const of = record.tables.t4!;
  const cells: Record<string, PrintedCell> = {};
  T4_ROWS.forEach((row, r) => {
    let total = 0;
    T4_COLUMNS.forEach((column, c) => {
      const own = (seed + 3 * c + 5 * r) % 4 === 0 ? 0 : 10 ** (digits - 1) + 111 * c + 1234 * r + seed;
      const value = column === 'total' ? total : own;
      total += own;
      cells[cellKey('t4', row, column)] = { state: 'number', value, unit: null, text: String(value) };
    });
  });
  const sections = record.sections.map((s) => ({ ...s, table: s.table === 't4' ? s.table : null }));
  return { ...record, sections, tables: { t4: { ...of, cells } } };
}

/** How far down the table must stand for the page to cut it so; the first such place on a scale of three points. */
export function offsetFor(record: ReportRecord, cut: Cut, style: Partial<PdfStyle['galley']>): number | null {
  for (let offset = 120; offset < 700; offset += 3) {
    const sheets = setSheets(record, { ...PLAIN_GALLEY, ...style, offset });
    const page = (test: (text: string) => boolean): number[] => {
      const pages = sheets.flatMap((s, i) => (s.texts.some((t) => test(t.text)) ? [i] : []));
      return [Math.min(...pages), Math.max(...pages)];
    };
    const head = page((t) => t === '行政复议');
    const under = page((t) => t === '复议后起诉' || t === '行政诉讼：复议后起诉');
    const upper = page((t) => t === '结果');
    const lower = page((t) => t === '维持');
    const numbers = sheets.flatMap((s, i) =>
      s.texts.some((t) => t.size === PLAIN_GALLEY.size && /^\d+$/.test(t.text)) ? [i] : [],
    );
    const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
    const found: Record<Cut, boolean> = {
      head: head[0]! < under[1]! && head[0]! < lower[0]! && under[1]! === first,
      // A head printed again shows every label on both pages.
      labels: style.repeatHead !== true && upper[0]! < lower[1]! && lower[1] === first && first === last,
      'below labels': lower[0]! < first,
      numbers: first < last,
    };
    if (found[cut]) return offset;
  }
  return null;
}

export interface Found {
  exact: number;
  marked: number;
  absent: number;
  wrong: string[];
}

/** Draws it so, reads it, and compares every cell of table 四 with what was drawn. */
export async function readCut(record: ReportRecord, style: PdfStyle): Promise<Found> {
  const document = await readPdf({ bytes: renderPdf(record, style), name: 'report.pdf' }, DEFAULT_LIMITS);
  const facts = extractReport(document, { document: 'report' }).tables.flatMap((t) => t.facts);
  const found: Found = { exact: 0, marked: 0, absent: 0, wrong: [] };
  for (const expected of expectedFacts(record)) {
    const fact = facts.find((f) => cellKey(f.table, f.row, f.column) === expected.key);
    if (!fact || fact.state === 'absent') found.absent++;
    else if (fact.value === expected.value) found.exact++;
    else if (fact.doubtful || fact.confidence !== 'certain' || fact.state === 'unreadable') found.marked++;
    else found.wrong.push(`${expected.key} prints ${expected.value}, read ${fact.state} ${fact.value}`);
  }
  return found;
}
