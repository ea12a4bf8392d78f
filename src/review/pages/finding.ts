import type { ReadingOf } from '../../dataset/reading-queries.ts';
import type { Decision, StoredFinding } from '../../dataset/store.ts';
import type { CellKey } from '../../form/form.ts';
import {
  evidenceList,
  gravityMark,
  gravityOf,
  sentenceOf,
  stateMark,
  suggestionList,
} from '../components/finding-parts.ts';
import { ruleTitle } from '../components/rule-title.ts';
import { marksOf, statutoryTable } from '../components/statutory-table.ts';
import { sumsWritten } from '../components/sums.ts';
import { type Listing, queryOf } from '../finding-filter.ts';
import { DECISIONS, STATE_MEANINGS, STATE_WORDS, VERDICT_WORDS, word } from '../language.ts';
import { html, type Markup, type Value } from '../markup.ts';
import { address, layout, type View, when } from '../view.ts';
import { type OriginalView, originalPanel, wordsOfPlaces } from './original-panel.ts';

export interface FindingData {
  readonly finding: StoredFinding;
  readonly primary: ReadingOf;
  readonly original: OriginalView;
  readonly history: readonly Decision[];
  readonly firstSeen: string | null;
  readonly listing: Listing;
  readonly neighbours: { readonly previous: string | null; readonly next: string | null };
  /** The same rule raised for other years of the body. */
  readonly otherYears: readonly {
    readonly findingId: string;
    readonly year: number | null;
    readonly sentence: string;
    readonly state: StoredFinding['state'];
    readonly lapsed: boolean;
  }[];
  /** What the cells held in other documents and versions of this report. */
  readonly otherReadings: readonly {
    readonly name: string;
    readonly values: readonly (readonly [cell: string, printed: string])[];
  }[];
  /** Says what was on the screen when the decision was made. */
  readonly seen: string;
  readonly notice: Value;
}

export function findingPage(view: View, data: FindingData): Markup {
  const { say, language } = view;
  const { finding } = data;
  const reading = data.primary.report.tables.find((t) => t.table === finding.table);
  const query = queryOf(data.listing);
  const sums = sumsWritten(finding, reading, language);
  const link = (cell: CellKey) => address(`/finding/${finding.findingId}`, { ...query, cell });
  const ruleName = ruleTitle(finding.rule, language);
  return layout(view, {
    title: `${finding.agency ?? ''} ${finding.year ?? ''} ${ruleName}`,
    section: 'findings',
    wide: true,
    body: html`<nav class="trail no-print" aria-label="${say('位置', 'Where you are')}"><a href="${address('/findings', query)}" data-up>${say('问题清单', 'Findings')}</a> › <a href="${address('/body', { key: finding.agencyKey })}">${finding.agency ?? say('单位未定', 'body unknown')}</a> › <a href="/report/${finding.reportId}">${finding.year ?? say('年度未定', 'year unknown')}</a>
<span class="walk">${data.neighbours.previous === null ? null : html`<a class="button" rel="prev" data-previous href="${address(`/finding/${data.neighbours.previous}`, query)}">← ${say('上一条', 'Previous')}</a>`}${data.neighbours.next === null ? null : html`<a class="button" rel="next" data-next href="${address(`/finding/${data.neighbours.next}`, query)}">${say('下一条', 'Next')} →</a>`}</span></nav>
${data.notice}
<section class="card lead gravity-${gravityOf(finding)}"><p class="meta">${gravityMark(gravityOf(finding), language)} ${stateMark(finding, language)} ${ruleName}${finding.verdict ? html` · ${word(VERDICT_WORDS, finding.verdict, language)}` : null}${data.firstSeen ? html` · ${say('首次发现', 'first seen')} ${when(data.firstSeen)}` : null}</p>
<h1 class="sentence">${sentenceOf(finding, language)}</h1>
${finding.note || finding.decidedBy ? html`<p class="decided">${finding.lapsed ? null : html`${word(STATE_WORDS, finding.state, language)} · `}${finding.decidedBy ?? ''} ${when(finding.decidedAt)}${finding.note ? html`：${finding.note}` : null}</p>` : null}
<p class="meta only-print-block">${say('文件', 'Document')}: ${data.original.document} ${wordsOfPlaces(data.original.places, language)}</p>
${view.role === 'reviewer' ? decisionForm(view, data, query) : null}</section>
<div class="pair">
<section class="card numbers"><h2>${say('数据', 'The numbers')}</h2>
${sums.length > 0 ? html`<h3>${say('算一算', 'The sum')}</h3><div class="sums">${sums}</div>` : null}
${finding.evidence.length > 0 && sums.length === 0 ? html`<h3>${say('依据', 'What it rests on')}</h3>${evidenceList(finding.evidence, language, (id) => `/report/${id}`)}` : null}
${suggestionList(finding, language)}
${reading ? html`<div class="drawn">${statutoryTable(reading, marksOf(finding), { language, link })}<p class="legend"><span class="swatch involved"></span>${say('涉及的格', 'cells concerned')} <span class="swatch culprit"></span>${say('可能有误的格', 'probably wrong')}</p></div>` : null}</section>
<section class="card original" id="original"><h2>${say('原件', 'The original')}</h2>${originalPanel(view, data.original)}</section>
</div>
${data.otherReadings.length > 0 ? html`<section class="card"><h2>${say('同一报告的其他文件和版本', 'Other documents and versions of this report')}</h2><div class="scroll" tabindex="0" role="region" aria-label="${say('其他文件和版本', 'Other documents and versions')}"><table class="list"><tbody>${data.otherReadings.map((r) => html`<tr><th scope="row">${r.name}</th><td>${r.values.map(([cell, printed]) => html`<span class="pairing">${cell} <b>${printed}</b></span> `)}</td></tr>`)}</tbody></table></div></section>` : null}
${data.otherYears.length > 0 ? html`<section class="card"><h2>${say('其他年度的同类问题', 'The same in other years')}</h2><ul class="plain">${data.otherYears.map((o) => html`<li><b>${o.year ?? ''}</b> ${stateMark(o, language)} <a href="${address(`/finding/${o.findingId}`)}">${o.sentence}</a></li>`)}</ul></section>` : null}
${history(view, data.history)}`,
  });
}

function decisionForm(view: View, data: FindingData, query: ReturnType<typeof queryOf>): Markup {
  const { say, language } = view;
  const { finding } = data;
  return html`<form class="decision no-print" method="post" action="${address(`/finding/${finding.findingId}/decide`, query)}" data-decide>
<input type="hidden" name="token" value="${view.token}"><input type="hidden" name="seen" value="${data.seen}">
<label class="grow"><span>${say('备注', 'Note')}</span><input name="note" maxlength="1000" value="${finding.lapsed ? '' : (finding.note ?? '')}" placeholder="${say('可不填，如：已电话核实', 'optional')}"></label>
<div class="buttons">${DECISIONS.map((d, i) => html`<button name="state" value="${d}" data-key="${i + 1}" class="${finding.state === d ? 'chosen' : ''}"><kbd>${i + 1}</kbd><b>${word(STATE_WORDS, d, language)}</b><small>${word(STATE_MEANINGS, d, language)}</small></button>`)}${finding.state !== 'open' || finding.lapsed ? html`<button name="state" value="open" class="quiet"><b>${say('撤回', 'Take back')}</b></button>` : null}</div></form>`;
}

function history(view: View, decisions: readonly Decision[]): Markup | null {
  const { say, language } = view;
  if (decisions.length === 0) return null;
  return html`<section class="card"><h2>${say('处理记录', 'History of decisions')}</h2><ol class="history">${decisions.toReversed().map((d) => html`<li><b>${word(STATE_WORDS, d.state, language)}</b> ${d.person ?? ''} <time datetime="${d.at}">${when(d.at)}</time>${d.lapsed ? html` <em>${say('（当时的数值与现在不同）', '(made on other numbers)')}</em>` : null}${d.note ? html`<br>${d.note}` : null}</li>`)}</ol></section>`;
}
