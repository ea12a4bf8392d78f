import type { Block, Grid, GridCell, Mark, ReadLimits } from '../document.ts';
import { documentBlocks } from '../geometry/document-blocks.ts';
import type { Box, PageGeometry, TextBox } from '../geometry/page-geometry.ts';
import { type CellReading, readCells } from './cell-readings.ts';
import { pageText } from './page-text.ts';
import { type PreparedPage, preparePage } from './prepared-page.ts';
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
  const prepared = pages.slice(0, limits.pages).map(preparePage);
  const [cells, text] = await Promise.all([readCells(prepared), pageText(prepared)]);
  const geometries = prepared.map((page, index): PageGeometry => {
    const scan = pages[index]!;
    const point = 72 / page.dpi;
    const inCells = cells[index]!.flatMap((cell) => cell.lines);
    return {
      page: page.page,
      width: scan.width * point,
      height: scan.height * point,
      text: [...inCells, ...text[index]!].filter((box) => box.text !== '') as TextBox[],
      segments: page.segments,
      shades: [],
    };
  });
  const { blocks } = documentBlocks(geometries, 'ocr');
  const readings = new Map(prepared.map((page, index) => [page.page, cells[index]!]));
  const asScanned = turnBack(prepared, geometries);
  return blocks.map((block): Block => {
    if (block.kind === 'grid') return annotated(block, readings, asScanned);
    return { ...block, location: asScanned(block.location) } as Block;
  });
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

/** Places on the page as it was scanned, from places on the page set straight. */
function turnBack(
  pages: readonly PreparedPage[],
  geometries: readonly PageGeometry[],
): (location: string) => string {
  const byNumber = new Map(
    pages.map((page, index) => [page.page, { skew: page.skew, ...size(geometries[index]!) }]),
  );
  return (location) =>
    location.replace(PLACE, (place, number: string, ...rest: string[]) => {
      const page = byNumber.get(Number(number));
      if (!page || page.skew === 0) return place;
      const [x0, y0, x1, y1] = rest.slice(0, 4).map(Number) as [number, number, number, number];
      const box = turned({ x0, y0, x1, y1 }, page.skew, page.width / 2, page.height / 2);
      return `page=${number};bbox=${[box.x0, box.y0, box.x1, box.y1].map((value) => value.toFixed(1)).join(',')}`;
    });
}

function size({ width, height }: PageGeometry): { width: number; height: number } {
  return { width, height };
}

function turned(box: Box, skew: number, centreX: number, centreY: number): Box {
  const sine = Math.sin(-skew);
  const cosine = Math.cos(-skew);
  const x = (box.x0 + box.x1) / 2 - centreX;
  const y = (box.y0 + box.y1) / 2 - centreY;
  const dx = centreX + x * cosine - y * sine - (box.x0 + box.x1) / 2;
  const dy = centreY + x * sine + y * cosine - (box.y0 + box.y1) / 2;
  return { x0: box.x0 + dx, y0: box.y0 + dy, x1: box.x1 + dx, y1: box.y1 + dy };
}
