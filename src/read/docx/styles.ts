import { FORMATTING } from './formatting.ts';
import {
  applyPaint,
  COLOURS,
  FORMATTING_BUT_COLOURS,
  GlancedColours,
  type Ink,
  type Paint,
} from './paint.ts';
import { streamPart } from './scan.ts';
import type { TableStyle } from './table-style.ts';
import { NO_THEME, type Theme } from './theme.ts';

/** What a style says that bears on the text; formatting is not kept. `undefined`: inherited. */
export interface RunStyle extends Paint {
  vanish?: boolean;
  struck?: boolean;
  raised?: 'superscript' | 'subscript' | 'baseline';
  /** How far above the line (below it where negative), in half points. */
  position?: number;
  /** What its characters are filled with instead of its colour. */
  fill?: Ink;
}

export interface Style extends RunStyle {
  readonly role: 'title' | 'heading' | null;
  readonly numId: string | null;
  readonly level: number;
}

export interface Styles {
  readonly defaults: RunStyle;
  readonly defaultParagraph: string | null;
  readonly colours: GlancedColours;
  get(id: string): Style | undefined;
  /** What a style of tables says of its cells; without an id, that of all tables. Null where it says nothing of colours. */
  table(id: string | null): TableStyle | null;
}

interface Definition extends RunStyle {
  basedOn: string | null;
  name: string;
  outline: number | null;
  numId: string | null;
  level: number | null;
  /** Of tables; null in all other styles. */
  places: Map<string, Paint> | null;
  rowBand: number | null;
  columnBand: number | null;
}

export const NO_STYLES: Styles = {
  defaults: {},
  defaultParagraph: null,
  colours: new GlancedColours(),
  get: () => undefined,
  table: () => null,
};

/** `w:latentStyles` lists hundreds of names that no text has. */
const NO_LOOKS = [
  'w:latentStyles',
  'w:lsdException',
  'w:uiPriority',
  'w:qFormat',
  'w:next',
  'w:link',
  'w:semiHidden',
  'w:unhideWhenUsed',
];
const IGNORED: ReadonlySet<string> = new Set([...FORMATTING, ...NO_LOOKS]);
const IGNORED_BUT_COLOURS: ReadonlySet<string> = new Set([...FORMATTING_BUT_COLOURS, ...NO_LOOKS]);

/**
 * Reads `word/styles.xml`; inheritance is resolved when a style is asked for.
 *
 * @param theme where colours are to be read; else they are only glanced at.
 */
export function readStyles(bytes: Uint8Array, part: string, maxDepth: number, theme: Theme | null): Styles {
  const definitions = new Map<string, Definition>();
  const colours = new GlancedColours();
  const defaults: RunStyle = {};
  let current: Definition | null = null;
  let place: Paint | null = null;
  let inDefaults = false;
  let defaultParagraph: string | null = null;
  let defaultTable: string | null = null;
  streamPart(
    bytes,
    part,
    {
      ignored: theme ? IGNORED_BUT_COLOURS : IGNORED,
      glancedAt: theme ? NOTHING : COLOURS,
      glance: (name, xml, at) => colours.glance(name, xml, at),
      open(name, attributes) {
        const value = attributes['w:val'];
        switch (name) {
          case 'w:style': {
            const type = attributes['w:type'];
            current = {
              basedOn: null,
              name: '',
              outline: null,
              numId: null,
              level: null,
              places: type === 'table' ? new Map() : null,
              rowBand: null,
              columnBand: null,
            };
            const id = attributes['w:styleId'];
            if (id === undefined) return;
            definitions.set(id, current);
            if (!isOn(attributes['w:default'] ?? '0')) return;
            if (type === 'paragraph') defaultParagraph = id;
            else if (type === 'table') defaultTable = id;
            return;
          }
          case 'w:rPrDefault':
            inDefaults = true;
            return;
          case 'w:name':
            if (current) current.name = value ?? '';
            return;
          case 'w:basedOn':
            if (current) current.basedOn = value ?? null;
            return;
          case 'w:outlineLvl':
            if (current) current.outline = Number(value);
            return;
          case 'w:numId':
            if (current) current.numId = value ?? null;
            return;
          case 'w:ilvl':
            if (current) current.level = Number(value);
            return;
          case 'w:tblStylePr':
            place = {};
            current?.places?.set(attributes['w:type'] ?? '', place);
            return;
          case 'w:tblStyleRowBandSize':
            if (current) current.rowBand = Number(value);
            return;
          case 'w:tblStyleColBandSize':
            if (current) current.columnBand = Number(value);
            return;
          default: {
            const target: RunStyle | null = place ?? current ?? (inDefaults ? defaults : null);
            if (!target || (place === null && applyRunProperty(target, name, value))) return;
            if (applyPaint(target, name, attributes, theme ?? NO_THEME)) colours.add(target);
          }
        }
      },
      close(name) {
        if (name === 'w:style') current = null;
        else if (name === 'w:tblStylePr') place = null;
        else if (name === 'w:rPrDefault') inDefaults = false;
      },
    },
    maxDepth,
  );
  const tables = new Map<string, TableStyle | null>();
  const resolved = new Map<string, Style>();
  return {
    defaults,
    defaultParagraph,
    colours,
    table(named) {
      const id = named ?? defaultTable;
      if (id === null) return null;
      let style = tables.get(id);
      if (style === undefined) {
        style = tableStyleOf(chainOf(definitions, id));
        tables.set(id, style);
      }
      return style;
    },
    get(id) {
      const known = resolved.get(id);
      if (known) return known;
      const style = resolve(definitions, id);
      if (style) resolved.set(id, style);
      return style;
    },
  };
}

const NOTHING: ReadonlySet<string> = new Set();

/** Sets what a run property element says; true if it is one of those that matter. */
export function applyRunProperty(target: RunStyle, name: string, value: string | undefined): boolean {
  switch (name) {
    case 'w:vanish':
    case 'w:specVanish':
      target.vanish = isOn(value);
      return true;
    case 'w:strike':
    case 'w:dstrike':
      target.struck = isOn(value);
      return true;
    case 'w:vertAlign':
      target.raised = value === 'superscript' || value === 'subscript' ? value : 'baseline';
      return true;
    case 'w:position':
      target.position = Number(value) || 0;
      return true;
    default:
      return false;
  }
}

/** On/off values; an element without a value is on (ECMA-376 part 1, 17.17.4). */
export function isOn(value: string | undefined): boolean {
  return value === undefined || !(value === '0' || value === 'false' || value === 'off' || value === 'none');
}

const LONGEST_CHAIN = 32;

/** A style and those that it is based on, the farthest first. */
function chainOf(definitions: ReadonlyMap<string, Definition>, id: string): Definition[] {
  const chain: Definition[] = [];
  for (let next = definitions.get(id); next && chain.length < LONGEST_CHAIN; ) {
    chain.unshift(next);
    next = next.basedOn === null ? undefined : definitions.get(next.basedOn);
  }
  return chain;
}

function tableStyleOf(chain: readonly Definition[]): TableStyle | null {
  const whole: Paint = {};
  const places = new Map<string, Paint>();
  let [rowBand, columnBand] = [1, 1];
  for (const definition of chain) {
    inherit(whole, definition);
    for (const [name, paint] of definition.places ?? []) {
      const target = places.get(name) ?? {};
      inherit(target, paint);
      places.set(name, target);
    }
    rowBand = definition.rowBand ?? rowBand;
    columnBand = definition.columnBand ?? columnBand;
  }
  const says = ({ colour, ground }: Paint): boolean => colour !== undefined || ground !== undefined;
  if (!says(whole) && ![...places.values()].some(says)) return null;
  return { whole, places, rowBand: Math.max(1, rowBand || 1), columnBand: Math.max(1, columnBand || 1) };
}

function inherit(target: Paint, { colour, ground }: Paint): void {
  if (colour !== undefined) target.colour = colour;
  if (ground !== undefined) target.ground = ground;
}

function resolve(definitions: ReadonlyMap<string, Definition>, id: string): Style | undefined {
  const chain = chainOf(definitions, id);
  if (chain.length === 0) return undefined;
  const style: RunStyle = {};
  let outline: number | null = null;
  let numId: string | null = null;
  let level: number | null = null;
  let role: Style['role'] = null;
  for (const definition of chain) {
    if (definition.vanish !== undefined) style.vanish = definition.vanish;
    if (definition.struck !== undefined) style.struck = definition.struck;
    if (definition.raised !== undefined) style.raised = definition.raised;
    if (definition.position !== undefined) style.position = definition.position;
    inherit(style, definition);
    if (definition.outline !== null) outline = definition.outline;
    if (definition.numId !== null) numId = definition.numId;
    if (definition.level !== null) level = definition.level;
    if (/^(?:heading \d|标题 ?\d)$/i.test(definition.name)) role = 'heading';
    else if (/^(?:title|标题)$/i.test(definition.name)) role = 'title';
  }
  if (role === null && outline !== null && outline >= 0 && outline < 9) role = 'heading';
  return { ...style, role, numId: numId === '0' ? null : numId, level: level ?? 0 };
}
