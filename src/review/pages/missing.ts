import type { CoverageEntry } from '../../agencies/coverage.ts';
import type { ListedAgency } from '../../dataset/report-queries.ts';
import type { Agency } from '../../dataset/store.ts';
import { thousands } from '../components/charts.ts';
import { html, type Markup } from '../markup.ts';
import { address, layout, type View } from '../view.ts';

export interface MissingData {
  readonly year: number;
  readonly years: readonly number[];
  /** Of this year, every body that must report; empty without a register. */
  readonly coverage: readonly CoverageEntry<Agency>[];
  readonly region: string;
  /** Without a register: bodies that reported before and not for this year. */
  readonly lapsed: readonly ListedAgency[];
  readonly regionName: (code: string) => string;
}

const MOST_ROWS = 2000;
const NO_DISTRICT = '';

/** Who has not published, by district: a list to print and to telephone from. */
export function missingPage(view: View, data: MissingData): Markup {
  const { say } = view;
  const inRegion = data.coverage.filter(
    (c) => data.region === '' || (c.agency.divisionCode ?? '').startsWith(data.region),
  );
  const absent = inRegion.filter((c) => c.state !== 'published');
  const groups = Map.groupBy(inRegion, (c) => c.agency.divisionCode?.slice(0, 6) ?? NO_DISTRICT);
  return layout(view, {
    title: say(`${data.year}年度未发布名单`, `Not published for ${data.year}`),
    section: 'missing',
    body: html`<h1>${say(`${data.year}年度未发布名单`, `Not published for ${data.year}`)}</h1>
<form class="filters card no-print" method="get" action="/missing"><div class="selects"><label><span>${say('年度', 'Year')}</span><select name="year">${data.years.map((y) => html`<option${y === data.year ? html` selected` : null}>${y}</option>`)}</select></label>
<label><span>${say('地区', 'District')}</span><select name="region"><option value="">${say('全部', 'all')}</option>${[...new Set(data.coverage.map((c) => c.agency.divisionCode?.slice(0, 6) ?? NO_DISTRICT))].filter((c) => c !== NO_DISTRICT).map((c) => html`<option value="${c}"${c === data.region ? html` selected` : null}>${data.regionName(c)}</option>`)}</select></label></div><div class="submit"><button class="primary">${say('显示', 'Show')}</button> <button type="button" data-print>${say('打印', 'Print')}</button></div></form>
${
  data.coverage.length === 0
    ? withoutRegister(view, data)
    : html`<p class="count">${say(
        `名录中应发布${thousands(inRegion.length)}个单位：已读到${thousands(inRegion.length - absent.length)}个，未见报告${thousands(absent.filter((c) => c.state === 'missing').length)}个，有文件但未读出${thousands(absent.filter((c) => c.state === 'unreadable').length)}个。`,
        `${thousands(inRegion.length)} bodies must publish: ${thousands(inRegion.length - absent.length)} read, ${thousands(absent.filter((c) => c.state === 'missing').length)} without a report, ${thousands(absent.filter((c) => c.state === 'unreadable').length)} with a document that could not be read.`,
      )}</p>
${absent.length === 0 ? html`<p class="card empty good">${say('都已发布。', 'All have published.')}</p>` : null}
${absent.length > MOST_ROWS ? html`<p class="notice notice-problem">${say(`名单很长，这里只列每个地区的数目。请选择一个地区。`, 'The list is long: here are the numbers by district. Choose a district.')}</p>${districts(view, data, groups)}` : [...groups].map(([code, of]) => district(view, data, code, of))}`
}`,
  });
}

function district(
  view: View,
  data: MissingData,
  code: string,
  of: readonly CoverageEntry<Agency>[],
): Markup | null {
  const { say } = view;
  const absent = of.filter((c) => c.state !== 'published');
  if (absent.length === 0) return null;
  return html`<section class="card"><h2>${code === NO_DISTRICT ? say('地区未定', 'District unknown') : data.regionName(code)} <small>${absent.length} / ${of.length}</small></h2><table class="list"><thead><tr><th scope="col">${say('单位', 'Body')}</th><th scope="col">${say('情况', 'State')}</th><th scope="col" class="only-print">${say('备注', 'Notes')}</th></tr></thead><tbody>${absent.map((c) => html`<tr><th scope="row"><a href="${address('/body', { key: c.agency.id })}">${c.agency.name}</a></th><td>${c.state === 'missing' ? say('未见报告', 'no report known') : say('有文件，未读出', 'there is a document, not readable')}${view.role === 'reviewer' ? html` <a class="no-print" href="${address('/upload', { agency: c.agency.name, year: data.year })}">${say('补录', 'Upload')}</a>` : null}</td><td class="only-print blank-line"></td></tr>`)}</tbody></table></section>`;
}

function districts(
  view: View,
  data: MissingData,
  groups: ReadonlyMap<string, readonly CoverageEntry<Agency>[]>,
): Markup {
  const { say } = view;
  return html`<div class="card"><table class="list"><thead><tr><th scope="col">${say('地区', 'District')}</th><th scope="col" class="number">${say('未见报告或未读出', 'Missing')}</th><th scope="col" class="number">${say('应发布', 'Due')}</th></tr></thead><tbody>${[...groups].map(([code, of]) => html`<tr><th scope="row">${code === NO_DISTRICT ? say('地区未定', 'District unknown') : html`<a href="${address('/missing', { year: data.year, region: code })}">${data.regionName(code)}</a>`}</th><td class="number">${thousands(of.filter((c) => c.state !== 'published').length)}</td><td class="number">${thousands(of.length)}</td></tr>`)}</tbody></table></div>`;
}

function withoutRegister(view: View, data: MissingData): Markup {
  const { say } = view;
  return html`<p class="notice">${say(
    '没有机关名录（agencies.csv），不知道哪些单位应当发布。下面是其他年度有报告、唯独缺这一年的单位。',
    'There is no agency register (agencies.csv), so it is not known who should publish. Below are bodies that have reports for other years but not for this one.',
  )}</p>
${data.lapsed.length === 0 ? html`<p class="card empty">${say('没有这样的单位。', 'There are none.')}</p>` : html`<div class="card"><table class="list"><thead><tr><th scope="col">${say('单位', 'Body')}</th><th scope="col">${say('已有年度', 'Years there')}</th><th scope="col" class="only-print">${say('备注', 'Notes')}</th></tr></thead><tbody>${data.lapsed.map((a) => html`<tr><th scope="row"><a href="${address('/body', { key: a.agencyKey })}">${a.agency ?? a.agencyKey}</a></th><td>${a.firstYear === a.lastYear ? a.firstYear : `${a.firstYear}–${a.lastYear}`}</td><td class="only-print blank-line"></td></tr>`)}</tbody></table></div>`}`;
}
