import { type CellKey, T3_COLUMNS, type T3Column, type TableId } from '../../form/form.ts';
import { amountOf } from '../amounts.ts';
import type { Evidence } from '../finding.ts';
import { columnName, rowName, tableName } from '../naming.ts';
import type { AcrossInstance, HistoryFamily } from '../rule.ts';
import { cellOf, type ReportView } from '../view.ts';
import {
  isKnownCulprit,
  located,
  NO_QUESTION,
  numberAt,
  type Pair,
  pairsOf,
  SCOPE_QUESTION,
} from './chain.ts';

const CONVENTION = 'convention' as const;

const chained = (carriedIn: number) => [
  {
    year: 2021,
    t3: {
      'new_received/natural_person': 70,
      'new_received/total': 70,
      'granted/natural_person': 69,
      'granted/total': 69,
      'concluded_total/natural_person': 69,
      'concluded_total/total': 69,
      'carried_out/natural_person': 1,
      'carried_out/total': 1,
    },
  },
  {
    year: 2022,
    t3: {
      'new_received/natural_person': 5,
      'new_received/total': 5,
      'carried_in/natural_person': carriedIn,
      'carried_in/total': carriedIn,
      'granted/natural_person': 5 + carriedIn,
      'granted/total': 5 + carriedIn,
      'concluded_total/natural_person': 5 + carriedIn,
      'concluded_total/total': 5 + carriedIn,
    },
  },
];

export const years: HistoryFamily = {
  key: 'years',
  title: { zh: '年度之间', en: 'From year to year' },
  over: 'history',
  rules: [
    {
      id: 'X.CARRY',
      version: 1,
      basis: {
        kind: CONVENTION,
        source: 'labels of the form: 上年结转 of one year is 结转下年度继续办理 of the year before',
      },
      severity: 'warning',
      title: { zh: '上年结转与上年报告的结转下年度', en: 'Carried in, against last year’s carried out' },
      terms: 'carried_in(Y) = carried_out(Y−1) (7 columns, same agency and scope)',
      tolerance: '0',
      explanation: {
        zh: '本年“上年结转”各列应等于上年报告“结转下年度继续办理”各列；跨格式年度同样适用。',
        en: 'What is carried in is what last year’s report carried out, in every column and through a change of edition.',
      },
      examples: [
        {
          name: 'One request carried out of 2021 is missing in 2022',
          reports: chained(0),
          expect: {
            target: 'total',
            outcome: 'fails',
            severity: 'warning',
            message: '“自然人”列本年“上年结转”为0，而2021年度报告“结转下年度”为1',
          },
        },
        {
          name: 'The chain holds',
          reports: chained(1),
          expect: { target: 'total', outcome: 'holds', severity: null },
        },
      ],
    },
    {
      id: 'X.COPIED',
      version: 1,
      basis: { kind: CONVENTION, source: 'two years with the same numbers throughout are most unlikely' },
      severity: 'warning',
      title: { zh: '整表与上年相同', en: 'A table equal to last year’s' },
      terms:
        'a non-zero table, or the results of table 三, equals last year’s cell by cell (at least 3 non-zero flows, totals apart)',
      tolerance: '0',
      explanation: {
        zh: '整张表与上年报告逐格相同且不为零，疑为复制。现行有效件数等存量不计。',
        en: 'A whole table equals last year’s in every cell: probably copied. Stocks such as 现行有效件数 do not count.',
      },
      examples: [
        {
          name: 'Table IV of last year left in',
          reports: [
            {
              year: 2022,
              t4: { 'review/upheld': 4, 'review/corrected': 2, 'review/pending': 3, 'review/total': 9 },
            },
            {
              year: 2023,
              t4: { 'review/upheld': 4, 'review/corrected': 2, 'review/pending': 3, 'review/total': 9 },
            },
          ],
          expect: { target: 't4', outcome: 'fails', severity: 'warning', message: '与2022年度报告逐格相同' },
        },
      ],
    },
    {
      id: 'T2.STOCK',
      version: 1,
      basis: { kind: CONVENTION, source: '国办公开办函〔2021〕30号，表二；失效、修改、机构改革可致差异' },
      severity: 'warning',
      title: { zh: '现行有效件数的增减', en: 'The stock of documents in force' },
      terms: 'in_force(Y) = in_force(Y−1) + issued(Y) − repealed(Y)',
      tolerance: '0',
      explanation: {
        zh: '本年现行有效件数，应等于上年现行有效件数加本年制发减本年废止；自然失效、合并、机构改革等除外。',
        en: 'Documents in force follow from last year’s, those issued and those repealed; expiry, mergers and amendments are known exceptions.',
      },
      examples: [
        {
          name: 'Three documents too many',
          reports: [
            { year: 2022, t2: { 'normative_documents/in_force': 30 } },
            {
              year: 2023,
              t2: {
                'normative_documents/issued': 4,
                'normative_documents/repealed': 2,
                'normative_documents/in_force': 35,
              },
            },
          ],
          expect: {
            target: 'normative_documents',
            outcome: 'fails',
            severity: 'warning',
            message: '上年有效30＋本年制发4－本年废止2＝32，而本年现行有效件数为35，相差3',
          },
        },
      ],
    },
    {
      id: 'T2.ITEMS',
      version: 1,
      basis: { kind: CONVENTION, source: '国办公开办函〔2019〕60号，表二' },
      severity: 'warning',
      title: { zh: '项目数量的增减', en: 'The number of items' },
      terms: 'prior_items(Y) + item_change(Y) = prior_items(Y+1) (2019 → 2020)',
      tolerance: '0',
      explanation: {
        zh: '上一年度报告的“上一年项目数量”加“本年增/减”，应等于本年报告的“上一年项目数量”。',
        en: 'Items of the year before plus the change give the items that the next report starts from.',
      },
      examples: [
        {
          name: 'The change is not taken over',
          reports: [
            { year: 2019, t2: { 'licensing/prior_items': 396, 'licensing/item_change': -4 } },
            { year: 2020, t2: { 'licensing/prior_items': 396 } },
          ],
          expect: { target: 'licensing', outcome: 'fails', severity: 'warning', message: '相差4' },
        },
      ],
    },
    {
      id: 'T2.FEE_UNIT',
      version: 1,
      basis: { kind: 'form', source: '国办公开办函〔2021〕30号，表二：单位：万元' },
      severity: 'warning',
      title: { zh: '收费金额的单位', en: 'The unit of the fees' },
      terms: 'fees.amount < 1,000,000 万元, and not 10,000 times (or a 10,000th of) last year’s',
      tolerance: 'a factor of 5,000 to 20,000 counts as 10,000',
      explanation: {
        zh: '收费金额以万元为单位。金额过大，或约为上年的一万倍（一万分之一），疑将元误作万元。',
        en: 'Fees are in 10,000 yuan. A huge amount, or one 10,000 times last year’s, is probably in yuan.',
      },
      examples: [
        {
          name: 'Yuan in a column of 万元',
          reports: [
            { year: 2022, t2: { 'fees/amount': 12.5 } },
            { year: 2023, t2: { 'fees/amount': 131000 } },
          ],
          expect: { outcome: 'fails', severity: 'warning', message: '单位' },
        },
      ],
    },
    {
      id: 'T4.AFTER',
      version: 1,
      basis: { kind: 'arithmetic', source: '复议后起诉 presupposes a review of the same or the year before' },
      severity: 'warning',
      title: { zh: '复议后起诉不多于复议', en: 'Suits after review, against reviews' },
      terms: 'litigation_after_review.total(Y) ≤ review.total(Y) + review.total(Y−1)',
      tolerance: '0',
      explanation: {
        zh: '复议后起诉的件数，一般不多于本年与上年行政复议件数之和。',
        en: 'A suit after review needs a review, of this year or the last.',
      },
      examples: [
        {
          name: 'Two suits after review, no review in two years',
          reports: [
            { year: 2022 },
            {
              year: 2023,
              t4: { 'litigation_after_review/upheld': 2, 'litigation_after_review/total': 2 },
            },
          ],
          expect: { outcome: 'fails', severity: 'warning', message: '复议后起诉总计2' },
        },
      ],
    },
  ],
  *run(history) {
    for (const report of history.reports) {
      if (report.outcome === 'complete' || report.outcome === 'partial') yield* hugeFee(report);
    }
    for (const pair of pairsOf(history)) {
      yield* carried(pair);
      yield* copied(pair);
      yield* stock(pair);
      yield* items(pair);
      yield* feeUnit(pair);
      yield* afterReview(pair);
    }
  },
};

function otherReport(view: ReportView, text: string): Evidence {
  return { kind: 'other_report', report: view.id, text };
}

function operandOf(view: ReportView, cell: CellKey): { cell: string; raw: string } {
  return { cell: `${view.year}:${cell}`, raw: cellOf(view, cell)?.raw ?? '' };
}

function question(pair: Pair): { zh: string; en: string } {
  return pair.otherScope ? SCOPE_QUESTION : NO_QUESTION;
}

function* carried(pair: Pair): Generator<AcrossInstance> {
  const { before, after } = pair;
  if (!before.tables.t3 || !after.tables.t3) return;
  const instances = T3_COLUMNS.map((column) => {
    const inKey: CellKey = `t3/carried_in/${column}`;
    const outKey: CellKey = `t3/carried_out/${column}`;
    const left = numberAt(after, inKey);
    const right = numberAt(before, outKey);
    const a = amountOf(after, [inKey]);
    const b = amountOf(before, [outKey]);
    const outcome =
      a.unknown || b.unknown
        ? ('unverifiable' as const)
        : left !== null && right !== null
          ? left === right
            ? ('holds' as const)
            : ('fails' as const)
          : a.ifZero === b.ifZero
            ? ('holds_if_blank_zero' as const)
            : a.least > b.most || b.least > a.most
              ? ('fails' as const)
              : ('unverifiable' as const);
    return { column, inKey, outKey, left: left ?? a.ifZero, right: right ?? b.ifZero, outcome };
  });
  const failing = instances.filter(
    (i) =>
      i.outcome === 'fails' &&
      !isKnownCulprit(after, i.inKey, i.right) &&
      !isKnownCulprit(before, i.outKey, i.left),
  );
  const [lead] = failing;
  const words = question(pair);
  for (const i of instances) {
    const base = { rule: 'X.CARRY', target: i.column, outcome: i.outcome, left: i.left, right: i.right };
    if (i !== lead) {
      yield located(base, after);
      continue;
    }
    const sentence = (f: (typeof instances)[number]) =>
      `“${columnZh(f.column, after)}”列本年“上年结转”为${f.left}，而${before.year}年度报告“结转下年度”为${f.right}，相差${Math.abs(f.left - f.right)}`;
    yield located(
      {
        ...base,
        finding: {
          severity: pair.otherScope ? 'info' : 'warning',
          table: 't3',
          cells: failing.map((f) => f.inKey),
          discriminator: String(before.year),
          zh: `表三${sentence(lead)}${failing.length > 1 ? `（另有${failing.length - 1}列不符）` : ''}。${words.zh}请核对两年的报告。`,
          en: `Table III, ${columnName(after.tables.t3.edition, 't3', 'carried_in', lead.column, 'en')}: ${lead.left} carried in, but the ${before.year} report carried ${lead.right} out; difference ${Math.abs(lead.left - lead.right)}. ${words.en}`,
          evidence: failing.map((f) => otherReport(before, sentence(f))),
          operands: failing.map((f) => operandOf(before, f.outKey)),
        },
      },
      after,
    );
  }
}

function columnZh(column: T3Column, view: ReportView): string {
  return columnName(view.tables.t3?.edition ?? '2021', 't3', 'carried_in', column, 'zh');
}

/** Totals repeat other cells, stocks stay the same by nature: neither shows that a table was copied. */
const NO_FLOW = /\/(?:total|in_force|total_disclosed|prior_items|item_change)$/u;
/** Where little came in, these rows repeat the results. */
const CLOSING = /new_received|concluded_total|carried_in|carried_out/u;
const FEWEST_FLOWS = 3;

function* copied({ before, after }: Pair): Generator<AcrossInstance> {
  for (const id of ['t2', 't3', 't4'] as const) {
    const a = before.tables[id];
    const b = after.tables[id];
    if (!a || !b || a.edition !== b.edition) continue;
    const differing = [...b.cells].flatMap(([key, cell]) => {
      const other = a.cells.get(key);
      return other?.state === cell.state && other.value === cell.value ? [] : [key];
    });
    const flows = [...b.cells].flatMap(([key, cell]) =>
      (cell.value ?? 0) > 0 && !NO_FLOW.test(key) ? [key] : [],
    );
    const telling = id === 't3' ? flows.filter((key) => !CLOSING.test(key)) : flows;
    const whole = differing.length === 0;
    // The results may be last year's although what came in is new.
    const results = id === 't3' && differing.every((key) => CLOSING.test(key));
    const isCopy = (whole || results) && telling.length >= FEWEST_FLOWS;
    const name = `${tableName(id, 'zh')}${whole ? '' : '各项办理结果'}`;
    yield located(
      {
        rule: 'X.COPIED',
        target: id,
        outcome: isCopy ? 'fails' : 'holds',
        left: isCopy ? telling.length : null,
        right: null,
        ...(isCopy
          ? {
              finding: {
                table: id,
                cells: whole ? flows : telling,
                discriminator: String(before.year),
                zh: `${name}与${before.year}年度报告逐格相同（${telling.length}个非零格），疑为沿用上年表格。请核对是否已更新。`,
                en: `${tableName(id, 'en')}${whole ? '' : ' (the results)'} equals that of ${before.year} in every cell (${telling.length} non-zero). Check whether it was updated.`,
                evidence: [otherReport(before, `${name}逐格相同`)],
              },
            }
          : {}),
      },
      after,
    );
  }
}

function* stock(pair: Pair): Generator<AcrossInstance> {
  const { before, after } = pair;
  if (before.tables.t2?.edition !== '2021' || after.tables.t2?.edition !== '2021') return;
  for (const row of ['regulations', 'normative_documents'] as const) {
    const last = numberAt(before, `t2/${row}/in_force`);
    const issued = numberAt(after, `t2/${row}/issued`);
    const repealed = numberAt(after, `t2/${row}/repealed`);
    const now = numberAt(after, `t2/${row}/in_force`);
    if (last === null || issued === null || repealed === null || now === null) {
      yield located(
        { rule: 'T2.STOCK', target: row, outcome: 'unverifiable', left: now, right: null },
        after,
      );
      continue;
    }
    const due = last + issued - repealed;
    const base = { rule: 'T2.STOCK', target: row, left: due, right: now } as const;
    if (due === now) {
      yield located({ ...base, outcome: 'holds' }, after);
      continue;
    }
    const words = question(pair);
    const name = rowName('2021', 't2', row, 'zh');
    yield located(
      {
        ...base,
        outcome: 'fails',
        finding: {
          severity: pair.otherScope ? 'info' : 'warning',
          table: 't2',
          cells: [`t2/${row}/issued`, `t2/${row}/repealed`, `t2/${row}/in_force`],
          discriminator: String(before.year),
          zh: `表二“${name}”：上年有效${last}＋本年制发${issued}－本年废止${repealed}＝${due}，而本年现行有效件数为${now}，相差${Math.abs(due - now)}。${words.zh}请核对是否另有自然失效、合并等情形。`,
          en: `Table II, ${rowName('2021', 't2', row, 'en')}: ${last} in force last year + ${issued} issued - ${repealed} repealed = ${due}, but ${now} are in force; difference ${Math.abs(due - now)}. ${words.en} Documents may also have expired or been merged.`,
          evidence: [otherReport(before, `${before.year}年度报告现行有效件数${last}`)],
          operands: [operandOf(before, `t2/${row}/in_force`)],
        },
      },
      after,
    );
  }
}

function* items(pair: Pair): Generator<AcrossInstance> {
  const { before, after } = pair;
  if (before.tables.t2?.edition !== '2019' || after.tables.t2?.edition !== '2019') return;
  for (const row of ['licensing', 'other_services', 'penalties', 'coercive_measures', 'fees'] as const) {
    const prior = numberAt(before, `t2/${row}/prior_items`);
    const change = numberAt(before, `t2/${row}/item_change`);
    const next = numberAt(after, `t2/${row}/prior_items`);
    if (prior === null || change === null || next === null) {
      yield located(
        { rule: 'T2.ITEMS', target: row, outcome: 'unverifiable', left: null, right: next },
        after,
      );
      continue;
    }
    const due = prior + change;
    const base = { rule: 'T2.ITEMS', target: row, left: due, right: next } as const;
    if (due === next) {
      yield located({ ...base, outcome: 'holds' }, after);
      continue;
    }
    const words = question(pair);
    const sign = change < 0 ? '－' : '＋';
    yield located(
      {
        ...base,
        outcome: 'fails',
        finding: {
          severity: pair.otherScope ? 'info' : 'warning',
          table: 't2',
          cells: [`t2/${row}/prior_items`],
          discriminator: String(before.year),
          zh: `表二“${rowName('2019', 't2', row, 'zh')}”：${before.year}年度报告上一年项目数量${prior}${sign}${Math.abs(change)}＝${due}，而本年“上一年项目数量”为${next}，相差${Math.abs(due - next)}。${words.zh}请核对。`,
          en: `Table II, ${rowName('2019', 't2', row, 'en')}: the ${before.year} report gives ${prior} ${change < 0 ? '-' : '+'} ${Math.abs(change)} = ${due} items, but this one starts from ${next}; difference ${Math.abs(due - next)}. ${words.en}`,
          evidence: [otherReport(before, `${prior}${sign}${Math.abs(change)}＝${due}`)],
          operands: [operandOf(before, `t2/${row}/prior_items`), operandOf(before, `t2/${row}/item_change`)],
        },
      },
      after,
    );
  }
}

const HUGE_WAN = 1e6;

function* hugeFee(report: ReportView): Generator<AcrossInstance> {
  const wan = cellOf(report, 't2/fees/amount')?.valueWan ?? null;
  if (wan === null) return;
  const base = { rule: 'T2.FEE_UNIT', target: 'amount', left: wan, right: HUGE_WAN } as const;
  if (wan < HUGE_WAN) {
    yield located({ ...base, outcome: 'holds' }, report);
    return;
  }
  yield located(
    {
      ...base,
      outcome: 'fails',
      finding: {
        table: 't2',
        cells: ['t2/fees/amount'],
        zh: `表二“行政事业性收费”本年收费金额为${wan}万元（${wan / 10_000}亿元），数额过大。请核对单位是否误将元作万元。`,
        en: `Table II: fees of ${wan} 万元 (${wan / 10_000} hundred million yuan) are very large. Check whether the unit is yuan.`,
      },
    },
    report,
  );
}

function* feeUnit({ before, after }: Pair): Generator<AcrossInstance> {
  const last = cellOf(before, 't2/fees/amount')?.valueWan ?? null;
  const now = cellOf(after, 't2/fees/amount')?.valueWan ?? null;
  if (last === null || now === null || last <= 0 || now <= 0) return;
  const ratio = now > last ? now / last : last / now;
  const isOff = ratio >= 5000 && ratio <= 20_000;
  const base = { rule: 'T2.FEE_UNIT', target: `amount/${before.year}`, left: now, right: last } as const;
  if (!isOff) {
    yield located({ ...base, outcome: 'holds' }, after);
    return;
  }
  yield located(
    {
      ...base,
      outcome: 'fails',
      finding: {
        table: 't2',
        cells: ['t2/fees/amount'],
        discriminator: String(before.year),
        zh: `表二“行政事业性收费”本年收费金额为${now}万元，上年为${last}万元，相差约一万倍。请核对两年的单位是否都是万元。`,
        en: `Table II: fees of ${now} 万元 against ${last} last year, about 10,000 times. Check the unit in both reports.`,
        evidence: [otherReport(before, `${before.year}年度收费金额${last}万元`)],
        operands: [operandOf(before, 't2/fees/amount')],
      },
    },
    after,
  );
}

function* afterReview({ before, after }: Pair): Generator<AcrossInstance> {
  const suits = numberAt(after, 't4/litigation_after_review/total');
  const now = numberAt(after, 't4/review/total');
  const last = numberAt(before, 't4/review/total');
  const base = { rule: 'T4.AFTER', target: 'litigation_after_review', left: suits } as const;
  if (suits === null || now === null || last === null) {
    yield located({ ...base, outcome: 'unverifiable', right: null }, after);
    return;
  }
  const right = now + last;
  if (suits <= right) {
    yield located({ ...base, outcome: 'holds', right }, after);
    return;
  }
  yield located(
    {
      ...base,
      outcome: 'fails',
      right,
      finding: {
        table: 't4' as TableId,
        cells: ['t4/review/total', 't4/litigation_after_review/total'],
        discriminator: String(before.year),
        zh: `表四复议后起诉总计${suits}，多于本年行政复议${now}＋${before.year}年度${last}＝${right}。请核对是否填错了列。`,
        en: `Table IV: ${suits} suits after review, more than ${now} reviews this year + ${last} in ${before.year} = ${right}. Check the columns.`,
        evidence: [otherReport(before, `${before.year}年度行政复议总计${last}`)],
        operands: [operandOf(before, 't4/review/total')],
      },
    },
    after,
  );
}
