import {
  type Block,
  type Document,
  type Metadata,
  type Picture,
  ReadError,
  type ReadLimits,
  type Source,
} from '../document.ts';
import { documentBlocks } from '../geometry/document-blocks.ts';
import type { TextBox } from '../geometry/page-geometry.ts';
import { inPageOrder } from '../page-order.ts';
import type { ScannedPage } from '../scan/scanned-page.ts';
import { openZip } from '../zip.ts';
import { annotationsOf, stampsOf } from './annotations.ts';
import type { Media } from './media.ts';
import { numbers } from './numbers.ts';
import { OfdPage, type PlacedPicture } from './page.ts';
import { pagePicture } from './page-picture.ts';
import { folderOf, resolve, resolveOrNull } from './part-names.ts';
import { Opacities } from './picture-opacity.ts';
import { joined, type Resources, resourcesOf } from './resources.ts';
import { markVeiledCells } from './veiled-cells.ts';
import { child, children, type Element, parseXml } from './xml.ts';

/** A page with a picture of this share and hardly any text is a scan. */
const PAGE_PICTURE = 0.3;
const HARDLY_ANY_TEXT = 20;
/** A picture from this share of its page on may hold a table. */
const TABLE_PICTURE = 0.08;
/** More pictures of pages than this are no annual report. */
const MAX_SCANNED_PAGES = 40;
/** A4 in millimetres, where no part names a size. */
const A4 = [0, 0, 210, 297];

/**
 * Reads an OFD document (GB/T 33190): a ZIP of XML parts with positioned text and paths. All documents of the file
 * are read, one after the other; pages count through.
 * @throws {ReadError} `corrupt`, `encrypted`, `too_large`; `needs_ocr` where pages are pictures and
 * nothing on this machine recognises text, or the whole is drawn as shapes.
 */
export async function readOfd(source: Source, limits: ReadLimits): Promise<Document> {
  const zip = openZip(source.bytes, limits);
  if (!zip.has('OFD.xml'))
    throw new ReadError('corrupt', 'the archive has no OFD.xml, so it is no OFD document');
  if (zip.names.includes('Encryptions.xml'))
    throw new ReadError('encrypted', 'the OFD is encrypted; a copy without protection can be read');
  const parse = (name: string): Element => parseXml(zip.read(name), name, limits);
  const root = parse('OFD.xml');
  const pages: OfdPage[] = [];
  const media = new Map<OfdPage, Media>();
  const metadata: Metadata[] = [];
  const opacities = new Opacities(zip, limits);
  for (const body of children(root, 'DocBody')) {
    for (const entry of child(body, 'DocInfo')?.children ?? [])
      if (entry.text.trim()) metadata.push({ name: entry.name, value: entry.text.trim() });
    const main = child(body, 'DocRoot')?.text.trim();
    if (!main) continue;
    const base = resolve(zip, '', main);
    const document = parse(base);
    const folder = folderOf(base);
    const common = child(document, 'CommonData');
    const area = areaOf(child(common, 'PageArea')) ?? A4;
    const resources = (folder: string, named: readonly Element[]): Resources =>
      resourcesOf(
        zip,
        named.flatMap((part) => {
          const name = resolveOrNull(zip, folder, part.text.trim());
          return name === null ? [] : [{ name, root: parse(name) }];
        }),
      );
    const ofDocument = resources(folder, [
      ...children(common, 'PublicRes'),
      ...children(common, 'DocumentRes'),
    ]);
    const templates = new Map<string, { readonly part: Element; readonly zOrder: string | undefined }>();
    for (const template of children(common, 'TemplatePage')) {
      const { ID: id, BaseLoc: location, ZOrder: zOrder } = template.attributes;
      if (id && location) templates.set(id, { part: parse(resolve(zip, folder, location)), zOrder });
    }
    const annotations = annotationsOf(zip, folder, document, parse);
    const stamps = stampsOf(zip, body, parse);
    for (const entry of children(child(document, 'Pages'), 'Page')) {
      if (pages.length >= limits.pages)
        throw new ReadError('too_large', `the OFD has more than the ${limits.pages} pages that are read`);
      const { BaseLoc: location, ID: id = '' } = entry.attributes;
      if (!location) continue;
      const part = parse(resolve(zip, folder, location));
      const [x = 0, y = 0, width = 210, height = 297] = areaOf(child(part, 'Area')) ?? area;
      const used = children(part, 'Template').flatMap(({ attributes }) => {
        const template = templates.get(attributes['TemplateID'] ?? '');
        return template
          ? [{ part: template.part, zOrder: attributes['ZOrder'] ?? template.zOrder ?? 'Background' }]
          : [];
      });
      const named = [part, ...used.map((t) => t.part)].flatMap((p) => children(p, 'PageRes'));
      const own = named.length === 0 ? ofDocument : joined(ofDocument, resources(folder, named));
      const page = new OfdPage(pages.length + 1, { x0: x, y0: y, x1: x + width, y1: y + height }, own);
      page.paint(part, used);
      for (const stamp of stamps.get(id) ?? []) page.stamp(stamp);
      for (const annotation of annotations.get(id) ?? []) page.annotate(annotation);
      await page.lookThroughPictures((resource) => opacities.of(own.media.get(resource)));
      media.set(page, own.media);
      pages.push(page);
    }
  }
  if (pages.length === 0) throw new ReadError('corrupt', 'the OFD has no pages');
  const scans = pages.filter(isScan);
  const written = pages.filter((page) => !scans.includes(page));
  const laid = documentBlocks(written.map((page) => page.geometry));
  const notes = [...laid.notes];
  let blocks: readonly Block[] = await markVeiledCells(
    laid.blocks,
    written,
    (page) => media.get(page)!,
    zip,
    limits,
  );
  const picture = (page: OfdPage, of: readonly PlacedPicture[]) =>
    pagePicture(page, of, zip, media.get(page)!, limits);
  if (scans.length > 0) {
    const recognised = await recognisePages(scans, (page) => picture(page, page.pictures), limits);
    if (recognised) blocks = inPageOrder(blocks, recognised);
    else if (!blocks.some((block) => block.kind === 'grid'))
      throw new ReadError(
        'needs_ocr',
        `${scans.length} of ${pages.length} pages of the OFD are pictures; install tesseract with chi_sim to read them, or convert it to PDF`,
      );
    for (const page of scans)
      notes.push({
        code: recognised ? 'page_recognised' : 'page_without_text',
        detail: recognised
          ? 'the page is a picture; its text was recognised'
          : 'the page is a picture; it was not read',
        location: `page=${page.number}`,
      });
  }
  if (blocks.length === 0) throw nothingRead(pages);
  return {
    container: 'ofd',
    reader: scans.length > 0 ? 'ofd/scan' : 'ofd/grid',
    blocks,
    charts: [],
    pictures: written.flatMap((page) => tablePictures(page, picture)),
    metadata,
    notes,
    pages: pages.length,
  };
}

/** Pictures for most of what the page shows: a scan, perhaps cut into strips, perhaps with text that does not show. */
function isScan(page: OfdPage): boolean {
  const shows = ({ text, unsure, clipped }: TextBox): boolean => text !== ' ' && !unsure && !clipped;
  const written = page.geometry.text.reduce((count, box) => count + (shows(box) ? 1 : 0), 0);
  const share = page.pictures.reduce((sum, picture) => sum + picture.share, 0);
  return written < HARDLY_ANY_TEXT && (share >= PAGE_PICTURE || (written === 0 && share >= TABLE_PICTURE));
}

/** Null where nothing on this machine recognises text, or a picture is of a kind that is not read. */
async function recognisePages(
  scans: readonly OfdPage[],
  picture: (page: OfdPage) => Promise<ScannedPage | null>,
  limits: ReadLimits,
): Promise<Block[] | null> {
  if (scans.length > MAX_SCANNED_PAGES)
    throw new ReadError(
      'too_large',
      `the OFD has ${scans.length} pages without text; text is recognised on ${MAX_SCANNED_PAGES} at most`,
    );
  const shown: ScannedPage[] = [];
  for (const page of scans) {
    const scan = await picture(page);
    if (!scan) return null;
    shown.push(scan);
  }
  const { readScannedPages } = await import('../scan/scan.ts');
  try {
    return await readScannedPages(shown, limits);
  } catch (error) {
    if (error instanceof ReadError && error.failure === 'needs_ocr') return null;
    throw error;
  }
}

/** Pictures beside text that may hold a table; put on the page only when somebody looks for one. */
function tablePictures(
  page: OfdPage,
  picture: (page: OfdPage, of: readonly PlacedPicture[]) => Promise<ScannedPage | null>,
): Picture[] {
  return page.pictures
    .filter(({ share }) => share >= TABLE_PICTURE)
    .map((one) => ({
      location: `page=${page.number}`,
      mime: null,
      width: null,
      height: null,
      shown: () => picture(page, [one]),
    }));
}

/** No text at all is never an empty report. */
function nothingRead(pages: readonly OfdPage[]): ReadError {
  const shapes = pages.reduce((sum, page) => sum + page.shapes, 0);
  return shapes > 0 || pages.some((page) => page.pictures.length > 0)
    ? new ReadError(
        'needs_ocr',
        'the OFD has no characters, only shapes and pictures; convert it to PDF to have it read',
      )
    : new ReadError('corrupt', 'the OFD has pages, but nothing on them; download it again');
}

function areaOf(area: Element | undefined): number[] | null {
  const box = numbers(child(area, 'PhysicalBox')?.text);
  return box.length === 4 && box.every(Number.isFinite) && box[2]! > 0 && box[3]! > 0 ? box : null;
}
