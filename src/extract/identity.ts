import { foldCharacters, foldPhrase } from '../form/fold.ts';
import type { Document } from '../read/document.ts';
import type { Conflict, Origin, Period } from './report.ts';
import { isShown, isStated } from './stated.ts';
import { type Row, rowsOf } from './tables/rows.ts';

/** Who reports, on which year, since when: each with where it came from, and what disagrees. Nothing is guessed. */

/** What the caller knows of the document (a configured column, a person): it never overrides what is printed unseen. */
export interface Given {
  readonly agency?: string;
  readonly year?: number;
  readonly publishedOn?: string;
  readonly from?: 'configured' | 'person' | 'register';
}

export interface Identity {
  readonly title: string | null;
  readonly agency: string | null;
  readonly agencyFrom: Origin;
  readonly year: number | null;
  readonly yearFrom: Origin;
  readonly period: Period | null;
  readonly publishedOn: string | null;
  readonly conflicts: readonly Conflict[];
}

const TITLE =
  /(?:(?:政府)?(?:信息|政务)公开)(?:工作)?.{0,8}?(?:年度?报告|年报|情况(?:的)?报告|工作报告)|(?:政府信息公开|信息公开|政务公开)(?:工作)?(?:\d{4}|[〇○零一二三四五六七八九]{4})年度?报告/u;
const SENTENCE = /[。；;！!？?]/u;
const MAX_TITLE = 90;
/** A line that no title goes across. */
const BARRIER = '。';

export function identify(document: Document, rows: readonly Row[], given: Given): Identity {
  const meta = metaTitles(document);
  const printed = printedTitle(rows) ?? (meta.length === 0 ? printedTitle(runningHeads(document)) : null);
  const title = printed ?? meta[0] ?? null;
  const period = findPeriod(rows);
  const conflicts: Conflict[] = [];

  const years: { value: number; from: Origin; text: string }[] = [];
  const note = (value: number | null, from: Origin, text: string) => {
    if (value !== null) years.push({ value, from, text });
  };
  note(yearOf(printed), 'title', printed ?? '');
  note(periodYear(period), 'period', period?.text ?? '');
  for (const text of meta) note(yearOf(text), 'meta', text);
  if (given.year !== undefined) note(given.year, given.from ?? 'configured', String(given.year));
  const year = years[0] ?? null;
  const different = [...new Set(years.map((y) => y.value))];
  if (different.length > 1) {
    conflicts.push({
      field: 'year',
      values: years.map((y) => ({ value: String(y.value), from: y.from, text: y.text })),
    });
  }

  const agencies: { value: string; from: Origin; text: string }[] = [];
  const noteAgency = (value: string | null, from: Origin, text: string) => {
    if (value) agencies.push({ value, from, text });
  };
  noteAgency(agencyOf(printed), 'title', printed ?? '');
  for (const text of meta) noteAgency(agencyOf(text), 'meta', text);
  if (given.agency !== undefined) noteAgency(given.agency, given.from ?? 'configured', given.agency);
  noteAgency(publisherOf(document), 'meta', '');
  const agency = agencies[0] ?? null;

  return {
    title: title?.trim() ?? null,
    agency: agency?.value ?? null,
    agencyFrom: agency?.from ?? 'pending',
    year: year?.value ?? null,
    yearFrom: year?.from ?? 'pending',
    period,
    publishedOn: published(document, rows) ?? given.publishedOn ?? null,
    conflicts,
  };
}

export function isReportTitle(text: string): boolean {
  return TITLE.test(foldPhrase(text));
}

/** Some reports print their title nowhere but at the head of each page. */
function runningHeads(document: Document): Row[] {
  return rowsOf(
    document.blocks.flatMap((block) => {
      if (block.kind !== 'paragraph' || block.role !== 'header') return [];
      const { role: _, ...paragraph } = block;
      return [paragraph];
    }),
  );
}

function metaTitles(document: Document): string[] {
  const names = ['articletitle', 'title', 'dc:title', 'og:title', '标题'];
  const texts = names.flatMap((n) =>
    document.metadata.filter((m) => m.name.toLowerCase() === n).map((m) => m.value),
  );
  return [...new Set(texts.map((t) => t.replace(/\s+/gu, ' ').trim()))].filter((t) => isReportTitle(t));
}

/**
 * The title as printed: the first short paragraph that reads as one, alone or with the next (a title is often broken
 * over two or three lines, the agency or the year on a line of its own).
 */
function printedTitle(rows: readonly Row[]): string | null {
  const lines: string[] = [];
  for (const row of rows.slice(0, 80)) {
    const filled = row.cells.filter((c) => c.text.trim() !== '');
    if (row.kind === 'paragraph' || filled.length === 1) {
      const text = (filled[0]?.text ?? '').replace(/\s*\n\s*/gu, '').trim();
      if (isShown(filled[0]?.marks ?? [])) lines.push(text);
      // A former title is passed over as a whole. Of other text some words may stand: what is above it and what is below
      // are not one title.
      else if (!isReportTitle(text)) lines.push(BARRIER);
    }
    if (lines.length > 40) break;
  }
  for (let i = 0; i < lines.length; i += 1) {
    for (let n = 1; n <= 4 && i + n <= lines.length; n += 1) {
      const pieces = lines.slice(i, i + n);
      if (pieces.some((p) => SENTENCE.test(p) || p.length > MAX_TITLE)) break;
      const joined = pieces.join('');
      if (joined.length > MAX_TITLE) break;
      if (!isReportTitle(joined) || /^(?:现|根据|本|按照|依据)/u.test(joined)) continue;
      return trimTitle(withoutLead(pieces).join(''), lines[i - 1] ?? '');
    }
  }
  // Web text in which everything runs together: the words right before the first section.
  const text = foldCharacters(lines.find((l) => l.length > MAX_TITLE) ?? '');
  const inline = /([\p{Script=Han}]{2,30}?(?:20\d{2})\s*年度?(?:政府)?信息公开(?:工作)?年度?报告)/u.exec(
    text,
  );
  return inline?.[1] ?? null;
}

/** Lines above the title that only happen to precede it (正文, 登录 注册): dropped while the rest names a body. */
function withoutLead(pieces: readonly string[]): readonly string[] {
  const rest = pieces.slice(1);
  return rest.length > 0 && isReportTitle(rest.join('')) && agencyOf(rest.join('')) !== null
    ? withoutLead(rest)
    : pieces;
}

/** The agency may stand on the line above: 某某街道 / 2020年度政府信息公开工作年度报告. */
function trimTitle(title: string, above: string): string {
  const stripped = title.replace(/^(?:标题|Page\s*\d+\s*-)\s*[:：]?\s*/u, '');
  if (
    agencyOf(stripped) === null &&
    above !== '' &&
    above.length <= 30 &&
    /(?:府|局|厅|委|办|镇|乡|街道|处|院|会|中心|区|站|队|所|部)$/u.test(above)
  ) {
    return `${above}${stripped}`;
  }
  return stripped;
}

const CHINESE_DIGITS = '〇一二三四五六七八九';

/** 2020, 二〇二〇, 二○二○, followed by 年. */
export function yearOf(text: string | null): number | null {
  if (text === null) return null;
  const folded = foldPhrase(text);
  const years = [...folded.matchAll(/(?<!\d)(20[0-3]\d)(?=年|$|政府|信息|[)）])/gu)].map((m) => Number(m[1]));
  for (const match of folded.matchAll(
    /([二][〇○零O0][〇○零一二三四五六七八九][〇○零一二三四五六七八九])年/gu,
  )) {
    const digits = [...(match[1] ?? '')].map((c) => CHINESE_DIGITS.indexOf(/[○零O0]/u.test(c) ? '〇' : c));
    years.push(Number(digits.join('')));
  }
  const distinct = [...new Set(years)];
  return distinct.length === 1 ? (distinct[0] as number) : null;
}

/**
 * What stands before a title that is the name of a file, the caption of a link or an item of a list. 【某某区】 is a part
 * of the name.
 */
const LEAD = new RegExp(
  `^(?:${[
    '(?:附件|下载|点击下载|相关附件|信息名称|名称|文件名)[^:.、]{0,6}:',
    '(?:附件[一二三四五六七八九十\\d]{0,3}|[一二三四五六七八九十\\d]{1,3})[.、]',
    '附件(?:下载|\\d+)?[-_]?(?=.{4})',
    '【(?:图解】|[^】]*(?<![省市区县州盟旗镇乡])】(?=.))',
    '【】|\\(\\)',
    '关于|标题:|《',
  ].join('|')})+`,
  'u',
);

/** What a title names before (or after) the year and the words of the form. */
export function agencyOf(title: string | null): string | null {
  if (title === null) return null;
  const folded = foldPhrase(title).replace(/^(?:标题|关于|《)[:：]?/u, '');
  const at = folded.search(/(?:20\d{2}年度?|二[〇○零]..年度?)?(?:本级|部门)?(?:政府)?(?:信息|政务)公开/u);
  if (at < 0) return null;
  const before = folded
    .slice(0, at)
    .replace(/(?:20\d{2}|二[〇○零]..)年?(?:度|份)?/gu, '')
    .replace(LEAD, '')
    .replace(/[《》“”"'\-—_|·:：,，、()（）【】[\]]+$/gu, '')
    .replace(/^[《“"'\-—_|·:：,，、)）】\]]+/gu, '')
    .replace(/(?:关于|的|发布|公布)$/u, '');
  // 关于做好2023年…年度报告编制工作的通知: what stands before the year is a verb, and nobody's name.
  if (/^(?:关于)?(?:做好|开展|编制|报送|印发|转发|加强|规范|进一步|公布|发布|组织)/u.test(before))
    return null;
  return before.length >= 2 && before.length <= 40 && !/^(?:\d+|年度|政府|附件.{0,3})$/u.test(before)
    ? before
    : null;
}

function publisherOf(document: Document): string | null {
  for (const name of ['info.发布机构', 'info.公开主体', 'info.发文机关', '发布机构']) {
    const value = document.metadata.find((m) => m.name === name)?.value.trim();
    if (value) return value;
  }
  return null;
}

const PERIOD_WORDS =
  /(?:数据|情况)?(?:的)?统计(?:的)?(?:期限|周期|时间|时限|范围|区间|期间|时段)|所列数据.{0,12}(?:期限|时间|周期)|数据.{0,6}(?:期限|起止)/u;
const DATE = String.raw`(?:(20\d{2})年)?(\d{1,2})月(\d{1,2})日?`;

/** 统计期限: the sentence, and its dates where they are whole (`20251月1日` names no year). */
export function findPeriod(rows: readonly Row[]): Period | null {
  const lines = rows.filter((r) => r.kind !== 'grid').flatMap((r) => r.cells);
  for (const [i, line] of lines.entries()) {
    if (!isStated(line.marks)) continue;
    for (const sentence of sentences(line.text)) {
      // In a text saved with its line ends a sentence goes on in the next line.
      const next = lines[i + 1];
      const goesOn = next !== undefined && isStated(next.marks) && !/[。；;]\s*$/u.test(sentence);
      const rest = goesOn ? (sentences(next.text)[0] ?? '') : '';
      const period =
        periodIn(sentence, line.location) ?? (rest === '' ? null : periodIn(sentence + rest, line.location));
      if (period) return period;
    }
  }
  return null;
}

function sentences(text: string): string[] {
  return text.split(/(?<=[。；;])|\n(?=\S)/u);
}

function periodIn(sentence: string, location: string): Period | null {
  const folded = foldPhrase(sentence);
  if (!PERIOD_WORDS.test(folded)) return null;
  const match = new RegExp(`${DATE}.{0,6}?(?:至|到|—|-|~|起).{0,4}?${DATE}`, 'u').exec(folded);
  if (!match && !/\d+月\d+日/u.test(folded)) return null;
  const startYear = match?.[1] ?? null;
  const garbled = /20\d{2}\d{1,2}月/u.test(folded);
  const endYear = match?.[4] ?? startYear;
  return {
    start: garbled ? null : iso(startYear, match?.[2], match?.[3]),
    end: garbled ? null : iso(endYear, match?.[5], match?.[6]),
    text: sentence.trim(),
    location,
  };
}

function iso(
  year: string | null | undefined,
  month: string | undefined,
  day: string | undefined,
): string | null {
  if (!year || !month || !day) return null;
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : null;
}

function periodYear(period: Period | null): number | null {
  if (!period?.start || !period.end) return null;
  const start = period.start.slice(0, 4);
  return start === period.end.slice(0, 4) ? Number(start) : null;
}

function published(document: Document, rows: readonly Row[]): string | null {
  const names = [
    'pubdate',
    'publishdate',
    '发布时间',
    '发布日期',
    'info.发布日期',
    'info.生成日期',
    'info.发文日期',
  ];
  for (const name of names) {
    const value = document.metadata.find((m) => m.name.toLowerCase() === name)?.value;
    const date = value ? dateOf(value) : null;
    if (date) return date;
  }
  for (const row of rows.slice(0, 60)) {
    for (const cell of row.cells) {
      if (cell.text.length > 200 || !isStated(cell.marks)) continue;
      const match = /(?:发布|公开|生成|更新)(?:日期|时间)\s*[:：]\s*([\d年月日/\-.]{8,11})/u.exec(
        foldCharacters(cell.text),
      );
      const date = match?.[1] ? dateOf(match[1]) : null;
      if (date) return date;
    }
  }
  return null;
}

function dateOf(text: string): string | null {
  const match = /(20\d{2})[年\-/.](\d{1,2})[月\-/.](\d{1,2})/u.exec(foldCharacters(text));
  return match ? iso(match[1], match[2], match[3]) : null;
}
