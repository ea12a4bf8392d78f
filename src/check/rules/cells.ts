import { cellsOf, tableForm } from '../../form/editions.ts';
import { type CellKey, parseCellKey, T3_COLUMNS, TABLE_IDS } from '../../form/form.ts';
import { cellName, tableName } from '../naming.ts';
import { isBlank, isScaled } from '../outcome.ts';
import type { Instance, ReportFamily } from '../rule.ts';
import type { CellView, TableView } from '../view.ts';

const MOST_NAMED = 4;

export const cells: ReportFamily = {
  key: 'cells',
  title: { zh: '单个格子', en: 'Single cells' },
  over: 'report',
  rules: [
    {
      id: 'COUNT',
      version: 1,
      basis: {
        kind: 'arithmetic',
        source: '件数、项目数 are counts; amounts of money received are not negative',
      },
      severity: 'error',
      title: { zh: '件数应为非负整数', en: 'Counts are whole numbers, not negative' },
      terms: 'counts are integers ≥ 0; 本年增/减 is an integer; amounts ≥ 0',
      tolerance: '0',
      explanation: {
        zh: '件数、项目数应为不小于0的整数；“本年增/减”可以为负；金额不小于0。',
        en: 'Counts are integers of at least 0, 本年增/减 may be negative, amounts are at least 0.',
      },
      examples: [
        {
          name: 'Half a request',
          reports: [{ t3: { 'new_received/natural_person': 2.5 } }],
          expect: {
            target: 't3/new_received/natural_person',
            outcome: 'fails',
            severity: 'error',
            message: '表三“本年新收”行“自然人”列为2.5，件数应为不小于0的整数',
          },
        },
        {
          name: 'A change may be negative',
          reports: [{ edition: '2019', year: 2020, t2: { 'licensing/item_change': -18 } }],
          expect: { target: 't2', outcome: 'holds', severity: null },
        },
      ],
    },
    {
      id: 'BLANK',
      version: 1,
      basis: { kind: 'convention', source: 'the form asks for numbers and does not say what a blank means' },
      severity: 'warning',
      title: { zh: '应填数字处留空', en: 'Cells left empty' },
      terms:
        'cells left blank, dashed or worded where a number is due: one finding per table, info; warning where a whole total row or column is blank',
      tolerance: '–',
      explanation: {
        zh: '应填数字的格子留空、画线或写成文字。空白不等于0，程序不会替报告补数。整行或整列总计留空时为警告。',
        en: 'Cells left blank, dashed or worded. A blank is never taken for 0. A warning where a whole total row or column is blank.',
      },
      examples: [
        {
          name: 'One cell left empty',
          reports: [{ edition: '2019', year: 2020, t2: { 'fees/item_change': '' } }],
          expect: {
            target: 't2',
            outcome: 'fails',
            severity: 'info',
            message: '“行政事业性收费”的“本年增/减”',
          },
        },
        {
          name: 'The total column of every result left empty is one finding',
          reports: [{ t3: { '*/total': '' } }],
          expect: { target: 't3', outcome: 'fails', severity: 'warning', message: '“总计”列' },
        },
      ],
    },
  ],
  *run(view) {
    for (const id of TABLE_IDS) {
      const table = view.tables[id];
      if (!table) continue;
      yield* counts(table);
      yield* blanks(table);
    }
  },
};

function* counts(table: TableView): Generator<Instance> {
  let wrong = 0;
  for (const { key, column } of cellsOf(tableForm(table.edition, table.table))) {
    const cell = table.cells.get(key);
    const value = cell?.value ?? null;
    if (value === null || (cell && isScaled(cell))) continue;
    const whole = Number.isSafeInteger(value);
    const right =
      column.quantity === 'amount' ? value >= 0 : column.quantity === 'change' ? whole : whole && value >= 0;
    if (right) continue;
    wrong++;
    const due = {
      amount: { zh: '金额不应为负', en: 'an amount cannot be negative' },
      change: { zh: '增减项数应为整数', en: 'a change of items is a whole number' },
      count: { zh: '件数应为不小于0的整数', en: 'a count is a whole number of at least 0' },
    }[column.quantity];
    yield {
      rule: 'COUNT',
      target: key,
      outcome: 'fails',
      left: value,
      right: null,
      finding: {
        table: table.table,
        cells: [key],
        zh: `${cellName(table.edition, key, 'zh')}为${value}，${due.zh}，请核对。`,
        en: `${cellName(table.edition, key, 'en')} shows ${value}; ${due.en}. Check it.`,
        culprit: [key],
      },
    };
  }
  if (wrong === 0) {
    yield { rule: 'COUNT', target: table.table, outcome: 'holds', left: null, right: null };
  }
}

function* blanks(table: TableView): Generator<Instance> {
  const empty = cellsOf(tableForm(table.edition, table.table))
    .map((c) => c.key)
    .filter((key) => isUnfilled(table.cells.get(key)));
  if (empty.length === 0) {
    yield { rule: 'BLANK', target: table.table, outcome: 'holds', left: 0, right: 0 };
    return;
  }
  const totals = blankTotals(table);
  const named = empty.slice(0, MOST_NAMED);
  const more = empty.length - named.length;
  const which = totals ?? {
    zh: `${tableName(table.table, 'zh')}${named.map((key) => inTable(table, key, 'zh')).join('、')}${more > 0 ? `等${empty.length}格` : ''}`,
    en: `${tableName(table.table, 'en')}: ${named.map((key) => inTable(table, key, 'en')).join('; ')}${more > 0 ? ` and ${more} more` : ''}`,
  };
  yield {
    rule: 'BLANK',
    target: table.table,
    outcome: 'fails',
    left: empty.length,
    right: 0,
    finding: {
      severity: totals ? 'warning' : 'info',
      table: table.table,
      cells: empty,
      zh: `${which.zh}未填数字${totals ? `（${tableName(table.table, 'zh')}共${empty.length}格未填）` : ''}。如为零请填0；空白不能当作0。`,
      en: `${which.en}: left without a number${totals ? ` (${empty.length} cells in ${tableName(table.table, 'en')})` : ''}. Enter 0 if it is zero; a blank is not 0.`,
      evidence: [{ kind: 'part', text: `共${empty.length}格未填`, cells: empty }],
    },
  };
}

/** The name of a cell where its table has been named already. */
function inTable(table: TableView, key: CellKey, language: 'zh' | 'en'): string {
  return cellName(table.edition, key, language)
    .replace(tableName(table.table, language), '')
    .replace(/^, /, '');
}

function isUnfilled(cell: CellView | undefined): boolean {
  return isBlank(cell) || cell?.state === 'text';
}

/** A whole row or column of totals without a number; the words for it, or null. */
function blankTotals(table: TableView): { zh: string; en: string } | null {
  const keys = [...table.cells.keys()];
  const unfilled = (list: readonly CellKey[]) =>
    list.length > 0 && list.every((key) => isUnfilled(table.cells.get(key)));
  const totals = keys.filter((key) => parseCellKey(key).column === 'total');
  if (table.table === 't4') {
    return unfilled(totals) ? { zh: '表四各“总计”格整体', en: 'Table IV, every total' } : null;
  }
  if (table.table !== 't3') return null;
  const closing = new Set(['new_received', 'carried_in', 'concluded_total', 'carried_out']);
  if (unfilled(totals.filter((key) => !closing.has(parseCellKey(key).row)))) {
    return { zh: '表三各项办理结果的“总计”列整列', en: 'Table III, the total column of every result' };
  }
  if (unfilled(T3_COLUMNS.map((c): CellKey => `t3/concluded_total/${c}`))) {
    return { zh: '表三“（七）总计”行整行', en: 'Table III, the whole row of totals' };
  }
  return null;
}
