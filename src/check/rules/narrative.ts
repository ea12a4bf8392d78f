import type { Statement } from '../../extract/report.ts';
import type { CellKey } from '../../form/form.ts';
import { type Amount, amountOf, type Fit, fits } from '../amounts.ts';
import type { CellChange } from '../culprit/explanation.ts';
import { localiseTableFour } from '../culprit/table-four.ts';
import { localiseTableThree } from '../culprit/table-three.ts';
import type { CheckOutcome } from '../finding.ts';
import { evaluateAll } from '../outcome.ts';
import type { Instance, ReportFamily, Rule } from '../rule.ts';
import type { ReportView } from '../view.ts';
import { nameOf } from './causes.ts';
import { consistent, rule } from './narrative-rule.ts';
import { objectionTo, overStatements } from './objection.ts';
import { mistakenFor, type ReadingOf, readingsOf } from './readings.ts';
import { clauseOf, doubtOf, quoted, RULE_OF, tableOf, tableZh } from './statement-words.ts';

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
];

export const narrative: ReportFamily = {
  key: 'narrative',
  title: { zh: '正文与表格', en: 'Narrative and tables' },
  over: 'report',
  rules: RULES,
  run: overStatements(check),
};

function check(s: Statement, target: string, view: ReportView): Instance | null {
  if (/…余$/u.test(s.words)) return null;
  switch (s.kind) {
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
  const shown = distinct(tried).slice(0, 3);
  const zh = shown.map((t) => `${t.reading.zh}${amountZh(t.amount)}`).join('，');
  const en = shown.map((t) => `${t.reading.en} ${amountEn(t.amount)}`).join(', ');
  const table = tableOf(first.reading.cells);
  const source =
    id === 'N.RESULTS' && value > 0 ? mistakenFor(s, view).find((r) => isSum(view, r, value)) : undefined;
  return {
    ...base,
    finding: objectionTo(s, view, {
      certain: plain,
      table,
      cells: tried.flatMap((t) => t.reading.cells),
      discriminator: `${s.kind}:${value}:${s.text}`,
      zh: `正文写“${clauseOf(s)}”，而${tableZh(table)}${zh}${shown.length > 1 ? '，均不相符' : ''}`,
      en: `The narrative says “${clauseOf(s)}”, but in the table ${en}`,
      remark: source && {
        zh: `${value}恰为${source.zh}，可能只计了这一部分。`,
        en: `${value} is ${source.en}: perhaps only these were counted.`,
      },
      operands: [quoted(s)],
    }),
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

interface Blamed {
  readonly changes: readonly CellChange[];
  readonly misread: ReadonlySet<CellKey>;
}

const known = new WeakMap<ReportView, Blamed>();

/** The cells that the sums of table 三 and 四 blame, worked out once for all sentences of a report. */
function blamed(view: ReportView): Blamed {
  const before = known.get(view);
  if (before) return before;
  const { t3, t4 } = view.tables;
  const causes = [
    ...(t3 ? localiseTableThree(t3).map((cause) => ({ cause, table: t3 })) : []),
    ...(t4 ? localiseTableFour(t4).map((cause) => ({ cause, table: t4 })) : []),
  ];
  const changes = causes.flatMap(({ cause }) => cause.explanations.flatMap((e) => e.changes));
  const misread = new Set(
    causes
      .filter(({ cause }) => cause.verdict === 'suspect_extraction')
      .flatMap(({ cause, table }) =>
        evaluateAll(table)
          .filter((e) => cause.breaks.includes(nameOf(e)))
          .flatMap((e) => e.operands),
      ),
  );
  const result = { changes, misread };
  known.set(view, result);
  return result;
}

/**
 * The sums of the table already name the cell that makes the sentence disagree: one cause, one finding. And where
 * they say that we misread the row or column, the sentence cannot be held against anybody either.
 */
function isExplainedByCulprit(
  value: number,
  tried: readonly { readonly reading: ReadingOf; readonly amount: Amount }[],
  view: ReportView,
): boolean {
  const { changes, misread } = blamed(view);
  return tried.some(
    ({ reading, amount }) =>
      reading.cells.some((cell) => misread.has(cell)) ||
      changes.some(
        (c) => reading.cells.includes(c.cell) && amount.ifZero + c.suggested - c.printed === value,
      ),
  );
}

/** 未收到政府信息公开申请, not 未收到涉及某事的申请. */
const PLAIN_NONE =
  /^(?:(?:未|没有|无|尚未|从未)(?:收到|接到|受理|接收)?(?:任何|有关|相关)?(?:依申请公开)?(?:政府)?(?:信息)?(?:公开)?(?:的)?申请|[零0]申请)/u;

/** The words are the form's own, nothing narrows them, and the sentence speaks of the year of the report. */
function isPlain(s: Statement, view: ReportView): boolean {
  if (doubtOf(s, view) !== null) return false;
  if (s.kind === 'concluded' && /办理|处理/u.test(s.words)) return false;
  if (s.kind === 'received' && !/收到|受理|收办|接收|接到/u.test(s.words)) return false;
  if (s.section !== null && s.section > 1 && s.section < 6) return false;
  if (s.kind === 'none_received' && !PLAIN_NONE.test(s.words)) return false;
  if (s.kind === 'carried_out' && !/结转|顺延|转/u.test(s.words)) return false;
  const others = view.statements.filter((o) => o.kind === s.kind && o !== s);
  return others.every((o) => o.value === s.value);
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
