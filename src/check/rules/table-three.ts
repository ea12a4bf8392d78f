import type { CellKey, ColumnKey, RowKey } from '../../form/form.ts';
import { parseCellKey } from '../../form/form.ts';
import { localiseTableThree } from '../culprit/table-three.ts';
import { columnName, rowName, sumText, sumTextEn } from '../naming.ts';
import { type Evaluation, evaluateAll } from '../outcome.ts';
import type { Instance, ReportContext, ReportFamily, Text } from '../rule.ts';
import type { ReportView, TableView } from '../view.ts';
import { findingOfCause, nameOf } from './causes.ts';

const SOURCE_60 = '国办公开办函〔2019〕60号、〔2021〕30号，表三';

export const tableThree: ReportFamily = {
  key: 'table-three',
  title: { zh: '表三的勾稽关系', en: 'The sums of table III' },
  over: 'report',
  rules: [
    {
      id: 'T3.FLOW',
      version: 1,
      basis: {
        kind: 'form',
        source: `${SOURCE_60}左上角：本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和`,
      },
      severity: 'error',
      title: { zh: '收到与办理的勾稽', en: 'What came in is what was concluded or carried over' },
      terms: 'new_received + carried_in = concluded_total + carried_out (7 columns)',
      tolerance: '0',
      explanation: {
        zh: '每一列：本年新收加上年结转，等于本年度办理结果总计加结转下年度继续办理。',
        en: 'In every column, requests newly received plus those carried in equal those concluded plus those carried out. The form prints this itself.',
      },
      examples: [
        {
          name: 'One request received from a natural person is neither concluded nor carried over',
          reports: [
            {
              t3: {
                'new_received/natural_person': 21,
                'new_received/total': 21,
                'granted/natural_person': 20,
                'granted/total': 20,
                'concluded_total/natural_person': 20,
                'concluded_total/total': 20,
              },
            },
          ],
          expect: {
            target: 'natural_person',
            outcome: 'fails',
            severity: 'error',
            message: '表三“自然人”列：本年新收21＋上年结转0＝21，而总计20＋结转下年度0＝20，相差1。',
          },
        },
        {
          name: 'Blanks that must be zero do not fail',
          reports: [
            {
              t3: {
                'new_received/natural_person': 3,
                'new_received/total': 3,
                'carried_in/natural_person': '',
                'granted/natural_person': 3,
                'granted/total': 3,
                'concluded_total/natural_person': 3,
                'concluded_total/total': 3,
              },
            },
          ],
          expect: { target: 'natural_person', outcome: 'holds_if_blank_zero', severity: null },
        },
      ],
    },
    {
      id: 'T3.ITEMS',
      version: 1,
      basis: { kind: 'arithmetic', source: `${SOURCE_60}：（七）总计 is the total of （一） to （六）` },
      severity: 'error',
      title: { zh: '各项办理结果之和等于总计', en: 'The results add up to the total concluded' },
      terms: 'sum of the result rows = concluded_total (7 columns)',
      tolerance: '0',
      explanation: {
        zh: '每一列：（一）至（六）各项办理结果之和，等于（七）总计。',
        en: 'In every column the rows of results （一） to （六） add up to （七） 总计. Neither edition has subtotal rows.',
      },
      examples: [
        {
          name: 'One wrong result is located with its value',
          reports: [
            {
              t3: {
                'new_received/natural_person': 4,
                'new_received/total': 4,
                'granted/natural_person': 3,
                'granted/total': 4,
                'concluded_total/natural_person': 4,
                'concluded_total/total': 4,
              },
            },
          ],
          expect: {
            target: 'natural_person',
            outcome: 'fails',
            severity: 'error',
            verdict: 'unique',
            message: '表三“予以公开”行“自然人”列印为3、应为4',
          },
        },
        {
          name: 'A result and its row total are too large by the same six: two rows could be the one',
          reports: [
            {
              edition: '2019',
              year: 2020,
              t3: {
                'new_received/natural_person': 20,
                'new_received/total': 20,
                'granted/natural_person': 8,
                'granted/total': 8,
                'partly_granted/natural_person': 18,
                'partly_granted/total': 18,
                'concluded_total/natural_person': 20,
                'concluded_total/total': 20,
              },
            },
          ],
          expect: {
            target: 'natural_person',
            outcome: 'fails',
            severity: 'error',
            verdict: 'localised',
            message: '各项办理结果予以公开8＋部分公开18＝26，而（七）总计20，相差6。',
          },
        },
      ],
    },
    {
      id: 'T3.ROWSUM',
      version: 1,
      basis: { kind: 'arithmetic', source: `${SOURCE_60}：the last column is 总计` },
      severity: 'error',
      title: { zh: '各类申请人之和等于总计', en: 'The applicants add up to the total' },
      terms: 'sum of the six applicant columns = total (every row)',
      tolerance: '0',
      explanation: {
        zh: '每一行：自然人与各类法人或其他组织之和，等于总计。',
        en: 'In every row the six applicant columns add up to 总计. Neither edition has a subtotal column for 法人或其他组织.',
      },
      examples: [
        {
          name: 'One case is booked in the wrong row: the columns hold, two rows do not',
          reports: [
            {
              t3: {
                'new_received/natural_person': 5,
                'new_received/enterprise': 1,
                'new_received/total': 6,
                'granted/natural_person': 4,
                'granted/enterprise': 1,
                'granted/total': 6,
                'partly_granted/natural_person': 1,
                'concluded_total/natural_person': 5,
                'concluded_total/enterprise': 1,
                'concluded_total/total': 6,
              },
            },
          ],
          expect: {
            target: 'granted',
            outcome: 'fails',
            severity: 'error',
            message: '表三“予以公开”行：自然人4＋商业企业1＝5，而总计6，相差1。',
          },
        },
      ],
    },
  ],
  run: checkTableThree,
};

function* checkTableThree(view: ReportView, context: ReportContext): Generator<Instance> {
  const table = view.tables.t3;
  if (!table) return;
  const evaluations = evaluateAll(table);
  const failing = evaluations.filter((e) => e.outcome === 'fails');
  const findings = new Map<string, Instance['finding']>();
  if (failing.length > 0) {
    for (const cause of localiseTableThree(table)) {
      const found = findingOfCause(cause, failing, (e) => sentenceOf(e, table), view, table, context);
      if (found) findings.set(nameOf(found.lead), found.draft);
    }
  }
  for (const e of evaluations) {
    const finding = findings.get(nameOf(e));
    yield {
      rule: e.identity.rule,
      target: e.identity.target,
      outcome: e.outcome,
      left: e.left,
      right: e.right,
      ...(finding ? { finding } : {}),
    };
  }
}

function sentenceOf(e: Evaluation, table: TableView): Text {
  const difference = Math.abs(e.difference ?? 0);
  if (e.identity.rule === 'T3.ROWSUM') {
    const row = e.identity.target as RowKey;
    const name = row === 'concluded_total' ? '（七）总计' : rowName(table.edition, 't3', row, 'zh');
    return {
      zh: `表三“${name}”行：${sides(e.identity.left, table, 'zh', 'column')}，而总计${e.right}，相差${difference}。`,
      en: `Table III, row ${rowName(table.edition, 't3', row, 'en')}: ${sides(e.identity.left, table, 'en', 'column')}, but the total is ${e.right}; difference ${difference}.`,
    };
  }
  const column = e.identity.target as ColumnKey;
  const zh = columnName(table.edition, 't3', 'new_received', column, 'zh');
  const en = columnName(table.edition, 't3', 'new_received', column, 'en');
  if (e.identity.rule === 'T3.FLOW') {
    return {
      zh: `表三“${zh}”列：${sides(e.identity.left, table, 'zh', 'row')}，而${sides(e.identity.right, table, 'zh', 'row')}，相差${difference}。`,
      en: `Table III, column ${en}: ${sides(e.identity.left, table, 'en', 'row')}, but ${sides(e.identity.right, table, 'en', 'row')}; difference ${difference}.`,
    };
  }
  return {
    zh: `表三“${zh}”列：各项办理结果${sides(e.identity.left, table, 'zh', 'row')}，而（七）总计${e.right}，相差${difference}。`,
    en: `Table III, column ${en}: the results add up to ${sides(e.identity.left, table, 'en', 'row')}, but total concluded is ${e.right}; difference ${difference}.`,
  };
}

function sides(
  keys: readonly CellKey[],
  table: TableView,
  language: 'zh' | 'en',
  by: 'row' | 'column',
): string {
  const terms = keys.map((key) => {
    const { row, column } = parseCellKey(key);
    const name =
      by === 'row'
        ? rowName(table.edition, 't3', row, language)
        : columnName(table.edition, 't3', row, column, language);
    return { name, value: table.cells.get(key)?.value ?? 0 };
  });
  return language === 'zh' ? sumText(terms) : sumTextEn(terms);
}
