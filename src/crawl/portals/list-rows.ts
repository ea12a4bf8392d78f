import { type Cheerio, type CheerioAPI, load } from 'cheerio';
import type { Element } from 'domhandler';
import { addressKey, isArticleAddress, isMobileTwin, resolveAddress } from './addresses.ts';
import { dateInText, dateInUrl } from './dates.ts';
import type { ListRow } from './portal.ts';

/** Parts of a page that hold links, but never the rows of its list. */
const surroundings = [
  'script',
  'style',
  'noscript',
  'template',
  'nav',
  'header',
  'footer',
  'aside',
  '[role=navigation]',
  '.popbox',
  'li.empty',
  '.path',
  '.position',
  '.breadcrumb',
  '.crumbs',
  '.bt-place',
  '.xgwz',
  '.phb',
].join(',');

const rowTags = new Set(['li', 'tr', 'dl']);

export interface RowOptions {
  /** CSS selector of one row, where a portal's list needs it. */
  readonly row?: string;
}

/**
 * The rows of a list, in page order and each address once. A link is a row when a date stands beside it or when its
 * address has the shape of an article; menus, related links and commented-out rows have neither or are left out.
 */
export function readRows(html: string, pageUrl: string, options: RowOptions = {}): ListRow[] {
  const $ = load(html);
  const own = addressKey(pageUrl);
  $(surroundings).remove();
  hiddenByFlag($).remove();
  const scope = options.row ? $(options.row).find('a').add($(options.row).filter('a')) : $('a');
  const rows = new Map<string, ListRow>();
  for (const anchor of (scope as Cheerio<Element>).toArray()) {
    const href = $(anchor).attr('href') ?? onclickTarget($(anchor).attr('onclick'));
    const url = href === null ? null : resolveAddress(href, pageUrl);
    if (url === null || isMobileTwin(url)) continue;
    const key = addressKey(url);
    if (key === own) continue;
    const beside = textBeside($, anchor, key, pageUrl);
    const printed = dateInText(beside) ?? dateInText($(anchor).text());
    if (!options.row && printed === null && !isArticleAddress(url)) continue;
    if (isPagerText($(anchor).text())) continue;
    const { title, cut } = titleOf($, anchor, beside);
    if (title === '') continue;
    const before = rows.get(key);
    if (before && !better({ title, cut }, before)) {
      if (before.date === null && printed !== null) rows.set(key, { ...before, date: printed });
      continue;
    }
    rows.set(key, {
      url,
      title,
      titleCut: cut,
      date: printed ?? before?.date ?? dateInUrl(url),
      publisher: null,
      attachments: [],
    });
  }
  return withoutCategoryLinks([...rows.values()]);
}

/** Does the title end in the dots that lists put where they cut it? */
export function isCutTitle(title: string): boolean {
  return /(?:…|\.{2,}|．{2,}|。{2,})$/.test(title.trim());
}

/** One line: every run of white space (also the non-breaking and ideographic kind) becomes one space. */
export function oneLine(text: string): string {
  return text.replace(/[\s\u00a0\u3000\u200b\ufeff]+/g, ' ').trim();
}

/** Beijing marks rows that a script hides with an empty `<i class="flag">`. */
function hiddenByFlag($: CheerioAPI) {
  return $('li').filter(
    (_, row) => $(row).find('i.flag').length > 0 && oneLine($(row).find('i.flag').text()) === '',
  );
}

/** Tianjin and Liaoning put the address into a script call. */
function onclickTarget(script: string | undefined): string | null {
  const match = script && /['"]([^'"]*\.(?:s?html?|pdf|docx?|wps|ofd)(?:\?[^'"]*)?)['"]/i.exec(script);
  return match ? match[1]! : null;
}

function isPagerText(text: string): boolean {
  return /^\s*(?:首页|尾页|末页|上一?页|下一?页|前一页|后一页|第一页|最后一页|更多(?:>+|»)?|>+|<+|»|«|\d{1,4}|GO|跳转)\s*$/i.test(
    text,
  );
}

/**
 * The text of the row without the link's own: of the nearest `li`, `tr` or `dl`, nested rows left out; where that
 * shows no date, of the elements around it for as long as they hold no other link (a date in a cell or item of its
 * own).
 */
function textBeside($: CheerioAPI, anchor: Element, key: string, pageUrl: string): string {
  let node = $(anchor).parent();
  let text = '';
  for (let step = 0; step < 5 && node.length > 0; step += 1) {
    const element = node.get(0)!;
    if (element.type !== 'tag' || element.name === 'body' || element.name === 'html') break;
    const copy = node.clone();
    const others = copy
      .find('a')
      .toArray()
      .filter((link) => {
        const url = resolveAddress($(link).attr('href') ?? '', pageUrl);
        return url !== null && addressKey(url) !== key;
      });
    const isRow = rowTags.has(element.name);
    if (others.length > 0 && !isRow) break;
    copy.find('a').remove();
    if (isRow) copy.find('li, tr, dl').remove();
    text = copy.text();
    if (dateInText(text) !== null) break;
    if (isRow && others.length > 0) break;
    node = node.parent();
  }
  return text;
}

function titleOf($: CheerioAPI, anchor: Element, beside: string): { title: string; cut: boolean } {
  const attribute = oneLine($(anchor).attr('title') ?? '');
  const own = ownText($, anchor);
  let title = own;
  if (attribute !== '' && !(own.includes(attribute) && !isCutTitle(own))) title = attribute;
  if (attribute !== '' && isCutTitle(attribute) && own.length > attribute.length) title = own;
  // 查看 or 下载 beside the title in a cell of its own.
  if (/^(?:\[?(?:点击)?(?:查看|下载|详情|详细|浏览|打开|查看详情|查看全文|全文|下载附件)\]?)?$/.test(title)) {
    const words = oneLine(
      beside.replace(/\[?(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?\]?/g, ' '),
    );
    title = words === '' ? title : words;
  }
  return { title, cut: isCutTitle(title) };
}

/** The words of the link: its heading where it has one, else its first block, dates and summaries left out. */
function ownText($: CheerioAPI, anchor: Element): string {
  const heading = $(anchor).find('h1,h2,h3,h4,h5,h6,.title,.tit').first();
  if (heading.length > 0 && oneLine(heading.text()) !== '') return oneLine(heading.text());
  const copy = $(anchor).clone();
  copy
    .find('*')
    .filter((_, part) => {
      const words = oneLine($(part).text());
      return dateInText(words) !== null && words.length <= 14;
    })
    .remove();
  const block = copy
    .find('p,div')
    .toArray()
    .map((part) => oneLine($(part).text()))
    .find((words) => words !== '');
  return block ?? oneLine(copy.text());
}

function better(found: { title: string; cut: boolean }, before: ListRow): boolean {
  if (found.cut !== before.titleCut) return before.titleCut;
  return found.title.length > before.title.length;
}

/** `[部门动态]` before a title links to the column, with the row's date beside it; it is no row where others are. */
function withoutCategoryLinks(rows: readonly ListRow[]): ListRow[] {
  if (!rows.some((row) => isArticleAddress(row.url))) return [...rows];
  return rows.filter(
    (row) => isArticleAddress(row.url) || !/(?:\/|\/index\.s?html?)$/.test(new URL(row.url).pathname),
  );
}
