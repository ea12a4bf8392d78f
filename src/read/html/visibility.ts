import { ReadError } from '../document.ts';
import { InlineLooks, importantLookOf, isPale, type Look, lookOf } from './looks.ts';
import type { Document, Element, ParentNode } from './tree.ts';
import { elementsOf, textOf } from './tree.ts';

/** `removed`: takes no place on the page; `unseen`: keeps its place, but its text does not show. */
export type Visibility = 'shown' | 'unseen' | 'removed';

/** Style sheets of portals are long; only rules that bear on what shows are taken from them, and not without end. */
const MOST_CSS = 500_000;
const MOST_SELECTORS = 100;
const MOST_RULES = 2000;
/** Parts of a selector, each an ancestor to be looked for. */
const MOST_PARTS = 6;
/** Ancestors looked at for all selectors together: some seconds. A usual page of 10,000 elements stays far below it. */
const MOST_STEPS = 100_000_000;

/**
 * Decides what a page shows, from `hidden`, inline styles and the page's own style rules (those in external sheets are
 * not known). Rules behind `@media` and pseudo-classes are left alone.
 */
export class VisibilityRules {
  private readonly byRules = new Map<Element, Look>();
  private readonly inline = new InlineLooks();

  static async of(document: Document): Promise<VisibilityRules> {
    const rules = new VisibilityRules();
    let css = '';
    let pale = false;
    const names = new Set<string>();
    for (const element of elementsOf(document)) {
      if (element.name === 'style' && css.length < MOST_CSS) css += `${textOf(element)}\n`;
      const { style, class: classes, id } = element.attribs;
      if (classes) for (const name of classes.split(/\s+/)) names.add(`.${name}`);
      if (id) names.add(`#${id}`);
      if (style && !pale && /color/i.test(style)) pale = isPale(rules.inline.of(style).colour ?? null, null);
    }
    const selected = rulesThatMatter(css.slice(0, MOST_CSS), pale, names);
    if (selected.length === 0) return rules;
    const { load } = await import('cheerio/slim');
    const $ = load(document as never);
    const { elements, ancestors } = countAncestors(document);
    let steps = 0;
    for (const { selector, look } of selected) {
      const cost = elements + ancestors * (partsOf(selector) - 1);
      steps += cost;
      // Without a rule, digits that it hides would be read as if they showed.
      if (steps > MOST_STEPS)
        throw new ReadError(
          'too_large',
          `the page has too many elements (${elements}) for its ${selected.length} style rules on what shows`,
        );
      try {
        for (const found of $(selector).toArray()) {
          const element = found as unknown as Element;
          const before = rules.byRules.get(element);
          const { display, ...rest } = look;
          rules.byRules.set(element, {
            ...before,
            ...rest,
            ...(display === 'removed' ? { display } : {}),
          });
        }
      } catch {
        // A selector that the library does not know hides nothing.
      }
    }
    return rules;
  }

  of(element: Element): Visibility {
    const { attribs } = element;
    if (attribs['hidden'] !== undefined && attribs['hidden'] !== 'until-found') return 'removed';
    const look = this.inline.of(attribs['style']);
    if (look.display === 'removed') return 'removed';
    if (look.visibility === 'hidden' || look.size === 'none') return 'unseen';
    return look.display === undefined && this.byRules.get(element)?.display === 'removed'
      ? 'removed'
      : 'shown';
  }

  /** What the element's own declarations say. */
  declared(element: Element): Look {
    return this.inline.of(element.attribs['style']);
  }

  /** What the rules of the page's own style sheets say of the element; null for nothing. */
  ruled(element: Element): Look | null {
    return this.byRules.get(element) ?? null;
  }
}

/** Whether a table stands below an element: what fades in a whole page, once its script runs, hides none of it. */
export function holdsTable(element: Element): boolean {
  let root: ParentNode = element;
  while (root.parent) root = root.parent;
  let holders = holdersOfTables.get(root);
  if (!holders) {
    holders = findHolders(root);
    holdersOfTables.set(root, holders);
  }
  return holders.has(element);
}

/** By page, found in one walk: every row of a long table asks for the table and its groups. */
const holdersOfTables = new WeakMap<ParentNode, ReadonlySet<ParentNode>>();

function findHolders(root: ParentNode): ReadonlySet<ParentNode> {
  const ofTables = new Set<ParentNode>();
  const ofRows = new Set<ParentNode>();
  for (const { name, parent } of elementsOf(root)) {
    if (name === 'tr' && parent) ofRows.add(parent);
    else if (name === 'table')
      for (let at = parent; at && !ofTables.has(at); at = at.parent) ofTables.add(at);
  }
  for (const holder of ofRows) ofTables.add(holder);
  return ofTables;
}

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
};

/**
 * The rules that may change what is read, those that prevail last, with only what matters of them. Nearly every page has none but
 * those that hide; colours are looked at only where something is written in white.
 */
function rulesThatMatter(css: string, pale: boolean, names: ReadonlySet<string>): Rule[] {
  if (css === '') return [];
  const all: { prelude: string; look: Look; important: boolean }[] = [];
  for (const { prelude, block } of rulesOf(withoutComments(css))) {
    all.push({ prelude, look: lookOf(block), important: false });
    const look = importantLookOf(block);
    if (look) all.push({ prelude, look, important: true });
  }
  const aspects = new Set(
    (Object.keys(TELLING) as Aspect[]).filter((aspect) => all.some(({ look }) => TELLING[aspect](look))),
  );
  if (pale) aspects.add('colour');
  if (aspects.has('colour')) aspects.add('ground');
  const selected = new Map<string, Rule>();
  let rules = 0;
  const counts = { hiding: 0, others: 0 };
  for (const { prelude, look, important } of all) {
    const kept = Object.fromEntries(
      Object.entries(look).filter(([aspect]) => aspects.has(aspect as Aspect)),
    ) as Look;
    if (kept.display === 'shown') delete kept.display;
    if (Object.keys(kept).length === 0) continue;
    if (++rules > MOST_RULES) break;
    const said = JSON.stringify([important, kept]);
    for (const selector of prelude.split(',')) {
      const trimmed = selector.trim();
      if (trimmed === '' || trimmed.length > LONGEST_SELECTOR || /[:@>+~*]/.test(trimmed)) continue;
      if (partsOf(trimmed) > MOST_PARTS || !mayMatch(trimmed, names)) continue;
      const key = `${trimmed}${said}`;
      const same = selected.get(key);
      if (same) {
        // The last of equal rules is the one that holds.
        selected.delete(key);
        selected.set(key, same);
        continue;
      }
      const count = kept.display === undefined ? 'others' : 'hiding';
      if (counts[count]++ < MOST_SELECTORS)
        selected.set(key, { selector: trimmed, look: kept, weight: weightOf(trimmed, important) });
    }
  }
  return [...selected.values()].sort((a, b) => a.weight - b.weight);
}

interface Rule {
  readonly selector: string;
  readonly look: Look;
  readonly weight: number;
}

/** Of two rules the heavier prevails: by importance, then by its identifiers, classes and names. */
function weightOf(selector: string, important: boolean): number {
  const bare = selector.replace(/\[[^\]]*\]/g, '[');
  const [ids, classes, names] = [/#/g, /[.[]/g, /(?:^|\s)[a-z]/gi].map(
    (part) => bare.match(part)?.length ?? 0,
  );
  return [important ? 1 : 0, ids, classes, names].reduce<number>(
    (weight, count = 0) => weight * (LONGEST_SELECTOR + 1) + count,
    0,
  );
}

function partsOf(selector: string): number {
  return selector.replace(/\[[^\]]*\]/g, '').split(/\s+/).length;
}

function countAncestors(document: Document): { elements: number; ancestors: number } {
  const depths = new Map<ParentNode, number>();
  let ancestors = 0;
  for (const element of elementsOf(document)) {
    const depth = (element.parent ? (depths.get(element.parent) ?? -1) : -1) + 1;
    depths.set(element, depth);
    ancestors += depth;
  }
  return { elements: depths.size, ancestors };
}

/** Classes and identifiers that the page does not have select nothing; a sheet is mostly of those. */
function mayMatch(selector: string, names: ReadonlySet<string>): boolean {
  if (selector.includes('\\')) return true;
  const wanted = selector.replace(/\[[^\]]*\]/g, '').match(/[.#][\w\u0080-\uffff-]+/g) ?? [];
  return wanted.every((name) => names.has(name));
}

const LONGEST_SELECTOR = 200;

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

/** The rules at the top level; what stands inside `@media` and the like depends on the device. */
function* rulesOf(css: string): Generator<{ prelude: string; block: string }> {
  let depth = 0;
  let start = 0;
  let open = 0;
  const brace = /[{}]/g;
  for (let match = brace.exec(css); match; match = brace.exec(css)) {
    if (match[0] === '{') {
      if (depth++ === 0) open = match.index;
    } else if (depth > 0 && --depth === 0) {
      const prelude = css.slice(start, open).replace(/^.*;/s, '').trim();
      if (!prelude.startsWith('@')) yield { prelude, block: css.slice(open + 1, match.index) };
      start = match.index + 1;
    } else if (depth === 0) start = match.index + 1;
  }
}
