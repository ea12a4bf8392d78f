import { ReadError } from '../document.ts';
import {
  type Colour,
  groundOver,
  importantLookOf,
  isPale,
  isTint,
  type Look,
  lookOf,
  showsMore,
} from './looks.ts';
import { HEAVIEST, type Selector, selectorsOf } from './selector.ts';

/** What a rule of a style sheet says of the elements that it finds. */
export interface Rule {
  readonly selector: Selector;
  readonly look: Look;
  readonly important: boolean;
  readonly weight: number;
  readonly order: number;
}

export type Weighted = Pick<Rule, 'weight' | 'order'>;

/** Of two rules the heavier prevails, of two that weigh the same the later. */
export function compareRules(a: Weighted, b: Weighted): number {
  return a.weight - b.weight || a.order - b.order;
}

/** Where an element's own style stands among the rules: above all that are not important, or above all. */
export function ownPlace(important: boolean): Weighted {
  return { weight: important ? Infinity : (HEAVIEST + 1) ** 4 - 0.5, order: 0 };
}

/** Where an attribute stands: below all. */
export const BELOW_ALL: Weighted = { weight: -1, order: 0 };

export interface Rules {
  /** Those that prevail last. */
  readonly rules: readonly Rule[];
  /** Those that only give elements a place on the page, which matter to those alone that another takes it from. */
  readonly showing: () => readonly Rule[];
}

/** Rules that bear on what shows; no page has so many. */
const MOST_RULES = 20_000;
const LONGEST_PRELUDE = 200_000;
const DEEPEST = 6;

type Aspect = Exclude<keyof Look, 'preserved'>;

/** What a rule must say for rules on this aspect to be looked at at all. */
const TELLING: Readonly<Record<Aspect, (look: Look) => boolean>> = {
  display: (look) => look.display === 'removed',
  visibility: (look) => look.visibility === 'hidden',
  size: (look) => look.size === 'none',
  outOfSight: (look) => look.outOfSight === true,
  clipped: (look) => look.clipped === true,
  raised: (look) => look.raised === 'superscript' || look.raised === 'subscript',
  shift: (look) => look.shift !== undefined && look.shift !== 0,
  struck: (look) => look.struck === true,
  colour: (look) => isPale(look.colour ?? null, null),
  fill: (look) => look.fill !== undefined && look.fill !== 'colour' && isPale(look.fill, null),
  ground: () => false,
  before: (look) => look.before === true,
  after: (look) => look.after === true,
  doubtful: (look) => look.doubtful === true,
};
const ASPECTS = Object.keys(TELLING) as Aspect[];

/** What is on the page outside its rules. */
export interface OnPage {
  /** Its classes (`.a`) and identifiers (`#a`), as `cased` writes them. */
  readonly names: () => ReadonlySet<string>;
  readonly cased: (name: string) => string;
  /** What inline styles and attributes say of colours. */
  readonly colours: () => Colours;
  /** What an element says of itself, and rules may undo: for what stands in it, or where they are important. */
  readonly hides: { readonly display: boolean; readonly visibility: boolean; readonly size: boolean };
}

export interface Colours {
  readonly texts: ReadonlySet<Colour>;
  readonly grounds: ReadonlySet<Colour>;
}

/** A style sheet in the page. */
export interface Sheet {
  readonly css: string;
  /** The media queries that it holds for; empty for all media. */
  readonly media: string;
}

/**
 * The rules of a page's sheets that may change what is read, with only what matters of them. Nearly every page has none but those
 * that hide; colours are looked at only where something is written in white, or in the colour of a ground.
 * @throws {ReadError} `too_large`
 */
export function rulesThatMatter(sheets: readonly Sheet[], page: OnPage): Rules {
  const blocks: Block[] = [];
  const layers = new Layers();
  // Each for itself: what one leaves open ends with it.
  for (const { css, media } of sheets) {
    const holds = holdsOnScreens(media);
    const around = {
      unsure: holds === 'perhaps',
      depth: 0,
      layer: null,
      rule: null,
      ruleUnsure: false,
      layers,
    };
    if (holds !== 'no') collect(withoutComments(css), around, blocks);
  }
  const rankOf = layers.ranks();
  const all: Said[] = [];
  for (const { prelude, block, unsure, layer } of blocks) {
    const said = { prelude, block, unsure, layer: rankOf(layer), order: all.length };
    all.push({ ...said, look: lookOf(block), important: false });
    const look = importantLookOf(block);
    if (look) all.push({ ...said, look, important: true });
  }
  const aspects = new Set(ASPECTS.filter((aspect) => all.some(({ look }) => TELLING[aspect](look))));
  for (const aspect of ['display', 'visibility', 'size'] as const)
    if (page.hides[aspect]) aspects.add(aspect);
  if (aspects.has('colour') || aspects.has('fill') || mayBeAlike(all, page))
    for (const aspect of ['colour', 'fill', 'ground'] as const) aspects.add(aspect);
  const names = page.names();
  const has = (name: string): boolean => names.has(page.cased(name));
  const rules: Rule[] = [];
  const showing: { readonly said: Said; readonly kept: Look }[] = [];
  for (const said of all) {
    const kept = only(said.look, aspects);
    if (kept.display === 'shown' && Object.keys(kept).length === 1) showing.push({ said, kept });
    else if (Object.keys(kept).length > 0 || generates(said)) add(rulesOf(said, kept, has), rules);
  }
  return {
    rules: rules.sort(compareRules),
    showing: () => {
      const shown: Rule[] = [];
      for (const { said, kept } of showing) add(rulesOf(said, kept, has), shown);
      return shown;
    },
  };
}

function add(more: readonly Rule[], rules: Rule[]): void {
  rules.push(...more);
  if (rules.length > MOST_RULES)
    throw new ReadError('too_large', `the page has more than ${MOST_RULES} style rules on what shows`);
}

function only(look: Look, aspects: ReadonlySet<Aspect>): Look {
  const kept: Record<string, unknown> = {};
  for (const aspect in look) if (aspects.has(aspect as Aspect)) kept[aspect] = look[aspect as Aspect];
  return kept as Look;
}

function generates({ prelude, block }: Said): boolean {
  return /content/i.test(block) && /:(?:before|after)/i.test(prelude);
}

function rulesOf(said: Said, kept: Look, has: (name: string) => boolean): Rule[] {
  if (said.prelude.length > LONGEST_PRELUDE)
    throw new ReadError('too_large', `a style rule has selectors of more than ${LONGEST_PRELUDE} characters`);
  const { selectors, known } = selectorsOf(said.prelude, has);
  const rules: Rule[] = [];
  for (const selector of selectors) {
    if (!selector.names.every(has)) continue;
    const look = lookOfFound(selector, kept, said, known);
    const { important, order } = said;
    if (Object.keys(look).length > 0)
      rules.push({ selector, look, important, order, weight: weightOf(selector, said) });
  }
  return rules;
}

interface Said {
  readonly prelude: string;
  readonly block: string;
  readonly unsure: boolean;
  /** The later layers prevail, and what is in none over all; where both are important the earlier. */
  readonly layer: number;
  readonly look: Look;
  readonly important: boolean;
  readonly order: number;
}

/** What the elements of a selector look like: of what it may not mean it is only known that they may not show. */
function lookOfFound(selector: Selector, kept: Look, said: Said, known: boolean): Look {
  const { part } = selector;
  const sure = known && selector.exact && !said.unsure;
  if (part === 'before' || part === 'after') {
    const { visibility, size, outOfSight } = said.look;
    // A point that nobody sees, to end what floats, is in every second sheet.
    const unseen = visibility === 'hidden' || size === 'none' || outOfSight === true;
    const shows = unseen ? false : showsMore(said.block, said.important);
    // What may generate nothing is left as it is.
    return shows === null || (!sure && !shows) ? {} : { [part]: shows };
  }
  if (sure && part === null) return kept;
  if (ASPECTS.some((aspect) => TELLING[aspect](kept))) return { doubtful: true };
  return kept.display === 'shown' && part === null ? { display: 'shown', doubtful: true } : {};
}

/** Some text of the page may have the colour of what lies behind it, one of the two by a rule. */
function mayBeAlike(all: readonly Said[], page: OnPage): boolean {
  const ruled = { texts: new Set<Colour>(), grounds: new Set<Colour>() };
  for (const { look } of all) {
    if (look.colour !== undefined) ruled.texts.add(look.colour);
    if (look.fill !== undefined && look.fill !== 'colour') ruled.texts.add(look.fill);
    if (look.ground !== undefined) ruled.grounds.add(look.ground);
  }
  if (ruled.texts.size === 0 && ruled.grounds.size === 0) return false;
  const own = page.colours();
  // Without one text is black.
  const texts = new Set([BLACK, ...ruled.texts, ...own.texts]);
  const grounds = new Set([...ruled.grounds, ...own.grounds]);
  const tints = [...grounds].filter(isTint);
  const behind = [null, ...grounds].filter((ground) => !isTint(ground));
  if (tints.length * behind.length > MOST_PAIRS) return true;
  for (const tint of tints) for (const ground of behind) grounds.add(groundOver(tint, ground) ?? WHITE);
  if (texts.size * grounds.size > MOST_PAIRS) return true;
  for (const text of texts) {
    if (isPale(text, null)) return true;
    for (const ground of grounds) if (ground !== WHITE && isPale(text, ground)) return true;
  }
  return false;
}

const BLACK = 0;
const MOST_PAIRS = 100_000;
const WHITE = 0xffffff;

function weightOf({ weight }: Selector, { important, layer }: Said): number {
  const counts = important ? [1, HEAVIEST - layer, ...weight] : [0, layer, ...weight];
  return counts.reduce((sum, count) => sum * (HEAVIEST + 1) + count, 0);
}

/** A string, closed by the end of its line where nothing else does, or an address without quotes. */
const QUOTED =
  /"(?:[^"\\\n\r\f]|\\[\s\S])*"?|'(?:[^'\\\n\r\f]|\\[\s\S])*'?|(?<![-\w])url\(\s*(?!["'\s])(?:[^)\\]|\\[\s\S])*\)?|\\[\s\S]/;
const QUOTED_OR_COMMENT = new RegExp(`${QUOTED.source}|/\\*[\\s\\S]*?(?:\\*/|$)`, 'gi');

function withoutComments(css: string): string {
  const plain = css.includes('/*')
    ? css.replace(QUOTED_OR_COMMENT, (token) => (token.startsWith('/*') ? ' ' : token))
    : css;
  return plain.replaceAll('<!--', ' ').replaceAll('-->', ' ');
}

interface Block {
  readonly prelude: string;
  readonly block: string;
  /** It holds on some devices, or in a place that is not followed up. */
  readonly unsure: boolean;
  readonly layer: string | null;
}

/** Where in a sheet something stands. */
interface Place {
  readonly unsure: boolean;
  readonly depth: number;
  readonly layer: string | null;
  /** The selectors of the rule that it stands in. */
  readonly rule: string | null;
  /** Whether declarations of that rule are. */
  readonly ruleUnsure: boolean;
  readonly layers: Layers;
}

/** Cascade layers by their whole names (CSS Cascading and Inheritance 5, 6.4), in the order in which they are first named. */
class Layers {
  private readonly named = new Map<string, string[]>([['', []]]);
  private nameless = 0;

  /** Whole name of a layer within another. */
  within(outer: string | null, name: string): string {
    let whole = outer ?? '';
    for (const part of name === '' ? [`(${++this.nameless})`] : name.split('.', MOST_PARTS)) {
      const inner = `${whole}.${part.trim()}`;
      if (!this.named.has(inner)) {
        this.named.set(inner, []);
        this.named.get(whole)?.push(inner);
      }
      whole = inner;
    }
    return whole;
  }

  /** What of a layer is in none of those within it prevails over these. */
  ranks(): (layer: string | null) => number {
    const ranks = new Map<string, number>();
    const waiting = [''];
    const reached: string[] = [];
    for (let layer = waiting.pop(); layer !== undefined; layer = waiting.pop()) {
      reached.push(layer);
      for (const inner of this.named.get(layer) ?? []) waiting.push(inner);
    }
    for (const layer of reached.reverse()) ranks.set(layer, Math.min(HEAVIEST, ranks.size));
    return (layer) => (layer === null ? HEAVIEST : (ranks.get(layer) ?? 0));
  }
}

/** Layers in one another in one name. */
const MOST_PARTS = 20;

const TOKEN = new RegExp(`${QUOTED.source}|[{};]`, 'gi');

/** The rules of a sheet, or a block, that hold on a screen, those within other blocks too. */
function collect(css: string, around: Place, into: Block[]): void {
  let depth = 0;
  let start = 0;
  let open = 0;
  let looked = -1;
  let ends = false;
  for (const match of css.matchAll(TOKEN)) {
    const [token] = match;
    if (token === '{') {
      if (depth++ === 0) open = match.index;
    } else if (token === ';' && depth === 0) {
      if (looked !== start) ends = around.depth > 0 || isAtRule(css, start);
      looked = start;
      // Outside blocks it is part of the next rule's selectors, and makes that one void (CSS Syntax 3, 5.4.3).
      if (!ends) continue;
      statement(css.slice(start, match.index).trim(), around);
      start = match.index + 1;
    } else if (token === '}' && depth > 0) {
      if (--depth > 0) continue;
      rule(css.slice(start, open).trim(), css.slice(open + 1, match.index), around, into);
      start = match.index + 1;
    } else if (token === '}') start = match.index + 1;
  }
  // Browsers close what a sheet leaves open.
  if (depth > 0) rule(css.slice(start, open).trim(), css.slice(open + 1), around, into);
}

function isAtRule(css: string, from: number): boolean {
  const at = /\s*@/y;
  at.lastIndex = from;
  return at.test(css);
}

function statement(text: string, { layer, layers }: Place): void {
  const names = /^@layer\s+(.*)$/is.exec(text)?.[1];
  for (const name of names?.split(',') ?? []) layers.within(layer, name.trim());
}

function rule(prelude: string, block: string, around: Place, into: Block[]): void {
  if (around.depth > DEEPEST) return;
  const { unsure, layer } = around;
  const inner = { ...around, depth: around.depth + 1 };
  if (!prelude.startsWith('@')) {
    if (!block.includes('{')) into.push({ prelude, block, unsure, layer });
    else {
      into.push({ prelude, block: withoutNested(block), unsure, layer });
      collect(nested(block), { ...inner, unsure: true, rule: prelude, ruleUnsure: unsure }, into);
    }
    return;
  }
  const [, at = '', words = ''] = /^@([-\w]+)\s*(.*)$/s.exec(prelude) ?? [];
  const name = at.toLowerCase();
  const condition = words.toLowerCase();
  if (name === 'media') {
    const holds = holdsOnScreens(condition);
    if (holds !== 'no') within(block, holds === 'perhaps' ? doubtful(inner) : inner, into);
  } else if (name === 'supports')
    within(block, OTHER_BROWSERS.test(condition) ? doubtful(inner) : inner, into);
  else if (name === 'layer')
    within(block, { ...inner, layer: inner.layers.within(layer, words.trim()) }, into);
  else if (name === 'container' || name === 'scope') within(block, doubtful(inner), into);
}

function doubtful(place: Place): Place {
  return { ...place, unsure: true, ruleUnsure: true };
}

/** What is asked of what a browser supports may be meant for others, or for none. */
const OTHER_BROWSERS = /\bnot\b|\bselector\(|-(?:ms|moz|o)-/;

/** What stands in a block of conditions: within a rule declarations of that rule, too. */
function within(block: string, place: Place, into: Block[]): void {
  const { rule: prelude, ruleUnsure: unsure, layer } = place;
  if (prelude !== null) into.push({ prelude, block: withoutNested(block), unsure, layer });
  collect(block, place, into);
}

/** The declarations of a rule that has others in it (CSS Nesting 1). */
function withoutNested(block: string): string {
  let plain = '';
  let depth = 0;
  let from = 0;
  let end = 0;
  for (const match of block.matchAll(TOKEN)) {
    const [token] = match;
    if (token === ';' && depth === 0) end = match.index + 1;
    else if (token === '{' && depth++ === 0) plain += block.slice(from, Math.max(from, end));
    else if (token === '}' && depth > 0 && --depth === 0) from = match.index + 1;
  }
  return depth > 0 ? plain : plain + block.slice(from);
}

/** Those within it, each for itself: what they may find stands somewhere within what the rule finds. */
function nested(block: string): string {
  return block.replace(/(^|[;{},])\s*(?:&\s*)*[>+~]?\s*/g, '$1').replaceAll('&', '');
}

/** Widths of the windows in which pages are read, in pixels. */
const NARROWEST = 1000;
const WIDEST = 2600;

/** `perhaps` where it depends on the window or on what is not followed up. */
type Holding = 'yes' | 'perhaps' | 'no';

/** Whether what media queries ask for is a screen as people read reports on. */
export function holdsOnScreens(queries: string): Holding {
  if (queries.trim() === '') return 'yes';
  let holds: Holding = 'no';
  for (const query of queries.toLowerCase().split(',')) {
    const one = ofQuery(query.trim());
    if (one === 'yes') return one;
    if (one === 'perhaps') holds = one;
  }
  return holds;
}

function ofQuery(query: string): Holding {
  if (query.length > LONGEST_QUERY) return 'perhaps';
  const typed = /^(?:(not|only)\s+)?([a-z][-a-z]*)(?:\s+and\b\s*(.*))?$/s.exec(query);
  // What is no query is not held for (CSS Media Queries 4, 3.2): tricks for old browsers.
  if (!typed) return /^(?:not\s*)?\(/.test(query) ? ofCondition(query) : 'no';
  const [, sign, type = '', condition] = typed;
  let holds: Holding = type === 'screen' || type === 'all' ? 'yes' : 'no';
  if (holds === 'yes' && condition !== undefined) holds = ofCondition(condition);
  return sign === 'not' ? opposite(holds) : holds;
}

const LONGEST_QUERY = 1000;

function ofCondition(condition: string): Holding {
  const negated = /^not\s*(\(.*\))$/s.exec(condition)?.[1];
  if (negated !== undefined) return opposite(ofCondition(negated));
  let holds: Holding = 'yes';
  for (const part of condition.split(/\band\b/)) {
    const one = ofFeature(part.trim());
    if (one === 'no') return one;
    if (one === 'perhaps') holds = one;
  }
  return holds;
}

function opposite(holds: Holding): Holding {
  if (holds === 'perhaps') return holds;
  return holds === 'yes' ? 'no' : 'yes';
}

function ofFeature(feature: string): Holding {
  const [, name = '', said = ''] = /^\(\s*([-a-z]+)\s*(?::([^()]*))?\)$/.exec(feature) ?? [];
  const value = said.trim();
  if (name === '') return feature.startsWith('(') ? 'perhaps' : 'no';
  const [, end, side = ''] = /^(min|max)-(?:device-)?(width|height)$/.exec(name) ?? [];
  if (end !== undefined) {
    const [, length, unit = ''] = /^([\d.]+)(px|em|rem)?$/.exec(value) ?? [];
    if (length === undefined) return 'perhaps';
    const pixels = Number(length) * (unit === 'em' || unit === 'rem' ? 16 : 1);
    const [least, most] = side === 'width' ? [NARROWEST, WIDEST] : [LOWEST, HIGHEST];
    if (end === 'min' ? pixels <= least : pixels >= most) return 'yes';
    return (end === 'min' ? pixels > most : pixels < least) ? 'no' : 'perhaps';
  }
  return DESKTOP.get(name)?.(value) ?? 'perhaps';
}

const LOWEST = 400;
const HIGHEST = 2000;

const usually =
  (usual: string) =>
  (value: string): Holding =>
    value === usual ? 'yes' : 'no';
const wished = (value: string): Holding => (value === 'no-preference' || value === 'light' ? 'yes' : 'no');
const mouse = (value: string): Holding => (value === 'none' || value === 'coarse' ? 'no' : 'perhaps');

/** Features of a computer with a screen that nobody has set up otherwise. */
const DESKTOP: ReadonlyMap<string, (value: string) => Holding> = new Map(
  Object.entries({
    hover: mouse,
    'any-hover': mouse,
    pointer: mouse,
    'display-mode': usually('browser'),
    'forced-colors': usually('none'),
    'inverted-colors': usually('none'),
    'prefers-color-scheme': wished,
    'prefers-contrast': wished,
    'prefers-reduced-data': wished,
    'prefers-reduced-motion': wished,
    'prefers-reduced-transparency': wished,
    '-ms-high-contrast': () => 'no' as const,
    '-webkit-min-device-pixel-ratio': ratio,
    'min-resolution': ratio,
  }),
);

function ratio(value: string): Holding {
  return /^(?:0?\.\d+|0|1)(?:\.0*)?(?:dppx|x)?$/.test(value) ? 'yes' : 'perhaps';
}
