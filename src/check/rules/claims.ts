import type { Statement } from '../../extract/report.ts';
import type { CellKey } from '../../form/form.ts';
import { amountOf } from '../amounts.ts';
import type { CheckOutcome } from '../finding.ts';
import type { Instance, ReportFamily } from '../rule.ts';
import { cellOf, type ReportView } from '../view.ts';
import { consistent, rule } from './narrative-rule.ts';
import { objectionTo, overStatements } from './objection.ts';
import { readingsOf } from './readings.ts';
import { clauseOf, quoted, RULE_OF, tableOf } from './statement-words.ts';

/** Shares, fees and claims without a number: they speak of a relation between numbers. */
export const claims: ReportFamily = {
  key: 'claims',
  title: { zh: '正文的比例与说法', en: 'Shares and claims of the narrative' },
  over: 'report',
  rules: [
    rule(
      'N.SHARE',
      'warning',
      { zh: '正文的百分比', en: 'Shares in the narrative' },
      'share = number ÷ (new, new + carried in, or concluded) × 100',
      {
        zh: '正文的占比，按本年新收、新收与结转之和或办结总数计算，应有一种相符。',
        en: 'A share must come out on one of the three bases; the number may be the one in the sentence or the one in the table.',
      },
      [
        {
          name: 'A share that no base gives',
          reports: [{ t3: consistent, text: ['1:收到政府信息公开申请，予以公开20件，占75.3%。'] }],
          expect: { outcome: 'fails', severity: 'warning', message: '75.3%' },
        },
        {
          name: 'A share of the concluded requests',
          reports: [{ t3: consistent, text: ['1:收到政府信息公开申请，予以公开20件，占71.4%。'] }],
          expect: { outcome: 'holds', severity: null },
        },
      ],
      '0.1 percentage points',
    ),
    rule(
      'N.ALL_CONCLUDED',
      'warning',
      { zh: '“均已办结”与结转下年度', en: '“All concluded” and what was carried over' },
      'claim “all concluded” ⇒ carried_out = 0',
      {
        zh: '正文称均已办结，而表三结转下年度继续办理大于0。',
        en: 'The narrative says that all requests were concluded while table III carries some over.',
      },
      [
        {
          name: 'All concluded, yet four carried over',
          reports: [{ t3: consistent, text: ['1:收到政府信息公开申请30件，均已办结。'] }],
          expect: { outcome: 'fails', severity: 'warning', message: '结转下年度继续办理为4' },
        },
      ],
    ),
    rule(
      'N.ALL_UPHELD',
      'warning',
      { zh: '“均获维持”“未被纠正”与表四', en: '“All upheld”, “none corrected” and table IV' },
      'claim “all upheld” ⇒ corrected = other = pending = 0; claim “none corrected” ⇒ corrected = 0',
      {
        zh: '正文称复议、诉讼均获维持，而表四有尚未审结、结果纠正或其他结果；或称未被纠正，而表四有结果纠正。',
        en: 'The narrative says that all were upheld, or none corrected, while table IV shows other outcomes.',
      },
      [
        {
          name: 'All upheld, yet two are pending',
          reports: [
            {
              t4: { 'review/upheld': 5, 'review/pending': 2, 'review/total': 7 },
              text: ['1:政府信息公开行政复议7件，均获维持。'],
            },
          ],
          expect: { outcome: 'fails', severity: 'warning', message: '尚未审结2' },
        },
      ],
    ),
    rule(
      'N.FEE',
      'warning',
      { zh: '信息处理费与行政事业性收费', en: 'Information fee and administrative fees' },
      '信息处理费 (yuan) ≤ fees.amount (万元) × 10,000',
      {
        zh: '信息处理费属于行政事业性收费：正文的信息处理费不应大于表二的收费金额。两者不必相等。',
        en: 'The information processing fee is one of the administrative fees and cannot exceed them; the two are never expected to be equal.',
      },
      [
        {
          name: 'More information fees than fees in all',
          reports: [{ t2: { 'fees/amount': 0.1 }, text: ['6:本年度收取信息处理费3940元。'] }],
          expect: { outcome: 'fails', severity: 'warning', message: '3940' },
        },
      ],
    ),
  ],
  run: overStatements(check),
};

function check(s: Statement, target: string, view: ReportView): Instance | null {
  switch (s.kind) {
    case 'share':
      return checkShare(s, target, view);
    case 'all_concluded':
      return checkAllConcluded(s, target, view);
    case 'all_upheld':
    case 'no_correction':
      return checkOutcomes(s, target, view);
    case 'fee_charged':
      return checkFee(s, target, view);
    default:
      return null;
  }
}

function checkShare(s: Statement, target: string, view: ReportView): Instance | null {
  const share = s.value;
  const before = view.statements.findLast(
    (o) => o.text === s.text && o.kind === s.about && o.start < s.start && o.value !== null,
  );
  if (share === null || !before || before.value === null) return null;
  const table = RULE_OF[before.kind] === 'N.REVIEW' ? 't4' : 't3';
  if (table === 't4' || !view.tables.t3 || !RULE_OF[before.kind]) return null;
  const bases: readonly (readonly [string, string, readonly CellKey[]])[] = [
    ['本年新收', 'newly received', ['t3/new_received/total']],
    ['本年新收＋上年结转', 'new + carried in', ['t3/new_received/total', 't3/carried_in/total']],
    ['办理结果总计', 'concluded', ['t3/concluded_total/total']],
  ];
  const amounts = bases.map(([zh, en, cells]) => ({ zh, en, cells, amount: amountOf(view, cells) }));
  const numerators = [before.value, ...readingsOf(before, view).map((r) => amountOf(view, r.cells).ifZero)];
  if (amounts.some((a) => !a.amount.printed)) {
    return { rule: 'N.SHARE', target, outcome: 'unverifiable', left: share, right: null };
  }
  const within = (numerator: number, base: number) =>
    base > 0 && Math.abs((numerator / base) * 100 - share) <= 0.1 + 1e-9;
  const holds = numerators.some((n) => amounts.some((a) => within(n, a.amount.least)));
  const share_of = (base: number) => Math.round(((before.value as number) / base) * 1000) / 10;
  const right = amounts[2] && amounts[2].amount.least > 0 ? share_of(amounts[2].amount.least) : null;
  const base: Instance = { rule: 'N.SHARE', target, outcome: holds ? 'holds' : 'fails', left: share, right };
  if (holds) return base;
  const shown = amounts.filter((a) => a.amount.least > 0);
  return {
    ...base,
    finding: objectionTo(s, view, {
      asks: { ...s, scope: before.scope },
      table: 't3',
      cells: amounts.flatMap((a) => a.cells),
      discriminator: `share:${share}:${s.text}`,
      zh: `正文写“${clauseOf(before)}”占${share}%，而${shown.map((a) => `按${a.zh}${a.amount.least}计为${share_of(a.amount.least)}%`).join('，')}，均不相符`,
      en: `The narrative gives “${clauseOf(before)}” as ${share}%, but ${shown.map((a) => `of ${a.en} ${a.amount.least} it is ${share_of(a.amount.least)}%`).join(', ')}`,
      ask: { zh: '请核对百分比', en: 'Check the percentage.' },
      operands: [quoted(before), quoted(s)],
    }),
  };
}

/** A claim stands against cells that must be zero; any number above zero among them contradicts it. */
function against(
  id: string,
  s: Statement,
  target: string,
  view: ReportView,
  cells: readonly CellKey[],
  words: (shown: readonly { key: CellKey; value: number }[]) => { zh: string; en: string },
): Instance {
  const states = cells.map((key) => ({ key, cell: cellOf(view, key) }));
  const above = states.flatMap(({ key, cell }) => (cell?.value ? [{ key, value: cell.value }] : []));
  const outcome: CheckOutcome =
    above.length > 0
      ? 'fails'
      : states.every(({ cell }) => cell?.state === 'number')
        ? 'holds'
        : states.every(({ cell }) => ['number', 'blank', 'dash'].includes(cell?.state ?? ''))
          ? 'holds_if_blank_zero'
          : 'unverifiable';
  const base: Instance = {
    rule: id,
    target,
    outcome,
    left: 0,
    right: above.reduce((sum, a) => sum + a.value, 0),
  };
  if (above.length === 0) return base;
  const text = words(above);
  const finding = objectionTo(s, view, {
    table: tableOf(cells),
    cells: above.map((a) => a.key),
    discriminator: `${s.kind}:${s.text}`,
    zh: `正文称“${s.words}”，而${text.zh}`,
    en: `The narrative says “${s.words}”, but ${text.en}`,
    operands: [{ cell: `statement:${s.kind}`, raw: s.words }],
  });
  return { ...base, finding };
}

function checkAllConcluded(s: Statement, target: string, view: ReportView): Instance | null {
  if (!view.tables.t3) return null;
  const total = cellOf(view, 't3/carried_out/total');
  const columns = ['natural_person', ...ORGANISATION_COLUMNS] as const;
  const cells: CellKey[] =
    total?.state === 'number' ? ['t3/carried_out/total'] : columns.map((c): CellKey => `t3/carried_out/${c}`);
  return against('N.ALL_CONCLUDED', s, target, view, cells, (shown) => {
    const sum = shown.reduce((n, a) => n + a.value, 0);
    return { zh: `表三结转下年度继续办理为${sum}`, en: `table III carries ${sum} over to next year` };
  });
}

const ORGANISATION_COLUMNS = [
  'enterprise',
  'research',
  'public_interest',
  'legal_service',
  'other_org',
] as const;

const OUTCOME_ZH: Record<string, string> = {
  corrected: '结果纠正',
  other_result: '其他结果',
  pending: '尚未审结',
};
const ROW_ZH: Record<string, string> = {
  review: '行政复议',
  litigation_direct: '未经复议直接起诉',
  litigation_after_review: '复议后起诉',
};

function checkOutcomes(s: Statement, target: string, view: ReportView): Instance | null {
  if (!view.tables.t4) return null;
  const rows =
    s.about === 'review'
      ? (['review'] as const)
      : s.about === 'litigation'
        ? (['litigation_direct', 'litigation_after_review'] as const)
        : (['review', 'litigation_direct', 'litigation_after_review'] as const);
  const columns =
    s.kind === 'all_upheld' ? (['corrected', 'other_result', 'pending'] as const) : (['corrected'] as const);
  const cells = rows.flatMap((r) => columns.map((c): CellKey => `t4/${r}/${c}`));
  return against('N.ALL_UPHELD', s, target, view, cells, (shown) => ({
    zh: `表四${shown
      .map(({ key, value }) => {
        const [, row, column] = key.split('/');
        return `${ROW_ZH[row ?? '']}${OUTCOME_ZH[column ?? '']}${value}`;
      })
      .join('、')}`,
    en: `table IV has ${shown.map(({ key, value }) => `${key.slice(3).replace('/', ' ')} ${value}`).join(', ')}`,
  }));
}

function checkFee(s: Statement, target: string, view: ReportView): Instance | null {
  const cell = cellOf(view, 't2/fees/amount');
  if (s.value === null || !cell) return null;
  const yuan = s.unit === '万元' ? s.value * 10_000 : s.value;
  const wan = cell.valueWan;
  if (wan === null) return { rule: 'N.FEE', target, outcome: 'unverifiable', left: yuan, right: null };
  const right = Number((wan * 10_000).toFixed(2));
  const holds = yuan <= right + 0.005;
  const base: Instance = { rule: 'N.FEE', target, outcome: holds ? 'holds' : 'fails', left: yuan, right };
  if (holds) return base;
  return {
    ...base,
    finding: objectionTo(s, view, {
      table: 't2',
      cells: ['t2/fees/amount'],
      discriminator: `fee:${s.text}`,
      zh: `正文写收取信息处理费${yuan}元，大于表二行政事业性收费金额${wan}万元（${right}元）`,
      en: `The narrative gives ${yuan} yuan of information fees, more than all administrative fees of table II (${wan} 万元 = ${right} yuan)`,
      remark: {
        zh: '信息处理费属于行政事业性收费。',
        en: 'The information fee is one of the administrative fees.',
      },
      operands: [quoted(s)],
    }),
  };
}
