import type { Statement } from '../../extract/report.ts';
import type { CellKey } from '../../form/form.ts';
import { amountOf } from '../amounts.ts';
import type { HistoryFamily, Instance } from '../rule.ts';
import type { ReportView } from '../view.ts';
import { located, pairsOf } from './chain.ts';
import { rule } from './narrative-rule.ts';
import { objectionTo } from './objection.ts';
import { quoted } from './statement-words.ts';

const received = (n: number) => ({
  'new_received/natural_person': n,
  'new_received/total': n,
  'granted/natural_person': n,
  'granted/total': n,
  'concluded_total/natural_person': n,
  'concluded_total/total': n,
});

export const growth: HistoryFamily = {
  key: 'growth',
  title: { zh: '正文的同比增减', en: 'Growth named in the narrative' },
  over: 'history',
  rules: [
    rule(
      'N.GROWTH',
      'warning',
      { zh: '正文的同比增减与上年报告', en: 'Year-on-year growth and last year’s report' },
      'growth = (this year − last year) ÷ last year × 100, on new or new + carried in',
      {
        zh: '正文的申请量同比增减，按上年报告计算应相符。',
        en: 'A growth of requests must come out against last year’s report; without that report it is not checked.',
      },
      [
        {
          name: 'Half as many again, called a fifth more',
          reports: [
            { year: 2023, t3: received(20) },
            { year: 2024, t3: received(30), text: ['1:收到政府信息公开申请30件，同比增长20%。'] },
          ],
          expect: { outcome: 'fails', severity: 'warning', message: '应为50%' },
        },
        {
          name: 'Without last year’s report nothing is said',
          reports: [{ t3: received(30), text: ['1:收到政府信息公开申请30件，同比增长20%。'] }],
          expect: { outcome: 'unverifiable', severity: null },
        },
      ],
      '0.1 percentage points',
    ),
  ],
  *run(history) {
    const before = new Map(pairsOf(history).map((p) => [p.after, p.before]));
    for (const report of history.reports) {
      for (const [i, statement] of report.statements.entries()) {
        if (statement.kind !== 'growth') continue;
        const instance = check(statement, `growth#${i + 1}`, report, before.get(report) ?? null);
        if (instance) yield located(instance, report);
      }
    }
  },
};

const NEW: readonly CellKey[] = ['t3/new_received/total'];
const NEW_AND_IN: readonly CellKey[] = [...NEW, 't3/carried_in/total'];

function check(s: Statement, target: string, view: ReportView, last: ReportView | null): Instance | null {
  const printed = s.value;
  if (printed === null || s.about === null || !/^received/u.test(s.about)) return null;
  const now = [NEW, NEW_AND_IN].map((k) => amountOf(view, k));
  const then = last ? [NEW, NEW_AND_IN].map((k) => amountOf(last, k)) : [];
  const known = last !== null && [...now, ...then].every((a) => a.printed);
  const growths = known
    ? now.flatMap((a) => then.flatMap((b) => (b.least > 0 ? [((a.least - b.least) / b.least) * 100] : [])))
    : [];
  const [plain] = growths;
  if (last === null || plain === undefined) {
    return { rule: 'N.GROWTH', target, outcome: 'unverifiable', left: printed, right: null };
  }
  const right = Math.round(plain * 10) / 10;
  const holds = growths.some((g) => Math.abs(g - printed) <= 0.1 + 1e-9);
  const base: Instance = {
    rule: 'N.GROWTH',
    target,
    outcome: holds ? 'holds' : 'fails',
    left: printed,
    right,
  };
  if (holds) return base;
  const [a, b] = [now[0]?.least ?? 0, then[0]?.least ?? 0];
  return {
    ...base,
    finding: objectionTo(s, view, {
      table: 't3',
      cells: [...NEW],
      discriminator: `growth:${printed}:${s.text}`,
      zh: `正文写申请量同比${s.words}${Math.abs(printed)}%，而${last.year}年度报告本年新收${b}、本年度为${a}，应为${right}%`,
      en: `The narrative gives a growth of ${printed}%, but the ${last.year} report has ${b} new requests and this one ${a}: ${right}%`,
      ask: { zh: '请核对两年的数字', en: 'Check the numbers of both years.' },
      evidence: [{ kind: 'other_report', report: last.id, text: `${last.year}年度本年新收${b}` }],
      operands: [quoted(s), { cell: `${last.year}:t3/new_received/total`, raw: String(b) }],
    }),
  };
}
