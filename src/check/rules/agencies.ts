import { cellsOf, tableForm } from '../../form/editions.ts';
import type { CellKey } from '../../form/form.ts';
import type { AgencyEntry, RegionYear } from '../across.ts';
import type { Evidence } from '../finding.ts';
import { cellName } from '../naming.ts';
import type { AcrossInstance, RegionFamily } from '../rule.ts';
import type { ReportView } from '../view.ts';
import { located, numberAt } from './chain.ts';

const agency = (id: string, name: string): AgencyEntry => ({
  id,
  name,
  kind: id === 'p' ? 'county_government' : 'department',
  parent: id === 'p' ? null : 'p',
  validFrom: null,
  validTo: null,
});
const AGENCIES = [agency('p', '某某区人民政府'), agency('a', '某某区甲局'), agency('b', '某某区乙局')];

const received = (agencyId: string, name: string, n: number, scope: ReportView['scope']) => ({
  agencyId,
  agency: name,
  scope,
  t3: {
    'new_received/natural_person': n,
    'new_received/total': n,
    'granted/natural_person': n,
    'granted/total': n,
    'concluded_total/natural_person': n,
    'concluded_total/total': n,
  },
});

const MOST_NAMED = 3;

export const agencies: RegionFamily = {
  key: 'agencies',
  title: { zh: '上下级之间', en: 'Aggregates and their bodies' },
  over: 'region',
  rules: [
    {
      id: 'A.ROLLUP',
      version: 1,
      basis: {
        kind: 'convention',
        source: 'an aggregate report is the sum of its bodies; only for aggregate scope',
      },
      severity: 'warning',
      title: { zh: '汇总报告等于各单位之和', en: 'An aggregate is the sum of its bodies' },
      terms: 'aggregate = Σ bodies, totals of table 三 and 四; one finding, with completeness said',
      tolerance: '0',
      explanation: {
        zh: '仅对汇总口径的报告：各行总计应等于所辖各单位报告之和。缺报告时只能说明各单位之和是否已超过汇总数。',
        en: 'Only where the report says that it covers a region or system. With reports missing, only an excess of the sum can be seen.',
      },
      examples: [
        {
          name: 'Two bodies with 3 and 4, an aggregate of 8',
          reports: [
            received('p', '某某区人民政府', 8, 'region'),
            received('a', '某某区甲局', 3, 'own'),
            received('b', '某某区乙局', 4, 'own'),
          ],
          agencies: AGENCIES,
          expect: { outcome: 'fails', severity: 'warning', message: '汇总为8，而各单位之和为7，相差1' },
        },
        {
          name: 'A report that speaks for its own office is no aggregate',
          reports: [received('p', '某某区人民政府', 1, 'own'), received('a', '某某区甲局', 1, 'own')],
          agencies: AGENCIES,
          expect: { outcome: 'unverifiable', severity: null },
        },
      ],
    },
    {
      id: 'A.CHILD_GT_PARENT',
      version: 1,
      basis: { kind: 'arithmetic', source: 'a part cannot exceed the whole' },
      severity: 'warning',
      title: { zh: '单位数大于汇总数', en: 'A body exceeds its aggregate' },
      terms: 'cell of a body ≤ cell of its aggregate',
      tolerance: '0',
      explanation: {
        zh: '仅对汇总口径的报告：任何单位的一格都不应大于汇总报告的同一格。',
        en: 'Only for aggregates: no body may have more in a cell than the whole.',
      },
      examples: [
        {
          name: 'A bureau with 9 requests in a district of 8',
          reports: [received('p', '某某区人民政府', 8, 'region'), received('a', '某某区甲局', 9, 'own')],
          agencies: AGENCIES,
          expect: { outcome: 'fails', severity: 'warning', message: '大于汇总报告' },
        },
      ],
    },
    {
      id: 'A.MISSING',
      version: 1,
      basis: { kind: 'convention', source: '政府信息公开条例第四十九条；agency register' },
      severity: 'info',
      title: { zh: '缺少报告', en: 'No report' },
      terms: 'every body on the register in that year has a report',
      tolerance: '–',
      explanation: {
        zh: '登记册上该年度存在的机关没有年度报告。没有报告可以附着这一条，因此列在 findings.xlsx 的“未发布”表和审核页的“未发布”里，不在 findings.csv 里。',
        en: 'A body on the register in that year has no report in the store. It may not have been collected. There is no report to tie it to, so it stands in the sheet 未发布 of findings.xlsx and on the page of the missing, not in findings.csv.',
      },
      examples: [
        {
          name: 'One of two bureaus has none',
          reports: [received('p', '某某区人民政府', 8, 'own'), received('a', '某某区甲局', 2, 'own')],
          agencies: AGENCIES,
          expect: { target: 'b', outcome: 'fails', severity: 'info', message: '某某区乙局' },
        },
      ],
    },
  ],
  *run(region) {
    yield* missing(region);
    yield* larger(region);
    yield* rollup(region);
  },
};

function inYear(region: RegionYear) {
  return region.bodies.filter(
    ({ agency: a }) =>
      (a.validFrom === null || a.validFrom <= region.year) &&
      (a.validTo === null || a.validTo >= region.year),
  );
}

function isAggregate(view: ReportView | null): view is ReportView {
  return view !== null && (view.scope === 'region' || view.scope === 'system');
}

function* missing(region: RegionYear): Generator<AcrossInstance> {
  for (const { agency: body, report } of inYear(region)) {
    yield {
      rule: 'A.MISSING',
      target: body.id,
      outcome: report ? 'holds' : 'fails',
      left: report ? 1 : 0,
      right: 1,
      report: report?.id ?? null,
      agencyId: body.id,
      year: region.year,
      ...(report
        ? {}
        : {
            finding: {
              table: null,
              cells: [],
              discriminator: `${body.id}:${region.year}`,
              zh: `没有找到${body.name}${region.year}年度的政府信息公开工作年度报告。请核对是否已公布、是否已采集。`,
              en: `No ${region.year} report of ${body.name} was found. Check whether it was published and collected.`,
            },
          }),
    };
  }
}

function countCells(view: ReportView): CellKey[] {
  return (['t3', 't4'] as const).flatMap((id) => {
    const table = view.tables[id];
    return table ? cellsOf(tableForm(table.edition, id)).map((c) => c.key) : [];
  });
}

function* larger(region: RegionYear): Generator<AcrossInstance> {
  const { aggregate } = region;
  if (!isAggregate(aggregate)) return;
  for (const { agency: body, report } of inYear(region)) {
    if (!report || report.id === aggregate.id) continue;
    const above = countCells(report).flatMap((key) => {
      const own = numberAt(report, key);
      const whole = numberAt(aggregate, key);
      return own !== null && whole !== null && own > whole ? [{ key, own, whole }] : [];
    });
    const [first] = above;
    const base = {
      rule: 'A.CHILD_GT_PARENT',
      target: body.id,
      left: first?.own ?? null,
      right: first?.whole ?? null,
    };
    if (!first) {
      yield located({ ...base, outcome: 'holds' }, report);
      continue;
    }
    const edition = report.tables.t3?.edition ?? '2021';
    yield located(
      {
        ...base,
        outcome: 'fails',
        finding: {
          table: null,
          cells: above.map((a) => a.key),
          discriminator: aggregate.id,
          zh: `${cellName(edition, first.key, 'zh')}为${first.own}，大于汇总报告（${aggregate.agency ?? region.parent.name}）同一格的${first.whole}${above.length > 1 ? `，另有${above.length - 1}格如此` : ''}。请核对两份报告。`,
          en: `${cellName(edition, first.key, 'en')} is ${first.own}, more than the ${first.whole} of the aggregate report${above.length > 1 ? ` (and ${above.length - 1} more cells)` : ''}. Check both.`,
          evidence: above.slice(0, 20).map(
            (a): Evidence => ({
              kind: 'other_report',
              report: aggregate.id,
              text: `${cellName(edition, a.key, 'zh')}：${a.own}＞${a.whole}`,
            }),
          ),
          operands: above.map((a) => ({ cell: `${aggregate.id}:${a.key}`, raw: String(a.whole) })),
        },
      },
      report,
    );
  }
}

function* rollup(region: RegionYear): Generator<AcrossInstance> {
  const { aggregate } = region;
  if (!aggregate) return;
  const bodies = inYear(region).filter((b) => b.report?.id !== aggregate.id);
  const reports = bodies.flatMap((b) => (b.report ? [b.report] : []));
  const base = { rule: 'A.ROLLUP', target: region.parent.id, left: null, right: null };
  if (!isAggregate(aggregate) || reports.length === 0) {
    yield located({ ...base, outcome: 'unverifiable' }, aggregate);
    return;
  }
  const complete = reports.length === bodies.length;
  let unknown = false;
  const differing = countCells(aggregate)
    .filter((key) => key.endsWith('/total'))
    .flatMap((key) => {
      const whole = numberAt(aggregate, key);
      const parts = reports.map((r) => numberAt(r, key));
      if (whole === null || parts.includes(null)) unknown = true;
      const sum = parts.reduce<number>((n, p) => n + (p ?? 0), 0);
      const differs = whole !== null && (sum > whole || (complete && !parts.includes(null) && sum !== whole));
      return differs ? [{ key, whole, sum }] : [];
    });
  const [first] = differing;
  if (!first) {
    yield located({ ...base, outcome: complete && !unknown ? 'holds' : 'unverifiable' }, aggregate);
    return;
  }
  const edition = aggregate.tables.t3?.edition ?? '2021';
  const known = `${bodies.length}个单位中有${reports.length}个有报告`;
  const sentence = (d: typeof first) =>
    `${cellName(edition, d.key, 'zh')}：汇总为${d.whole}，而各单位之和为${d.sum}，相差${Math.abs(d.whole - d.sum)}`;
  yield located(
    {
      ...base,
      outcome: 'fails',
      left: first.whole,
      right: first.sum,
      finding: {
        table: null,
        cells: differing.map((d) => d.key),
        zh: `${differing.slice(0, MOST_NAMED).map(sentence).join('；')}${differing.length > MOST_NAMED ? `；共${differing.length}处不符` : ''}（${known}）。请核对汇总范围与各单位数据。`,
        en: `${differing
          .slice(0, MOST_NAMED)
          .map((d) => `${cellName(edition, d.key, 'en')}: aggregate ${d.whole}, sum of the bodies ${d.sum}`)
          .join(
            '; ',
          )} (${reports.length} of ${bodies.length} bodies have a report). Check scope and numbers.`,
        evidence: differing.map((d): Evidence => ({ kind: 'part', text: sentence(d), cells: [d.key] })),
        operands: reports.map((r) => ({ cell: r.id, raw: String(numberAt(r, first.key) ?? '') })),
      },
    },
    aggregate,
  );
}
