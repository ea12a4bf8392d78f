import type { Block, Grid, GridCell, Paragraph, Reading, ReadNote } from '../document.ts';
import { type AlignedTable, alignedTables } from './aligned/aligned-tables.ts';
import { bodyText } from './body-text.ts';
import { drawnCharacters } from './drawn-characters.ts';
import { type JoinedTable, joinPart, startTable } from './joined-table.ts';
import { buildLines, type TextLine } from './lines.ts';
import { splitMargins } from './margins.ts';
import type { PageGeometry, TextBox } from './page-geometry.ts';
import { layoutPage, type PageLayout, type PageTable, ruledTables } from './page-tables.ts';
import { locate, type Turn, upright } from './place.ts';
import { measureText, ParagraphBuilder } from './running-text.ts';
import { withStrikes } from './strikes.ts';
import { tableLines } from './unruled.ts';

/** What pages of positioned text and rules amount to. */
export interface Blocks {
  readonly blocks: readonly Block[];
  readonly notes: readonly ReadNote[];
}

interface Placed {
  readonly layout: PageLayout;
  readonly turn: Turn;
  readonly header: readonly TextLine[];
  readonly footer: readonly TextLine[];
}

/** From pages to paragraphs and grids in reading order; tables that a page break cut are put together again. */
export function documentBlocks(pages: readonly PageGeometry[], reading: Reading = 'certain'): Blocks {
  const notes: ReadNote[] = [];
  const turned = pages.map((p) => {
    const { page: turned, turn } = turnUpright(p);
    const drawn = drawnCharacters(turned.text);
    const whole =
      drawn.segments.length > 0
        ? { ...turned, text: drawn.text, segments: [...turned.segments, ...drawn.segments] }
        : turned;
    const { text, watermarks, sideways } = bodyText(whole);
    if (watermarks.length > 0)
      notes.push({ code: 'watermark', detail: watermarks.join(' '), location: `page=${whole.page}` });
    const inks = [...(whole.inks ?? []), ...sideways];
    // Rules cross the large characters of a watermark, and strike out nothing.
    const page = withStrikes({ ...whole, text, inks });
    return { page, turn, lattices: ruledTables(page) };
  });
  const margins = splitMargins(turned);
  const placed = turned.map(({ turn, lattices }, i): Placed => {
    const { body, header, footer } = margins[i]!;
    return {
      layout: layoutPage(body, lattices),
      turn,
      header: buildLines(header),
      footer: buildLines(footer),
    };
  });
  const turnOf = new Map(placed.map((p) => [p.layout.page, p.turn]));
  const aligned = new Map<TextLine, AlignedTable>();
  for (const table of alignedTables(placed.map((p) => p.layout)))
    for (const line of table.lines) aligned.set(line, table);
  const begun = new Set<AlignedTable>();
  const blocks: Block[] = [];
  const builder = new ParagraphBuilder(measureText(placed.map((p) => p.layout)), (p) => {
    blocks.push({
      kind: 'paragraph',
      text: p.text,
      location: locate(p.page, p.box, turnOf.get(p.page)!),
      reading,
      ...(p.marks.length ? { marks: p.marks } : {}),
    });
  });

  let open: JoinedTable | null = null;
  const close = (): void => {
    const table: JoinedTable | null = open;
    open = null;
    if (!table) return;
    // A single box that no page break explains is a frame around running text.
    if (table.cells.length === 1) for (const line of table.cells[0]!.lines) builder.add(table.page, line);
    else blocks.push(toGrid(table, turnOf, reading));
  };
  for (const { layout, turn, header, footer } of placed) {
    const paragraph = (line: TextLine, role: 'header' | 'footer'): Paragraph => ({
      kind: 'paragraph',
      text: line.text,
      location: locate(layout.page, line, turn),
      reading,
      role,
    });
    const margin = [
      ...header.map((l) => paragraph(l, 'header')),
      ...footer.map((l) => paragraph(l, 'footer')),
    ];
    const unruled = tableLines(layout.lines.filter((l) => !aligned.has(l)));
    if (unruled.size > 0)
      notes.push({
        code: 'table_without_rules',
        detail: 'figures stand in columns without rules; which row and column they belong to is not certain',
        location: `page=${layout.page}`,
      });
    let first = true;
    const items = inOrder(layout);
    for (const [i, item] of items.entries()) {
      // A table goes on below the number of its page, which was not known for one.
      if (!('ys' in item) && open && (first || i === items.length - 1) && LONE_NUMBER.test(item.text)) {
        margin.push(paragraph(item, first ? 'header' : 'footer'));
        continue;
      }
      const table = 'ys' in item ? undefined : aligned.get(item);
      if (table) {
        close();
        builder.end();
        if (!begun.has(table)) blocks.push(toGrid(table, turnOf, reading));
        begun.add(table);
      } else if ('ys' in item) {
        const joined: JoinedTable | null =
          first && open && open.tail.page === layout.page - 1 ? joinPart(open, item) : null;
        if (!joined) {
          close();
          builder.end();
        }
        open = joined ?? startTable(item);
      } else if (unruled.has(item)) {
        close();
        builder.end();
        blocks.push({
          kind: 'paragraph',
          text: item.text,
          location: locate(layout.page, item, turn),
          reading,
          marks: ['boundary_uncertain'],
        });
      } else {
        close();
        builder.add(layout.page, item);
      }
      first = false;
    }
    blocks.push(...margin);
  }
  builder.end();
  close();
  return { blocks, notes };
}

const LONE_NUMBER = /^[-–—－―·•\s]*\d{1,4}[-–—－―·•\s]*$/;

function inOrder(layout: PageLayout): (PageTable | TextLine)[] {
  return [...layout.tables, ...layout.lines].sort((a, b) => a.y0 - b.y0 || a.x0 - b.x0);
}

function toGrid(
  table: JoinedTable | AlignedTable,
  turnOf: ReadonlyMap<number, Turn>,
  reading: Reading,
): Grid {
  return {
    kind: 'grid',
    rows: table.rows,
    columns: table.columns,
    location: locate(table.page, table.box, turnOf.get(table.page)!),
    cells: table.cells.map((c): GridCell => {
      const cell: GridCell = {
        row: c.row,
        column: c.column,
        rowSpan: c.rowSpan,
        columnSpan: c.columnSpan,
        text: c.text,
        location: locate(c.page, c.box, turnOf.get(c.page)!),
        reading,
      };
      return c.marks.length > 0 ? { ...cell, marks: c.marks } : cell;
    }),
  };
}

/** Turns the page so that most of its text reads from left to right. */
function turnUpright(page: PageGeometry): { page: PageGeometry; turn: Turn } {
  const counts = new Map<number, number>();
  let level = 0;
  for (const { angle } of page.text)
    if (angle) counts.set(angle, (counts.get(angle) ?? 0) + 1);
    else level++;
  counts.set(0, level);
  let angle: Turn['angle'] = 0;
  for (const candidate of [90, 180, 270] as const)
    if ((counts.get(candidate) ?? 0) > (counts.get(angle) ?? 0)) angle = candidate;
  const turn: Turn = { angle, width: page.width, height: page.height };
  if (angle === 0) return { page, turn };
  const box = (b: TextBox): TextBox => ({
    ...b,
    ...upright(b, turn),
    angle: ((b.angle ?? 0) - angle + 360) % 360,
  });
  const [width, height] = angle === 180 ? [page.width, page.height] : [page.height, page.width];
  return {
    turn,
    page: {
      ...page,
      width,
      height,
      text: page.text.map(box),
      segments: page.segments.map((s) => ({ ...s, ...upright(s, turn) })),
      shades: page.shades.map((s) => upright(s, turn)),
      inks: (page.inks ?? []).map((s) => upright(s, turn)),
    },
  };
}
