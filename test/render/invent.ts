import { cellsOf, editionForYear, tableForm } from '../../src/form/editions.ts';
import type { CellKey, EditionId, RowKey, TableId } from '../../src/form/form.ts';
import { GROUPS, TABLE_IDS } from '../../src/form/form.ts';
import type { Body } from './bodies.ts';
import type { Figures } from './figures.ts';
import { inventFigures } from './figures.ts';
import { narrative } from './narrative.ts';
import type { NumberHabits } from './print.ts';
import { PLAIN, printed } from './print.ts';
import { Random } from './random.ts';
import type { LabelKey, PrintedCell, RecordTable, ReportRecord, TableLayout } from './record.ts';
import { withTraditionalLabels } from './traditional.ts';

/** Everything in which offices differ from the notice without being wrong. */
export interface Habits extends NumberHabits {
  /** Other wordings of labels, as met in published reports. */
  readonly variants: boolean;
  /** Labels cut by line breaks: 本年新|制作数量, 三|、|本|年|度. */
  readonly brokenLabels: boolean;
  /** How the ordinals of rows are printed: as in the notice, `1、` and `(一)`, or not at all. */
  readonly ordinals: 'notice' | 'other' | 'none';
  /** The 总计 cells of result rows left blank. */
  readonly emptyTotals: boolean;
  /** `22（其中修订16件）`. */
  readonly notes: boolean;
  readonly subtotalColumn: boolean;
  readonly threeTables: boolean;
  readonly resultsCut: boolean;
  /** With `resultsCut`: the header again where the table is cut. */
  readonly headerRepeated: boolean;
  readonly fourHeaderRows: boolean;
  /** Labels and headings in traditional characters, as on mirror sites. */
  readonly traditional: boolean;
  readonly extraRow: boolean;
  readonly footnote: boolean;
  /** Table 三 in the other edition's layout. */
  readonly otherEdition: boolean;
  readonly charts: boolean;
}

export const NOTICE: Habits = {
  ...PLAIN,
  variants: false,
  brokenLabels: false,
  ordinals: 'notice',
  emptyTotals: false,
  notes: false,
  subtotalColumn: false,
  threeTables: false,
  resultsCut: false,
  headerRepeated: false,
  fourHeaderRows: false,
  traditional: false,
  extraRow: false,
  footnote: false,
  otherEdition: false,
  charts: false,
};

/** A report of one year, from its figures. */
export function composeReport(
  random: Random,
  body: Body,
  year: number,
  figures: Figures,
  habits: Habits,
): ReportRecord {
  const tables: Partial<Record<TableId, RecordTable>> = {};
  for (const table of TABLE_IDS) tables[table] = composeTable(random, table, figures, habits);
  const record: ReportRecord = {
    agency: body.name,
    year,
    ...narrative(random, body, year, figures),
    tables,
    charts: habits.charts
      ? [
          {
            title: `${year}年主动公开渠道占比`,
            categories: ['门户网站', '政务微信', '其他'],
            values: [0.5, 0.3, 0.2],
          },
        ]
      : [],
  };
  return habits.traditional ? withTraditionalLabels(record) : record;
}

/** One year alone. `size`: about how many requests the body receives. */
export function inventReport(
  seed: number,
  body: Body,
  year: number,
  habits: Habits,
  size: number,
): ReportRecord {
  const random = Random.of('report', seed, body.name, year);
  const figures = inventFigures(random, body, editionsOf(year, habits), size, null);
  return composeReport(random, body, year, figures, habits);
}

/** The same body over consecutive years: what one year carries over, the next begins with. */
export function inventYears(
  seed: number,
  body: Body,
  years: readonly number[],
  habits: (year: number) => Habits,
  size: number,
): readonly ReportRecord[] {
  let before: Figures | null = null;
  return years.map((year) => {
    const random = Random.of('years', seed, body.name, year);
    const figures: Figures = inventFigures(random, body, editionsOf(year, habits(year)), size, before);
    before = figures;
    return composeReport(random, body, year, figures, habits(year));
  });
}

function editionsOf(year: number, habits: Habits): Record<TableId, EditionId> {
  const id = editionForYear(year)?.id;
  if (!id) throw new RangeError(`no edition of the form for ${year}; expected 2019 or later`);
  const other: EditionId = id === '2019' ? '2021' : '2019';
  return { t2: id, t3: habits.otherEdition ? other : id, t4: id };
}

function composeTable(random: Random, table: TableId, figures: Figures, habits: Habits): RecordTable {
  const edition = figures.editions[table];
  const cells: Partial<Record<CellKey, PrintedCell>> = {};
  for (const { key, row, column } of cellsOf(tableForm(edition, table))) {
    const value = figures.cells[key];
    if (value === undefined) throw new RangeError(`no figure for ${key}`);
    if (table === 't3' && habits.emptyTotals && column.key === 'total' && !KEEPS_TOTAL.has(row.key)) {
      cells[key] = { state: 'blank', text: '' };
      continue;
    }
    const cell = printed(column.quantity, value, column.unit === '万元' ? '万元' : null, habits, random);
    cells[key] =
      habits.notes && cell.state === 'number' && column.key === 'in_force' && value > 3
        ? { ...cell, text: `${cell.text}（其中修订${random.integer(1, 3)}件）` }
        : cell;
  }
  return {
    edition,
    cells,
    labels: composeLabels(random, table, edition, habits),
    layout: composeLayout(random, table, habits),
    note: table === 't4' && habits.footnote ? '注：行政复议数据含上年度结转数量。' : null,
  };
}

/** Rows whose 总计 offices fill in even where they leave the others blank. */
const KEEPS_TOTAL: ReadonlySet<RowKey> = new Set(['new_received', 'carried_in']);

function composeLayout(random: Random, table: TableId, habits: Habits): TableLayout {
  switch (table) {
    case 't2':
      return habits.extraRow
        ? {
            extraRows: [
              { after: 'normative_documents', label: '其他主动公开文件', values: ['7', '7', '31'] },
            ],
          }
        : {};
    case 't3':
      return {
        ...(habits.subtotalColumn ? { subtotalColumn: true } : {}),
        ...(habits.resultsCut
          ? {
              resultsCutBefore: random.pick(['unavailable.not_held', 'denied.state_secret'] as const),
              ...(habits.headerRepeated ? { headerRepeated: true } : {}),
            }
          : {}),
        ...(habits.fourHeaderRows ? { fourHeaderRows: true } : {}),
      };
    case 't4':
      return habits.threeTables ? { threeTables: true } : {};
  }
}

function composeLabels(
  random: Random,
  table: TableId,
  edition: EditionId,
  habits: Habits,
): Partial<Record<LabelKey, string>> {
  const labels: Partial<Record<LabelKey, string>> = {};
  const form = tableForm(edition, table);
  const word = (label: string, variants: readonly string[]): string =>
    habits.variants && variants.length > 0 && random.chance(0.35) ? random.pick(variants) : label;
  for (const block of form.blocks) {
    for (const row of block.rows) {
      // 其他 alone would leave open which row of which edition it is.
      const variants = habits.ordinals === 'none' ? row.variants.filter((v) => v !== '其他') : row.variants;
      labels[`row:${row.key}`] = `${ordinal(row.ordinal, habits)}${word(row.label, variants)}`;
    }
    for (const column of block.columns) {
      const label = word(column.label, column.variants);
      labels[`column:${column.key}`] =
        habits.brokenLabels && random.chance(0.5) ? broken(random, label) : label;
    }
  }
  if (table === 't3') {
    for (const group of GROUPS) {
      const label = `${ordinal(group.ordinal, habits)}${word(group.label, group.variants)}`;
      labels[`group:${group.key}`] =
        habits.brokenLabels && group.key === 'results' ? [...label].join('\n') : label;
    }
  }
  return labels;
}

function ordinal(printedOrdinal: string, habits: Habits): string {
  switch (habits.ordinals) {
    case 'notice':
      return printedOrdinal;
    case 'none':
      return '';
    case 'other':
      return printedOrdinal
        .replace(/^(\d)\.$/, '$1、')
        .replace('（', '(')
        .replace('）', ')');
  }
}

function broken(random: Random, label: string): string {
  const chars = [...label];
  if (chars.length < 4) return label;
  const at = random.integer(2, chars.length - 1);
  return `${chars.slice(0, at).join('')}\n${chars.slice(at).join('')}`;
}
