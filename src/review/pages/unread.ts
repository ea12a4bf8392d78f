import type { ListedReport } from '../../dataset/report-queries.ts';
import { thousands } from '../components/charts.ts';
import { OUTCOME_ADVICE, OUTCOME_WORDS, reasonOf, word } from '../language.ts';
import { html, type Markup, type Value } from '../markup.ts';
import { address, layout, type View } from '../view.ts';

export const UNREAD_KINDS = ['unreadable', 'partial', 'aside'] as const;
export type UnreadKind = (typeof UNREAD_KINDS)[number];

export interface UnreadData {
  readonly kind: UnreadKind;
  readonly counts: Readonly<Record<UnreadKind, number>>;
  readonly rows: readonly ListedReport[];
  readonly next: string | null;
}

const KIND_TITLES: Readonly<Record<UnreadKind, readonly [zh: string, en: string]>> = {
  unreadable: ['完全没有读出', 'Not read at all'],
  partial: ['部分读出', 'Read in part'],
  aside: ['判断为不是年度报告', 'Taken for something else'],
};

/** Documents that could not be read in full, why, and what to do. */
export function unreadPage(view: View, data: UnreadData): Markup {
  const { say } = view;
  const title = say('未完整读出的文件', 'Documents that could not be read in full');
  return layout(view, {
    title,
    section: 'unread',
    body: html`<h1>${title}</h1>
<nav class="tabs no-print" aria-label="${say('分类', 'Kinds')}">${UNREAD_KINDS.map((kind) => html`<a href="${address('/unread', { kind })}"${kind === data.kind ? html` aria-current="page"` : null}>${say(...KIND_TITLES[kind])} <b>${thousands(data.counts[kind])}</b></a>`)}</nav>
${
  data.rows.length === 0
    ? html`<p class="card empty good">${data.kind === 'aside' ? say('没有这样的文件。', 'There are none.') : say('没有这样的文件，都已读出。', 'There are none: all were read.')}</p>`
    : html`<div class="card scroll" tabindex="0" role="region" aria-label="${say(...KIND_TITLES[data.kind])}"><table class="list unread"><thead><tr><th scope="col">${say('文件', 'Document')}</th><th scope="col">${say('原因', 'Why')}</th><th scope="col">${say('怎么办', 'What to do')}</th></tr></thead><tbody>${data.rows.map((r) => row(view, r))}</tbody></table></div>`
}
${data.next === null ? null : html`<nav class="pager" aria-label="${say('翻页', 'Pages')}"><span></span><a class="button" href="${address('/unread', { kind: data.kind, after: data.next })}">${say('下一页', 'Next')} →</a></nav>`}`,
  });
}

function row(view: View, r: ListedReport): Markup {
  const { say, language } = view;
  const reason = reasonOf(r.outcome, r.outcomeReason, language);
  const advice = OUTCOME_ADVICE[r.outcome]?.[language === 'zh' ? 0 : 1] ?? '';
  return html`<tr><th scope="row"><a href="/report/${r.reportId}">${r.document}</a>${r.agency ? html`<small>${r.agency} ${r.year ?? ''}</small>` : null}</th><td><b>${word(OUTCOME_WORDS, r.outcome, language)}</b>${reason ? html`<small>${reason}</small>` : null}</td><td>${advice}${view.role === 'reviewer' && r.outcome !== 'pre_2019' ? html` <a class="no-print" href="${address('/upload', { agency: r.agency, year: r.year })}">${say('补录', 'Upload')}</a>` : null}</td></tr>`;
}

export interface UploadData {
  readonly agency: string;
  readonly year: string;
  readonly notice: Value;
}

/** A report brought in by hand. */
export function uploadPage(view: View, data: UploadData): Markup {
  const { say } = view;
  return layout(view, {
    title: say('补录文件', 'Upload a report'),
    section: 'upload',
    body: html`<h1>${say('补录文件', 'Upload a report')}</h1>${data.notice}
<form class="card form-fields" method="post" action="/upload" enctype="multipart/form-data" data-wait="${say('正在上传、读取和核对，请稍候（扫描件可能要一两分钟）……', 'Uploading, reading and checking; a scan may take a minute or two …')}"><input type="hidden" name="token" value="${view.token}">
<p>${say('采集不到或未能读出的报告，可以在这里上传。程序会保存原文件并立即读取、核对；单位和年度以文件中写明的为准。', 'Reports that the crawl could not reach or read can be brought in here; the file is kept, read and checked at once. Where the file itself names a body and a year, these count.')}</p>
<label><span>${say('文件（网页、DOCX、DOC、PDF、OFD、图片等，不超过64 MB）', 'File (HTML, DOCX, DOC, PDF, OFD, picture …; at most 64 MB)')}</span><input type="file" name="file" required></label>
<label><span>${say('单位名称或编号', 'Name or id of the body')}</span><input name="agency" required maxlength="200" value="${data.agency}"></label>
<label><span>${say('报告年度', 'Year that it reports on')}</span><input name="year" required inputmode="numeric" pattern="20[0-9]{2}" maxlength="4" value="${data.year}" placeholder="2024"></label>
<label><span>${say('来源网址（可不填）', 'Where it came from (optional)')}</span><input name="from" type="url" maxlength="2000"></label>
<div class="submit"><button class="primary">${say('上传并读取', 'Upload and read')}</button> <span class="waiting" role="status"></span></div></form>`,
  });
}
