import type { FindingPage, ListedFinding } from '../../dataset/finding-queries.ts';
import { FINDING_ORDERS, GRAVITIES } from '../../dataset/finding-queries.ts';
import { thousands } from '../components/charts.ts';
import { gravityMark, sentenceOf, stateMark } from '../components/finding-parts.ts';
import { ruleTitle } from '../components/rule-title.ts';
import { type Listing, queryOf } from '../finding-filter.ts';
import { DECISIONS, GRAVITY_WORDS, STATE_MEANINGS, STATE_WORDS, VERDICT_WORDS, word } from '../language.ts';
import { html, type Markup, type Value } from '../markup.ts';
import { address, layout, type View } from '../view.ts';

export interface FindingsList {
  readonly listing: Listing;
  readonly page: FindingPage;
  readonly total: number;
  readonly years: readonly number[];
  readonly rules: readonly string[];
  readonly regions: readonly { readonly code: string; readonly name: string }[];
  readonly bodyName: string | null;
  readonly notice: Value;
}

const STATES = ['open', 'confirmed', 'false_positive', 'corrected', 'accepted'] as const;

export function findingsPage(view: View, data: FindingsList): Markup {
  const { say } = view;
  const query = queryOf(data.listing);
  return layout(view, {
    title: say('问题清单', 'Findings'),
    section: 'findings',
    body: html`<div class="heading"><h1>${say('问题清单', 'Findings')}</h1>
<div class="actions no-print"><a class="button" href="${address('/findings.xlsx', query)}" download>${say('下载 Excel 表', 'Download for Excel')}</a><a class="button" href="${address('/findings.csv', query)}" download>${say('下载处理意见表', 'Decision sheet (CSV)')}</a></div></div>
${data.notice}
${filterForm(view, data)}
<p class="count" role="status">${say(`共 ${thousands(data.total)} 个问题`, `${thousands(data.total)} findings`)}${data.bodyName === null ? null : html` · ${data.bodyName}`}</p>
${data.page.rows.length === 0 ? html`<p class="card empty">${say('没有符合条件的问题。可放宽上面的条件。', 'Nothing matches. Widen the filter above.')}</p>` : list(view, data, query)}`,
  });
}

function filterForm(view: View, data: FindingsList): Markup {
  const { say, language } = view;
  const { filter, order } = data.listing;
  const option = (value: string, label: string, chosen: boolean) =>
    html`<option value="${value}"${chosen ? html` selected` : null}>${label}</option>`;
  const orders = {
    gravity: say('按轻重', 'by gravity'),
    agency: say('按单位', 'by body'),
    year: say('按年度（新在前）', 'by year, newest first'),
    rule: say('按规则', 'by rule'),
  };
  return html`<form class="filters card no-print" method="get" action="/findings" role="search">
<label class="search"><span>${say('查找', 'Search')}</span><input type="search" name="q" value="${filter.text ?? ''}" placeholder="${say('单位名称或问题中的字词', 'name of a body, or words of the finding')}"></label>
<fieldset class="chips"><legend>${say('轻重', 'Gravity')}</legend>${GRAVITIES.map((g) => html`<label class="chip"><input type="checkbox" name="gravity" value="${g}"${filter.gravities?.includes(g) ? html` checked` : null}><span>${word(GRAVITY_WORDS, g, language)}</span></label>`)}</fieldset>
<fieldset class="chips"><legend>${say('处理', 'State')}</legend>${STATES.map((s) => html`<label class="chip"><input type="checkbox" name="state" value="${s}"${filter.states?.includes(s) ? html` checked` : null}><span>${word(STATE_WORDS, s, language)}</span></label>`)}</fieldset>
<div class="selects">
<label><span>${say('年度', 'Year')}</span><select name="year">${option('', say('全部', 'all'), filter.year === undefined)}${data.years.map((y) => option(String(y), String(y), filter.year === y))}</select></label>
<label><span>${say('地区', 'District')}</span><select name="region">${option('', say('全部', 'all'), !filter.region)}${data.regions.map((r) => option(r.code, r.name, filter.region === r.code))}</select></label>
<label><span>${say('规则', 'Rule')}</span><select name="rule">${option('', say('全部', 'all'), !filter.rule)}${data.rules.map((r) => option(r, ruleTitle(r, language), filter.rule === r))}</select></label>
<label><span>${say('判断', 'Evidence')}</span><select name="verdict">${option('', say('全部', 'all'), !filter.verdict)}${(['unique', 'preferred', 'localised', 'suspect_extraction'] as const).map((v) => option(v, word(VERDICT_WORDS, v, language), filter.verdict === v))}</select></label>
<label><span>${say('排序', 'Order')}</span><select name="order">${FINDING_ORDERS.map((o) => option(o, orders[o], order === o))}</select></label>
</div>
${filter.agencyKey === undefined ? null : html`<input type="hidden" name="body" value="${filter.agencyKey}">`}
<div class="submit"><button class="primary">${say('筛选', 'Filter')}</button> <a href="/findings">${say('清除条件', 'Clear')}</a></div></form>`;
}

function list(view: View, data: FindingsList, query: ReturnType<typeof queryOf>): Markup {
  const { say, language } = view;
  const mayDecide = view.role === 'reviewer';
  const rows = html`<ol class="findings" data-list>${data.page.rows.map((f) => row(view, f, query, mayDecide))}</ol>`;
  const pager = html`<nav class="pager no-print" aria-label="${say('翻页', 'Pages')}">${
    data.page.previous === null
      ? html`<span></span>`
      : html`<a class="button" rel="prev" href="${address('/findings', { ...query, before: data.page.previous })}">← ${say('上一页', 'Previous')}</a>`
  }${
    data.page.next === null
      ? html`<span></span>`
      : html`<a class="button" rel="next" href="${address('/findings', { ...query, after: data.page.next })}">${say('下一页', 'Next')} →</a>`
  }</nav>`;
  const keys = html`<p class="keys no-print">${say('键盘', 'Keys')}: <kbd>j</kbd>/<kbd>k</kbd> ${say('下一条/上一条', 'down/up')} · <kbd>Enter</kbd> ${say('打开', 'open')}${mayDecide ? html` · ${DECISIONS.map((d, i) => html`<kbd>${i + 1}</kbd> ${word(STATE_WORDS, d, language)} `)}` : null}</p>`;
  if (!mayDecide) return html`${rows}${pager}${keys}`;
  return html`<form method="post" action="/findings/decide" data-bulk><input type="hidden" name="token" value="${view.token}"><input type="hidden" name="back" value="${address('/findings', query)}">
${rows}
<div class="bulk card no-print"><label class="all"><input type="checkbox" data-all> ${say('选中本页全部', 'Select all on this page')}</label>
<label class="grow"><span class="visually-hidden">${say('备注', 'Note')}</span><input name="note" maxlength="1000" placeholder="${say('备注（可不填）', 'Note (optional)')}"></label>
<div class="buttons">${DECISIONS.map((d) => html`<button name="state" value="${d}" title="${word(STATE_MEANINGS, d, language)}">${word(STATE_WORDS, d, language)}</button>`)}<button name="state" value="open" class="quiet">${say('撤回', 'Take back')}</button></div></div>
</form>${pager}${keys}`;
}

function row(view: View, f: ListedFinding, query: ReturnType<typeof queryOf>, mayDecide: boolean): Markup {
  const { say, language } = view;
  const id = `pick-${f.findingId}`;
  return html`<li class="finding gravity-${f.gravity}" data-row data-finding="${f.findingId}">${
    mayDecide
      ? html`<label class="pick no-print" for="${id}"><input type="checkbox" id="${id}" name="finding" value="${f.findingId}"><span class="visually-hidden">${say('选中', 'Select')} ${f.agency ?? ''} ${f.year ?? ''}</span></label>`
      : null
  }<div class="what"><a class="sentence" href="${address(`/finding/${f.findingId}`, query)}">${sentenceOf(f, language)}</a>
<p class="meta">${gravityMark(f.gravity, language)} ${stateMark(f, language)} <a href="${address('/body', { key: f.agencyKey })}">${f.agency ?? say('单位未定', 'body unknown')}</a> · ${f.year ?? say('年度未定', 'year unknown')} · ${ruleTitle(f.rule, language)}</p></div></li>`;
}
