import { type Cheerio, type CheerioAPI, load } from 'cheerio';
import type { AnyNode, Element } from 'domhandler';
import {
  ARTICLE_FENCES,
  ARTICLE_PLACES,
  type ArticleFence,
  type ArticlePlace,
  ENOUGH_CHINESE,
} from '../../article/places.ts';
import { countSectionTitles } from '../../article/section-titles.ts';
import { isDocumentAddress, resolveAddress } from './addresses.ts';
import { firstBetween } from './between.ts';
import { dateInText, dateInUrl } from './dates.ts';
import { detailContent } from './detail-content.ts';
import { isCutTitle, longestTitle, oneLine } from './list-rows.ts';
import type { Article, AttachmentLink, ListRow, Page } from './portal.ts';

const selectorBy: Readonly<Record<ArticlePlace['by'], (name: string) => string>> = {
  id: (name) => `#${name}`,
  id_prefix: (name) => `[id^="${name}"]`,
  class: (name) => `.${name}`,
  form_name: (name) => `form[name="${name}"]`,
};
const bodySelectors = ARTICLE_PLACES.map(({ by, name }) => selectorBy[by](name));

const titleSelectors = [
  '.bt-art-title',
  '.con-title',
  'h2.article_title',
  'h1.wztit',
  '.newstitle',
  'span.document-number',
  'h1.title',
  'h1',
  '.article_title',
  '.arti_title',
  '.content-title',
  'h2',
];

/**
 * Takes an article page apart by what the systems share: page tags, the node of the text, attachments anywhere on the
 * page, the information table. `moreHtml` is text of the article that
 * does not stand in its page, or stands escaped in a script (Guangdong's catalogue).
 */
export function readArticle(
  page: Page,
  row: ListRow | null,
  moreHtml: string | null = detailContent(page.text),
): Article {
  const $ = load(page.text);
  const tags = pageTags($);
  const info = informationTable($);
  const bodyHtml = moreHtml ?? bodyOf($, page.text);
  const title = titleOf($, tags, row);
  const hints: { from: string; value: string }[] = [];
  const hint = (from: string, value: string | null | undefined) => {
    const words = value && oneLine(value);
    if (words) hints.push({ from, value: words });
  };
  hint('title_prefix', title && agencyInTitle(title));
  hint('meta.ContentSource', tags.get('contentsource'));
  for (const [label, value] of info) hint(`info_table.${label}`, value);
  hint('list.publisher', row?.publisher);
  hint('breadcrumb', breadcrumb($));
  hint('meta.SiteName', tags.get('sitename'));
  const body = bodyHtml === null ? null : load(bodyHtml, null, false);
  return {
    url: page.url,
    title,
    publishedOn: dateInText(tags.get('pubdate') ?? '') ?? printedDate($) ?? row?.date ?? dateInUrl(page.url),
    agencyHints: hints,
    indexNumber: info.get('索引号') ?? null,
    bodyHtml,
    attachments: attachmentsOf([...(moreHtml === null ? [] : [load(moreHtml)]), $], page, row),
    images: body === null ? [] : imagesOf(body, page),
    parts: [],
    linkOnly: bodyHtml === null || oneLine(body!.text()).length < 20 ? redirectTarget($, page) : null,
  };
}

/** The page tags of 《政府网站发展指引》: lower-case name to the first value that is not empty. */
export function pageTags($: CheerioAPI): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const element of $('meta').toArray()) {
    const name = $(element).attr('name')?.trim().toLowerCase();
    const content = $(element).attr('content')?.trim();
    if (name && content && !tags.has(name)) tags.set(name, content);
  }
  return tags;
}

/** The table of 索引号, 发布机构, 生成日期 …: label without colon and spaces, to its value. */
export function informationTable($: CheerioAPI): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const known = $('table.xxgktab, .xxgk_table, .xxgktab');
  const tables =
    known.length > 0
      ? known
      : $('table, dl, ul').filter((_, node) => {
          const words = $(node).text().replace(/\s/g, '');
          return words.length < 1500 && /索引号[：:]/.test(words);
        });
  for (const table of tables.toArray()) {
    const cells = $(table)
      .find('td, th, li, dt, dd')
      .toArray()
      .filter((cell) => $(cell).find('td, th, li, dt, dd').length === 0)
      .map((cell) => oneLine($(cell).text()));
    for (let index = 0; index < cells.length; index += 1) {
      const together = /^([^：:]{2,12})[：:]\s*(.*)$/.exec(cells[index]!);
      if (!together) continue;
      const label = together[1]!.replace(/\s/g, '');
      let value = together[2]!;
      const next = cells[index + 1];
      if (value === '' && next !== undefined && !/^[^：:]{2,12}[：:]/.test(next)) {
        value = next;
        index += 1;
      }
      if (value !== '' && !found.has(label)) found.set(label, value);
    }
  }
  return found;
}

/**
 * The agency that a title names: what stands before the year (某某局2024年政府信息公开工作年度报告) or between the year and
 * 政府信息公开 (2024年某某局政府信息公开…). Null where the title names none.
 */
export function agencyInTitle(title: string): string | null {
  const match =
    /^(.*?)\s*[-－—:：]?\s*(?:20\d\d|二[〇○零O][〇○零O一二三四五六七八九]{2})\s*年?度?\s*(.*?)(?:政府信息公开|信息公开|政务公开|年度报告|年报|工作报告)(.*)$/.exec(
      title,
    );
  if (!match) return null;
  const brackets = /^[\s《》【】[\]（(]+|[\s《》【】[\]（(]+$/g;
  const before = match[1]!.replace(brackets, '').replace(/^(?:关于|转发)|关于$/g, '');
  const between = match[2]!
    .replace(brackets, '')
    .replace(/^[年度）)]+|^的|(?:的|工作|关于|本级)$/g, '')
    .trim();
  // …年度报告（某某街道）
  const behind = /[（(]([^（()）]{3,30})[)）]\s*$/.exec(match[3]!)?.[1] ?? '';
  return [before, between, behind].find(isAgencyName) ?? null;
}

function isAgencyName(words: string): boolean {
  return (
    /^[\p{Script=Han}（）()、·\s\d]{2,40}$/u.test(words) &&
    /\p{Script=Han}{2}/u.test(words) &&
    !/年度?$|报告|公开|版$|修订|更正/.test(words)
  );
}

function titleOf($: CheerioAPI, tags: ReadonlyMap<string, string>, row: ListRow | null): string | null {
  const candidates = [
    tags.get('articletitle'),
    ...titleSelectors.map((selector) => {
      const node = $(selector).first();
      return node.attr('title') || node.text();
    }),
    row?.title,
    $('title').first().text(),
  ]
    .map((words) => oneLine(words ?? '').slice(0, longestTitle))
    .filter((words) => words.length >= 4);
  return candidates.find((words) => !isCutTitle(words)) ?? candidates[0] ?? null;
}

function printedDate($: CheerioAPI): string | null {
  for (const selector of [
    '.bt-date',
    '.time',
    '.fbsj',
    '.wz_date',
    '.pubtime',
    '.date',
    '.small-title',
    '.info',
  ]) {
    for (const node of $(selector).toArray()) {
      const date = dateInText($(node).text());
      if (date !== null) return date;
    }
  }
  const match = /(?:发布|公开|生成|更新)?(?:日期|时间)\s*[：:]\s*([^<]{6,40})/.exec($('body').text());
  return match ? dateInText(match[1]!) : null;
}

function breadcrumb($: CheerioAPI): string | null {
  const trail = $('.path, .position, .breadcrumb, .crumbs, .bt-place, .dqwz, .pos').first();
  const names = trail
    .find('a')
    .toArray()
    .map((link) => oneLine($(link).text()))
    .filter((name) => name !== '' && name !== '首页');
  return names.length === 0 ? null : names.join(' > ');
}

/** The text of the article as HTML: the first known node with enough text, a file or a picture, else the fullest. */
function bodyOf($: CheerioAPI, html: string): string | null {
  let fullest: { html: string; size: number } | null = null;
  const consider = (node: Cheerio<AnyNode>): string | null => {
    const size = hanCount(node.text());
    const inner = $.html(node);
    const holds = node
      .find('img, a[href]')
      .toArray()
      .some((element) => {
        if (element.type === 'tag' && element.name === 'img') return !!$(element).attr('src');
        return isDocumentAddress($(element).attr('href') ?? '');
      });
    if (size >= ENOUGH_CHINESE || holds) return inner;
    if (size > (fullest?.size ?? 0)) fullest = { html: inner, size };
    return null;
  };
  for (const selector of bodySelectors) {
    const nodes = $(selector);
    if (nodes.length === 0) continue;
    // A page may hold several (one per pasted part); nested ones are inside the outer already.
    const outer = nodes.filter((_, node) => $(node).parents(selector).length === 0);
    const found = consider(outer as Cheerio<AnyNode>);
    if (found !== null) return found;
  }
  const fenced = insideFences(html, 'text');
  if (fenced !== null && hanCount(load(fenced, null, false).text()) >= ENOUGH_CHINESE) return fenced;
  if (fullest !== null) return (fullest as { html: string }).html;
  const printed = insideFences(html, 'print');
  const scope = printed === null ? $ : load(printed);
  return (
    sectionsOf(scope) ??
    densestOf(scope) ??
    [fenced, printed].find((inner) => inner !== null && /<img|<table/i.test(inner)) ??
    null
  );
}

function insideFences(html: string, around: ArticleFence['around']): string | null {
  for (const { begin, end, around: what } of ARTICLE_FENCES) {
    if (what !== around) continue;
    const inside =
      firstBetween(html, `<!--${begin}-->`, `<!--${end}-->`) ??
      firstBetween(html, `<!-- ${begin} -->`, `<!-- ${end} -->`);
    if (inside !== null) return inside;
  }
  return null;
}

/** The tightest element around the sections of a report, for templates that no selector knows. */
function sectionsOf($: CheerioAPI): string | null {
  const whole = countSectionTitles($('body').text());
  if (whole < 4) return null;
  let node = $('body');
  for (;;) {
    const child = node
      .children()
      .toArray()
      .find((each) => countSectionTitles($(each).text()) === whole);
    if (child === undefined) return $.html(node);
    node = $(child) as typeof node;
  }
}

/**
 * The element whose paragraphs hold the most characters outside links; the first of equals, since some templates
 * carry the text twice, for wide and for narrow screens.
 */
function densestOf($: CheerioAPI): string | null {
  const scores = new Map<AnyNode, number>();
  let best: { node: AnyNode; score: number } | null = null;
  const add = (node: AnyNode | null | undefined, score: number) => {
    if (node?.type !== 'tag' || node.name === 'body' || node.name === 'html') return;
    const sum = (scores.get(node) ?? 0) + score;
    scores.set(node, sum);
    if (sum > (best?.score ?? 0)) best = { node, score: sum };
  };
  for (const paragraph of $('p, br').toArray()) {
    const isBreak = paragraph.type === 'tag' && paragraph.name === 'br';
    const words = isBreak
      ? textBefore(paragraph)
      : $(paragraph).clone().find('a, script').remove().end().text();
    const size = hanCount(words);
    if (size < 20) continue;
    add(paragraph.parent, size);
    add(paragraph.parent?.parent, size / 2);
  }
  const found = best as { node: AnyNode; score: number } | null;
  return found !== null && found.score >= 100 ? $.html(found.node as Element) : null;
}

/** The bare text in front of a line break. */
function textBefore(node: AnyNode): string {
  const before = node.prev;
  return before?.type === 'text' ? before.data : '';
}

function hanCount(text: string): number {
  return text.match(/\p{Script=Han}/gu)?.length ?? 0;
}

/** Every file linked anywhere on the page: many templates put them outside the text. */
function attachmentsOf(sources: readonly CheerioAPI[], page: Page, row: ListRow | null): AttachmentLink[] {
  const found = new Map<string, AttachmentLink>();
  const add = (address: string | null, name: string | null) => {
    if (address === null) return;
    const before = found.get(address);
    if (before && (before.name !== null || name === null)) return;
    found.set(address, { url: address, name, referer: page.url });
  };
  for (const $ of sources) {
    for (const element of $('a[href]').toArray()) {
      const link = $(element);
      const href = link.attr('href')!;
      const words = oneLine(link.text());
      const called = [words, link.attr('title') ?? '', link.attr('download') ?? ''];
      // Download scripts (`down.ashx?id=5`) name the file in the link alone.
      const marked =
        (link.is('a.nfw-cms-attachment, a[appendix], a[needdownload]') || called.some(isFileName)) &&
        !/\.s?html?(?:$|[?#])|^javascript:/i.test(href);
      if (!marked && !isDocumentAddress(href)) continue;
      if (link.closest('nav, header, footer').length > 0) continue;
      add(
        resolveAddress(href, page),
        [link.attr('download'), link.attr('alt'), link.attr('title'), isGenericName(words) ? '' : words]
          .map((name) => fileName(oneLine(name ?? '')))
          .find((name) => name !== '' && !isGenericName(name)) ?? null,
      );
    }
    for (const element of $('iframe[src], embed[src], object[data]').toArray()) {
      const source = $(element).attr('src') ?? $(element).attr('data') ?? '';
      const shown = /[?&]file=([^&#]+)/.exec(source);
      const address = shown ? safeDecode(shown[1]!) : source;
      if (isDocumentAddress(address)) add(resolveAddress(address, page), null);
    }
  }
  for (const link of row?.attachments ?? []) add(link.url, link.name);
  return [...found.values()];
}

function isFileName(words: string): boolean {
  return /[^\s.]\.(?:docx?|xlsx?|pdf|wps|et|ofd|rtf|odt|zip|rar|7z)\s*[)）\]】]?\s*$/i.test(words);
}

/** `附件1：` before the name is the page's word, not the file's. */
function fileName(words: string): string {
  return words.replace(/^附件\s*\d*\s*[：:]\s*(?=\S)/, '');
}

function isGenericName(words: string): boolean {
  return /^[[（(【]?(?:点击)?(?:下载|查看|附件|附件下载|下载附件|下载文件|查看附件|此处|这里|打开)[\])）】]?$/.test(
    words,
  );
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function imagesOf(body: CheerioAPI, page: Page): { url: string }[] {
  const found = new Set<string>();
  for (const element of body('img').toArray()) {
    const image = body(element);
    const source = image.attr('src') || image.attr('data-src') || '';
    const address = source.startsWith('data:') ? null : resolveAddress(source, page);
    const small = [image.attr('width'), image.attr('height')].some(
      (size) => size !== undefined && Number.parseInt(size, 10) <= 40,
    );
    // Pictures that editors put beside a file's name.
    if (address && !small && !/\/(?:fileTypeImages|file_?icons?|icons?)\//i.test(address)) found.add(address);
  }
  return [...found].map((url) => ({ url }));
}

/** Where a page without text of its own sends its reader. */
function redirectTarget($: CheerioAPI, page: Page): string | null {
  const refresh = $('meta[http-equiv]')
    .filter((_, node) => $(node).attr('http-equiv')!.toLowerCase() === 'refresh')
    .attr('content');
  const fromRefresh = refresh && /url\s*=\s*['"]?([^'"]+)/i.exec(refresh);
  if (fromRefresh) return resolveAddress(fromRefresh[1]!, page);
  for (const script of $('script').toArray()) {
    const match =
      /(?:window\.|document\.|self\.|top\.)?location(?:\.href)?\s*=\s*['"]([^'"]+)['"](?!\s*\+)|location\.(?:replace|assign)\(\s*['"]([^'"]+)['"]/.exec(
        $(script).text(),
      );
    if (match) return resolveAddress(match[1] ?? match[2]!, page);
  }
  return null;
}
