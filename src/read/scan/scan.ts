import type { Block, Grid, GridCell, Mark, ReadLimits } from '../document.ts';
import { documentBlocks } from '../geometry/document-blocks.ts';
import type { Box, PageGeometry, TextBox } from '../geometry/page-geometry.ts';
import { asShown } from '../geometry/place.ts';
import { type CellReading, readCells } from './cell-readings.ts';
import { leaning } from './lean.ts';
import { pageText, type TextLine } from './page-text.ts';
import { type PreparedPage, preparePage } from './prepared-page.ts';
import { mayBeTurned, type Quarters, quarterTurns, turnedPage } from './quarter-turns.ts';
import type { ScannedPage } from './scanned-page.ts';

export type { ScannedPage } from './scanned-page.ts';

/**
 * Reads pages that are pictures: ruling lines become grids, digits are read several times over and compared, labels
 * and text are read as Chinese. Every block is marked `ocr`; each cell has a score, and `low_confidence` where its
 * reading could be wrong, with the other readings that the picture admits. Places are those of the page as scanned.
 *
 * Throws `needs_ocr` where Tesseract or its Chinese data is not installed, `too_large`, `timed_out`.
 */
export async function readScannedPages(pages: readonly ScannedPage[], limits: ReadLimits): Promise<Block[]> {
  const read = await readPages(pages.slice(0, limits.pages));
  const geometries = read.map(({ prepared, scan, cells, text }): PageGeometry => {
    const point = 72 / prepared.dpi;
    const inCells = cells.flatMap((cell) => cell.lines);
    return {
      page: prepared.page,
      width: scan.width * point,
      height: scan.height * point,
      text: [...inCells, ...text].filter((box) => box.text !== '') as TextBox[],
      segments: prepared.segments,
      shades: [],
    };
  });
  const { blocks } = documentBlocks(geometries, 'ocr');
  const readings = new Map(read.map(({ prepared, cells }) => [prepared.page, cells]));
  const asScanned = turnBack(read, geometries);
  return blocks.map((block): Block => {
    if (block.kind === 'grid') return annotated(block, readings, asScanned);
    return { ...block, location: asScanned(block.location) } as Block;
  });
}

interface ReadPage {
  /** Upright. */
  readonly scan: ScannedPage;
  /** Degrees clockwise by which the page was turned to stand upright. */
  readonly quarters: Quarters;
  readonly prepared: PreparedPage;
  readonly cells: readonly CellReading[];
  readonly text: readonly TextLine[];
}

/** Reads pages as they lie, and those of which little can be made the way up that gives Chinese. */
async function readPages(scans: readonly ScannedPage[]): Promise<ReadPage[]> {
  const asTheyLie = await readUpright(scans.map((scan) => ({ scan, quarters: 0 })));
  const poor = asTheyLie.filter(({ cells, text }) => mayBeTurned(cells, text));
  if (poor.length === 0) return asTheyLie;
  const turns = await quarterTurns(poor.map(({ prepared }) => prepared));
  const turned = poor.flatMap(({ scan }, index) => {
    const quarters = turns[index]!;
    return quarters === 0 ? [] : [{ scan: turnedPage(scan, quarters), quarters }];
  });
  const better = new Map((await readUpright(turned)).map((page) => [page.prepared.page, page]));
  return asTheyLie.map((page) => better.get(page.prepared.page) ?? page);
}

async function readUpright(pages: readonly Pick<ReadPage, 'scan' | 'quarters'>[]): Promise<ReadPage[]> {
  const prepared = pages.map(({ scan }) => preparePage(scan));
  const [cells, text] = await Promise.all([readCells(prepared), pageText(prepared)]);
  return pages.map((page, index) => ({
    ...page,
    prepared: prepared[index]!,
    cells: cells[index]!,
    text: text[index]!,
  }));
}

const PLACE = /page=(\d+);bbox=([\d.-]+),([\d.-]+),([\d.-]+),([\d.-]+)/;

function annotated(
  grid: Grid,
  readings: ReadonlyMap<number, readonly CellReading[]>,
  asScanned: (location: string) => string,
): Grid {
  const cells = grid.cells.map((cell): GridCell => {
    const found = readingsOf(cell, readings);
    const only = found.length === 1 ? found[0]! : null;
    const marks = new Set<Mark>(cell.marks ?? []);
    const same = only !== null && only.text.replace(/\s/g, '') === cell.text.replace(/\s/g, '');
    const holdsDigits = /\d/.test(cell.text);
    // A number put together from two pages, or that no reading accounts for, was never seen as one.
    if (!same && (holdsDigits || found.length === 0)) marks.add('low_confidence');
    if (found.some((reading) => reading.doubtful)) marks.add('low_confidence');
    if (cell.text === '' && found.some((reading) => reading.unread)) marks.add('picture');
    const score = found.length === 0 ? 0 : Math.min(...found.map((reading) => reading.score));
    return {
      ...cell,
      location: asScanned(cell.location),
      reading: 'ocr',
      score: Math.round(score * 1000) / 1000,
      ...(marks.size > 0 ? { marks: [...marks] } : {}),
      ...(same && only.alternatives.length > 0 ? { alternatives: only.alternatives } : {}),
    };
  });
  return { ...grid, location: asScanned(grid.location), cells };
}

function readingsOf(cell: GridCell, readings: ReadonlyMap<number, readonly CellReading[]>): CellReading[] {
  const place = PLACE.exec(cell.location);
  if (!place) return [];
  const [x0, y0, x1, y1] = place.slice(2).map(Number) as [number, number, number, number];
  return (readings.get(Number(place[1])) ?? []).filter(({ box }) => {
    const x = (box.x0 + box.x1) / 2;
    const y = (box.y0 + box.y1) / 2;
    return x > x0 && x < x1 && y > y0 && y < y1;
  });
}

/** Places on the page as it was scanned, from places on the page set upright and straight. */
function turnBack(
  pages: readonly ReadPage[],
  geometries: readonly PageGeometry[],
): (location: string) => string {
  const byNumber = new Map(
    pages.map(({ prepared, quarters }, index) => [
      prepared.page,
      { skew: prepared.skew, lean: prepared.lean, quarters, ...size(geometries[index]!) },
    ]),
  );
  return (location) =>
    location.replace(PLACE, (place, number: string, ...rest: string[]) => {
      const page = byNumber.get(Number(number));
      if (!page || (page.skew === 0 && page.lean === null && page.quarters === 0)) return place;
      const [x0, y0, x1, y1] = rest.slice(0, 4).map(Number) as [number, number, number, number];
      const photographed = page.lean
        ? moved({ x0, y0, x1, y1 }, (x, y) => leaning(page.lean!, x, y, page.width, page.height))
        : { x0, y0, x1, y1 };
      const turned =
        page.skew === 0 ? photographed : moved(photographed, turnedBy(page.skew, page.width, page.height));
      const onItsSide = page.quarters === 90 || page.quarters === 270;
      const shown = onItsSide
        ? { width: page.height, height: page.width }
        : { width: page.width, height: page.height };
      // `asShown` counts how far the writing leans, which is the other way round.
      const box = asShown(turned, { angle: ((360 - page.quarters) % 360) as Quarters, ...shown });
      return `page=${number};bbox=${[box.x0, box.y0, box.x1, box.y1].map((value) => value.toFixed(1)).join(',')}`;
    });
}

function size({ width, height }: PageGeometry): { width: number; height: number } {
  return { width, height };
}

/** The box as large as before, its middle moved. */
function moved(box: Box, move: (x: number, y: number) => readonly [number, number]): Box {
  const x = (box.x0 + box.x1) / 2;
  const y = (box.y0 + box.y1) / 2;
  const [toX, toY] = move(x, y);
  return { x0: box.x0 + toX - x, y0: box.y0 + toY - y, x1: box.x1 + toX - x, y1: box.y1 + toY - y };
}

function turnedBy(skew: number, width: number, height: number) {
  const sine = Math.sin(-skew);
  const cosine = Math.cos(-skew);
  return (x: number, y: number): readonly [number, number] => {
    const dx = x - width / 2;
    const dy = y - height / 2;
    return [width / 2 + dx * cosine - dy * sine, height / 2 + dx * sine + dy * cosine];
  };
}
