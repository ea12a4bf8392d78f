import { tableForm } from '../../../form/editions.ts';
import { foldLabel } from '../../../form/fold.ts';
import { type EditionId, type RowKey, T3_COLUMNS } from '../../../form/form.ts';
import type { Binding } from '../binding.ts';
import { isGroupLabel, rowCandidates } from '../vocabulary.ts';
import type { Line } from './line.ts';

export interface AssignedLine extends Line {
  readonly key: RowKey | null;
}

/** Rows of the edition in form order. */
function threeRows(edition: EditionId): RowKey[] {
  return tableForm(edition, 't3').blocks.flatMap((b) => b.rows.map((r) => r.key));
}

/**
 * Says of every line which row of the form it is: by its label, in the order of the form, and by order alone where labels
 * are displaced from their values.
 */
export function assignRows(lines: readonly Line[], edition: EditionId, binding: Binding): AssignedLine[] {
  const order = threeRows(edition);
  const out: AssignedLine[] = lines.map((l) => ({ ...l, key: null }));
  const taken = new Map<RowKey, number>();
  const spoiled = new Set<Line>();
  let last = -1;
  out.forEach((line, i) => {
    if (line.label === '' || (line.values !== null && line.values.size === 0)) return;
    const candidates = rowCandidates('t3', line.label)
      .keys.map((k) => inEdition(k, edition))
      .filter((k) => order.includes(k));
    const next = candidates
      .filter((k) => order.indexOf(k) > last)
      .sort((a, b) => order.indexOf(a) - order.indexOf(b))[0];
    const free = candidates.find((k) => !taken.has(k));
    const key = next ?? free;
    if (key === undefined) {
      const again = candidates.find((k) => taken.has(k));
      if (again !== undefined) repeated(line, out[taken.get(again) ?? -1], spoiled, binding);
      return;
    }
    out[i] = { ...line, key };
    taken.set(key, i);
    last = Math.max(last, order.indexOf(key));
  });
  fillGaps(out, order, taken);
  for (const [i, line] of out.entries()) {
    const key = line.key === null && isBareLine(line) ? rowNamed(line.label, edition, order, taken) : null;
    if (key !== null) {
      out[i] = { ...line, key, values: null };
      taken.set(key, i);
    }
  }
  return leftOvers(out, spoiled, binding);
}

/** Nothing but a label: its cells are empty, or their numbers stand elsewhere. Printed it is, so not absent. */
function isBareLine(line: Line): boolean {
  return line.values?.size === 0 && line.label !== '' && !isGroupLabel(line.label);
}

function rowNamed(
  label: string,
  edition: EditionId,
  order: readonly RowKey[],
  taken: ReadonlyMap<RowKey, number>,
): RowKey | null {
  const { keys, exact } = rowCandidates('t3', label);
  const free = keys.map((k) => inEdition(k, edition)).filter((k) => order.includes(k) && !taken.has(k));
  return exact && free.length === 1 ? (free[0] ?? null) : null;
}

/** A 2021 layout never has （六） as a row; a 2019 layout never has its items. */
function inEdition(key: RowKey, edition: EditionId): RowKey {
  if (edition === '2019' && key === 'other_handling.other') return 'other_handling';
  if (edition === '2021' && key === 'other_handling') return 'other_handling.other';
  return key;
}

/** The same row twice: harmless when it says the same (a header or row repeated by a page break), else neither is safe. */
function repeated(line: Line, first: Line | undefined, spoiled: Set<Line>, binding: Binding): void {
  const same =
    line.values !== null &&
    first?.values != null &&
    T3_COLUMNS.every(
      (c) => (line.values?.get(c)?.text.trim() ?? '') === (first.values?.get(c)?.text.trim() ?? ''),
    );
  if (same) return;
  binding.signal({
    kind: 'unbound',
    code: 'repeated_row',
    label: line.label,
    raw: line.rawText,
    location: line.location,
  });
  if (first) spoiled.add(first);
}

/**
 * Labels displaced from their values: between two bound rows, as many unlabelled lines of seven values as the form has
 * rows can only be these rows in their order.
 */
function fillGaps(lines: AssignedLine[], order: readonly RowKey[], taken: Map<RowKey, number>): void {
  let from = 0;
  while (from < lines.length) {
    const start = nextBound(lines, from);
    if (start === null) return;
    const end = nextBound(lines, start + 1);
    if (end === null) return;
    const a = order.indexOf(lines[start]?.key as RowKey);
    const b = order.indexOf(lines[end]?.key as RowKey);
    const missing = order.slice(a + 1, b).filter((k) => !taken.has(k));
    const between: number[] = [];
    for (let i = start + 1; i < end; i += 1) {
      const line = lines[i];
      if (line && line.values !== null && line.values.size > 0) between.push(i);
    }
    if (missing.length > 0 && missing.length === between.length) {
      const fits = between.every((i, n) => couldBe(lines[i]?.label ?? '', missing[n] as RowKey));
      if (fits) {
        between.forEach((i, n) => {
          const line = lines[i];
          const key = missing[n];
          if (!line || !key) return;
          lines[i] = { ...line, key, inferred: true };
          taken.set(key, i);
        });
      }
    }
    from = end;
  }
}

function nextBound(lines: readonly AssignedLine[], from: number): number | null {
  for (let i = from; i < lines.length; i += 1) if (lines[i]?.key != null) return i;
  return null;
}

/** An empty label, or a piece of the one expected. */
function couldBe(label: string, key: RowKey): boolean {
  const text = foldLabel(label).core;
  if (text === '' || isGroupLabel(label)) return true;
  for (const edition of ['2019', '2021'] as const) {
    for (const block of tableForm(edition, 't3').blocks) {
      const row = block.rows.find((r) => r.key === key);
      if (!row) continue;
      const expected = foldLabel(row.label).core;
      if (text.length >= 2 && (expected.includes(text) || text.includes(expected))) return true;
    }
  }
  return false;
}

function leftOvers(lines: AssignedLine[], spoiled: ReadonlySet<Line>, binding: Binding): AssignedLine[] {
  const out = lines.map((l): AssignedLine => (spoiled.has(l) ? { ...l, values: null } : l));
  lines.forEach((line, i) => {
    if (line.key !== null) return;
    if (line.values !== null && line.values.size === 0) return;
    const numbers = [...(line.values?.values() ?? [])].some((v) => /\d/.test(v.text));
    const printed = numbers || (line.values === null && /\d/.test(line.rawText));
    if (!printed && line.label === '') return;
    binding.signal({
      kind: line.label !== '' && line.values !== null ? 'row' : 'unbound',
      code: line.label !== '' ? 'extra_row' : 'unbound_row',
      label: line.label,
      raw: line.rawText,
      location: line.location,
    });
    // A row cut by a page break shows the tails of its numbers without a label: what stands above is not whole.
    const above = out[i - 1];
    if (printed && above?.key != null && (line.label === '' || line.opensPart))
      out[i - 1] = { ...above, values: null };
  });
  return out;
}
