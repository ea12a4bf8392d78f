import { cellName } from '../../check/naming.ts';
import type { ReadingOf } from '../../dataset/reading-queries.ts';
import { STATEMENT_KINDS } from '../../dataset/statement-kinds.ts';
import type { StoredFinding } from '../../dataset/store.ts';
import type { Report, Statement } from '../../extract/report.ts';
import { type CellKey, cellKey, TABLE_IDS } from '../../form/form.ts';
import type { BroughtInArchive } from '../brought-in.ts';
import { lineChart } from '../components/charts.ts';
import { gravityMark, gravityOf, sentenceOf, stateMark } from '../components/finding-parts.ts';
import {
  marksOf,
  printedText,
  statutoryTable,
  type TableMarks,
  tableTitle,
} from '../components/statutory-table.ts';
import {
  KIND_WORDS,
  OUTCOME_ADVICE,
  OUTCOME_WORDS,
  reasonOf,
  type Say,
  SCOPE_WORDS,
  word,
} from '../language.ts';
import { html, type Markup } from '../markup.ts';
import { address, layout, type View } from '../view.ts';
import { type OriginalView, originalPanel } from './original-panel.ts';

export interface ReportData {
  readonly reportId: string;
  readonly agencyKey: string;
  readonly readings: readonly [ReadingOf, ...ReadingOf[]];
  /** Documents that a person brought in. */
  readonly byHand: ReadonlySet<string>;
  /** Of those that are in an archive, by document. */
  readonly archives: ReadonlyMap<string, BroughtInArchive>;
  readonly mayWithdraw: boolean;
  /** What the last action came to. */
  readonly notice: Markup | null;
  readonly findings: readonly StoredFinding[];
  readonly original: OriginalView;
}

export function reportPage(view: View, data: ReportData): Markup {
  const { say, language } = view;
  const [primary] = data.readings;
  const { report } = primary;
  const title = report.title ?? `${report.agency ?? say('单位未定', 'body unknown')} ${report.year ?? ''}`;
  const link = (cell: CellKey) => `${address(`/report/${data.reportId}`, { cell })}#original`;
  return layout(view, {
    title,
    section: 'bodies',
    wide: true,
    body: html`<nav class="trail no-print" aria-label="${say('位置', 'Where you are')}"><a href="/bodies">${say('单位', 'Bodies')}</a> › <a href="${address('/body', { key: data.agencyKey })}">${report.agency ?? say('单位未定', 'body unknown')}</a> › ${report.year ?? say('年度未定', 'year unknown')}</nav>
<h1>${title}</h1>
${data.notice}${primary.supersededBy === null ? null : html`<p class="notice notice-problem">${say('这份报告的文件都已撤回或被取代，下面的内容不在数据集中。', 'All documents of this report were taken back or superseded: what follows is not in the dataset.')}</p>`}
<p class="meta">${word(OUTCOME_WORDS, report.outcome, language)} · ${word(KIND_WORDS, report.kind, language)} · ${word(SCOPE_WORDS, report.scope, language)}${report.publishedOn ? html` · ${say('发布于', 'published')} ${report.publishedOn}` : null}${report.period ? html` · ${report.period.text}` : null}</p>
${report.outcome !== 'complete' ? html`<p class="notice notice-problem">${reasonOf(report.outcome, report.outcomeReason, language) ?? word(OUTCOME_WORDS, report.outcome, language)} ${OUTCOME_ADVICE[report.outcome]?.[language === 'zh' ? 0 : 1] ?? ''}</p>` : null}
${report.conflicts.length > 0 ? html`<section class="card"><h2>${say('互相矛盾之处', 'What contradicts each other')}</h2><ul class="plain">${report.conflicts.map((c) => html`<li>${c.values.map((v, i) => html`${i > 0 ? '；' : ''}<b>${v.value}</b>（${v.text}）`)}</li>`)}</ul></section>` : null}
${findingsOf(view, data.findings)}
<div class="pair pair-report"><div>
${TABLE_IDS.map((table) => {
  const reading = report.tables.find((t) => t.table === table);
  const refusal = report.refusals.find((r) => r.table === table);
  if (!reading)
    return html`<section class="card"><h2>${tableTitle(table, language)}</h2><p class="empty">${refusal ? html`${say('这张表未能可靠读出：', 'This table could not be read safely: ')}${refusal.reason}` : say('报告中没有找到这张表。', 'The report has no such table.')}</p></section>`;
  return html`<section class="card">${statutoryTable(reading, allMarks(data.findings), { language, link })}</section>`;
})}
${extras(view, report)}</div>
<section class="card original" id="original"><h2>${say('原件', 'The original')}</h2><p class="note">${say('点表中的任何一格，可看它在原件中的位置。', 'Click any cell to see its place in the original.')}</p>${originalPanel(view, data.original)}</section></div>
${narrative(view, report)}
${report.charts.length > 0 ? html`<section class="card"><h2>${say('报告中的图', 'Charts of the report')}</h2>${report.charts.slice(0, 6).map((c) => html`<h3>${c.title ?? ''}</h3>${lineChart(c.title ?? say('图', 'chart'), c.categories, [{ name: say('数值', 'values'), style: 'a', values: c.categories.map((_, i) => c.values[i] ?? null) }])}`)}</section>` : null}
${sources(view, data)}`,
  });
}

function findingsOf(view: View, findings: readonly StoredFinding[]): Markup {
  const { say, language } = view;
  return html`<section class="card"><h2>${say('问题', 'Findings')}</h2>${
    findings.length === 0
      ? html`<p class="empty good">${say('没有发现问题。', 'Nothing was found.')}</p>`
      : html`<ul class="plain">${findings.map((f) => html`<li>${gravityMark(gravityOf(f), language)} ${stateMark(f, language)} <a href="/finding/${f.findingId}">${sentenceOf(f, language)}</a></li>`)}</ul>`
  }</section>`;
}

/** Marks of all findings of a report. Whole blank tables are left plain, or nothing would stand out. */
function allMarks(findings: readonly StoredFinding[]): TableMarks {
  const involved = new Set<CellKey>();
  const culprit = new Set<CellKey>();
  const suggested = new Map<CellKey, number>();
  for (const finding of findings) {
    if (finding.state === 'false_positive' || finding.rule === 'BLANK') continue;
    const marks = marksOf(finding);
    for (const cell of marks.involved) involved.add(cell);
    for (const cell of marks.culprit) culprit.add(cell);
    for (const [cell, value] of marks.suggested) suggested.set(cell, value);
  }
  return { involved, culprit, suggested };
}

function extras(view: View, report: Report): Markup | null {
  const { say } = view;
  if (report.extras.length === 0) return null;
  return html`<section class="card"><h2>${say('表中另有的内容', 'What else stands in the tables')}</h2><ul class="plain">${report.extras.map((e) => html`<li>${e.label || say('（无标题）', '(no label)')}${e.raw ? html`：<b>${e.raw}</b>` : null}</li>`)}</ul></section>`;
}

/** The text of the report with every number that was read underlined. */
function narrative(view: View, report: Report): Markup | null {
  const { say, language } = view;
  if (report.narrative.length === 0) return null;
  const bySection = Map.groupBy(report.statements, (s) => s.section);
  return html`<section class="card narrative"><h2>${say('正文', 'The text')}</h2><p class="note">${say('带下划线的是程序读到的数字和说法。', 'What was read from the text is underlined.')}</p>${report.narrative.map((p) => html`<p>${underlined(p.text, bySection.get(p.section) ?? [], language)}</p>`)}</section>`;
}

/** Statements are told by their sentence: a paragraph holds one where its sentence occurs. */
export function underlined(text: string, statements: readonly Statement[], language: 'zh' | 'en'): Markup {
  const spans: { start: number; end: number; statement: Statement }[] = [];
  for (const statement of statements) {
    const at = text.indexOf(statement.text);
    if (at < 0) continue;
    const start = at + statement.start;
    const end = start + Math.max(1, statement.length);
    if (end <= text.length) spans.push({ start, end, statement });
  }
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const parts: (string | Markup)[] = [];
  let at = 0;
  for (const { start, end, statement } of spans) {
    if (start < at) continue;
    parts.push(text.slice(at, start));
    parts.push(
      html`<u class="read" title="${STATEMENT_KINDS[statement.kind][language]}">${text.slice(start, end)}</u>`,
    );
    at = end;
  }
  parts.push(text.slice(at));
  return html`${parts}`;
}

function sources(view: View, data: ReportData): Markup {
  const { say } = view;
  const { readings } = data;
  const [primary, ...others] = readings;
  return html`<section class="card"><h2>${say('文件和版本', 'Documents and versions')}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${say('文件和版本', 'Documents and versions')}"><table class="list"><thead><tr><th scope="col">${say('文件', 'Document')}</th><th scope="col">${say('用途', 'Role')}</th><th scope="col">${say('格式', 'Format')}</th><th scope="col">${say('版本', 'Version')}</th><th scope="col">${say('校验值', 'SHA-256')}</th></tr></thead><tbody>${readings.map((r) => html`<tr><th scope="row">${r.document}${r.missing && !isReplaced(r, data) ? html` <em>${say('（已不在原处）', '(no longer there)')}</em>` : null}</th><td>${isReplaced(r, data) ? say('已被后来补录的文件取代', 'replaced by a file brought in later') : roleOf(view, r, readings)}${data.mayWithdraw && isPresent(r) && data.byHand.has(r.document) ? withdrawForm(view, data, r.document) : null}</td><td>${containerWord(r.report.container, say)}</td><td>${r.version}</td><td><code>${r.sha256.slice(0, 12)}</code></td></tr>`)}</tbody></table></div>
${others.map((other) => (primary ? differences(view, primary, other) : null))}</section>`;
}

function containerWord(container: Report['container'], say: Say): string {
  if (container === '') return '—';
  const words: Partial<Readonly<Record<string, string>>> = {
    html: say('网页', 'web page'),
    text: say('文本', 'text'),
    spreadsheet: say('电子表格', 'spreadsheet'),
    picture: say('图片', 'picture'),
    archive: say('压缩包', 'archive'),
  };
  return words[container] ?? container.toUpperCase();
}

function roleOf(view: View, reading: ReadingOf, readings: readonly ReadingOf[]): string {
  const { document, version, supersededBy, missing, primary } = reading;
  if (primary) return view.say('数据所取', 'its numbers stand in the dataset');
  if (supersededBy === null) return view.say('副本', 'copy');
  const newer = readings.some((r) => r.document === document && r.version > version);
  return missing && !newer ? view.say('已撤回', 'taken back') : view.say('旧版', 'superseded');
}

function isPresent({ missing, supersededBy }: ReadingOf): boolean {
  return !missing && supersededBy === null;
}

/** Of what a person brought in only another upload takes the place. */
function isReplaced({ document, missing, supersededBy }: ReadingOf, { byHand }: ReportData): boolean {
  return missing && supersededBy === null && byHand.has(document);
}

function withdrawForm(
  { say, token }: View,
  { reportId, archives }: Pick<ReportData, 'reportId' | 'archives'>,
  document: string,
): Markup {
  const archive = archives.get(document);
  const name = archive?.document.split('/').at(-1) ?? '';
  const what = archive
    ? say(
        `这个文件来自压缩包“${name}”，将撤回整个压缩包，其中的${archive.reports}份报告都不再进入数据集`,
        `This document is in the archive “${name}”. The whole archive is taken back: reports that leave the dataset: ${archive.reports}`,
      )
    : say(
        '这个文件是人工补录的。撤回后，它的数字不再进入数据集',
        'This document was brought in by hand. Taken back, its numbers leave the dataset',
      );
  const rest = say(
    '；先前被它取代的文件恢复有效，原件仍然保留。',
    '; what it had taken the place of stands again, and the original is kept.',
  );
  return html`<details class="no-print"><summary>${say('撤回', 'Take back')}</summary><form class="form-fields" method="post" action="/report/${reportId}/withdraw"><input type="hidden" name="token" value="${token}"><input type="hidden" name="document" value="${archive?.document ?? document}"><p class="note">${what}${rest}</p><label><span>${say('原因', 'Why')}</span><input name="note" maxlength="500"></label><div><button>${archive ? say('撤回整个压缩包', 'Take the whole archive back') : say('撤回这个文件', 'Take this document back')}</button></div></form></details>`;
}

const MOST_DIFFERENCES = 200;

/** Cells that two readings of one report print differently. */
export function differingCells(
  a: Report,
  b: Report,
  say: Say,
): {
  readonly key: CellKey;
  readonly edition: '2019' | '2021';
  readonly a: string | null;
  readonly b: string | null;
}[] {
  const facts = (report: Report) =>
    new Map(
      report.tables.flatMap((t) => t.facts.map((f) => [cellKey(f.table, f.row, f.column), f] as const)),
    );
  const [left, right] = [facts(a), facts(b)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const x = left.get(key);
    const y = right.get(key);
    if (x && y && x.state === y.state && x.value === y.value && (x.state === 'number' || x.raw === y.raw))
      return [];
    const text = (f: typeof x) => (f ? printedText(f, say) : null);
    return [{ key, edition: (x ?? y)?.edition ?? '2021', a: text(x), b: text(y) }];
  });
}

function differences(view: View, primary: ReadingOf, other: ReadingOf): Markup {
  const { say, language } = view;
  const cells = differingCells(primary.report, other.report, say);
  const name = `${other.document}${other.supersededBy === null ? '' : say(`（第${other.version}版）`, ` (version ${other.version})`)}`;
  if (cells.length === 0)
    return html`<p class="note">${say(`与 ${name} 逐格相同。`, `Every cell is the same in ${name}.`)}</p>`;
  return html`<h3>${say(`与 ${name} 的不同：${cells.length}格`, `${cells.length} cells differ from ${name}`)}</h3><div class="scroll" tabindex="0" role="region" aria-label="${say('逐格比较', 'Cell by cell')}"><table class="list"><thead><tr><th scope="col">${say('格', 'Cell')}</th><th scope="col" class="number">${say('数据所取', 'in the dataset')}</th><th scope="col" class="number">${say('另一份', 'the other')}</th></tr></thead><tbody>${cells.slice(0, MOST_DIFFERENCES).map((c) => html`<tr><th scope="row">${cellName(c.edition, c.key, language)}</th><td class="number">${c.a ?? '—'}</td><td class="number">${c.b ?? '—'}</td></tr>`)}</tbody></table></div>`;
}
