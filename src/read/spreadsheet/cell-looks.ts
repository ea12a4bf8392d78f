import type { ReadLimits } from '../document.ts';
import { parseXml } from '../docx/xml.ts';
import { isLost } from '../faint-ink.ts';
import { type CellGround, type CellInk, colourIn, INDEXED, type Palette } from './cell-colours.ts';
import { BUILT_IN, NumberFormat } from './number-format.ts';

/** What a cell format does to what a cell holds. */
export interface CellLook {
  readonly struck: boolean;
  readonly format: NumberFormat;
  readonly colour: CellInk;
  readonly ground: CellGround;
  /** What the cell holds is written again and again, as often as the cell is wide. */
  readonly filled: boolean;
}

/** What a condition changes of the look of a cell; undefined where it changes nothing. */
export interface ConditionalLook {
  struck?: boolean;
  format?: NumberFormat;
  colour?: CellInk;
  ground?: CellGround;
}

export interface Looks {
  /** In the order in which cells name them; a workbook without any has one that changes nothing. */
  readonly cells: readonly CellLook[];
  /** In the order in which conditions name them. */
  readonly conditional: readonly ConditionalLook[];
  readonly palette: Palette;
}

/** Whether text of this colour cannot be told from what is behind it; usual text is black, on black too. */
export function isFaintOn(colour: CellInk, ground: CellGround): boolean {
  if (ground === 'other') return false;
  return isLost(colour === 'auto' ? 0 : colour, ground === 'none' ? null : ground);
}

/** Reads xl/styles.xml (ECMA-376 part 1, 18.8). */
export function readLooks(styles: string | null, theme: readonly number[], limits: ReadLimits): Looks {
  const codes = new Map(BUILT_IN);
  const fonts: LookPart[] = [];
  const fills: LookPart[] = [];
  const own: number[] = [];
  const named: { font: number; fill: number; format: number; filled: boolean }[] = [];
  const conditional: ConditionalLook[] = [];
  const palette: Palette = { theme, indexed: own };
  if (styles !== null) {
    // Colours come last in the part, and are asked for before.
    for (const [, rgb] of styles.matchAll(/<(?:\w+:)?rgbColor\s+rgb="([\da-fA-F]{6,8})"/g))
      if (own.length < INDEXED.length) own.push(Number.parseInt(rgb!.slice(-6), 16));
    own.push(...INDEXED.slice(own.length));
    let within = '';
    let part: LookPart | null = null;
    let change: LookPart | null = null;
    parseXml(
      styles,
      {
        open(qualified, attributes) {
          const name = local(qualified);
          if (LISTS.has(name)) {
            within = name;
            return;
          }
          switch (within) {
            case 'numFmts':
              if (name === 'numFmt')
                codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
              return;
            case 'fonts':
              if (name === 'font') {
                part = { inFont: true };
                fonts.push(part);
              } else if (part) readPart(part, name, attributes, palette, 'cell');
              return;
            case 'fills':
              if (name === 'fill') {
                part = {};
                fills.push(part);
              } else if (part) readPart(part, name, attributes, palette, 'cell');
              return;
            case 'dxfs':
              if (name === 'dxf') change = {};
              else if (change) readPart(change, name, attributes, palette, 'condition');
              return;
            case 'cellXfs':
              if (name === 'xf')
                named.push({
                  font: Number(attributes['fontId'] ?? -1),
                  fill: Number(attributes['fillId'] ?? -1),
                  format: Number(attributes['numFmtId'] ?? 0),
                  filled: false,
                });
              else if (name === 'alignment' && attributes['horizontal'] === 'fill') {
                const last = named.at(-1);
                if (last) last.filled = true;
              }
          }
        },
        close(qualified) {
          const name = local(qualified);
          if (name === 'dxf' && change) {
            conditional.push(changedLook(change, palette));
            change = null;
          } else if (name === within) within = '';
        },
      },
      limits.xmlDepth,
    );
  } else own.push(...INDEXED);
  // The first font is that of cells that name none.
  if (named.length === 0) named.push({ font: 0, fill: 0, format: 0, filled: false });
  const formats = new Map<number, NumberFormat>();
  const formatOf = (id: number): NumberFormat => {
    let format = formats.get(id);
    if (!format) {
      format = new NumberFormat(codes.get(id) ?? '', palette.indexed);
      formats.set(id, format);
    }
    return format;
  };
  const cells = named.map(({ font, fill, format, filled }) => ({
    struck: fonts[font]?.struck ?? false,
    colour: fonts[font]?.colour ?? ('auto' as const),
    ground: groundOf(fills[fill] ?? {}) ?? ('none' as const),
    format: formatOf(format),
    filled,
  }));
  return { cells, conditional, palette };
}

/** What a font, a fill or a change by a condition says, while it is read. */
export interface LookPart {
  inFont?: boolean;
  struck?: boolean;
  colour?: CellInk;
  pattern?: string;
  /** Of the pattern's lines, which fill the cell where it is solid, and of what is between them. */
  over?: CellInk;
  under?: CellInk;
  code?: string;
}

/** Reads an element within a font, a fill or a change by a condition (18.8.14), which fills with the other of the two colours. */
export function readPart(
  part: LookPart,
  name: string,
  attributes: Readonly<Record<string, string>>,
  palette: Palette,
  of: 'cell' | 'condition',
): void {
  if (GROUPS.has(name)) part.inFont = name === 'font';
  switch (name) {
    case 'strike':
      part.struck = attributes['val'] !== '0' && attributes['val'] !== 'false';
      break;
    case 'color': {
      const colour = colourIn(attributes, palette);
      // Borders and gradients have colours too.
      if (colour !== null && part.inFont) part.colour = colour;
      break;
    }
    case 'patternFill':
      part.pattern = attributes['patternType'] ?? (of === 'cell' ? 'none' : 'solid');
      break;
    case 'gradientFill':
      part.pattern = 'gradient';
      break;
    case 'fgColor':
    case 'bgColor': {
      const colour = colourIn(attributes, palette);
      if (colour !== null) part[(name === 'fgColor') === (of === 'cell') ? 'over' : 'under'] = colour;
      break;
    }
    case 'numFmt':
      part.code = attributes['formatCode'] ?? '';
      break;
  }
}

const GROUPS: ReadonlySet<string> = new Set(['font', 'fill', 'border', 'alignment', 'protection']);

export function changedLook(part: LookPart, palette: Palette): ConditionalLook {
  const look: ConditionalLook = {};
  if (part.struck !== undefined) look.struck = part.struck;
  if (part.colour !== undefined) look.colour = part.colour;
  const ground = groundOf(part);
  if (ground !== undefined) look.ground = ground;
  if (part.code !== undefined) look.format = new NumberFormat(part.code, palette.indexed);
  return look;
}

function groundOf({ pattern, over, under }: LookPart): CellGround | undefined {
  if (pattern === undefined) return undefined;
  if (pattern === 'none') return 'none';
  if (pattern === 'gradient') return 'other';
  if (pattern === 'solid') return over === undefined || over === 'auto' ? 'none' : over;
  // Lines and dots in black on the sheet leave most of it white.
  return (over === undefined || over === 'auto') && (under === undefined || under === 'auto')
    ? 'none'
    : 'other';
}

const LISTS: ReadonlySet<string> = new Set([
  'numFmts',
  'fonts',
  'fills',
  'borders',
  'cellXfs',
  'cellStyleXfs',
  'dxfs',
]);

const local = (name: string) => name.slice(name.indexOf(':') + 1);
