import { decode } from '../../read/charset.ts';
import { DEFAULT_LIMITS, type Document, type Source } from '../../read/document.ts';
import { pageOfMhtml } from '../../read/html/mhtml.ts';
import { parseHtml } from '../../read/html/tree.ts';
import { VisibilityRules } from '../../read/html/visibility.ts';
import { sayIn } from '../language.ts';
import { html, type Markup } from '../markup.ts';
import { lineCell, type Place, tableCell } from './place.ts';
import type { RenderJob } from './rendering.ts';
import {
  articleInScripts,
  type Countable,
  cellAt,
  clean,
  holds,
  type Marks,
  mammothCellAt,
  markByText,
} from './safe-tree.ts';

/**
 * The original as a page for people, of allowed elements only and without any address, style or script of its own, with
 * the places marked. HTML and DOCX are shown as they are; what no browser can show is shown as it was read.
 */
export async function renditionOf(
  job: Extract<RenderJob, { kind: 'rendition' }>,
): Promise<{ body: string; marked: boolean }> {
  const source: Source = { bytes: job.bytes, name: job.name };
  if (job.container === 'html') return page(job, markupOf(job.bytes), 'browser');
  if (job.container === 'docx') {
    const { renderDocx } = await import('../../read/docx/rendition.ts');
    return page(job, await renderDocx(source), 'mammoth');
  }
  if (job.container === 'text') return lines(job);
  const { readDocument } = await import('../../read/read.ts');
  return blocks(job, await readDocument(source, DEFAULT_LIMITS));
}

function markupOf(bytes: Uint8Array): string {
  const inner = pageOfMhtml(bytes);
  const { text } = decode(inner?.bytes ?? bytes, inner?.contentType);
  return text.replaceAll('\0', '');
}

async function page(
  job: Extract<RenderJob, { kind: 'rendition' }>,
  markup: string,
  counted: 'browser' | 'mammoth',
): Promise<{ body: string; marked: boolean }> {
  let tree = await parseHtml(markup, DEFAULT_LIMITS);
  if (job.reader === 'html/script') {
    const article = articleInScripts(tree, markup);
    if (article !== null) tree = await parseHtml(article, DEFAULT_LIMITS);
  }
  const visibility = counted === 'browser' ? await VisibilityRules.of(tree) : null;
  const marks: Marks = new Map();
  let marked = false;
  for (const place of job.places) {
    const cell = tableCell(place.location);
    const element: Countable | null = cell
      ? counted === 'browser'
        ? cellAt(tree, cell)
        : mammothCellAt(tree, cell)
      : markByText(tree, place.text);
    if (!element) continue;
    // Counting is exact in a browser's page; in one that was converted a cell may have gone astray.
    if (cell && counted === 'mammoth' && !holds(element, place.text)) continue;
    const before = marks.get(element);
    marks.set(element, {
      main: place.main || before?.main === true,
      suspect: place.suspect || before?.suspect === true,
    });
    if (place.main) marked = true;
  }
  const body = clean(tree, marks, visibility).text;
  // What the page hides until a script shows it was read all the same: shown too, where the place is in it.
  if (marked && visibility && !body.includes(' id="place"'))
    return { body: clean(tree, marks, null).text, marked };
  return { body, marked };
}

const MOST_LINES = 20_000;

function lines(job: Extract<RenderJob, { kind: 'rendition' }>): { body: string; marked: boolean } {
  const { text } = decode(job.bytes);
  const places = new Map<number, Place[]>();
  for (const place of job.places) {
    const at = lineCell(place.location);
    if (at) places.set(at.line, [...(places.get(at.line) ?? []), place]);
  }
  let marked = false;
  const body = html`<div class="lines">${text
    .split(/\r\n|\r|\n/u)
    .slice(0, MOST_LINES)
    .map((line, i) => {
      const here = places.get(i + 1);
      if (!here) return html`<p class="line"><span class="number">${i + 1}</span>${line}</p>`;
      const main = here.some((p) => p.main);
      if (main) marked = true;
      return html`<p class="line ${here.some((p) => p.suspect) ? 'suspect' : 'also'}"${main ? ID : null}><span class="number">${i + 1}</span>${withCell(line, here)}</p>`;
    })}</div>`;
  return { body: body.text, marked };
}

const ID = html` id="place"`;

/** Marks the cell within its line where cells are separated by bars or tabs, else nothing more than the line. */
function withCell(line: string, places: readonly Place[]): Markup {
  const main = places.find((p) => p.main) ?? places[0];
  const at = main ? lineCell(main.location) : null;
  const separator = line.includes('\t') ? '\t' : line.includes('|') ? '|' : null;
  if (!at || at.cell === null || separator === null) return html`${line}`;
  const parts = line.split(separator);
  const first = separator === '|' && parts[0]?.trim() === '' ? 1 : 0;
  const index = at.cell - 1 + first;
  if (main && parts[index]?.trim() !== main.text.trim()) return html`${line}`;
  return html`${parts.map((p, i) => html`${i > 0 ? separator : ''}${i === index ? html`<mark>${p}</mark>` : p}`)}`;
}

/** DOC, RTF, ODT, OFD, spreadsheets: the pieces that the reader made of them. */
function blocks(
  job: Extract<RenderJob, { kind: 'rendition' }>,
  document: Document,
): { body: string; marked: boolean } {
  const say = sayIn(job.language);
  const places = new Map(job.places.map((p) => [p.location, p]));
  let marked = false;
  const attributes = (location: string): Markup | null => {
    const place = places.get(location);
    if (!place) return null;
    const style = place.suspect ? 'suspect' : 'also';
    if (!place.main || marked) return html` class="${style}"`;
    marked = true;
    return html` class="${style}"${ID}`;
  };
  const body = html`<p class="hint">${say(
    '这种文件无法在浏览器里直接显示，以下是转换后的内容。请以原文件为准。',
    'A browser cannot show this kind of file; this is its converted content. The original file is what counts.',
  )}</p>${document.blocks.map((block) => {
    if (block.kind === 'paragraph') return html`<p${attributes(block.location)}>${block.text}</p>`;
    if (block.kind === 'cells')
      return html`<table><tbody><tr>${block.cells.map((c, i) => html`${c.startsRow && i > 0 ? html`</tr><tr>` : null}<td${attributes(c.location)}>${c.text}</td>`)}</tr></tbody></table>`;
    return html`<table><tbody>${Array.from(
      { length: block.rows },
      (_, row) =>
        html`<tr>${block.cells
          .filter((c) => c.row === row)
          .map(
            (c) =>
              html`<td rowspan="${c.rowSpan}" colspan="${c.columnSpan}"${attributes(c.location)}>${c.text}</td>`,
          )}</tr>`,
    )}</tbody></table>`;
  })}`;
  return { body: body.text, marked };
}
