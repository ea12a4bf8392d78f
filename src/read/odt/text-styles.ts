import { type Attributes, parseXml } from '../docx/xml.ts';
import { isWhiteHex } from '../faint-ink.ts';

/** What a style says of its text; undefined where it leaves that to its parent. */
export interface TextStyle {
  readonly parent: string | null;
  hidden?: boolean;
  struck?: boolean;
  superscript?: boolean;
  subscript?: boolean;
  white?: boolean;
  /** Something that white shows on stands behind the text. */
  grounded?: boolean;
}

/** Styles by family and name: `text/T1`, `paragraph/P3`. */
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
          open = { parent: attributes['style:parent-style-name'] ?? null };
          styles.set(`${attributes['style:family']}/${attributes['style:name']}`, open);
        } else if (name === 'style:text-properties' && open) readProperties(attributes, open);
        else if (name === 'style:section-properties' && open && attributes['text:display'] === 'none')
          open.hidden = true;
        else if (name === 'style:table-properties' && open && attributes['table:display'] === 'false')
          open.hidden = true;
      },
      close(name) {
        if (name === 'style:style') open = null;
      },
    },
    maxDepth,
  );
}

function readGround(attributes: Attributes, style: TextStyle): void {
  const ground = attributes['fo:background-color'];
  if (ground !== undefined && ground !== 'transparent' && !isWhiteHex(ground)) style.grounded = true;
}

function readProperties(attributes: Attributes, style: TextStyle): void {
  const colour = attributes['fo:color'];
  if (colour !== undefined) style.white = isWhiteHex(colour);
  if (attributes['style:use-window-font-color'] === 'true') style.white = false;
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
  readonly white: boolean;
  readonly grounded: boolean;
}

export const PLAIN: ResolvedStyle = {
  hidden: false,
  struck: false,
  superscript: false,
  subscript: false,
  white: false,
  grounded: false,
};

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
  const first = <Key extends keyof ResolvedStyle>(key: Key): boolean =>
    chain.find((style) => style[key] !== undefined)?.[key] ?? around[key];
  return {
    // What is inside hidden text is hidden, whatever its own style says.
    hidden: around.hidden || first('hidden'),
    struck: first('struck'),
    superscript: first('superscript'),
    subscript: first('subscript'),
    white: first('white'),
    // What stands behind the cell stands behind its text.
    grounded: around.grounded || first('grounded'),
  };
}
