import { type Document, type Metadata, ReadError, type ReadLimits, type Source } from '../document.ts';
import { documentBlocks } from '../geometry/document-blocks.ts';
import type { PageGeometry } from '../geometry/page-geometry.ts';
import { openZip, type Zip } from '../zip.ts';
import { numbers, OfdPage } from './page.ts';
import { child, children, type Element, parseXml } from './xml.ts';

/** A page with a picture of this share and hardly any text is a scan. */
const PAGE_PICTURE = 0.3;
const HARDLY_ANY_TEXT = 20;
/** A4 in millimetres, where no part names a size. */
const A4 = [0, 0, 210, 297];

/**
 * Reads an OFD document (GB/T 33190): a ZIP of XML parts with positioned text and paths. All documents of the file
 * are read, one after the other; pages count through.
 * @throws {ReadError} `corrupt`, `encrypted`, `too_large`; `needs_ocr` where the pages are pictures.
 */
export async function readOfd(source: Source, limits: ReadLimits): Promise<Document> {
  const zip = openZip(source.bytes, limits);
  if (!zip.has('OFD.xml'))
    throw new ReadError('corrupt', 'the archive has no OFD.xml, so it is no OFD document');
  if (zip.names.includes('Encryptions.xml'))
    throw new ReadError('encrypted', 'the OFD is encrypted; a copy without protection can be read');
  const parse = (name: string): Element => parseXml(zip.read(name), name, limits);
  const root = parse('OFD.xml');
  const pages: PageGeometry[] = [];
  const metadata: Metadata[] = [];
  let scans = 0;
  for (const body of children(root, 'DocBody')) {
    for (const entry of child(body, 'DocInfo')?.children ?? [])
      if (entry.text.trim()) metadata.push({ name: entry.name, value: entry.text.trim() });
    const main = child(body, 'DocRoot')?.text.trim();
    if (!main) continue;
    const base = resolve(zip, '', main);
    const document = parse(base);
    const folder = base.slice(0, base.lastIndexOf('/') + 1);
    const common = child(document, 'CommonData');
    const area = areaOf(child(common, 'PageArea')) ?? A4;
    const templates = new Map<string, Element>();
    for (const template of children(common, 'TemplatePage')) {
      const { ID: id, BaseLoc: location } = template.attributes;
      if (id && location) templates.set(id, parse(resolve(zip, folder, location)));
    }
    for (const entry of children(child(document, 'Pages'), 'Page')) {
      if (pages.length >= limits.pages)
        throw new ReadError('too_large', `the OFD has more than the ${limits.pages} pages that are read`);
      const location = entry.attributes['BaseLoc'];
      if (!location) continue;
      const part = parse(resolve(zip, folder, location));
      const [x = 0, y = 0, width = 210, height = 297] = areaOf(child(part, 'Area')) ?? area;
      const page = new OfdPage(pages.length + 1, { x0: x, y0: y, x1: x + width, y1: y + height });
      for (const use of children(part, 'Template')) {
        const template = templates.get(use.attributes['TemplateID'] ?? '');
        if (template) page.add(template);
      }
      page.add(part);
      const geometry = page.geometry;
      if (page.pictureShare >= PAGE_PICTURE && geometry.text.length < HARDLY_ANY_TEXT) scans++;
      pages.push(geometry);
    }
  }
  if (pages.length === 0) throw new ReadError('corrupt', 'the OFD has no pages');
  const { blocks, notes } = documentBlocks(pages);
  if (scans > 0 && !blocks.some((b) => b.kind === 'grid'))
    throw new ReadError(
      'needs_ocr',
      `${scans} of ${pages.length} pages of the OFD are pictures; convert it to PDF`,
    );
  return {
    container: 'ofd',
    reader: 'ofd/grid',
    blocks,
    charts: [],
    pictures: [],
    metadata,
    notes,
    pages: pages.length,
  };
}

function areaOf(area: Element | undefined): number[] | null {
  const box = numbers(child(area, 'PhysicalBox')?.text);
  return box.length === 4 && box.every(Number.isFinite) && box[2]! > 0 && box[3]! > 0 ? box : null;
}

/** The name of an entry for a location: from the root when it begins with a slash, else from the folder. */
function resolve(zip: Zip, folder: string, location: string): string {
  const parts: string[] = [];
  const path = location.startsWith('/') ? location.slice(1) : folder + location;
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  const name = parts.join('/');
  // Some producers write locations from the root without the slash.
  if (!zip.has(name) && zip.has(location)) return location;
  if (!zip.has(name)) throw new ReadError('corrupt', `the OFD names a part ${name} that it does not have`);
  return name;
}
