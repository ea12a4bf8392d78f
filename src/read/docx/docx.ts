import {
  type Block,
  type Chart,
  DEFAULT_LIMITS,
  type Document,
  type Metadata,
  type Picture,
  ReadError,
  type ReadLimits,
  type ReadNote,
  type Source,
} from '../document.ts';
import { pictureSize } from '../picture-size.ts';
import { emitItems } from '../table/raw-table.ts';
import { openZip, type Zip } from '../zip.ts';
import { readChart } from './chart.ts';
import { NO_NUMBERING, readNumbering } from './numbering.ts';
import { type Relationship, readRelationships } from './package.ts';
import { streamPart } from './scan.ts';
import { type Anchor, type LookedAt, Story } from './story.ts';
import { NO_STYLES, readStyles, type Styles } from './styles.ts';
import { NO_THEME, readTheme, type Theme } from './theme.ts';
import { decodeXml, parseXml, XmlError } from './xml.ts';

/**
 * Reads a DOCX document from its XML (`docx/ooxml`); where that is not well-formed, through mammoth, which is more
 * forgiving and less exact (`docx/mammoth`, every cell then `inferred`).
 *
 * Locations: `table=2;row=7;cell=5` counts tables, rows and the cells of a row as they stand in the document, from 1;
 * `paragraph=12` counts the paragraphs outside tables, empty ones too; `textbox=1;paragraph=2` those of a text box.
 * @throws {ReadError}
 */
export async function readDocx(source: Source, limits: ReadLimits = DEFAULT_LIMITS): Promise<Document> {
  const zip = openZip(source.bytes, limits);
  try {
    return await readPackage(zip, limits);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const { readThroughMammoth } = await import('./rendition.ts');
    return readThroughMammoth(source, limits, error.message);
  }
}

async function readPackage(zip: Zip, limits: ReadLimits): Promise<Document> {
  const root = readRelationships(zip, '', limits);
  const main = partOfType(root, 'officeDocument') ?? 'word/document.xml';
  if (!zip.has(main)) throw new ReadError('corrupt', 'the document has no main part (word/document.xml)');
  const relationships = readRelationships(zip, main, limits);
  const part = (type: string): string | null => {
    const name = partOfType(relationships, type);
    return name !== null && zip.has(name) ? decodeXml(zip.read(name), name) : null;
  };

  const stylesPart = partOfType(relationships, 'styles');
  const stylesIn = (theme: Theme | null): Styles =>
    stylesPart !== null && zip.has(stylesPart)
      ? readStyles(zip.read(stylesPart), stylesPart, limits.xmlDepth, theme)
      : NO_STYLES;
  const numbering = () => {
    const xml = part('numbering');
    return xml === null ? NO_NUMBERING : readNumbering(xml, limits.xmlDepth);
  };
  const body = zip.read(main);
  let styles = stylesIn(null);
  const tell = (looked: LookedAt | null): Story => {
    const told = new Story(styles, numbering, limits.cells, looked);
    streamPart(body, main, told, limits.xmlDepth);
    return told;
  };
  let story = tell(null);
  if (story.colours.matter(styles.colours)) {
    const theme = themeOf(() => part('theme'), limits);
    styles = stylesIn(theme);
    story = tell({ theme, tableRows: story.tableRows });
  }

  const blocks: Block[] = [];
  emitItems(story.items, 'certain', blocks);
  const notes: ReadNote[] = [...story.notes];
  for (const type of ['footnotes', 'endnotes']) {
    if (story.noteReferences.length === 0) break;
    const name = partOfType(relationships, type);
    if (name === null || !zip.has(name)) continue;
    const notesStory = new Story(styles, numbering, limits.cells, null, `${type};`);
    streamPart(zip.read(name), name, notesStory, limits.xmlDepth);
    for (const item of notesStory.items) {
      if (item.kind !== 'line' || item.text.trim() === '') continue;
      blocks.push({
        kind: 'paragraph',
        text: item.text.trim(),
        location: item.location,
        reading: 'certain',
        role: 'footnote',
      });
    }
  }
  await readChunks(zip, story.chunks, relationships, blocks, notes, limits);
  return {
    container: 'docx',
    reader: 'docx/ooxml',
    blocks,
    charts: readCharts(zip, story.charts, relationships, limits, notes),
    pictures: readPictures(zip, story.pictures, relationships, notes),
    metadata: readCoreProperties(zip, root, limits),
    notes,
    pages: null,
  };
}

/** The document can be read without its theme. */
function themeOf(part: () => string | null, limits: ReadLimits): Theme {
  try {
    const xml = part();
    return xml === null ? NO_THEME : readTheme(xml, limits.xmlDepth);
  } catch (error) {
    if (error instanceof XmlError || (error instanceof ReadError && error.failure !== 'too_large'))
      return NO_THEME;
    throw error;
  }
}

function partOfType(relationships: ReadonlyMap<string, Relationship>, type: string): string | null {
  for (const relationship of relationships.values())
    if (relationship.type === type && !relationship.external) return relationship.target;
  return null;
}

function readCharts(
  zip: Zip,
  anchors: readonly Anchor[],
  relationships: ReadonlyMap<string, Relationship>,
  limits: ReadLimits,
  notes: ReadNote[],
): Chart[] {
  const parts = new Set<string>();
  for (const { relationship } of anchors) {
    const target = relationships.get(relationship)?.target;
    if (target) parts.add(target);
  }
  for (const { type, target, external } of relationships.values())
    if (type === 'chart' && !external) parts.add(target);
  const charts: Chart[] = [];
  for (const name of parts) {
    const location = `chart=${charts.length + 1}`;
    try {
      charts.push(readChart(decodeXml(zip.read(name), name), location, limits.xmlDepth));
    } catch (error) {
      // The tables do not depend on a chart.
      if (error instanceof ReadError && error.failure === 'too_large') throw error;
      notes.push({ code: 'chart_unreadable', detail: name, location });
    }
  }
  return charts;
}

/** Below this a picture is an emblem, a seal or a bullet: in pixels, a third of a page wide and a few lines high. */
const TABLE_PICTURE = { width: 240, height: 100 };
const EMU_PER_PIXEL = 9525;

function readPictures(
  zip: Zip,
  anchors: readonly Anchor[],
  relationships: ReadonlyMap<string, Relationship>,
  notes: ReadNote[],
): Picture[] {
  const pictures: Picture[] = [];
  for (const anchor of anchors) {
    const relationship = relationships.get(anchor.relationship);
    if (!relationship) continue;
    const shown = {
      width: Math.round(anchor.width / EMU_PER_PIXEL) || null,
      height: Math.round(anchor.height / EMU_PER_PIXEL) || null,
    };
    const base = { location: anchor.location, source: relationship.target };
    if (relationship.external || !zip.has(relationship.target)) {
      pictures.push({ ...base, ...shown, mime: null });
      continue;
    }
    const small =
      (shown.width !== null && shown.width < TABLE_PICTURE.width) ||
      (shown.height !== null && shown.height < TABLE_PICTURE.height);
    if (small) {
      pictures.push({ ...base, ...shown, mime: null });
      continue;
    }
    try {
      const bytes = zip.read(relationship.target);
      const size = pictureSize(bytes);
      pictures.push({
        ...base,
        mime: size?.mime ?? null,
        width: size?.width ?? shown.width,
        height: size?.height ?? shown.height,
        bytes,
      });
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      notes.push({ code: 'picture_unreadable', detail: error.message, location: anchor.location });
      pictures.push({ ...base, ...shown, mime: null });
    }
  }
  return pictures;
}

function readCoreProperties(
  zip: Zip,
  root: ReadonlyMap<string, Relationship>,
  limits: ReadLimits,
): Metadata[] {
  const name = partOfType(root, 'core-properties') ?? 'docProps/core.xml';
  if (!zip.has(name)) return [];
  const metadata: Metadata[] = [];
  let text = '';
  try {
    parseXml(
      decodeXml(zip.read(name), name),
      {
        open: () => {
          text = '';
        },
        text: (part) => {
          text += part;
        },
        close: (element) => {
          const property = element.slice(element.indexOf(':') + 1);
          if (CORE_PROPERTIES.has(property) && text.trim() !== '')
            metadata.push({ name: property.toLowerCase(), value: text.trim() });
          text = '';
        },
      },
      limits.xmlDepth,
    );
  } catch (error) {
    // Properties are hints; the document does not depend on them.
    if (!(error instanceof XmlError)) throw error;
  }
  return metadata;
}

const CORE_PROPERTIES = new Set([
  'title',
  'subject',
  'creator',
  'keywords',
  'description',
  'lastModifiedBy',
  'created',
  'modified',
  'category',
]);

/** Whole pages of HTML or other documents inside the DOCX (w:altChunk), as converters for the web write them. */
async function readChunks(
  zip: Zip,
  anchors: readonly Anchor[],
  relationships: ReadonlyMap<string, Relationship>,
  blocks: Block[],
  notes: ReadNote[],
  limits: ReadLimits,
): Promise<void> {
  let number = 0;
  for (const { relationship } of anchors) {
    number++;
    const target = relationships.get(relationship)?.target;
    if (!target || !zip.has(target)) continue;
    const bytes = zip.read(target);
    const { sniff } = await import('../sniff.ts');
    if (sniff(bytes) !== 'html') {
      notes.push({ code: 'embedded_document', detail: target, location: `chunk=${number}` });
      continue;
    }
    const { readHtml } = await import('../html/html.ts');
    const inner = await readHtml({ bytes, name: target }, limits);
    for (const block of inner.blocks) blocks.push(block);
  }
}
