import { FORMATTING } from './formatting.ts';
import { applyPaint, FORMATTING_BUT_COLOURS, isWrittenWhite, type Paint } from './paint.ts';
import { streamPart } from './scan.ts';

/** What a style says that bears on the text; formatting is not kept. `undefined`: inherited. */
export interface RunStyle extends Paint {
  vanish?: boolean;
  struck?: boolean;
  raised?: 'superscript' | 'subscript' | 'baseline';
  /** How far above the line (below it where negative), in half points. */
  position?: number;
}

export interface Style extends RunStyle {
  readonly role: 'title' | 'heading' | null;
  readonly numId: string | null;
  readonly level: number;
}

export interface Styles {
  readonly defaults: RunStyle;
  readonly defaultParagraph: string | null;
  /** Some of them write in white: then colours bear on the text. */
  readonly white: boolean;
  get(id: string): Style | undefined;
}

interface Definition extends RunStyle {
  basedOn: string | null;
  name: string;
  outline: number | null;
  numId: string | null;
  level: number | null;
}

export const NO_STYLES: Styles = {
  defaults: {},
  defaultParagraph: null,
  white: false,
  get: () => undefined,
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

/** Reads `word/styles.xml`; inheritance is resolved when a style is asked for. */
export function readStyles(bytes: Uint8Array, part: string, maxDepth: number): Styles {
  const styles = readLooks(bytes, part, maxDepth, IGNORED);
  return styles.white ? readLooks(bytes, part, maxDepth, IGNORED_BUT_COLOURS) : styles;
}

function readLooks(bytes: Uint8Array, part: string, maxDepth: number, ignored: ReadonlySet<string>): Styles {
  const definitions = new Map<string, Definition>();
  const defaults: RunStyle = {};
  let current: Definition | null = null;
  let inTableStyle = false;
  let white = false;
  let inDefaults = false;
  let defaultParagraph: string | null = null;
  streamPart(
    bytes,
    part,
    {
      ignored,
      glancedAt: 'w:color',
      glance(xml, at) {
        if (!inTableStyle) white ||= isWrittenWhite(xml, at);
      },
      open(name, attributes) {
        const value = attributes['w:val'];
        switch (name) {
          case 'w:style': {
            current = { basedOn: null, name: '', outline: null, numId: null, level: null };
            inTableStyle = attributes['w:type'] === 'table';
            const id = attributes['w:styleId'];
            if (id === undefined) return;
            definitions.set(id, current);
            if (attributes['w:type'] === 'paragraph' && isOn(attributes['w:default'] ?? '0'))
              defaultParagraph = id;
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
          default: {
            const target = current ?? (inDefaults ? defaults : null);
            if (!target || applyRunProperty(target, name, value) || inTableStyle) return;
            if (applyPaint(target, name, attributes)) white ||= target.white === true;
          }
        }
      },
      close(name) {
        if (name === 'w:style') current = null;
        else if (name === 'w:rPrDefault') inDefaults = false;
      },
    },
    maxDepth,
  );
  const resolved = new Map<string, Style>();
  return {
    defaults,
    defaultParagraph,
    white,
    get(id) {
      const known = resolved.get(id);
      if (known) return known;
      const style = resolve(definitions, id);
      if (style) resolved.set(id, style);
      return style;
    },
  };
}

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

function resolve(definitions: ReadonlyMap<string, Definition>, id: string): Style | undefined {
  const first = definitions.get(id);
  if (!first) return undefined;
  const chain: Definition[] = [];
  for (let next: Definition | undefined = first; next && chain.length < LONGEST_CHAIN; ) {
    chain.push(next);
    next = next.basedOn === null ? undefined : definitions.get(next.basedOn);
  }
  const style: RunStyle = {};
  let outline: number | null = null;
  let numId: string | null = null;
  let level: number | null = null;
  let role: Style['role'] = null;
  for (const definition of chain.reverse()) {
    if (definition.vanish !== undefined) style.vanish = definition.vanish;
    if (definition.struck !== undefined) style.struck = definition.struck;
    if (definition.raised !== undefined) style.raised = definition.raised;
    if (definition.position !== undefined) style.position = definition.position;
    if (definition.white !== undefined) style.white = definition.white;
    if (definition.grounded !== undefined) style.grounded = definition.grounded;
    if (definition.outline !== null) outline = definition.outline;
    if (definition.numId !== null) numId = definition.numId;
    if (definition.level !== null) level = definition.level;
    if (/^(?:heading \d|标题 ?\d)$/i.test(definition.name)) role = 'heading';
    else if (/^(?:title|标题)$/i.test(definition.name)) role = 'title';
  }
  if (role === null && outline !== null && outline >= 0 && outline < 9) role = 'heading';
  return { ...style, role, numId: numId === '0' ? null : numId, level: level ?? 0 };
}
