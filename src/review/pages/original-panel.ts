import type { BroughtInArchive } from '../brought-in.ts';
import { html, type Markup } from '../markup.ts';
import type { Original } from '../originals/locate.ts';
import { type PageBox, type Place, pageBox } from '../originals/place.ts';
import { placeWords } from '../originals/place-words.ts';
import { address, type View } from '../view.ts';

/** What is needed to show a document beside its numbers. */
export interface OriginalView {
  readonly reportId: string;
  readonly sha256: string;
  readonly document: string;
  readonly container: string;
  /** Where it was published. */
  readonly url: string | null;
  readonly state: Original['state'];
  /** The kept archive that it is in, where it is not found by itself. */
  readonly archive: BroughtInArchive | null;
  readonly places: readonly Place[];
  /** For the address of the rendition: whose places are to be marked. */
  readonly about: Readonly<Record<string, string | undefined>>;
  /** Size of the picture in pixels, for documents that are one. */
  readonly picture: { readonly width: number; readonly height: number; readonly dpi: number } | null;
  /** Sizes of PDF pages that hold places, in points; `boxes` where characters could only be drawn as boxes. */
  readonly pages: ReadonlyMap<
    number,
    { readonly width: number; readonly height: number; readonly boxes: boolean }
  >;
}

/** The place in the original: a page with its box, or a rendition with the cell marked. */
export function originalPanel(view: View, original: OriginalView): Markup {
  const { say } = view;
  const base = `/original/${original.reportId}/${original.sha256}`;
  const live = original.url && /^https?:\/\//iu.test(original.url) ? original.url : null;
  const links = html`<p class="links">${original.state === 'found' ? html`<a class="button" href="${base}/file" download>${say('下载原文件', 'Original file')}</a>` : null}${live ? html`<a class="button" href="${live}" target="_blank" rel="noopener noreferrer">${say('打开原网页', 'Live page')}</a>` : null}<span class="name">${original.document}</span></p>`;
  const where = wordsOfPlaces(original.places, view.language);
  return html`${links}${where === '' ? null : html`<p class="where">${say('位置', 'Where')}: <b>${where}</b></p>`}${shown(view, original, base)}`;
}

/** The main place; nothing where it could not be found on the document. */
export function wordsOfPlaces(places: readonly Place[], language: View['language']): string {
  const main = places.find((p) => p.main) ?? places[0];
  return main ? placeWords(main.location, language) : '';
}

function shown(view: View, original: OriginalView, base: string): Markup {
  const { say } = view;
  if (original.state === 'gone' && original.archive !== null) {
    const { document, path } = original.archive;
    const name = document.split('/').at(-1) ?? document;
    return html`<p class="notice">${say(
      `原文件在压缩包“${name}”里，此处不能显示。压缩包保存在输出文件夹的 archive/${path}。`,
      `The original is in the archive “${name}” and cannot be shown here. The archive is kept in the output folder as archive/${path}.`,
    )}</p>`;
  }
  if (original.state === 'gone')
    return html`<p class="notice notice-problem">${say(
      '原文件已不在原处，也没有存档。可以从原网页查看；以后读取时加上 --archive 会保存副本。',
      'The original is no longer where it was, and was not archived. Look at the live page; --archive keeps copies in future.',
    )}</p>`;
  if (original.state === 'changed')
    return html`<p class="notice notice-problem">${say(
      '原处的文件在读取之后被改动过，不再是产生这些数字的文件，因此不显示。请重新读取。',
      'The file was changed after it was read and is no longer the one these numbers come from. Read it again.',
    )}</p>`;
  if (original.container === 'pdf' || original.container === 'picture') return paged(view, original, base);
  // Lazily, that is after the style sheet: a frame that gets its size when its page is there already loses the place.
  return html`<iframe class="rendition" loading="lazy" sandbox="" title="${say('原件', 'The original')}" src="${address(`${base}/view`, original.about)}#place"></iframe>`;
}

function paged(view: View, original: OriginalView, base: string): Markup {
  const { say } = view;
  const boxes = original.places.flatMap((p) => {
    const box = pageBox(p.location);
    return box ? [{ box, main: p.main, suspect: p.suspect, text: p.text }] : [];
  });
  const main = boxes.find((b) => b.main)?.box.page ?? boxes[0]?.box.page ?? 1;
  const pages = [...new Set([main, ...boxes.map((b) => b.box.page)])].slice(0, 3);
  return html`<div class="pages" tabindex="0" role="region" aria-label="${say('原件', 'The original')}">${pages.map(
    (page) => {
      const size =
        original.container === 'picture' && original.picture
          ? {
              width: (original.picture.width * 72) / original.picture.dpi,
              height: (original.picture.height * 72) / original.picture.dpi,
            }
          : (original.pages.get(page) ?? { width: 595, height: 842 });
      const asText = original.pages.get(page)?.boxes === true;
      const here = boxes.filter((b) => b.box.page === page);
      const source = original.container === 'picture' ? `${base}/picture` : `${base}/page/${page}.png`;
      return html`<figure class="page"><figcaption>${say(`第${page}页`, `Page ${page}`)}</figcaption><svg viewBox="0 0 ${round(size.width)} ${round(size.height)}" role="img" aria-label="${say(`原件第${page}页，有关位置已框出`, `Page ${page} of the original, the place is framed`)}"><image href="${source}" width="${round(size.width)}" height="${round(size.height)}" preserveAspectRatio="none"/>${here.map((b) => html`${frame(b.box, b.main, b.suspect)}${asText ? textIn(b.box, b.text) : null}`)}</svg></figure>`;
    },
  )}</div>${
    [...original.pages.values()].some((p) => p.boxes)
      ? html`<p class="notice notice-problem">${say(
          '这份 PDF 没有内嵌字体，运行本程序的电脑上也没有可用的中文字体，所以图上的字显示为方块。框内白底的字是程序读到的内容；请下载原文件对照，或在该电脑上安装中文字体（如 Noto Sans CJK）。',
          'This PDF embeds no fonts and the machine that runs this program has no Chinese one, so characters are drawn as boxes. The text on white inside the frames is what was read; compare it with the original file, or install a Chinese font (Noto Sans CJK, say) on that machine.',
        )}</p>`
      : null
  }${boxes.length === 0 && original.about['finding'] !== undefined ? html`<p class="note">${say('这个问题没有页面上的确切位置。', 'This finding has no exact place on a page.')}</p>` : null}`;
}

function frame(box: PageBox, main: boolean, suspect: boolean): Markup {
  const pad = suspect ? 2 : 0;
  return html`<rect class="${suspect ? 'frame-suspect' : 'frame'}"${main ? html` data-place` : null} x="${round(box.x0 - pad)}" y="${round(box.y0 - pad)}" width="${round(box.x1 - box.x0 + 2 * pad)}" height="${round(box.y1 - box.y0 + 2 * pad)}"/>`;
}

/** What was read, over characters that could not be drawn. */
function textIn(box: PageBox, text: string): Markup {
  const shown = text.replace(/\s+/gu, ' ').trim();
  if (shown === '') return html``;
  const width = Math.max(1, box.x1 - box.x0 - 2);
  const size = Math.min(11, (box.y1 - box.y0) * 0.8, width / (0.6 * [...shown].length));
  const [x, y] = [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
  const wide = Math.min(width, size * [...shown].length);
  return html`<rect class="as-read-paper" x="${round(x - wide / 2)}" y="${round(y - size * 0.65)}" width="${round(wide)}" height="${round(size * 1.3)}"/><text class="as-read" x="${round(x)}" y="${round(y + size * 0.36)}" font-size="${round(size)}" text-anchor="middle">${shown}</text>`;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}
