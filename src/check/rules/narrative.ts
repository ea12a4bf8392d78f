import type { Statement, StatementKind } from '../../extract/report.ts';
import type { CellKey, TableId } from '../../form/form.ts';
import { type Amount, amountOf, type Fit, fits } from '../amounts.ts';
import { localiseTableFour } from '../culprit/table-four.ts';
import { localiseTableThree } from '../culprit/table-three.ts';
import type { CheckOutcome, Severity } from '../finding.ts';
import type { Draft, Instance, ReportContext, ReportFamily, Rule } from '../rule.ts';
import { cellOf, type ReportView } from '../view.ts';
import { mistakenFor, type ReadingOf, readingsOf } from './readings.ts';

const BASIS = {
  kind: 'convention',
  source: '国办公开办函〔2021〕30号：总体情况与各表应当一致',
} as const;

const consistent = {
  'new_received/natural_person': 30,
  'new_received/total': 30,
  'carried_in/natural_person': 2,
  'carried_in/total': 2,
  'granted/natural_person': 20,
  'granted/total': 20,
  'denied.process_information/natural_person': 8,
  'denied.process_information/total': 8,
  'concluded_total/natural_person': 28,
  'concluded_total/total': 28,
  'carried_out/natural_person': 4,
  'carried_out/total': 4,
};

function rule(
  id: string,
  severity: Severity,
  title: Rule['title'],
  terms: string,
  explanation: Rule['explanation'],
  examples: Rule['examples'],
  tolerance = '0',
): Rule {
  return { id, version: 1, basis: BASIS, severity, title, terms, tolerance, explanation, examples };
}

const RULES: readonly Rule[] = [
  rule(
    'N.RECEIVED',
    'error',
    { zh: '正文的申请件数与表三', en: 'Requests received, narrative and table III' },
    'received = new_received, or new_received + carried_in; wrong only if neither fits',
    {
      zh: '正文“收到、受理、接收、新收”的申请件数，应等于表三本年新收，或本年新收与上年结转之和。',
      en: '受理 may mean the new requests or those and the ones carried in. Only a number that fits neither is wrong. “未收到” is read as 0.',
    },
    [
      {
        name: 'A number that is neither the new requests nor all of them',
        reports: [{ t3: consistent, text: ['1:全年共收到政府信息公开申请35件。'] }],
        expect: {
          outcome: 'fails',
          severity: 'error',
          message:
            '正文写“全年共收到政府信息公开申请35件”，而表三本年新收为30，本年新收＋上年结转为32，均不相符',
        },
      },
      {
        name: '受理 may include what was carried in',
        reports: [{ t3: consistent, text: ['1:全年共受理政府信息公开申请32件。'] }],
        expect: { outcome: 'holds', severity: null },
      },
      {
        name: 'Doubt about whose numbers they are is a question',
        reports: [{ t3: consistent, text: ['1:全区各级行政机关共受理政府信息公开申请135件。'] }],
        expect: { outcome: 'fails', severity: 'info', message: '请确认' },
      },
    ],
  ),
  rule(
    'N.CARRIED',
    'error',
    { zh: '正文的结转件数与表三', en: 'Requests carried over, narrative and table III' },
    'carried_in, carried_out = the rows of table 三',
    {
      zh: '正文的上年结转、结转下年度件数，应等于表三相应各行总计。',
      en: 'Numbers of requests carried in or out equal the totals of their rows.',
    },
    [
      {
        name: 'A different number carried over',
        reports: [{ t3: consistent, text: ['1:收到政府信息公开申请30件，结转下年度继续办理3件。'] }],
        expect: { outcome: 'fails', severity: 'error', message: '结转下年度为4' },
      },
    ],
  ),
  rule(
    'N.CONCLUDED',
    'error',
    { zh: '正文的办结件数与表三', en: 'Requests concluded, narrative and table III' },
    'concluded = concluded_total (or the part of it that was answered)',
    {
      zh: '正文“答复、办结”的件数，应等于表三办理结果总计；只说“办理”的也可以指收到的件数。',
      en: 'Answered or concluded requests equal the total concluded, or the part of it that was answered; 办理 alone may also mean the requests received.',
    },
    [
      {
        name: 'A different number answered',
        reports: [{ t3: consistent, text: ['1:全年答复政府信息公开申请29件。'] }],
        expect: { outcome: 'fails', severity: 'error', message: '办理结果总计为28' },
      },
    ],
  ),
  rule(
    'N.RESULTS',
    'warning',
    { zh: '正文的各类办理结果与表三', en: 'Results by kind, narrative and table III' },
    'granted, partly granted, denied, unavailable, not processed, other = the sums of their rows',
    {
      zh: '正文的予以公开、部分公开、不予公开、无法提供、不予处理、其他处理件数，应等于表三相应各行总计之和。',
      en: 'The results by kind equal the sums of their rows in table III.',
    },
    [
      {
        name: 'A number of grants below what the applicants’ columns already add up to',
        reports: [
          {
            t3: {
              '*/total': '',
              'granted/natural_person': 20,
              'granted/enterprise': '',
              'partly_granted/natural_person': 3,
            },
            text: ['1:收到政府信息公开申请，予以公开及部分公开20件。'],
          },
        ],
        expect: { outcome: 'fails', severity: 'warning', message: '不少于23' },
      },
    ],
  ),
  rule(
    'N.APPLICANTS',
    'warning',
    { zh: '正文的申请人分类与表三', en: 'Applicants by kind, narrative and table III' },
    'natural persons, organisations = the columns of table 三 (new, new + carried in, or concluded)',
    {
      zh: '正文的自然人、法人或其他组织申请件数，应与表三相应各列相符。',
      en: 'Requests of natural persons and of organisations fit the columns of table III.',
    },
    [
      {
        name: 'More natural persons than the table has',
        reports: [{ t3: consistent, text: ['1:收到政府信息公开申请30件，其中自然人申请29件。'] }],
        expect: { outcome: 'fails', severity: 'warning', message: '自然人本年新收为30' },
      },
    ],
  ),
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
    'N.REVIEW',
    'warning',
    { zh: '正文的复议、诉讼件数与表四', en: 'Reviews and suits, narrative and table IV' },
    'reviews = review; suits = litigation_direct + litigation_after_review',
    {
      zh: '正文的行政复议、行政诉讼件数，应等于表四相应各格；行政诉讼为两类之和。',
      en: 'Reviews and suits, and their outcomes, equal the cells of table IV; suits are both kinds together.',
    },
    [
      {
        name: 'Nine suits in the text, eight in the table',
        reports: [
          {
            t4: { 'litigation_direct/upheld': 8, 'litigation_direct/total': 8 },
            text: ['1:政府信息公开行政诉讼9件。'],
          },
        ],
        expect: { outcome: 'fails', severity: 'warning', message: '行政诉讼总计（两类之和）为8' },
      },
    ],
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
    'N.DOCUMENTS',
    'warning',
    { zh: '正文的规范性文件件数与表二', en: 'Normative documents, narrative and table II' },
    'issued, repealed, in force = the row of table 二',
    {
      zh: '正文制发、废止、现行有效的规范性文件件数，应与表二相符。',
      en: 'Normative documents issued, repealed and in force equal the row of table II.',
    },
    [
      {
        name: 'Other numbers in the text',
        reports: [
          {
            t2: { 'normative_documents/issued': 4, 'normative_documents/in_force': 32 },
            text: ['1:本机关共制定规范性文件3件。'],
          },
        ],
        expect: { outcome: 'fails', severity: 'warning', message: '本年制发件数为4' },
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
        name: 'Without last year’s report nothing is said',
        reports: [{ t3: consistent, text: ['1:收到政府信息公开申请30件，同比增长20%。'] }],
        expect: { outcome: 'unverifiable', severity: null },
      },
    ],
    '0.1 percentage points',
  ),
];

export const narrative: ReportFamily = {
  key: 'narrative',
  title: { zh: '正文与表格', en: 'Narrative and tables' },
  over: 'report',
  rules: RULES,
  *run(view, context) {
    for (const [i, statement] of view.statements.entries()) {
      const instance = check(statement, i, view, context);
      if (instance) yield instance;
    }
  },
};

const RULE_OF: { readonly [K in StatementKind]?: string } = {
  received: 'N.RECEIVED',
  received_new: 'N.RECEIVED',
  received_including_carried: 'N.RECEIVED',
  none_received: 'N.RECEIVED',
  carried_in: 'N.CARRIED',
  carried_out: 'N.CARRIED',
  concluded: 'N.CONCLUDED',
  granted: 'N.RESULTS',
  partly_granted: 'N.RESULTS',
  granted_or_partly: 'N.RESULTS',
  denied: 'N.RESULTS',
  unavailable: 'N.RESULTS',
  not_processed: 'N.RESULTS',
  other_handling: 'N.RESULTS',
  natural_person: 'N.APPLICANTS',
  organisation: 'N.APPLICANTS',
  review: 'N.REVIEW',
  review_upheld: 'N.REVIEW',
  review_corrected: 'N.REVIEW',
  review_pending: 'N.REVIEW',
  litigation: 'N.REVIEW',
  litigation_upheld: 'N.REVIEW',
  litigation_corrected: 'N.REVIEW',
  litigation_pending: 'N.REVIEW',
  review_and_litigation: 'N.REVIEW',
};

function check(s: Statement, place: number, view: ReportView, context: ReportContext): Instance | null {
  const target = `${s.kind}#${place + 1}`;
  if (/…余$/u.test(s.words)) return null;
  switch (s.kind) {
    case 'share':
      return checkShare(s, target, view);
    case 'growth':
      return checkGrowth(s, target, view, context);
    case 'all_concluded':
      return checkAllConcluded(s, target, view);
    case 'all_upheld':
    case 'no_correction':
      return checkOutcomes(s, target, view);
    case 'fee_charged':
      return checkFee(s, target, view);
    case 'normative_documents_issued':
    case 'normative_documents_repealed':
    case 'normative_documents_in_force':
      return checkReadings(s, target, 'N.DOCUMENTS', documentReadings(s, view), view);
    default: {
      const id = RULE_OF[s.kind];
      return id ? checkReadings(s, target, id, readingsOf(s, view), view) : null;
    }
  }
}

function documentReadings(s: Statement, view: ReportView): ReadingOf[] {
  const t2 = view.tables.t2;
  if (!t2) return [];
  const columns =
    t2.edition === '2021'
      ? ({
          normative_documents_issued: [['issued', '本年制发件数', 'issued']],
          normative_documents_repealed: [['repealed', '本年废止件数', 'repealed']],
          normative_documents_in_force: [['in_force', '现行有效件数', 'in force']],
        } as const)
      : ({
          normative_documents_issued: [
            ['newly_made', '本年新制作数量', 'newly made'],
            ['newly_disclosed', '本年新公开数量', 'newly disclosed'],
          ],
          normative_documents_repealed: [],
          normative_documents_in_force: [['total_disclosed', '对外公开总数量', 'disclosed in total']],
        } as const);
  return columns[s.kind as keyof typeof columns].map(([column, zh, en]) => ({
    zh: `规范性文件${zh}`,
    en: `normative documents, ${en}`,
    cells: [`t2/normative_documents/${column}` as CellKey],
  }));
}

function checkReadings(
  s: Statement,
  target: string,
  id: string,
  readings: readonly ReadingOf[],
  view: ReportView,
): Instance | null {
  const { value } = s;
  if (value === null || readings.length === 0) return null;
  const tried = readings.map((reading) => {
    const amount = amountOf(view, reading.cells);
    return { reading, amount, fit: fits(value, amount) };
  });
  const outcome = outcomeOf(tried.map((t) => t.fit));
  const [first] = tried;
  const right = first && !first.amount.unknown ? first.amount.ifZero : null;
  const base: Instance = { rule: id, target, outcome, left: value, right };
  if (outcome !== 'fails' || !first) return base;
  if (isSettledElsewhere(s, view) || isExplainedByCulprit(value, tried, view)) return base;
  const plain = isPlain(s, view) && tried.every((t) => t.amount.printed);
  const question = doubtOf(s, view);
  const shown = distinct(tried).slice(0, 3);
  const zh = shown.map((t) => `${t.reading.zh}${amountZh(t.amount)}`).join('，');
  const en = shown.map((t) => `${t.reading.en} ${amountEn(t.amount)}`).join(', ');
  const table = tableOf(first.reading.cells);
  const source =
    id === 'N.RESULTS' && value > 0 ? mistakenFor(s, view).find((r) => isSum(view, r, value)) : undefined;
  return {
    ...base,
    finding: {
      severity: question ? 'info' : plain ? 'error' : 'warning',
      table,
      cells: tried.flatMap((t) => t.reading.cells),
      discriminator: `${s.kind}:${value}:${s.text}`,
      zh: `正文写“${clauseOf(s)}”，而${tableZh(table)}${zh}${shown.length > 1 ? '，均不相符' : ''}。${source ? `${value}恰为${source.zh}，可能只计了这一部分。` : ''}${question ? `${question.zh}；如口径一致，` : ''}请核对正文与表格。`,
      en: `The narrative says “${clauseOf(s)}”, but in the table ${en}. ${source ? `${value} is ${source.en}: perhaps only these were counted. ` : ''}${question ? `${question.en} ` : ''}Check both.`,
      evidence: [{ kind: 'quote', text: s.text, location: s.location }],
      operands: [quoted(s)],
    },
  };
}

function isSum(view: ReportView, reading: ReadingOf, value: number): boolean {
  const amount = amountOf(view, reading.cells);
  return !amount.unknown && amount.ifZero === value;
}

function outcomeOf(fit: readonly Fit[]): CheckOutcome {
  if (fit.includes('exact')) return 'holds';
  if (fit.includes('if_zero')) return 'holds_if_blank_zero';
  return fit.includes('possible') ? 'unverifiable' : 'fails';
}

/** Another sentence gives a number of the same kind that fits: this one speaks of something narrower. */
function isSettledElsewhere(s: Statement, view: ReportView): boolean {
  if (s.scope.length === 0 && s.year === null) return false;
  return view.statements.some(
    (o) =>
      o !== s &&
      o.kind === s.kind &&
      o.value !== null &&
      readingsOf(o, view).some((r) => fits(o.value as number, amountOf(view, r.cells)) === 'exact'),
  );
}

/** The sums of the table already name the cell that makes the sentence disagree: one cause, one finding. */
function isExplainedByCulprit(
  value: number,
  tried: readonly { readonly reading: ReadingOf; readonly amount: Amount }[],
  view: ReportView,
): boolean {
  const causes = [
    ...(view.tables.t3 ? localiseTableThree(view.tables.t3) : []),
    ...(view.tables.t4 ? localiseTableFour(view.tables.t4) : []),
  ];
  const changes = causes.flatMap((c) => c.explanations.flatMap((e) => e.changes));
  return tried.some(({ reading, amount }) =>
    changes.some((c) => reading.cells.includes(c.cell) && amount.ifZero + c.suggested - c.printed === value),
  );
}

/** The words are the form's own, nothing narrows them, and the sentence speaks of the year of the report. */
function isPlain(s: Statement, view: ReportView): boolean {
  if (doubtOf(s, view) !== null) return false;
  if (s.kind === 'concluded' && /办理|处理/u.test(s.words)) return false;
  if (s.kind === 'received' && !/收到|受理|收办|接收|接到/u.test(s.words)) return false;
  const others = view.statements.filter((o) => o.kind === s.kind && o !== s);
  return others.every((o) => o.value === s.value);
}

function doubtOf(s: Statement, view: ReportView): { zh: string; en: string } | null {
  const scope = s.scope.filter((w) => w !== '其中');
  if (scope.length > 0) {
    return {
      zh: `该句提到“${scope.join('”“')}”，请确认与表格统计范围是否一致`,
      en: `The sentence mentions ${scope.join(', ')}: is its scope that of the table?`,
    };
  }
  if (s.scope.includes('其中')) {
    return { zh: '该句说的是其中一部分，请确认口径', en: 'The sentence speaks of a part: of which?' };
  }
  if (s.year !== null && view.year !== null && s.year !== view.year) {
    return {
      zh: `该句写的是${s.year}年，请确认是否指本年度`,
      en: `The sentence names ${s.year}: does it mean the year of the report?`,
    };
  }
  return null;
}

function distinct<T extends { readonly amount: Amount }>(tried: readonly T[]): T[] {
  return tried.filter(
    (t, i) =>
      tried.findIndex((o) => o.amount.ifZero === t.amount.ifZero && o.amount.most === t.amount.most) === i,
  );
}

function amountZh(amount: Amount): string {
  if (amount.most === amount.least) return `为${amount.least}`;
  return `不少于${amount.least}（有空白格）`;
}

function amountEn(amount: Amount): string {
  if (amount.most === amount.least) return `is ${amount.least}`;
  return `is at least ${amount.least} (there are blanks)`;
}

function tableOf(cells: readonly CellKey[]): TableId | null {
  return (cells[0]?.slice(0, 2) as TableId | undefined) ?? null;
}

function tableZh(table: TableId | null): string {
  return table === 't2' ? '表二' : table === 't3' ? '表三' : table === 't4' ? '表四' : '';
}

/** The clause around the number, as printed. */
function clauseOf(s: Statement): string {
  const before =
    s.text
      .slice(0, s.start)
      .split(/[，。；：（(；]/u)
      .at(-1) ?? '';
  const after = s.text.slice(s.start + s.length).split(/[，。；：（）()；、]/u)[0] ?? '';
  return `${before}${s.text.slice(s.start, s.start + s.length)}${after}`.replace(/\s+/gu, '').slice(-60);
}

function quoted(s: Statement): { cell: string; raw: string } {
  return { cell: `statement:${s.kind}`, raw: s.text.slice(s.start, s.start + s.length) };
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
  const question = doubtOf({ ...s, scope: before.scope }, view);
  const shown = amounts.filter((a) => a.amount.least > 0);
  return {
    ...base,
    finding: {
      severity: question ? 'info' : 'warning',
      table: 't3',
      cells: amounts.flatMap((a) => a.cells),
      discriminator: `share:${share}:${s.text}`,
      zh: `正文写“${clauseOf(before)}”占${share}%，而${shown.map((a) => `按${a.zh}${a.amount.least}计为${share_of(a.amount.least)}%`).join('，')}，均不相符。${question ? `${question.zh}；` : ''}请核对百分比。`,
      en: `The narrative gives “${clauseOf(before)}” as ${share}%, but ${shown.map((a) => `of ${a.en} ${a.amount.least} it is ${share_of(a.amount.least)}%`).join(', ')}. ${question ? `${question.en} ` : ''}Check the percentage.`,
      evidence: [{ kind: 'quote', text: s.text, location: s.location }],
      operands: [quoted(before), quoted(s)],
    },
  };
}

function checkGrowth(
  s: Statement,
  target: string,
  view: ReportView,
  context: ReportContext,
): Instance | null {
  const growth = s.value;
  if (growth === null || s.about === null || !/^received/u.test(s.about)) return null;
  const last = context.previous;
  const keys: readonly (readonly CellKey[])[] = [
    ['t3/new_received/total'],
    ['t3/new_received/total', 't3/carried_in/total'],
  ];
  const now = keys.map((k) => amountOf(view, k));
  const then = last ? keys.map((k) => amountOf(last, k)) : [];
  if (!last || [...now, ...then].some((a) => !a.printed)) {
    return { rule: 'N.GROWTH', target, outcome: 'unverifiable', left: growth, right: null };
  }
  const growths = now.flatMap((a) =>
    then.flatMap((b) => (b.least > 0 ? [((a.least - b.least) / b.least) * 100] : [])),
  );
  const [plain] = growths;
  if (plain === undefined)
    return { rule: 'N.GROWTH', target, outcome: 'unverifiable', left: growth, right: null };
  const right = Math.round(plain * 10) / 10;
  const holds = growths.some((g) => Math.abs(g - growth) <= 0.1 + 1e-9);
  const base: Instance = {
    rule: 'N.GROWTH',
    target,
    outcome: holds ? 'holds' : 'fails',
    left: growth,
    right,
  };
  if (holds) return base;
  const question = doubtOf(s, view);
  const [a, b] = [now[0]?.least ?? 0, then[0]?.least ?? 0];
  return {
    ...base,
    finding: {
      severity: question ? 'info' : 'warning',
      table: 't3',
      cells: ['t3/new_received/total'],
      discriminator: `growth:${growth}:${s.text}`,
      zh: `正文写申请量同比${growth}%，而上年报告本年新收${b}、本年${a}，应为${right}%。请核对。`,
      en: `The narrative gives a growth of ${growth}%, but last year’s report has ${b} new requests and this one ${a}: ${right}%. Check it.`,
      evidence: [
        { kind: 'quote', text: s.text, location: s.location },
        { kind: 'other_report', report: last.id, text: `${last.year}年度本年新收${b}` },
      ],
      operands: [quoted(s), { cell: `${last.id}:t3/new_received/total`, raw: String(b) }],
    },
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
  const question = doubtOf(s, view);
  const text = words(above);
  const draft: Draft = {
    severity: question ? 'info' : 'warning',
    table: tableOf(cells),
    cells: above.map((a) => a.key),
    discriminator: `${s.kind}:${s.text}`,
    zh: `正文称“${s.words}”，而${text.zh}。${question ? `${question.zh}；` : ''}请核对。`,
    en: `The narrative says “${s.words}”, but ${text.en}. ${question ? `${question.en} ` : ''}Check both.`,
    evidence: [{ kind: 'quote', text: s.text, location: s.location }],
    operands: [{ cell: `statement:${s.kind}`, raw: s.words }],
  };
  return { ...base, finding: draft };
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
    finding: {
      table: 't2',
      cells: ['t2/fees/amount'],
      discriminator: `fee:${s.text}`,
      zh: `正文写收取信息处理费${yuan}元，大于表二行政事业性收费金额${wan}万元（${right}元）。信息处理费属于行政事业性收费，请核对。`,
      en: `The narrative gives ${yuan} yuan of information fees, more than all administrative fees of table II (${wan} 万元 = ${right} yuan). Check both.`,
      evidence: [{ kind: 'quote', text: s.text, location: s.location }],
      operands: [quoted(s)],
    },
  };
}
