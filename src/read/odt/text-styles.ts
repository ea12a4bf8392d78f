import { type Attributes, parseXml } from '../docx/xml.ts';
import { isLost } from '../faint-ink.ts';

/** What a style says of its text; undefined where it leaves that to its parent. */
export interface TextStyle {
  readonly parent: string | null;
  hidden?: boolean;
  struck?: boolean;
  superscript?: boolean;
  subscript?: boolean;
  colour?: Ink;
  ground?: Ground;
  /** The number format, by name. */
  format?: string;
  /** Styles that a cell takes where a condition holds (OpenDocument 1.3 part 3, 16.3). */
  conditions?: readonly Condition[];
}

/** 0xrrggbb; `auto` for one that is chosen so that it shows. */
export type Ink = number | 'auto';
/** `none` for what lets everything behind it through. */
export type Ground = number | 'none';

export interface Condition {
  readonly condition: string;
  readonly style: string;
}

/** Styles by family and name: `text/T1`, `paragraph/P3`; number formats as `format/N2`. */
export type TextStyles = Map<string, TextStyle>;

/** Adds the styles of a part (content.xml, styles.xml) to `styles`. */
export function collectStyles(xml: string, styles: TextStyles, maxDepth: number): void {
  let open: TextStyle | null = null;
  parseXml(
    xml,
    {
      open(name, attributes) {
        if (open && name.endsWith('-properties')) readGround(attributes, open);
        if (name === 'style:style') {
          const format = attributes['style:data-style-name'];
          open = { parent: attributes['style:parent-style-name'] ?? null, ...(format ? { format } : {}) };
          styles.set(`${attributes['style:family']}/${attributes['style:name']}`, open);
        } else if (FORMAT.test(name)) {
          open = { parent: null };
          styles.set(`format/${attributes['style:name']}`, open);
        } else if (name === 'style:text-properties' && open) readProperties(attributes, open);
        else if (name === 'style:map' && open)
          open.conditions = [
            ...(open.conditions ?? []).slice(0, MOST_CONDITIONS),
            {
              condition: attributes['style:condition'] ?? '',
              style: attributes['style:apply-style-name'] ?? '',
            },
          ];
        else if (name === 'style:section-properties' && open && attributes['text:display'] === 'none')
          open.hidden = true;
        else if (name === 'style:table-properties' && open && attributes['table:display'] === 'false')
          open.hidden = true;
      },
      close(name) {
        if (name === 'style:style' || FORMAT.test(name)) open = null;
      },
    },
    maxDepth,
  );
}

const MOST_CONDITIONS = 20;
/** A number format (OpenDocument 1.3 part 3, 16.29), which may have a colour, and others for some of the numbers. */
const FORMAT = /^number:[a-z]+-style$/;

function readGround(attributes: Attributes, style: TextStyle): void {
  const ground = attributes['fo:background-color'];
  if (ground === 'transparent') style.ground ??= 'none';
  else if (ground !== undefined) style.ground = hex(ground) ?? 'none';
}

function hex(colour: string): number | null {
  return /^#[\da-f]{6}$/i.test(colour) ? Number.parseInt(colour.slice(1), 16) : null;
}

function readProperties(attributes: Attributes, style: TextStyle): void {
  const colour = attributes['fo:color'];
  if (colour !== undefined) style.colour = hex(colour) ?? 'auto';
  if (attributes['style:use-window-font-color'] === 'true') style.colour = 'auto';
  const display = attributes['text:display'];
  if (display !== undefined) style.hidden = display === 'none';
  const line = attributes['style:text-line-through-style'] ?? attributes['style:text-line-through-type'];
  if (line !== undefined) style.struck = line !== 'none';
  const position = attributes['style:text-position'];
  if (position === undefined) return;
  const height = position.split(' ')[0] ?? '';
  const percent = Number.parseFloat(height);
  style.superscript = height === 'super' || percent > 0;
  style.subscript = height === 'sub' || percent < 0;
}

export interface ResolvedStyle {
  readonly hidden: boolean;
  readonly struck: boolean;
  readonly superscript: boolean;
  readonly subscript: boolean;
  readonly colour: Ink;
  readonly ground: Ground;
  readonly format: string | null;
  readonly conditions: readonly Condition[];
}

export const PLAIN: ResolvedStyle = {
  hidden: false,
  struck: false,
  superscript: false,
  subscript: false,
  colour: 'auto',
  ground: 'none',
  format: null,
  conditions: [],
};

/** Whether text in a look cannot be told from what is behind it. */
export function isFaint({ colour, ground }: ResolvedStyle): boolean {
  return colour !== 'auto' && isLost(colour, ground === 'none' ? null : ground);
}

/** A style with what it inherits, over what holds around it. */
export function resolve(
  styles: TextStyles,
  family: 'text' | 'paragraph' | 'section' | 'table' | 'table-row' | 'table-cell',
  name: string | undefined,
  around: ResolvedStyle,
): ResolvedStyle {
  const chain: TextStyle[] = [];
  for (let at = name; at !== undefined; ) {
    const style = styles.get(`${family}/${at}`);
    if (!style || chain.includes(style)) break;
    chain.push(style);
    at = style.parent ?? undefined;
  }
  const first = <Key extends keyof ResolvedStyle>(key: Key): ResolvedStyle[Key] =>
    (chain.find((style) => style[key] !== undefined)?.[key] as ResolvedStyle[Key] | undefined) ?? around[key];
  const ground = first('ground');
  return {
    // What is inside hidden text is hidden, whatever its own style says.
    hidden: around.hidden || first('hidden'),
    struck: first('struck'),
    superscript: first('superscript'),
    subscript: first('subscript'),
    colour: first('colour'),
    // What stands behind the cell stands behind its text.
    ground: ground === 'none' ? around.ground : ground,
    format: first('format'),
    conditions: first('conditions'),
  };
}
