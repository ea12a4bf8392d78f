import type { ListedAgency } from '../../dataset/report-queries.ts';
import type { StoredFinding, StoredReport } from '../../dataset/store.ts';
import type { Fact, TableReading } from '../../extract/report.ts';
import { EDITIONS } from '../../form/editions.ts';
import {
  type CellKey,
  type ColumnKey,
  cellKey,
  GROUPS,
  T2_COLUMNS,
  T2_ROWS,
  T3_COLUMNS,
  T3_ROWS,
  T4_COLUMNS,
  T4_ROWS,
  type TableId,
} from '../../form/form.ts';
import { lineChart } from '../components/charts.ts';
import { gravityMark, gravityOf, sentenceOf, stateMark } from '../components/finding-parts.ts';
import { printedOf, tableTitle } from '../components/statutory-table.ts';
import { type Language, OUTCOME_WORDS, SCOPE_WORDS, word } from '../language.ts';
import { html, type Markup } from '../markup.ts';
import { address, layout, type View } from '../view.ts';

export interface BodyData {
  readonly agencyKey: string;
  readonly name: string;
  /** Current reports, oldest first. */
  readonly reports: readonly StoredReport[];
  readonly findings: readonly StoredFinding[];
  /** Years without a report between the first and the last that is due. */
  readonly missingYears: readonly number[];
  /** Column of table 三 that is shown. */
  readonly column: ColumnKey;
}

export function bodyPage(view: View, data: BodyData): Markup {
  const { say, language } = view;
  const years = columnsOf(data);
  const open = data.findings.filter((f) => f.state === 'open');
  return layout(view, {
    title: data.name,
    section: 'bodies',
    wide: true,
    body: html`<nav class="trail no-print" aria-label="${say('位置', 'Where you are')}"><a href="/bodies">${say('单位', 'Bodies')}</a> › ${data.name}</nav>
<div class="heading"><h1>${data.name}</h1><div class="actions no-print"><a class="button" href="${address('/findings', { body: data.agencyKey })}">${say('问题清单', 'Findings')}</a></div></div>
${data.missingYears.length > 0 ? html`<p class="notice notice-problem">${say(`缺少年度：${data.missingYears.join('、')}`, `Missing years: ${data.missingYears.join(', ')}`)}</p>` : null}
<section class="card"><h2>${say('问题', 'Findings')}</h2>${
      data.findings.length === 0
        ? html`<p class="empty good">${say('没有发现问题。', 'Nothing was found.')}</p>`
        : html`<ul class="plain">${(open.length > 0 ? open : data.findings).slice(0, 20).map((f) => html`<li><b>${f.year ?? ''}</b> ${gravityMark(gravityOf(f), language)} ${stateMark(f, language)} <a href="/finding/${f.findingId}">${sentenceOf(f, language)}</a></li>`)}</ul>`
    }</section>
${series(view, data)}
${(['t3', 't2', 't4'] as const).map((table) => yearsTable(view, data, table, years))}`,
  });
}

interface YearColumn {
  readonly report: StoredReport;
  readonly label: string;
}

/** One column per report; where a year has several, the scope tells them apart. */
function columnsOf(data: BodyData): YearColumn[] {
  return data.reports.map((report) => {
    const same = data.reports.filter((r) => r.year === report.year).length > 1;
    return { report, label: `${report.year ?? '?'}${same ? ` ${SCOPE_WORDS[report.scope][0]}` : ''}` };
  });
}

function series(view: View, data: BodyData): Markup | null {
  const { say } = view;
  const own = data.reports.filter((r) => r.year !== null && r.kind === 'annual');
  const scope = own.some((r) => r.scope === 'own') ? 'own' : own[0]?.scope;
  const byYear = new Map(own.filter((r) => r.scope === scope).map((r) => [r.year as number, r]));
  if (byYear.size < 2) return null;
  const first = Math.min(...byYear.keys());
  const last = Math.max(...byYear.keys());
  const years = Array.from({ length: Math.min(60, last - first + 1) }, (_, i) => first + i);
  const value = (row: 'new_received' | 'carried_in' | 'carried_out') =>
    years.map((y) => factOf(byYear.get(y), `t3/${row}/total`)?.value ?? null);
  return html`<section class="card"><h2>${say('历年申请', 'Requests over the years')}</h2>${lineChart(
    say(`${data.name}历年收到和结转的申请`, `Requests of ${data.name} over the years`),
    years.map(String),
    [
      { name: say('本年新收', 'newly received'), style: 'a', values: value('new_received') },
      { name: say('上年结转', 'carried in'), style: 'c', values: value('carried_in') },
      { name: say('结转下年', 'carried out'), style: 'b', values: value('carried_out') },
    ],
  )}</section>`;
}

function factOf(report: StoredReport | undefined, key: CellKey): Fact | undefined {
  const table = report?.report.tables.find((t) => t.table === key.slice(0, 2));
  return table?.facts.find((f) => cellKey(f.table, f.row, f.column) === key);
}

/** Rows of a table over all editions, in the order of the form, with the columns that are shown. */
function cellsOfTable(table: TableId, column: ColumnKey): CellKey[] {
  if (table === 't3') return T3_ROWS.map((row) => cellKey('t3', row, column));
  if (table === 't4') return T4_ROWS.flatMap((row) => T4_COLUMNS.map((c) => cellKey('t4', row, c)));
  const known = new Set(
    EDITIONS.flatMap((e) =>
      e.tables.t2.blocks.flatMap((b) =>
        b.rows.flatMap((r) => b.columns.map((c) => cellKey('t2', r.key, c.key))),
      ),
    ),
  );
  return T2_ROWS.flatMap((row) => T2_COLUMNS.map((c) => cellKey('t2', row, c))).filter((key) =>
    known.has(key),
  );
}

function yearsTable(view: View, data: BodyData, table: TableId, years: readonly YearColumn[]): Markup | null {
  const { say, language } = view;
  if (!years.some((y) => y.report.report.tables.some((t) => t.table === table))) return null;
  const involved = new Map<string, string>();
  for (const f of data.findings) {
    if (f.state === 'false_positive' || f.rule === 'BLANK') continue;
    for (const cell of f.cells) {
      const key = `${f.reportId} ${cell}`;
      if (f.culprit.includes(cell)) involved.set(key, 'culprit');
      else if (!involved.has(key)) involved.set(key, 'involved');
    }
  }
  const facts = years.map((y) => {
    const reading = y.report.report.tables.find((t: TableReading) => t.table === table);
    return new Map(reading?.facts.map((f) => [cellKey(f.table, f.row, f.column), f]) ?? []);
  });
  const cells = cellsOfTable(table, data.column).filter((key) => facts.some((f) => f.has(key)));
  return html`<section class="card"><h2>${tableTitle(table, language)}</h2>
${table === 't3' ? columnChoice(view, data) : null}
<div class="scroll" tabindex="0" role="region" aria-label="${tableTitle(table, language)}"><table class="list years"><thead><tr><th scope="col">${say('项目', 'Item')}</th>${years.map((y) => html`<th scope="col" class="number"><a href="/report/${y.report.reportId}">${y.label}</a>${y.report.outcome === 'complete' ? null : html`<small>${word(OUTCOME_WORDS, y.report.outcome, language)}</small>`}</th>`)}</tr></thead>
<tbody>${cells.map(
    (key) =>
      html`<tr><th scope="row">${itemName(key, table, language)}</th>${years.map((y, i) => {
        const fact = facts[i]?.get(key);
        const mark = involved.get(`${y.report.reportId} ${key}`);
        return html`<td class="number ${mark ?? ''} ${fact && fact.state !== 'number' ? `is-${fact.state}` : ''}">${fact ? printedOf(fact, say) : html`<i class="word" title="${say('该年格式没有此项', 'not in the form of that year')}">·</i>`}</td>`;
      })}</tr>`,
  )}</tbody></table></div></section>`;
}

function itemName(key: CellKey, table: TableId, language: Language): string {
  const [, row, column] = key.split('/') as [string, string, string];
  for (const edition of EDITIONS.toReversed()) {
    for (const block of edition.tables[table].blocks) {
      const r = block.rows.find((each) => each.key === row);
      const c = block.columns.find((each) => each.key === column);
      if (!r || !c) continue;
      const group = GROUPS.find((g) => g.key === r.group);
      const zh = language === 'zh';
      const name = `${group ? `${zh ? group.label : group.label_en}：` : ''}${r.ordinal}${zh ? r.label : r.label_en}`;
      return table === 't3' ? name : `${name} · ${zh ? c.label : c.label_en}`;
    }
  }
  return key;
}

function columnChoice(view: View, data: BodyData): Markup {
  const { say, language } = view;
  const columns = EDITIONS[0]?.tables.t3.blocks[0]?.columns ?? [];
  return html`<form class="choice no-print" method="get" action="/body"><input type="hidden" name="key" value="${data.agencyKey}"><label><span>${say('申请人', 'Applicants')}</span> <select name="column">${T3_COLUMNS.toReversed().map(
    (key) => {
      const column = columns.find((c) => c.key === key);
      return html`<option value="${key}"${key === data.column ? html` selected` : null}>${column ? (language === 'zh' ? column.label : column.label_en) : key}</option>`;
    },
  )}</select></label> <button>${say('显示', 'Show')}</button></form>`;
}

export interface BodiesData {
  readonly text: string;
  readonly region: string;
  readonly rows: readonly ListedAgency[];
  readonly next: string | null;
  readonly regionName: (code: string) => string;
}

export function bodiesPage(view: View, data: BodiesData): Markup {
  const { say } = view;
  return layout(view, {
    title: say('单位', 'Bodies'),
    section: 'bodies',
    body: html`<h1>${say('单位', 'Bodies')}</h1>
<form class="filters card no-print" method="get" action="/bodies" role="search"><label class="search"><span>${say('查找', 'Search')}</span><input type="search" name="q" value="${data.text}" placeholder="${say('单位名称', 'name of the body')}"></label><div class="submit"><button class="primary">${say('查找', 'Search')}</button></div></form>
${
  data.rows.length === 0
    ? html`<p class="card empty">${say('没有找到。', 'Nothing was found.')}</p>`
    : html`<div class="card scroll" tabindex="0" role="region" aria-label="${say('单位', 'Bodies')}"><table class="list"><thead><tr><th scope="col">${say('单位', 'Body')}</th><th scope="col">${say('地区', 'District')}</th><th scope="col" class="number">${say('报告', 'Reports')}</th><th scope="col">${say('年度', 'Years')}</th></tr></thead><tbody>${data.rows.map((r) => html`<tr><th scope="row"><a href="${address('/body', { key: r.agencyKey })}">${r.agency ?? r.agencyKey}</a></th><td>${r.regionCode ? data.regionName(r.regionCode) : ''}</td><td class="number">${r.reports}</td><td>${r.firstYear === null ? '' : r.firstYear === r.lastYear ? r.firstYear : `${r.firstYear}–${r.lastYear}`}</td></tr>`)}</tbody></table></div>`
}
${data.next === null ? null : html`<nav class="pager" aria-label="${say('翻页', 'Pages')}"><span></span><a class="button" href="${address('/bodies', { q: data.text, region: data.region, after: data.next })}">${say('下一页', 'Next')} →</a></nav>`}`,
  });
}
