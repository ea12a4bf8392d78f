import type { Evidence } from '../../check/finding.ts';
import type { Gravity, ListedFinding } from '../../dataset/finding-queries.ts';
import type { StoredFinding } from '../../dataset/store.ts';
import { GRAVITY_WORDS, type Language, STATE_WORDS, sayIn, word } from '../language.ts';
import { html, type Markup } from '../markup.ts';

/** What is our own doubt is listed as such, whatever its severity. */
export function gravityOf(finding: Pick<StoredFinding, 'severity' | 'verdict'>): Gravity {
  return finding.verdict === 'suspect_extraction' ? 'doubt' : finding.severity;
}

export function gravityMark(gravity: Gravity, language: Language): Markup {
  return html`<span class="mark mark-${gravity}">${word(GRAVITY_WORDS, gravity, language)}</span>`;
}

export function stateMark(finding: Pick<ListedFinding, 'state' | 'lapsed'>, language: Language): Markup {
  const say = sayIn(language);
  if (finding.lapsed)
    return html`<span class="state state-lapsed">${say('意见已失效', 'Decision lapsed')}</span>`;
  return html`<span class="state state-${finding.state}">${word(STATE_WORDS, finding.state, language)}</span>`;
}

/** The finding in one plain sentence. */
export function sentenceOf(
  finding: Pick<StoredFinding, 'messageZh' | 'messageEn'>,
  language: Language,
): string {
  return language === 'zh' ? finding.messageZh : finding.messageEn;
}

/** What a finding rests on. `reportLink` leads to another report that is compared. */
export function evidenceList(
  evidence: readonly Evidence[],
  language: Language,
  reportLink: ((report: string) => string) | null,
): Markup | null {
  if (evidence.length === 0) return null;
  const say = sayIn(language);
  return html`<ul class="evidence">${evidence.map((e) => {
    if (e.kind === 'quote')
      return html`<li><span class="kind">${say('正文原句', 'The text says')}</span><q>${e.text}</q></li>`;
    if (e.kind === 'other_report') {
      const id = e.report.replace(/#.*$/u, '');
      return html`<li><span class="kind">${say('对照', 'Compared with')}</span>${e.text}${
        reportLink ? html` <a href="${reportLink(id)}">${say('看那一份', 'open it')}</a>` : null
      }</li>`;
    }
    return html`<li><span class="kind">${e.kind === 'sum' ? say('算式', 'Sum') : say('其中', 'Part')}</span>${e.text}</li>`;
  })}</ul>`;
}

/** Suggested values with the reasoning; they are never applied. */
export function suggestionList(finding: Pick<StoredFinding, 'suggested'>, language: Language): Markup | null {
  if (finding.suggested.length === 0) return null;
  const say = sayIn(language);
  const several = finding.suggested.length > 1;
  return html`<div class="suggestions"><h3>${
    several
      ? say('可能的改法（只有一种是对的）', 'Possible corrections (one of them)')
      : say('可能应改为', 'Probably should be')
  }</h3><${several ? SEVERAL : ONE} class="plain">${finding.suggested.map(
    (s) =>
      html`<li>${s.cells.map(
        (c) =>
          html`<span class="change"><del>${c.printed ?? say('空白', 'blank')}</del> → <ins>${c.suggested}</ins></span> `,
      )}${language === 'zh' ? s.reasoning_zh : s.reasoning_en}</li>`,
  )}</${several ? SEVERAL : ONE}>
<p class="note">${say('仅供核对，数据集中始终保留报告原印的数字。', 'For checking only: the dataset keeps the printed numbers.')}</p></div>`;
}

const SEVERAL = html`ol`;
const ONE = html`ul`;
