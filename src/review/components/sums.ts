import type { Finding } from '../../check/finding.ts';
import { cellName, columnName, rowName } from '../../check/naming.ts';
import type { Fact, TableReading } from '../../extract/report.ts';
import { type CellKey, cellKey, parseCellKey } from '../../form/form.ts';
import { type Identity, identitiesOf } from '../../form/identities.ts';
import { type Language, sayIn } from '../language.ts';
import { html, type Markup } from '../markup.ts';

/**
 * The sums of a finding written out one below the other, so that a person can redo them with a pencil: every term that
 * is not 0, what they add up to, what the table prints, and the difference. Empty where the finding is about no sum.
 */
export function sumsWritten(
  finding: Finding,
  reading: TableReading | undefined,
  language: Language,
): Markup[] {
  if (!reading) return [];
  const facts = new Map(reading.facts.map((f) => [cellKey(f.table, f.row, f.column), f]));
  const cells = new Set(finding.cells);
  return identitiesOf(reading.edition, reading.table)
    .filter((identity) => [...identity.left, ...identity.right].every((c) => cells.has(c)))
    .flatMap((identity) => {
      const sum = written(identity, facts, reading, language);
      return sum === null ? [] : [sum];
    });
}

function written(
  identity: Identity,
  facts: ReadonlyMap<CellKey, Fact>,
  reading: TableReading,
  language: Language,
): Markup | null {
  const say = sayIn(language);
  const left = identity.left.map((key) => ({ key, value: facts.get(key)?.value ?? null }));
  const right = identity.right.map((key) => ({ key, value: facts.get(key)?.value ?? null }));
  if ([...left, ...right].some((t) => t.value === null)) return null;
  const total = (terms: typeof left) => terms.reduce((sum, t) => sum + (t.value as number), 0);
  const difference = total(left) - total(right);
  if (difference === 0) return null;
  const shown = left.length > 2 ? left.filter((t) => t.value !== 0) : left;
  const name = (key: CellKey) => termName(key, identity, reading, language);
  return html`<table class="sum"><caption>${titleOf(identity, reading, language)}</caption><tbody>
${shown.map((t, i) => html`<tr><th scope="row">${name(t.key)}</th><td class="sign">${i === 0 ? '' : '＋'}</td><td>${t.value}</td></tr>`)}
<tr class="total"><th scope="row">${say('相加得', 'adds up to')}</th><td class="sign">＝</td><td>${total(left)}</td></tr>
${right.map(
  (t, i) =>
    html`<tr class="printed"><th scope="row">${
      right.length === 1 ? html`${say('表中印的', 'the table prints')} ${name(t.key)}` : name(t.key)
    }</th><td class="sign">${i === 0 ? '' : '＋'}</td><td>${t.value}</td></tr>`,
)}
${right.length > 1 ? html`<tr class="total"><th scope="row">${say('相加得', 'adds up to')}</th><td class="sign">＝</td><td>${total(right)}</td></tr>` : null}
<tr class="difference"><th scope="row">${say('相差', 'difference')}</th><td class="sign"></td><td>${Math.abs(difference)}</td></tr>
</tbody></table>`;
}

function titleOf(identity: Identity, reading: TableReading, language: Language): string {
  const first = parseCellKey(identity.left[0] as string);
  const say = sayIn(language);
  if (identity.rule === 'T3.FLOW' || identity.rule === 'T3.ITEMS') {
    const column = columnName(reading.edition, first.table, first.row, first.column, language);
    return say(`表三“${column}”列`, `Table III, column “${column}”`);
  }
  const row = rowName(reading.edition, first.table, first.row, language);
  const table = reading.table === 't4' ? say('表四', 'Table IV') : say('表三', 'Table III');
  return say(`${table}“${row}”行`, `${table}, row “${row}”`);
}

function termName(key: CellKey, identity: Identity, reading: TableReading, language: Language): string {
  const { table, row, column } = parseCellKey(key);
  if (identity.rule === 'T3.FLOW' || identity.rule === 'T3.ITEMS')
    return rowName(reading.edition, table, row, language);
  if (identity.rule === 'T3.ROWSUM' || identity.rule === 'T4.SUM')
    return columnName(reading.edition, table, row, column, language);
  return cellName(reading.edition, key, language);
}
