import { parseCellKey, type RowKey } from '../../form/form.ts';
import { localiseTableFour } from '../culprit/table-four.ts';
import { columnName, rowName, sumText, sumTextEn } from '../naming.ts';
import { type Evaluation, evaluateAll } from '../outcome.ts';
import type { Instance, ReportContext, ReportFamily, Text } from '../rule.ts';
import type { ReportView, TableView } from '../view.ts';
import { findingOfCause, nameOf } from './causes.ts';

export const tableFour: ReportFamily = {
  key: 'table-four',
  title: { zh: '表四的合计', en: 'The sums of table IV' },
  over: 'report',
  rules: [
    {
      id: 'T4.SUM',
      version: 1,
      basis: { kind: 'arithmetic', source: '国办公开办函〔2019〕60号、〔2021〕30号，表四：总计' },
      severity: 'error',
      title: { zh: '复议、诉讼各结果之和等于总计', en: 'The outcomes add up to the total' },
      terms: 'upheld + corrected + other_result + pending = total (3 rows)',
      tolerance: '0',
      explanation: {
        zh: '行政复议、未经复议直接起诉、复议后起诉各自的结果维持、结果纠正、其他结果、尚未审结之和，等于总计。',
        en: 'For review, direct litigation and litigation after review the four outcomes add up to 总计. One sum covers five cells, so the wrong one is never certain.',
      },
      examples: [
        {
          name: 'One case is missing from the total of reviews',
          reports: [{ t4: { 'review/upheld': 2, 'review/corrected': 1, 'review/total': 2 } }],
          expect: {
            target: 'review',
            outcome: 'fails',
            severity: 'error',
            verdict: 'localised',
            message: '表四“行政复议”：结果维持2＋结果纠正1＝3，而总计2，相差1。',
          },
        },
        {
          name: 'The digits of the total are transposed',
          reports: [{ t4: { 'review/upheld': 12, 'review/total': 21 } }],
          expect: { target: 'review', outcome: 'fails', severity: 'error', verdict: 'localised' },
        },
        {
          name: 'A blank that could be one does not fail',
          reports: [{ t4: { 'review/upheld': '', 'review/total': 1 } }],
          expect: { target: 'review', outcome: 'unverifiable', severity: null },
        },
      ],
    },
  ],
  run: checkTableFour,
};

function* checkTableFour(view: ReportView, context: ReportContext): Generator<Instance> {
  const table = view.tables.t4;
  if (!table) return;
  const evaluations = evaluateAll(table);
  const failing = evaluations.filter((e) => e.outcome === 'fails');
  const findings = new Map<string, Instance['finding']>();
  for (const cause of failing.length > 0 ? localiseTableFour(table) : []) {
    const found = findingOfCause(cause, failing, (e) => sentenceOf(e, table), view, table, context);
    if (found) findings.set(nameOf(found.lead), found.draft);
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
  const row = e.identity.target as RowKey;
  const terms = (language: 'zh' | 'en') =>
    e.identity.left.map((key) => ({
      name: columnName(table.edition, 't4', row, parseCellKey(key).column, language),
      value: table.cells.get(key)?.value ?? 0,
    }));
  const difference = Math.abs(e.difference ?? 0);
  return {
    zh: `表四“${rowName(table.edition, 't4', row, 'zh')}”：${sumText(terms('zh'))}，而总计${e.right}，相差${difference}。`,
    en: `Table IV, ${rowName(table.edition, 't4', row, 'en')}: ${sumTextEn(terms('en'))}, but the total is ${e.right}; difference ${difference}.`,
  };
}
