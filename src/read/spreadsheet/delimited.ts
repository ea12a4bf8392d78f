import { decode } from '../charset.ts';
import { ReadError, type ReadLimits, type Source } from '../document.ts';
import type { Sheet, SheetCell } from './workbook.ts';

const DELIMITERS = [',', ';'] as const;
/** Records that a table of the kind has at least; prose has fewer lines with so many commas of the Latin sort. */
const FEWEST_RECORDS = 6;
const FEWEST_FIELDS = 3;
/** Of all lines that hold something. */
const MOST_LINES = 0.6;

/**
 * Whether a text is comma-separated values (RFC 4180, or with semicolons): most of its lines have several fields, and
 * neighbours have equally many.
 */
export function delimiterOf(text: string): ',' | ';' | null {
  for (const delimiter of DELIMITERS) {
    const counts = text
      .split(/\r\n?|\n/)
      .filter((line) => line.trim() !== '')
      .map((line) => fieldsOf(line, delimiter));
    const wide = counts.filter((count) => count >= FEWEST_FIELDS);
    const alike = counts.filter(
      (count, at) => count >= FEWEST_FIELDS && (count === counts[at - 1] || count === counts[at + 1]),
    );
    if (wide.length >= FEWEST_RECORDS && alike.length >= MOST_LINES * counts.length) return delimiter;
  }
  return null;
}

/**
 * Comma-separated values as a sheet. A record with more or fewer fields than most of its neighbours is marked: an
 * unquoted thousands separator makes one number two.
 */
export async function readDelimited(source: Source, limits: ReadLimits): Promise<Sheet> {
  const { text } = decode(source.bytes, source.contentType);
  const delimiter = delimiterOf(text);
  if (delimiter === null) throw new ReadError('corrupt', `${source.name} holds no comma-separated values`);
  const { parse } = await import('csv-parse/sync');
  const records = parse(text, {
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: false,
    max_record_size: 1_000_000,
  }) as string[][];
  if (records.reduce((sum, record) => sum + record.length, 0) > limits.cells)
    throw new ReadError('too_large', `${source.name} has more than ${limits.cells} cells`);
  const cells: SheetCell[] = records.flatMap((record, row) => {
    const usual = usualFields(records, row);
    const marks =
      record.length === usual || record.every((field) => field === '')
        ? []
        : (['boundary_uncertain'] as const);
    return record.flatMap((field, column) => {
      const shown = field.trim();
      return shown === '' && marks.length === 0 ? [] : [{ row, column, text: shown, marks }];
    });
  });
  return { name: '1', cells, merges: [], hiddenRows: new Set(), hiddenColumns: new Set(), drawn: [] };
}

/** How many fields most records around have. */
function usualFields(records: readonly (readonly string[])[], row: number): number {
  const counts = new Map<number, number>();
  for (const near of records.slice(Math.max(0, row - 4), row + 5))
    counts.set(near.length, (counts.get(near.length) ?? 0) + 1);
  const own = records[row]!.length;
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || Number(b[0] === own) - Number(a[0] === own));
  return most![0];
}

/** Delimiters outside quotes, and one. */
function fieldsOf(line: string, delimiter: string): number {
  let fields = 1;
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) fields += 1;
  }
  return fields;
}
