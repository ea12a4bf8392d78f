import { countSectionTitles } from '../../article/section-titles.ts';
import { decode } from '../charset.ts';
import {
  type Block,
  DEFAULT_LIMITS,
  type Document,
  type Metadata,
  type Picture,
  ReadError,
  type Reading,
  type ReadLimits,
  type ReadNote,
  type Source,
} from '../document.ts';
import { emitItems } from '../table/raw-table.ts';
import { findBody, findFenced } from './body.ts';
import { Flow } from './flow.ts';
import { beginsAsJson, readJsonAnswer } from './json-answer.ts';
import { readInfoPairs, readMetaTags } from './metadata.ts';
import { pageOfMhtml } from './mhtml.ts';
import { findArticleInScript } from './script-content.ts';
import type { Element, Document as Tree } from './tree.ts';
import { elementsOf, parseHtml, textOf } from './tree.ts';
import { VisibilityRules } from './visibility.ts';

/**
 * Reads a web page, a page saved by an office program, an MHTML file, or the JSON answer of a portal that holds the
 * article as markup. Of a portal page only the article is read; the information table around it becomes metadata.
 *
 * Locations: `table=2;row=7;cell=5` counts from 1 as a browser does on the page as received, so that
 * `document.querySelectorAll('table')[1].rows[6].cells[4]` is the cell; `paragraph=12` counts the lines of the article.
 * A prefix `script=1;` says that the article stood in a string of a script or of JSON and the counting begins there.
 * @throws {ReadError}
 */
export async function readHtml(source: Source, limits: ReadLimits = DEFAULT_LIMITS): Promise<Document> {
  const inner = pageOfMhtml(source.bytes);
  const decoded = decode(inner?.bytes ?? source.bytes, inner?.contentType ?? source.contentType);
  const notes: ReadNote[] = [];
  if (decoded.undecodable > 0)
    notes.push({
      code: 'undecodable_characters',
      detail: `${decoded.undecodable} characters are not valid ${decoded.encoding}`,
      location: null,
    });
  const page = await readPage(decoded.text, limits, 'certain');
  if (page.blocks.length === 0 && page.pictures.length === 0 && page.metadata.length === 0)
    throw new ReadError(
      'corrupt',
      `${source.name} holds no text; it may have been cut off while it was saved`,
    );
  return {
    container: 'html',
    reader: { page: 'html', script: 'html/script', json: 'html/json' }[page.from],
    blocks: page.blocks,
    charts: [],
    pictures: page.pictures,
    metadata: page.metadata,
    notes: [...notes, ...page.notes],
    pages: null,
  };
}

export interface Page {
  readonly blocks: Block[];
  readonly pictures: readonly Picture[];
  readonly metadata: readonly Metadata[];
  readonly notes: readonly ReadNote[];
  readonly from: 'page' | 'script' | 'json';
}

/** Reads decoded markup; see `readHtml`. */
export async function readPage(html: string, limits: ReadLimits, reading: Reading): Promise<Page> {
  const answer = beginsAsJson(html) ? readJsonAnswer(html) : null;
  if (answer) {
    const inner = await prepared(await parseHtml(answer.html, limits));
    const read = readTree(inner, 'script=1;', reading, null);
    return { ...read, metadata: [...answer.metadata, ...readInfoPairs(read.blocks)], from: 'json' };
  }
  const tree = await parseHtml(html.includes('\0') ? html.replaceAll('\0', '') : html, limits);
  const metadata = readMetaTags(tree);
  const onPage = countSectionTitles(textOf(tree));
  if (onPage < 5 || !hasTable(tree)) {
    const article = findInScripts(tree, html);
    if (article !== null && countSectionTitles(article) > onPage - (hasTable(tree) ? 0 : 1)) {
      const inner = await prepared(await parseHtml(article, limits));
      const read = readTree(inner, 'script=1;', reading, null);
      const around = readTree(await prepared(tree), '', reading, null);
      return {
        ...read,
        metadata: [...metadata, ...readInfoPairs([...around.blocks, ...read.blocks])],
        from: 'script',
      };
    }
  }
  const body = findBody(tree) ?? findFenced(tree);
  const whole = await prepared(tree);
  const read = readTree(whole, '', reading, body);
  const around =
    body === null ? read.blocks : [...readTree(whole, '', reading, null, body).blocks, ...read.blocks];
  return { ...read, metadata: [...metadata, ...readInfoPairs(around)], from: 'page' };
}

/** A tree with what is to be known of all of it before a part is read. */
interface Prepared {
  readonly tree: Tree;
  readonly visibility: VisibilityRules;
  readonly tableNumbers: ReadonlyMap<Element, number>;
}

async function prepared(tree: Tree): Promise<Prepared> {
  const visibility = await VisibilityRules.of(tree);
  const tableNumbers = new Map<Element, number>();
  for (const element of elementsOf(tree))
    if (element.name === 'table') tableNumbers.set(element, tableNumbers.size + 1);
  return { tree, visibility, tableNumbers };
}

function readTree(
  { tree, visibility, tableNumbers }: Prepared,
  prefix: string,
  reading: Reading,
  body: Element | null,
  except?: Element,
): Pick<Page, 'blocks' | 'pictures' | 'notes'> {
  const run = (hiddenToo: boolean) => {
    const flow = new Flow({
      visibility,
      tableNumbers,
      prefix,
      hiddenToo,
      ...(except ? { except } : {}),
    });
    flow.walk(body ?? tree);
    const blocks: Block[] = [];
    emitItems(flow.items, reading, blocks);
    return { blocks, pictures: flow.pictures, leftOut: flow.leftOut };
  };
  const { leftOut, ...shown } = run(false);
  if (except || !leftOut) return { ...shown, notes: [] };
  const { leftOut: _, ...all } = run(true);
  const hasGrid = (blocks: readonly Block[]) => blocks.some((block) => block.kind === 'grid');
  const hidesReport =
    sectionTitlesIn(all.blocks) > sectionTitlesIn(shown.blocks) ||
    (hasGrid(all.blocks) && !hasGrid(shown.blocks));
  if (!hidesReport) return { ...shown, notes: [] };
  return {
    ...all,
    notes: [
      {
        code: 'hidden_content',
        detail: 'part of the report stands where the page hides it until a script shows it',
        location: null,
      },
    ],
  };
}

function sectionTitlesIn(blocks: readonly Block[]): number {
  return countSectionTitles(blocks.map((block) => (block.kind === 'paragraph' ? block.text : '')).join('\n'));
}

function hasTable(tree: Tree): boolean {
  for (const element of elementsOf(tree)) if (element.name === 'table') return true;
  return false;
}

function findInScripts(tree: Tree, html: string): string | null {
  let scripts = '';
  let written: string | null = null;
  let best = 0;
  for (const element of elementsOf(tree)) {
    if (element.name !== 'script' && element.name !== 'textarea' && element.name !== 'template') continue;
    const text = textOf(element);
    if (element.name === 'script' && !/^text\/(?:html|template|x-)/i.test(element.attribs['type'] ?? '')) {
      scripts += `${text}\n`;
      continue;
    }
    const titles = countSectionTitles(text);
    if (titles > best && /<(?:p|div|table)\b/i.test(text)) {
      best = titles;
      written = text;
    }
  }
  // A script or JSON answer saved without a page around it.
  if (scripts === '' && !/^\s*</.test(html)) scripts = html;
  const found = findArticleInScript(scripts);
  return found !== null && countSectionTitles(found) >= best ? found : written;
}
