import type { Fact, TableReading } from '../../extract/report.ts';
import { tableForm } from '../../form/editions.ts';
import {
  type BlockForm,
  type CellKey,
  type ColumnForm,
  cellKey,
  GROUPS,
  type GroupKey,
  parseCellKey,
  type RowForm,
  type TableId,
} from '../../form/form.ts';
import { type Language, type Say, sayIn } from '../language.ts';
import { html, type Markup } from '../markup.ts';

/** What is to be seen in a redrawn table beside its numbers. */
export interface TableMarks {
  /** Cells that the finding speaks of. */
  readonly involved: ReadonlySet<CellKey>;
  /** Cells that are probably wrong. */
  readonly culprit: ReadonlySet<CellKey>;
  /** What a cell should perhaps have been. */
  readonly suggested: ReadonlyMap<CellKey, number>;
}

export const NO_MARKS: TableMarks = { involved: new Set(), culprit: new Set(), suggested: new Map() };

interface Drawing {
  readonly facts: ReadonlyMap<CellKey, Fact>;
  readonly marks: TableMarks;
  readonly language: Language;
  readonly say: Say;
  /** Where a click on a cell leads; null for none. */
  readonly link: ((cell: CellKey) => string) | null;
}

/**
 * A statutory table as the form prints it, merged cells and all, filled with what the document prints. Cells of a
 * finding are coloured; a suggested value stands beside the printed one and never in its place.
 */
export function statutoryTable(
  reading: TableReading,
  marks: TableMarks,
  options: { readonly language: Language; readonly link?: (cell: CellKey) => string },
): Markup {
  const drawing: Drawing = {
    facts: new Map(reading.facts.map((f) => [cellKey(f.table, f.row, f.column), f])),
    marks,
    language: options.language,
    say: sayIn(options.language),
    link: options.link ?? null,
  };
  const form = tableForm(reading.edition, reading.table);
  const name = tableTitle(reading.table, options.language);
  const body =
    reading.table === 't2'
      ? tableTwo(form.blocks, drawing)
      : reading.table === 't3'
        ? tableThree(form.blocks[0] as BlockForm, drawing)
        : tableFour(form.blocks[0] as BlockForm, drawing);
  return html`<div class="form-scroll" tabindex="0" role="region" aria-label="${name}"><table class="form form-${reading.table}">
<caption>${name}</caption>${body}</table></div>`;
}

export function tableTitle(table: TableId, language: Language): string {
  const names: Readonly<Record<TableId, readonly [string, string]>> = {
    t2: ['表二　主动公开政府信息情况', 'Table II: disclosure on own initiative'],
    t3: ['表三　收到和处理政府信息公开申请情况', 'Table III: requests received and handled'],
    t4: ['表四　政府信息公开行政复议、行政诉讼情况', 'Table IV: reviews and litigation'],
  };
  return names[table][language === 'zh' ? 0 : 1];
}

function label(form: RowForm | ColumnForm | (typeof GROUPS)[number], language: Language): string {
  return language === 'zh' ? form.label : form.label_en;
}

function rowLabel(row: RowForm, language: Language): string {
  return `${row.ordinal}${row.ordinal && language === 'en' ? ' ' : ''}${label(row, language)}`;
}

function tableTwo(blocks: readonly BlockForm[], d: Drawing): Markup {
  const widest = Math.max(...blocks.map((b) => b.columns.length));
  return html`<tbody>${blocks.map((block) => {
    // The last column takes what narrower blocks leave over.
    const span = (i: number) => (i === block.columns.length - 1 ? widest - block.columns.length + 1 : 1);
    return html`<tr><th class="article" colspan="${widest + 1}" scope="colgroup">${block.article}</th></tr>
<tr><th scope="col">${d.say('信息内容', 'Content')}</th>${block.columns.map(
      (c, i) => html`<th scope="col" colspan="${span(i)}">${label(c, d.language)}</th>`,
    )}</tr>${block.rows.map(
      (row) =>
        html`<tr><th scope="row">${rowLabel(row, d.language)}</th>${block.columns.map((c, i) =>
          cell(cellKey('t2', row.key, c.key), d, span(i)),
        )}</tr>`,
    )}`;
  })}</tbody>`;
}

/** Rows that are no results of the year and so stand across the whole width of the labels. */
const WHOLE_WIDTH = new Set(['new_received', 'carried_in', 'carried_out']);

function tableThree(block: BlockForm, d: Drawing): Markup {
  const { columns, rows } = block;
  const person = columns.filter((c) => c.key === 'natural_person');
  const total = columns.filter((c) => c.key === 'total');
  const organisations = columns.filter((c) => !person.includes(c) && !total.includes(c));
  const tall = (c: ColumnForm) => html`<th scope="col" rowspan="2">${label(c, d.language)}</th>`;
  const results = rows.filter((r) => !WHOLE_WIDTH.has(r.key));
  const group = (key: GroupKey) => GROUPS.find((g) => g.key === key) as (typeof GROUPS)[number];
  const first = results[0];
  let open: GroupKey | null = null;
  return html`<thead><tr><th class="corner" rowspan="3" colspan="3">${d.say(
    '（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）',
    '(In every column the first item plus the second equals the third plus the fourth.)',
  )}</th><th colspan="${columns.length}" scope="colgroup">${d.say('申请人情况', 'Applicants')}</th></tr>
<tr>${person.map(tall)}<th colspan="${organisations.length}" scope="colgroup">${d.say('法人或其他组织', 'Organisations')}</th>${total.map(tall)}</tr>
<tr>${organisations.map((c) => html`<th scope="col">${label(c, d.language)}</th>`)}</tr></thead>
<tbody>${rows.map((row) => {
    const cells = columns.map((c) => cell(cellKey('t3', row.key, c.key), d));
    if (WHOLE_WIDTH.has(row.key))
      return html`<tr><th scope="row" colspan="3">${rowLabel(row, d.language)}</th>${cells}</tr>`;
    const outer =
      row === first
        ? html`<th class="outer" scope="rowgroup" rowspan="${results.length}">${group('results').ordinal}${label(group('results'), d.language)}</th>`
        : null;
    if (row.group === null)
      return html`<tr>${outer}<th scope="row" colspan="2">${rowLabel(row, d.language)}</th>${cells}</tr>`;
    const begins = row.group !== open;
    open = row.group;
    const size = results.filter((r) => r.group === row.group).length;
    const inner = begins
      ? html`<th class="group" scope="rowgroup" rowspan="${size}">${group(row.group).ordinal}${label(group(row.group), d.language)}</th>`
      : null;
    return html`<tr>${outer}${inner}<th scope="row">${rowLabel(row, d.language)}</th>${cells}</tr>`;
  })}</tbody>`;
}

function tableFour(block: BlockForm, d: Drawing): Markup {
  const { columns, rows } = block;
  const n = columns.length;
  const [review, ...litigation] = rows;
  return html`<thead><tr><th rowspan="2" colspan="${n}" scope="colgroup">${review ? label(review, d.language) : ''}</th>
<th colspan="${n * litigation.length}" scope="colgroup">${d.say('行政诉讼', 'Litigation')}</th></tr>
<tr>${litigation.map((row) => html`<th colspan="${n}" scope="colgroup">${label(row, d.language)}</th>`)}</tr>
<tr>${rows.flatMap(() => columns.map((c) => html`<th scope="col" class="narrow">${label(c, d.language)}</th>`))}</tr></thead>
<tbody><tr>${rows.flatMap((row) => columns.map((c) => cell(cellKey('t4', row.key, c.key), d)))}</tr></tbody>`;
}

function cell(key: CellKey, d: Drawing, colspan = 1): Markup {
  const fact = d.facts.get(key);
  const suggested = d.marks.suggested.get(key);
  const wrong = d.marks.culprit.has(key) || suggested !== undefined;
  const classes = [
    wrong ? 'culprit' : d.marks.involved.has(key) ? 'involved' : '',
    fact && fact.state !== 'number' ? `is-${fact.state}` : '',
    fact && (fact.doubtful || fact.confidence === 'ocr' || fact.confidence === 'inferred') ? 'unsure' : '',
    fact?.confidence === 'transcribed' ? 'transcribed' : '',
  ].filter((c) => c !== '');
  const printed = html`${printedOf(fact, d.say)}${
    suggested === undefined
      ? null
      : html`<span class="suggested">${d.say('可能应为', 'perhaps')} <b>${suggested}</b></span>`
  }`;
  const link = d.link?.(key) ?? null;
  const { row } = parseCellKey(key);
  const zero = fact?.state === 'number' && fact.value === 0 && !wrong ? 'zero' : '';
  return html`<td class="${[...classes, zero].join(' ').trim()}" data-cell="${key}" data-row="${row}"${
    colspan > 1 ? html` colspan="${colspan}"` : null
  }${titleOf(fact, d.say)}>${link === null || !fact || fact.location === '' ? printed : html`<a href="${link}">${printed}</a>`}</td>`;
}

/** What the document prints in the cell; where it prints nothing, a word that says so. */
export function printedOf(fact: Fact | undefined, say: Say): string | Markup {
  const word = wordFor(fact, say);
  if (word === null) return fact?.raw ?? '';
  return html`<i class="word">${word}</i>${fact?.state === 'unreadable' && fact.raw ? ` ${fact.raw}` : ''}`;
}

/** The same as plain text. */
export function printedText(fact: Fact, say: Say): string {
  return wordFor(fact, say) ?? fact.raw;
}

function wordFor(fact: Fact | undefined, say: Say): string | null {
  if (!fact || fact.state === 'absent') return say('缺', 'absent');
  if (fact.state === 'blank') return say('空白', 'blank');
  if (fact.state === 'unreadable') return say('读不出', 'unreadable');
  return null;
}

function titleOf(fact: Fact | undefined, say: Say): Markup | null {
  if (!fact) return null;
  const words = [
    fact.doubtful ? say('读数存疑', 'the reading is in doubt') : '',
    fact.confidence === 'ocr' ? say('识别所得', 'from OCR') : '',
    fact.confidence === 'inferred' ? say('按次序或合计推定', 'bound by order or by a sum') : '',
    fact.confidence === 'transcribed' ? say('人工录入', 'entered by a person') : '',
  ].filter((w) => w !== '');
  return words.length > 0 ? html` title="${words.join('，')}"` : null;
}

/** The marks of a finding in one of the tables. */
export function marksOf(finding: {
  readonly cells: readonly CellKey[];
  readonly culprit: readonly CellKey[];
  readonly suggested: readonly {
    readonly cells: readonly { readonly cell: CellKey; readonly suggested: number }[];
  }[];
}): TableMarks {
  // Several suggestions exclude each other: none of them is drawn into the table.
  const only = finding.suggested.length === 1 ? finding.suggested[0] : undefined;
  return {
    involved: new Set(finding.cells),
    culprit: new Set(finding.culprit),
    suggested: new Map(only?.cells.map((c) => [c.cell, c.suggested]) ?? []),
  };
}
