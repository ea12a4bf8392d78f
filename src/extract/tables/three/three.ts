import { type EditionId, T3_COLUMNS } from '../../../form/form.ts';
import { Binding, type Refused, refuse } from '../binding.ts';
import { type CountedHeader, countedHeader } from '../counted-header.ts';
import { type HeaderRange, headerRanges } from '../header.ts';
import type { Row } from '../rows.ts';
import { assignRows } from './assign.ts';
import { pushCounted, WITHOUT_HEADER } from './by-count.ts';
import { gridLine } from './by-geometry.ts';
import { headerRowsOf, isApplicant, isRowLike, usableRanges } from './leaf-headers.ts';
import type { Line } from './line.ts';

/**
 * Binds table 三 on a range of rows. Every printed row becomes a `Line`: its labels and its seven values, by geometry
 * where there is a grid under a readable header, by count where the cells are certain but their columns are not. A line
 * whose values cannot be told apart keeps its label and has none, so that it comes out unreadable, never shifted.
 */
export function bindThree(rows: readonly Row[], edition: EditionId): Binding | Refused {
  const first = rows[0]?.location ?? null;
  const binding = new Binding('t3', rows.some((r) => r.kind === 'grid') ? 'grid' : 'anchored');
  const { lines, headerSeen } = linesOf(rows, binding);
  if (!lines.some((l) => l.values !== null)) {
    return refuse('t3_no_rows', '表三的各行没有读到可以对应的七个数', first);
  }
  const assigned = assignRows(lines, edition, binding);
  for (const line of assigned) {
    const key = line.key;
    if (key === null) continue;
    binding.rowLabels.set(key, line.label);
    for (const column of T3_COLUMNS) {
      const printed = line.values?.get(column);
      if (printed === undefined && line.values !== null) continue;
      binding.bind(key, column, {
        printed: printed ?? { text: line.rawText, location: line.location, reading: 'certain', marks: [] },
        rowLabel: line.label,
        columnLabel: line.columnLabels.get(column) ?? '',
        inferred: line.inferred || !headerSeen,
        unreadable: printed === undefined,
      });
    }
  }
  return binding;
}

function linesOf(rows: readonly Row[], binding: Binding): { lines: Line[]; headerSeen: boolean } {
  const lines: Line[] = [];
  let headerSeen = false;
  let counted: CountedHeader | null = null;
  let ranges: HeaderRange[] | null = null;
  let guessed = false;
  let rangesColumns = 0;
  const blind = new Set<number>();
  for (const part of partsOf(rows)) {
    const grid = part[0]?.grid ?? null;
    if (grid) {
      const header = headerRowsOf(part);
      const own = header.length > 0 ? usableRanges(headerRanges('t3', header, grid.columns)) : null;
      if (own) {
        ranges = own.ranges;
        guessed = own.guessed;
        rangesColumns = grid.columns;
        for (const r of own.ranges) {
          if (r.key === null && r.label.trim() !== '' && !isRowLike(r.label)) {
            binding.signal({
              kind: 'column',
              code: 'extra_column',
              label: r.label,
              raw: '',
              location: r.location,
            });
          }
        }
      }
      const geometry = ranges !== null && (own !== null || rangesColumns === grid.columns) ? ranges : null;
      if (geometry) {
        headerSeen = true;
        const body = part.filter((r) => !header.includes(r));
        body.forEach((row, i) => {
          const line = gridLine(row, geometry, i === 0 && lines.length > 0 && header.length === 0, binding);
          if (line) lines.push(guessed ? { ...line, inferred: true } : line);
        });
        continue;
      }
    }
    counted = countedHeader(part) ?? counted;
    if (counted) headerSeen = true;
    const header = counted ?? (ranges ? inOrder(ranges) : WITHOUT_HEADER);
    const from = lines.length;
    pushCounted(part, header, lines, binding);
    if (header === WITHOUT_HEADER) for (let i = from; i < lines.length; i += 1) blind.add(i);
  }
  // A header further down shows a column that lines counted before it know nothing of.
  const wide =
    (ranges !== null && ranges.length !== T3_COLUMNS.length) ||
    (counted !== null && counted.columns.length !== T3_COLUMNS.length);
  return {
    lines: wide ? lines.map((l, i) => (blind.has(i) && l.values?.size ? { ...l, values: null } : l)) : lines,
    headerSeen,
  };
}

/** The columns of a header whose places are those of another grid. */
function inOrder(ranges: readonly HeaderRange[]): CountedHeader {
  return {
    columns: ranges.map((r) => (r.key !== null && isApplicant(r.key) ? r.key : null)),
    unplaced: false,
  };
}

/** Runs of rows of the same grid; rows without a grid form parts of their own. */
function partsOf(rows: readonly Row[]): Row[][] {
  const parts: Row[][] = [];
  for (const row of rows) {
    const last = parts[parts.length - 1];
    if (last && last[0]?.grid === row.grid) last.push(row);
    else parts.push([row]);
  }
  return parts;
}
