import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { divisionName } from '../agencies/divisions.ts';
import { reportCounts, yearFigures } from '../dataset/report-queries.ts';
import type { Snapshot, Store, StoredFinding, StoredReport } from '../dataset/store.ts';
import { clearParts, partOf } from '../process/parts.ts';
import { thousands } from './components/charts.ts';
import {
  evidenceList,
  gravityMark,
  gravityOf,
  sentenceOf,
  stateMark,
  suggestionList,
} from './components/finding-parts.ts';
import { requestsChart } from './components/requests-chart.ts';
import { ruleTitle } from './components/rule-title.ts';
import { marksOf, statutoryTable } from './components/statutory-table.ts';
import { sumsWritten } from './components/sums.ts';
import { GRAVITY_WORDS, type Language, sayIn, UNREAD, word } from './language.ts';
import { html, Markup, type Value } from './markup.ts';
import { STYLE } from './style.ts';

/** Findings whose tables are drawn into the page itself. */
const DRAWN = 500;
const DOUBTS = 100;
const NO_DISTRICT = 'other';
const FOLDER = 'report';

/**
 * Writes `report.html`: one page that needs nothing beside it, made of the same parts as the served pages. Findings
 * beyond the first five hundred stand, without their tables, in `report/<division code>.html`. The same store gives the
 * same bytes: no time, no path of the machine.
 */
export async function writeReportPage(
  store: Store,
  output: string,
  language: Language = 'zh',
): Promise<string> {
  const file = path.join(output, 'report.html');
  clearParts(file);
  const part = partOf(file);
  await mkdir(path.join(part, FOLDER), { recursive: true });
  try {
    const rest = new DistrictFiles(path.join(part, FOLDER), language);
    const page = await store.snapshot(async (snapshot) => {
      const gathered = await gather(snapshot, rest);
      await rest.end();
      return pageOf(
        {
          ...gathered,
          reports: await reportCounts(store),
          figures: await yearFigures(store),
          districts: rest.districts(),
        },
        language,
      );
    });
    await writeFile(path.join(part, 'report.html'), page.text);
    await rm(path.join(output, FOLDER), { recursive: true, force: true });
    if (rest.districts().length > 0) await rename(path.join(part, FOLDER), path.join(output, FOLDER));
    await rename(path.join(part, 'report.html'), file);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return file;
}

interface Gathered {
  readonly counts: ReadonlyMap<string, { readonly finding: StoredFinding; count: number; open: number }>;
  readonly drawn: readonly { readonly finding: StoredFinding; readonly report: StoredReport | undefined }[];
  readonly doubts: readonly StoredFinding[];
  readonly doubtCount: number;
  readonly total: number;
}

async function gather(snapshot: Snapshot, rest: DistrictFiles): Promise<Gathered> {
  const counts = new Map<string, { finding: StoredFinding; count: number; open: number }>();
  const first: StoredFinding[] = [];
  const doubts: StoredFinding[] = [];
  let doubtCount = 0;
  let total = 0;
  for await (const finding of snapshot.findings()) {
    if (finding.verdict === 'suspect_extraction') {
      doubtCount += 1;
      if (doubts.length < DOUBTS) doubts.push(finding);
      continue;
    }
    total += 1;
    const of = counts.get(finding.rule) ?? { finding, count: 0, open: 0 };
    of.count += 1;
    if (finding.state === 'open') of.open += 1;
    counts.set(finding.rule, of);
    if (first.length < DRAWN) first.push(finding);
    else await rest.add(finding);
  }
  const reports = new Map<string, StoredReport>();
  const ids = [...new Set(first.map((f) => f.reportId))];
  for (let at = 0; at < ids.length; at += 50) {
    for await (const report of snapshot.reports({ reportIds: ids.slice(at, at + 50) }))
      reports.set(report.reportId, report);
  }
  return {
    counts,
    drawn: first.map((finding) => ({ finding, report: reports.get(finding.reportId) })),
    doubts,
    doubtCount,
    total,
  };
}

/** Findings by district, written as they come: a hundred thousand do not fit into one page, nor into memory. */
class DistrictFiles {
  readonly #folder: string;
  readonly #language: Language;
  readonly #files = new Map<string, { readonly name: string; count: number; pending: string[] }>();

  constructor(folder: string, language: Language) {
    this.#folder = folder;
    this.#language = language;
  }

  async add(finding: StoredFinding): Promise<void> {
    const code =
      finding.regionCode && /^\d{6}/u.test(finding.regionCode) ? finding.regionCode.slice(0, 6) : NO_DISTRICT;
    let file = this.#files.get(code);
    if (!file) {
      const name = districtName(code, this.#language);
      file = { name, count: 0, pending: [head(name, this.#language).text] };
      this.#files.set(code, file);
    }
    file.count += 1;
    file.pending.push(briefly(finding, this.#language).text);
    if (file.pending.length >= 200) await this.#flush(code, file.pending.splice(0));
  }

  async end(): Promise<void> {
    for (const [code, file] of this.#files)
      await this.#flush(code, [...file.pending.splice(0), '</main></body></html>']);
  }

  districts(): { readonly code: string; readonly name: string; readonly count: number }[] {
    return [...this.#files]
      .map(([code, { name, count }]) => ({ code, name, count }))
      .toSorted((a, b) => (a.code < b.code ? -1 : 1));
  }

  async #flush(code: string, pieces: readonly string[]): Promise<void> {
    const stream = createWriteStream(path.join(this.#folder, `${code}.html`), { flags: 'a' });
    stream.end(pieces.join('\n'));
    await once(stream, 'finish');
  }
}

function districtName(code: string, language: Language): string {
  if (code === NO_DISTRICT) return sayIn(language)('地区未定', 'District unknown');
  return divisionName(code) || code;
}

function head(title: string, language: Language): Markup {
  return html`<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><title>${title}</title><link rel="icon" href="data:,"><style>${STYLE_MARKUP}</style></head><body><main><h1>${title}</h1>
`;
}

/** The style sheet is ours and holds no markup; it must not be escaped inside its element. */
const STYLE_MARKUP = new Markup(STYLE);

function briefly(finding: StoredFinding, language: Language): Markup {
  return html`<section class="card lead gravity-${gravityOf(finding)}">${headline(finding, language)}${evidenceList(finding.evidence, language, null)}${suggestionList(finding, language)}</section>`;
}

function headline(finding: StoredFinding, language: Language): Markup {
  const link = /^https?:\/\//iu.test(finding.document) ? finding.document : null;
  return html`<p class="meta">${gravityMark(gravityOf(finding), language)} ${stateMark(finding, language)} ${ruleTitle(finding.rule, language)} · ${link ? html`<a href="${link}" rel="noopener noreferrer">${finding.document}</a>` : finding.document} · ${finding.findingId}</p><h3 class="sentence">${sentenceOf(finding, language)}</h3>${finding.note && !finding.lapsed ? html`<p class="decided">${finding.decidedBy ?? ''}：${finding.note}</p>` : null}`;
}

function drawnFinding(finding: StoredFinding, report: StoredReport | undefined, language: Language): Markup {
  const reading = report?.report.tables.find((t) => t.table === finding.table);
  const sums = sumsWritten(finding, reading, language);
  return html`<section class="card lead gravity-${gravityOf(finding)}">${headline(finding, language)}
${sums.length > 0 ? html`<div class="sums">${sums}</div>` : evidenceList(finding.evidence, language, null)}
${suggestionList(finding, language)}
${reading && finding.cells.length > 0 ? statutoryTable(reading, marksOf(finding), { language }) : null}</section>`;
}

interface Page extends Gathered {
  readonly reports: Awaited<ReturnType<typeof reportCounts>>;
  readonly figures: Awaited<ReturnType<typeof yearFigures>>;
  readonly districts: ReturnType<DistrictFiles['districts']>;
}

function pageOf(data: Page, language: Language): Markup {
  const say = sayIn(language);
  const count = (test: (outcome: (typeof UNREAD)[number]) => boolean) =>
    data.reports.reduce((n, r) => (test(r.outcome) ? n + r.count : n), 0);
  const open = [...data.counts.values()].reduce((n, c) => n + c.open, 0);
  const tile = (n: number, text: string): Value =>
    html`<li><a><b>${thousands(n)}</b><span>${text}</span></a></li>`;
  return html`${head(say('政府信息公开工作年度报告核对结果', 'Review of the annual reports on government information disclosure'), language)}
<ul class="tiles">${tile(
    count((o) => o === 'complete' || o === 'partial'),
    say('份报告已读取', 'reports read'),
  )}${tile(
    count((o) => UNREAD.includes(o)),
    say('份文件未完整读出', 'documents not read in full'),
  )}${tile(data.total, say('个问题', 'findings'))}${tile(open, say('个待处理', 'open'))}</ul>
<div class="columns"><div><section class="card"><h2>${say('按规则', 'By rule')}</h2>${
    data.total === 0
      ? html`<p class="empty good">${say('没有发现问题。', 'Nothing was found.')}</p>`
      : html`<table class="list"><thead><tr><th scope="col">${say('核对的规则', 'Rule')}</th><th scope="col">${say('最重', 'Gravest')}</th><th scope="col" class="number">${say('待处理', 'Open')}</th><th scope="col" class="number">${say('共', 'All')}</th></tr></thead><tbody>${[...data.counts].map(([rule, c]) => html`<tr><th scope="row">${ruleTitle(rule, language)}</th><td>${word(GRAVITY_WORDS, gravityOf(c.finding), language)}</td><td class="number">${thousands(c.open)}</td><td class="number">${thousands(c.count)}</td></tr>`)}</tbody></table>`
  }</section></div><div>${
    data.figures.length > 0
      ? html`<section class="card"><h2>${say('收到和结转的申请', 'Requests received and carried over')}</h2>${requestsChart(say, data.figures)}</section>`
      : null
  }</div></div>
<h2>${data.total > DRAWN ? say(`最重的${DRAWN}个问题`, `The ${DRAWN} gravest findings`) : say('问题', 'Findings')}</h2>
${data.drawn.map(({ finding, report }) => drawnFinding(finding, report, language))}
${data.districts.length > 0 ? html`<section class="card"><h2>${say('其余问题，按地区', 'The other findings, by district')}</h2><ul class="plain">${data.districts.map((d) => html`<li><a href="${FOLDER}/${d.code}.html">${d.name}</a> ${thousands(d.count)}</li>`)}</ul></section>` : null}
${data.doubtCount > 0 ? html`<section class="card"><h2>${say(`可能是本程序读错的地方（${thousands(data.doubtCount)}处，不算报告的问题）`, `Probably misread by this program (${thousands(data.doubtCount)}; held against nobody)`)}</h2><ul class="plain">${data.doubts.map((f) => html`<li>${sentenceOf(f, language)}</li>`)}</ul></section>` : null}
</main></body></html>
`;
}
