import {
  type FindingCounts,
  GRAVITIES,
  type ListedFinding,
  type RegionCounts,
} from '../../dataset/finding-queries.ts';
import type { CoverageCounts, ReportCounts, YearFigures } from '../../dataset/report-queries.ts';
import type { Run } from '../../dataset/store.ts';
import { barChart, lineChart, thousands } from '../components/charts.ts';
import { gravityMark } from '../components/finding-parts.ts';
import { basisOf, noFigures, requestsChart } from '../components/requests-chart.ts';
import { ruleTitle } from '../components/rule-title.ts';
import { GRAVITY_WORDS, UNREAD, word } from '../language.ts';
import { html, type Markup } from '../markup.ts';
import { address, layout, OPEN_FINDINGS, type View, when } from '../view.ts';

export interface Overview {
  readonly reports: readonly ReportCounts[];
  readonly findings: readonly FindingCounts[];
  readonly regions: readonly RegionCounts[];
  readonly figures: readonly YearFigures[];
  readonly runs: readonly Run[];
  /** By year, against the register; empty without one. */
  readonly coverage: readonly CoverageCounts[];
  /** The gravest open findings. */
  readonly worst: readonly ListedFinding[];
  readonly regionName: (code: string) => string;
}

const READ = new Set(['complete', 'partial']);

export function overviewPage(view: View, data: Overview): Markup {
  const { say } = view;
  return layout(view, {
    title: say('总览', 'Overview'),
    section: 'overview',
    body: html`<h1>${say('总览', 'Overview')}</h1>
${tiles(view, data)}
<div class="columns"><div>
<section class="card"><h2>${say('先看这些', 'Look at these first')}</h2>${worstList(view, data.worst)}</section>
<section class="card"><h2>${say('每百份报告的错误和警告', 'Errors and warnings per 100 reports')}</h2>${regionsChart(view, data)}</section>
<section class="card"><h2>${say('予以公开的比例', 'Share of requests granted')}</h2>${grantedChart(view, data.figures)}</section>
</div><div>
<section class="card"><h2>${say('按规则', 'By rule')}</h2>${rulesTable(view, data.findings)}</section>
<section class="card"><h2>${say('各年报告', 'Reports by year')}</h2>${yearsTable(view, data)}</section>
<section class="card"><h2>${say('收到和结转的申请', 'Requests received and carried over')}</h2>${requestsChart(view.say, data.figures)}</section>
</div></div>
<section class="card"><h2>${say('最近的运行', 'Last runs')}</h2>${runsTable(view, data.runs)}</section>`,
  });
}

function worstList(view: View, worst: readonly ListedFinding[]): Markup {
  const { say, language } = view;
  if (worst.length === 0)
    return html`<p class="empty good">${say('没有未处理的错误和警告。', 'No open errors or warnings.')}</p>`;
  const listing = { gravity: ['error', 'warning'], state: 'open' };
  return html`<ol class="worst">${worst.map((f) => html`<li><a href="${address(`/finding/${f.findingId}`, listing)}">${gravityMark(f.gravity, language)} ${language === 'zh' ? f.messageZh : f.messageEn}</a></li>`)}</ol>
<p class="more"><a class="button" href="${OPEN_FINDINGS}">${say('查看全部未处理问题', 'All open findings')}</a></p>`;
}

function tiles(view: View, data: Overview): Markup {
  const { say } = view;
  const reports = sum(data.reports, (r) => READ.has(r.outcome));
  const unread = sum(data.reports, (r) => UNREAD.includes(r.outcome));
  const open = sum(
    data.findings,
    (f) => f.state === 'open' && (f.gravity === 'error' || f.gravity === 'warning'),
  );
  const decided = sum(data.findings, (f) => f.state !== 'open');
  const doubts = sum(data.findings, (f) => f.gravity === 'doubt' && f.state === 'open');
  const last = data.coverage.at(-1);
  return html`<ul class="tiles">
<li><a href="/bodies"><b>${thousands(reports)}</b><span>${say('份报告已读取', 'reports read')}</span></a></li>
${last ? html`<li><a href="${address('/missing', { year: last.year })}"><b>${thousands(last.missing)}</b><span>${say(`个单位${last.year}年度未见报告`, `bodies without a report for ${last.year}`)}</span></a></li>` : null}
<li class="${unread > 0 ? 'attention' : ''}"><a href="/unread"><b>${thousands(unread)}</b><span>${say('份文件未完整读出', 'documents not read in full')}</span></a></li>
<li class="${open > 0 ? 'attention' : ''}"><a href="${OPEN_FINDINGS}"><b>${thousands(open)}</b><span>${say('个问题待处理', 'findings to decide')}</span></a></li>
<li><a href="${address('/findings', { state: ['confirmed', 'false_positive', 'corrected', 'accepted'] })}"><b>${thousands(decided)}</b><span>${say('个问题已处理', 'findings decided')}</span></a></li>
${doubts > 0 ? html`<li><a href="${address('/findings', { gravity: 'doubt', state: 'open' })}"><b>${thousands(doubts)}</b><span>${say('处可能是读错', 'probably misread')}</span></a></li>` : null}
</ul>`;
}

function rulesTable(view: View, counts: readonly FindingCounts[]): Markup {
  const { say, language } = view;
  const rules = [...new Set(counts.filter((c) => c.gravity !== 'doubt').map((c) => c.rule))]
    .map((rule) => {
      const of = counts.filter((c) => c.rule === rule && c.gravity !== 'doubt');
      return {
        rule,
        open: sum(of, (c) => c.state === 'open'),
        total: sum(of, () => true),
        gravity: GRAVITIES.find((g) => of.some((c) => c.gravity === g)) ?? 'info',
      };
    })
    .sort((a, b) => GRAVITIES.indexOf(a.gravity) - GRAVITIES.indexOf(b.gravity) || b.total - a.total);
  if (rules.length === 0) return html`<p class="empty">${say('没有发现问题。', 'Nothing was found.')}</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${say('按规则', 'By rule')}"><table class="list"><thead><tr><th scope="col">${say('核对的规则', 'Rule')}</th><th scope="col">${say('最重', 'Gravest')}</th><th scope="col" class="number">${say('待处理', 'Open')}</th><th scope="col" class="number">${say('共', 'All')}</th></tr></thead>
<tbody>${rules.map((r) => html`<tr><th scope="row"><a href="${address('/findings', { rule: r.rule })}">${ruleTitle(r.rule, language)}</a></th><td>${word(GRAVITY_WORDS, r.gravity, language)}</td><td class="number">${thousands(r.open)}</td><td class="number">${thousands(r.total)}</td></tr>`)}</tbody></table></div>`;
}

function yearsTable(view: View, data: Overview): Markup {
  const { say } = view;
  const years = [
    ...new Set([...data.reports.map((r) => r.year), ...data.coverage.map((c) => c.year)]),
  ].toSorted((a, b) => (b ?? 0) - (a ?? 0));
  const withRegister = data.coverage.length > 0;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${say('各年报告', 'Reports by year')}"><table class="list"><thead><tr><th scope="col">${say('年度', 'Year')}</th><th scope="col" class="number">${say('年度报告', 'Annual')}</th><th scope="col" class="number">${say('汇总', 'Aggregates')}</th><th scope="col" class="number">${say('补充、摘录', 'Other kinds')}</th><th scope="col" class="number">${say('未读出', 'Not readable')}</th>${withRegister ? html`<th scope="col" class="number">${say('未发布', 'Not published')}</th>` : null}</tr></thead>
<tbody>${years.map((year) => {
    const of = data.reports.filter((r) => r.year === year);
    const read = of.filter((r) => READ.has(r.outcome));
    const aggregate = (r: ReportCounts) => r.scope === 'region' || r.scope === 'system';
    const covered = data.coverage.find((c) => c.year === year);
    return html`<tr><th scope="row">${year === null ? say('年度未定', 'Year unknown') : year}</th><td class="number">${thousands(sum(read, (r) => r.kind === 'annual' && !aggregate(r)))}</td><td class="number">${thousands(sum(read, (r) => r.kind === 'annual' && aggregate(r)))}</td><td class="number">${thousands(sum(read, (r) => r.kind !== 'annual'))}</td><td class="number">${thousands(sum(of, (r) => UNREAD.includes(r.outcome) && r.outcome !== 'partial'))}</td>${withRegister ? html`<td class="number">${covered ? html`<a href="${address('/missing', { year })}">${thousands(covered.missing)}</a>` : null}</td>` : null}</tr>`;
  })}</tbody></table></div>${
    withRegister
      ? null
      : html`<p class="note">${say('没有机关名录（agencies.csv），因此不知道哪些单位应当发布。', 'Without an agency register (agencies.csv) it is not known who should publish.')}</p>`
  }`;
}

function grantedChart(view: View, figures: readonly YearFigures[]): Markup {
  const { say } = view;
  const some = figures.filter((f) => f.concluded > 0);
  if (some.length === 0) return noFigures(say);
  const share = (part: number, of: number) => Math.round((part * 1000) / of) / 10;
  return html`${lineChart(
    say('办结申请中予以公开的百分比', 'Granted, in per cent of the requests concluded'),
    some.map((f) => String(f.year)),
    [
      {
        name: say('予以公开', 'granted'),
        style: 'a',
        values: some.map((f) => share(f.granted, f.concluded)),
      },
      {
        name: say('含部分公开', 'with partly granted'),
        style: 'c',
        values: some.map((f) => share(f.granted + f.partlyGranted, f.concluded)),
      },
    ],
    (v) => `${thousands(v)}%`,
  )}${basisOf(say, some)}`;
}

const MOST_BARS = 12;

function regionsChart(view: View, data: Overview): Markup {
  const { say } = view;
  const known = data.regions.filter((r) => r.regionCode !== null && r.reports > 0);
  if (known.length === 0) {
    const all = data.regions.find((r) => r.regionCode === null);
    return html`<p class="empty">${
      all && all.reports > 0
        ? say(
            `报告尚未归入地区（需要机关名录）。全部${thousands(all.reports)}份报告中，每百份有${rate(all)}个错误和警告。`,
            `Reports are not assigned to districts (that needs a register). All ${thousands(all.reports)} reports: ${rate(all)} per 100.`,
          )
        : say('还没有报告。', 'There are no reports yet.')
    }</p>`;
  }
  // By district: towns and departments of one county together.
  const groups = Map.groupBy(known, (r) => (r.regionCode as string).slice(0, 6));
  const bars = [...groups]
    .map(([code, of]) => {
      const total = { findings: sumOf(of, (r) => r.findings), reports: sumOf(of, (r) => r.reports) };
      return {
        label: data.regionName(code),
        value: (total.findings * 100) / total.reports,
        text: `${rate(total)}`,
        href: address('/findings', { region: code, gravity: ['error', 'warning'] }),
      };
    })
    .toSorted((a, b) => b.value - a.value || (a.label < b.label ? -1 : 1));
  return html`${barChart(say('每百份报告的错误和警告，按地区', 'Errors and warnings per 100 reports, by district'), bars.slice(0, MOST_BARS), 'b')}${
    bars.length > MOST_BARS
      ? html`<p class="note">${say(`共${bars.length}个地区，这里是最多的${MOST_BARS}个。`, `The ${MOST_BARS} highest of ${bars.length} districts.`)}</p>`
      : null
  }`;
}

function rate(of: { readonly findings: number; readonly reports: number }): string {
  return thousands(Math.round((of.findings * 1000) / of.reports) / 10);
}

const COMMANDS: Readonly<Record<string, readonly [string, string]>> = {
  extract: ['读取文件', 'Files read'],
  check: ['重新核对', 'Checked again'],
  crawl: ['采集网站', 'Crawl'],
  schedule: ['定时采集', 'Scheduled crawl'],
  add: ['补录', 'Added by hand'],
};

function runsTable(view: View, runs: readonly Run[]): Markup {
  const { say } = view;
  if (runs.length === 0) return html`<p class="empty">${say('还没有运行过。', 'Nothing has run yet.')}</p>`;
  const number = (run: Run, key: string) => {
    const value = run.summary?.[key];
    return typeof value === 'number' ? thousands(value) : '';
  };
  // Runs that were broken off, and those before totals were kept, say nothing.
  const found = (run: Run, severity: 'error' | 'warning') => {
    const totals = run.summary?.['findings'];
    if (typeof totals !== 'object' || totals === null) return '';
    const value = (totals as Readonly<Record<string, unknown>>)[severity] ?? 0;
    return typeof value === 'number' ? thousands(value) : '';
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${say('最近的运行', 'Last runs')}"><table class="list"><thead><tr><th scope="col">${say('开始', 'Started')}</th><th scope="col">${say('工作', 'Work')}</th><th scope="col">${say('状态', 'State')}</th><th scope="col" class="number">${say('文件', 'Documents')}</th><th scope="col" class="number">${say('未读出', 'Not readable')}</th><th scope="col" class="number">${say('其后共有错误', 'Errors afterwards')}</th><th scope="col" class="number">${say('警告', 'Warnings')}</th></tr></thead>
<tbody>${runs.map((r) => {
    const command = COMMANDS[r.command];
    return html`<tr><th scope="row" class="time">${when(r.startedAt)}</th><td>${command ? say(...command) : r.command}</td><td>${r.endedAt === null ? say('进行中或中断', 'under way or broken off') : say('已完成', 'finished')}</td><td class="number">${number(r, 'documents')}</td><td class="number">${number(r, 'failures')}</td><td class="number">${found(r, 'error')}</td><td class="number">${found(r, 'warning')}</td></tr>`;
  })}</tbody></table></div>`;
}

function sum<T extends { readonly count: number }>(list: readonly T[], test: (each: T) => boolean): number {
  return list.reduce((n, each) => (test(each) ? n + each.count : n), 0);
}

function sumOf<T>(list: readonly T[], value: (each: T) => number): number {
  return list.reduce((n, each) => n + value(each), 0);
}
