import { type GalleyStyle, measure, PLAIN_GALLEY, type Sheet, type SheetText, setSheets } from './galley.ts';
import { type PdfFont, type PdfPage, PdfWriter } from './pdf-writer.ts';
import { Random } from './random.ts';
import type { ReportRecord } from './record.ts';

/** How the rules of tables are drawn. */
export type RuleStyle =
  | 'strokes'
  | 'rectangles'
  | 'cell edges'
  | 'frames'
  | 'dashed'
  | 'dots'
  | 'double'
  | 'glyphs'
  | 'shaded cells'
  | 'zebra'
  | 'horizontal'
  | 'vertical'
  | 'none';

/** How text is drawn. */
export type TextStyle = 'lines' | 'letters' | 'shuffled letters' | 'twice' | 'offset twice';

export interface PdfStyle {
  readonly galley: GalleyStyle;
  readonly rules: RuleStyle;
  readonly text: TextStyle;
  readonly font: PdfFont;
  /** The page's own rotation; its content is set so that it shows upright. */
  readonly rotate: 0 | 90 | 180 | 270;
  /** The content lies on its side and no rotation turns it upright. */
  readonly lying: boolean;
  readonly watermark: 'none' | 'slanted' | 'level';
  readonly pageNumbers: 'none' | 'foot' | 'over the table';
  /** No rule where a page cuts a table. */
  readonly openCuts: boolean;
  /** Everything inside a form XObject that is scaled. */
  readonly form: boolean;
}

export const PLAIN_PDF: PdfStyle = {
  galley: PLAIN_GALLEY,
  rules: 'strokes',
  text: 'lines',
  font: 'identity',
  rotate: 0,
  lying: false,
  watermark: 'none',
  pageNumbers: 'none',
  openCuts: false,
  form: false,
};

/** Draws the report as a PDF; the same bytes for the same arguments. */
export function renderPdf(record: ReportRecord, style: PdfStyle = PLAIN_PDF): Uint8Array {
  const sheets = setSheets(record, style.galley);
  const writer = new PdfWriter(style.font);
  const random = Random.of('pdf', record.title);
  const pages = sheets.map((sheet, i) => drawPage(writer, sheet, i + 1, style, random));
  return writer.write(pages);
}

function drawPage(writer: PdfWriter, sheet: Sheet, number: number, style: PdfStyle, random: Random): PdfPage {
  const { width, height } = sheet;
  const ops: string[] = [];
  const texts: SheetText[] = [...sheet.texts];
  if (style.pageNumbers === 'foot') texts.push(numberAt(`- ${number} -`, width / 2, height - 40));
  if (style.pageNumbers === 'over the table')
    texts.push(numberAt(String(number), width - style.galley.margin - 12, height - style.galley.margin - 3));
  if (style.watermark === 'slanted')
    ops.push(
      `q /Light gs 0.8 g ${writer.text(48, `0.7071 0.7071 -0.7071 0.7071 150 ${height / 2 - 150}`, '政府信息公开2024')} Q`,
    );
  if (style.watermark === 'level')
    for (let y = 150; y < height; y += 170)
      ops.push(`q 0.85 g ${writer.text(30, `1 0 0 1 120 ${y}`, '内部资料 2024')} Q`);
  ops.push(...drawRules(writer, sheet, style));
  ops.push(...drawTexts(writer, texts, height, style.text, random));
  return place(writer, ops.join('\n'), sheet, number, style);
}

function numberAt(text: string, middle: number, y: number): SheetText {
  return { x: middle - (measure(text) * 9) / 2, y, size: 9, text };
}

/** Turns the upright drawing (origin bottom left) into the page's own coordinates. */
function place(writer: PdfWriter, content: string, sheet: Sheet, number: number, style: PdfStyle): PdfPage {
  const { width, height } = sheet;
  let body = content;
  if (style.form) {
    writer.form(`P${number}`, width * 2, height * 2, `q 2 0 0 2 0 0 cm ${content} Q`);
    body = `q 0.5 0 0 0.5 0 0 cm /P${number} Do Q`;
  }
  if (style.lying) return { width: height, height: width, content: `q 0 1 -1 0 ${height} 0 cm ${body} Q` };
  switch (style.rotate) {
    case 90:
      return { width: height, height: width, rotate: 90, content: `q 0 1 -1 0 ${height} 0 cm ${body} Q` };
    case 180:
      return { width, height, rotate: 180, content: `q -1 0 0 -1 ${width} ${height} cm ${body} Q` };
    case 270:
      return { width: height, height: width, rotate: 270, content: `q 0 -1 1 0 0 ${width} cm ${body} Q` };
    default:
      return { width, height, content: body };
  }
}

function drawTexts(
  writer: PdfWriter,
  texts: readonly SheetText[],
  height: number,
  how: TextStyle,
  random: Random,
): string[] {
  const draw = (t: SheetText, dx = 0): string =>
    writer.text(t.size, `1 0 0 1 ${(t.x + dx).toFixed(2)} ${(height - t.y).toFixed(2)}`, t.text);
  if (how === 'lines') return texts.map((t) => draw(t));
  if (how === 'twice') return [...texts, ...texts].map((t) => draw(t));
  if (how === 'offset twice') return texts.flatMap((t) => [draw(t), draw(t, 0.3)]);
  const letters = texts.flatMap((t) => {
    let x = t.x;
    return [...t.text].map((char) => {
      const letter = { ...t, x, text: char };
      x += measure(char) * t.size;
      return letter;
    });
  });
  if (how === 'shuffled letters')
    for (let i = letters.length - 1; i > 0; i--) {
      const j = random.integer(0, i);
      [letters[i], letters[j]] = [letters[j]!, letters[i]!];
    }
  return letters.map((t) => draw(t));
}

interface Line {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

function drawRules(writer: PdfWriter, sheet: Sheet, style: PdfStyle): string[] {
  const { cells, height } = sheet;
  const n = (v: number): string => v.toFixed(2);
  const up = (y: number): string => n(height - y);
  const rules = style.rules;
  if (rules === 'none') return [];
  if (rules === 'frames')
    return cells.map(
      (c) =>
        `${n(c.x0)} ${up(c.y1)} ${n(c.x1 - c.x0)} ${n(c.y1 - c.y0)} re ${n(c.x0 + 0.5)} ${up(c.y1 - 0.5)} ${n(c.x1 - c.x0 - 1)} ${n(c.y1 - c.y0 - 1)} re f*`,
    );
  if (rules === 'shaded cells')
    return cells.map(
      (c, i) =>
        `q ${i % 2 ? '0.9 0.94 0.98' : '0.85 0.9 0.95'} rg ${n(c.x0 + 0.4)} ${up(c.y1 - 0.4)} ${n(c.x1 - c.x0 - 0.8)} ${n(c.y1 - c.y0 - 0.8)} re f Q`,
    );
  if (rules === 'zebra')
    return cells
      .filter((c) => c.row % 2 === 0 && c.x0 >= 0)
      .map((c) => `q 0.9 g ${n(c.x0)} ${up(c.y1)} ${n(c.x1 - c.x0)} ${n(c.y1 - c.y0)} re f Q`);
  const lines = edges(sheet, style.openCuts).filter((l) =>
    rules === 'horizontal' ? l.y0 === l.y1 : rules === 'vertical' ? l.x0 === l.x1 : true,
  );
  const drawn = rules === 'cell edges' ? lines : merge(lines);
  switch (rules) {
    case 'rectangles':
      return drawn.map(
        (l) => `${n(l.x0 - 0.25)} ${up(l.y1 + 0.25)} ${n(l.x1 - l.x0 + 0.5)} ${n(l.y1 - l.y0 + 0.5)} re f`,
      );
    case 'dots':
      return drawn.flatMap((l) => {
        const dots: string[] = [];
        const steps = Math.floor(Math.max(l.x1 - l.x0, l.y1 - l.y0) / 2);
        for (let i = 0; i <= steps; i++) {
          const x = l.x0 === l.x1 ? l.x0 : l.x0 + 2 * i;
          const y = l.y0 === l.y1 ? l.y0 : l.y0 + 2 * i;
          dots.push(`${n(x - 0.4)} ${up(y + 0.4)} 0.8 0.8 re f`);
        }
        return dots;
      });
    case 'double':
      return drawn.flatMap((l) =>
        [-0.9, 0.9].map((d) =>
          l.y0 === l.y1
            ? `0.4 w ${n(l.x0)} ${up(l.y0 + d)} m ${n(l.x1)} ${up(l.y1 + d)} l S`
            : `0.4 w ${n(l.x0 + d)} ${up(l.y0)} m ${n(l.x1 + d)} ${up(l.y1)} l S`,
        ),
      );
    case 'glyphs':
      return drawn.flatMap((l) => {
        const size = 6;
        const out: string[] = [];
        const long = Math.max(l.x1 - l.x0, l.y1 - l.y0);
        const flat = l.y0 === l.y1;
        for (let d = 0; d < long; d += size) {
          const at = Math.min(d, long - size);
          const x = flat ? l.x0 + at : l.x0 - size / 2;
          const y = flat ? l.y0 + 0.36 * size : l.y0 + at + 0.86 * size;
          out.push(writer.text(size, `1 0 0 1 ${n(x)} ${up(y)}`, flat ? '─' : '│'));
        }
        return out;
      });
    default: {
      const dash = rules === 'dashed' ? '[3 2] 0 d' : '';
      return drawn.map((l) => `q ${dash} 0.5 w ${n(l.x0)} ${up(l.y0)} m ${n(l.x1)} ${up(l.y1)} l S Q`);
    }
  }
}

function edges(sheet: Sheet, openCuts: boolean): Line[] {
  return sheet.cells.flatMap((c) => [
    ...(openCuts && c.cutAbove ? [] : [{ x0: c.x0, y0: c.y0, x1: c.x1, y1: c.y0 }]),
    ...(openCuts && c.cutBelow ? [] : [{ x0: c.x0, y0: c.y1, x1: c.x1, y1: c.y1 }]),
    { x0: c.x0, y0: c.y0, x1: c.x0, y1: c.y1 },
    { x0: c.x1, y0: c.y0, x1: c.x1, y1: c.y1 },
  ]);
}

/** Puts the edges of neighbouring cells together into long lines. */
function merge(lines: readonly Line[]): Line[] {
  const out: Line[] = [];
  for (const flat of [true, false]) {
    const along = lines
      .filter((l) => (l.y0 === l.y1) === flat)
      .map((l) => (flat ? { at: l.y0, from: l.x0, to: l.x1 } : { at: l.x0, from: l.y0, to: l.y1 }))
      .sort((a, b) => a.at - b.at || a.from - b.from);
    let open: { at: number; from: number; to: number } | null = null;
    const close = (): void => {
      if (open)
        out.push(
          flat
            ? { x0: open.from, y0: open.at, x1: open.to, y1: open.at }
            : { x0: open.at, y0: open.from, x1: open.at, y1: open.to },
        );
    };
    for (const l of along) {
      if (open && Math.abs(open.at - l.at) < 0.01 && l.from <= open.to + 0.01)
        open.to = Math.max(open.to, l.to);
      else {
        close();
        open = { ...l };
      }
    }
    close();
  }
  return out;
}
