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
  return { weight: important ? Infinity : (HEAVIEST + 1) ** 3 - 0.5, order: 0 };
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
  // Each for itself: what one leaves open ends with it.
  for (const { css, media } of sheets) {
    const holds = holdsOnScreens(media);
    if (holds !== 'no') collect(withoutComments(css), { unsure: holds === 'perhaps', depth: 0 }, blocks);
  }
  const all: Said[] = [];
  for (const { prelude, block, unsure } of blocks) {
    const order = all.length;
    all.push({ prelude, block, unsure, look: lookOf(block), important: false, order });
    const look = importantLookOf(block);
    if (look) all.push({ prelude, block, unsure, look, important: true, order });
  }
  const aspects = new Set(ASPECTS.filter((aspect) => all.some(({ look }) => TELLING[aspect](look))));
  for (const aspect of ['display', 'visibility', 'size'] as const)
    if (page.hides[aspect]) aspects.add(aspect);
  if (!aspects.has('colour') && mayBeAlike(all, page)) aspects.add('colour');
  if (aspects.has('colour')) aspects.add('ground');
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
      rules.push({ selector, look, important, order, weight: weightOf(selector, important) });
  }
  return rules;
}

interface Said {
  readonly prelude: string;
  readonly block: string;
  readonly unsure: boolean;
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

function weightOf({ weight }: Selector, important: boolean): number {
  return [important ? 1 : 0, ...weight].reduce((sum, count) => sum * (HEAVIEST + 1) + count, 0);
}

function withoutComments(css: string): string {
  let plain = '';
  let from = 0;
  for (let start = css.indexOf('/*'); start >= 0; start = css.indexOf('/*', from)) {
    plain += `${css.slice(from, start)} `;
    const end = css.indexOf('*/', start + 2);
    if (end < 0) return plain;
    from = end + 2;
  }
  return (plain + css.slice(from)).replaceAll('<!--', ' ').replaceAll('-->', ' ');
}

interface Block {
  readonly prelude: string;
  readonly block: string;
  /** It holds on some devices, or in a place that is not followed up. */
  readonly unsure: boolean;
}

const BRACE = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|[{}]/g;

/** The rules of a sheet that hold on a screen, those within other blocks too. */
function collect(css: string, around: { unsure: boolean; depth: number }, into: Block[]): void {
  let depth = 0;
  let start = 0;
  let open = 0;
  for (const match of css.matchAll(BRACE)) {
    const [token] = match;
    if (token === '{') {
      if (depth++ === 0) open = match.index;
    } else if (token === '}' && depth > 0) {
      if (--depth > 0) continue;
      const prelude = css.slice(start, open).replace(/^.*;/s, '').trim();
      rule(prelude, css.slice(open + 1, match.index), around, into);
      start = match.index + 1;
    } else if (token === '}') start = match.index + 1;
  }
  // Browsers close what a sheet leaves open.
  if (depth > 0) rule(css.slice(start, open).replace(/^.*;/s, '').trim(), css.slice(open + 1), around, into);
}

function rule(
  prelude: string,
  block: string,
  around: { unsure: boolean; depth: number },
  into: Block[],
): void {
  if (around.depth > DEEPEST) return;
  const inner = { unsure: around.unsure, depth: around.depth + 1 };
  if (!prelude.startsWith('@')) {
    if (!block.includes('{')) into.push({ prelude, block, unsure: around.unsure });
    else {
      into.push({ prelude, block: withoutNested(block), unsure: around.unsure });
      collect(nested(block), { ...inner, unsure: true }, into);
    }
    return;
  }
  const [, name = '', condition = ''] = /^@([-\w]+)\s*(.*)$/s.exec(prelude.toLowerCase()) ?? [];
  if (name === 'media') {
    const holds = holdsOnScreens(condition);
    if (holds !== 'no') collect(block, { ...inner, unsure: inner.unsure || holds === 'perhaps' }, into);
  } else if (name === 'supports') {
    if (!/\bnot\b/.test(condition)) collect(block, inner, into);
  } else if (name === 'layer') collect(block, inner, into);
  else if (name === 'container' || name === 'scope') collect(block, { ...inner, unsure: true }, into);
}

/** The declarations of a rule that has others in it (CSS Nesting 1). */
function withoutNested(block: string): string {
  let plain = '';
  let depth = 0;
  let from = 0;
  for (const match of block.matchAll(BRACE)) {
    const [token] = match;
    if (token === '{' && depth++ === 0) plain += block.slice(from, block.lastIndexOf(';', match.index) + 1);
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

/** Whether what media queries ask for is a screen as people read reports on. */
export function holdsOnScreens(queries: string): 'yes' | 'perhaps' | 'no' {
  let holds: 'yes' | 'perhaps' | 'no' = 'no';
  for (const query of queries.toLowerCase().split(',')) {
    const match = /^\s*(?:only\s+)?(?:(screen|all)\b)?(?:\s*and\b)?\s*/.exec(query);
    const features = query.slice(match?.[0].length ?? 0).trim();
    const one = ofFeatures(features);
    if (one === 'yes') return one;
    if (one === 'perhaps') holds = one;
  }
  return holds;
}

/** Only widths are followed up; other features (of printing, telephones, the darkness) are not those of a usual screen. */
function ofFeatures(features: string): 'yes' | 'perhaps' | 'no' {
  let [from, to] = [0, Infinity];
  let perhaps = false;
  for (const feature of features === '' ? [] : features.split(/\s*\band\b\s*/)) {
    const match = /^\(\s*(min|max)-width\s*:\s*([\d.]+)(px|em|rem)?\s*\)$/.exec(feature.trim());
    if (!match) {
      if (/^(?:not\s+(?:print|speech)|screen|all)$/.test(feature.trim())) continue;
      if (!/\bwidth\b/.test(feature) || /device/.test(feature)) return 'no';
      perhaps = true;
      continue;
    }
    const pixels = Number(match[2]) * ((match[3] ?? 'px') === 'px' ? 1 : 16);
    if (match[1] === 'min') from = Math.max(from, pixels);
    else to = Math.min(to, pixels);
  }
  if (to < NARROWEST || from > WIDEST) return 'no';
  return from <= NARROWEST && to >= WIDEST && !perhaps ? 'yes' : 'perhaps';
}
