import { ReadError } from '../document.ts';
import { IndexedPage } from './indexed-page.ts';
import {
  attributeColour,
  type Colour,
  InlineLooks,
  importantLookOf,
  LONGEST_STYLE,
  type Look,
  NOTHING,
} from './looks.ts';
import {
  BELOW_ALL,
  type Colours,
  compareRules,
  holdsOnScreens,
  ownPlace,
  type Rule,
  type Rules,
  rulesThatMatter,
  type Sheet,
  type Weighted,
} from './style-rules.ts';
import type { Document, Element, ParentNode } from './tree.ts';
import { elementsOf, isElement } from './tree.ts';

/** `removed`: takes no place on the page; `unseen`: keeps its place, but its text does not show. */
export type Visibility = 'shown' | 'unseen' | 'removed';

/** Characters of the style sheets in a page; those of the longest portals have some hundred thousand. */
const MOST_CSS = 4_000_000;

/**
 * Decides what a page shows, from `hidden`, inline styles and the page's own style rules (those in external sheets are
 * not known). What a rule may find, but cannot be told to, is `doubtful`.
 */
export class VisibilityRules {
  /** Of a text without a colour: black, unless a sheet that is not known may say otherwise. */
  textColour: Colour | null = null;
  private readonly byRules = new Map<Element, Look>();
  /** What no inline style undoes but an important one. */
  private readonly byImportantRules = new Map<Element, Look>();
  private readonly inline = new InlineLooks();

  /** @throws {ReadError} `too_large` where the rules cannot all be looked up: one left out would show the digits that it hides. */
  static async of(document: Document): Promise<VisibilityRules> {
    const rules = new VisibilityRules();
    const sheets: Sheet[] = [];
    const elements: Element[] = [];
    let whole = false;
    let linked = false;
    for (const element of elementsOf(document)) {
      const { name, attribs, children } = element;
      elements.push(element);
      if (name === 'style') {
        if (!isApplied(element)) continue;
        const css = children.map((child) => (child.type === 'text' ? child.data : '')).join('');
        if (css.trim() !== '') sheets.push({ css, media: mediaOf(element) });
      } else if (name === 'link')
        linked ||= /stylesheet/i.test(attribs['rel'] ?? '') && holdsOnScreens(mediaOf(element)) !== 'no';
      else if (name === 'html') whole = true;
    }
    if (whole && !linked && !sheets.some(({ css }) => /@import/i.test(css))) rules.textColour = BLACK;
    if (sheets.length === 0) return rules;
    if (sheets.reduce((characters, { css }) => characters + css.length, 0) > MOST_CSS)
      throw new ReadError('too_large', `the page has more than ${MOST_CSS} characters of style rules`);
    const page = new IndexedPage(document, elements);
    const hidden = rules.hiddenByThemselves(elements);
    const selected = rulesThatMatter(sheets, {
      names: () => page.names(),
      cased: (name) => page.cased(name),
      colours: () => rules.coloursOf(elements),
      hides: hidden.aspects,
    });
    if (selected.rules.length > 0 || hidden.removed.size > 0)
      await rules.apply(selected, page, hidden.removed);
    return rules;
  }

  private hiddenByThemselves(elements: readonly Element[]) {
    const removed = new Map<Element, Weighted>();
    const aspects = { display: false, visibility: false, size: false };
    for (const element of elements) {
      const { style, hidden } = element.attribs;
      if (hidden !== undefined && isHidden(element)) removed.set(element, BELOW_ALL);
      if (style === undefined) continue;
      const { display, visibility, size } = this.inline.of(style);
      if (visibility === 'hidden') aspects.visibility = true;
      if (size === 'none') aspects.size = true;
      if (display !== 'removed') continue;
      const own = importantLookOf(style.slice(0, LONGEST_STYLE));
      removed.set(element, ownPlace(own?.display === 'removed'));
    }
    aspects.display = removed.size > 0;
    return { removed, aspects };
  }

  private coloursOf(elements: readonly Element[]): Colours {
    const texts = new Set<Colour>();
    const grounds = new Set<Colour>();
    for (const { name, attribs } of elements) {
      const { style, bgcolor } = attribs;
      if (style) {
        const { colour, fill, ground } = this.inline.of(style);
        if (colour !== undefined) texts.add(colour);
        if (fill !== undefined && fill !== 'colour') texts.add(fill);
        if (ground !== undefined) grounds.add(ground);
      }
      const ground = bgcolor ? attributeColour(bgcolor) : null;
      if (ground !== null) grounds.add(ground);
      const text = name === 'font' ? attributeColour(attribs['color']) : null;
      if (text !== null) texts.add(text);
    }
    return { texts, grounds };
  }

  /** @param removed elements that take their place from themselves, and how much that weighs. */
  private async apply(
    { rules, showing }: Rules,
    page: IndexedPage,
    removed: Map<Element, Weighted>,
  ): Promise<void> {
    if (rules.some(({ selector }) => selector.placed)) page.complete();
    const find = rules.length > 0 ? await page.finder(rules.length) : null;
    const byRule = new Map<Element, Rule>();
    for (const rule of rules) {
      const { display, ...look } = rule.look;
      const found = find?.(rule.selector, null) ?? [];
      if (display === 'removed')
        for (const element of found) {
          const other = removed.get(element);
          if (other && compareRules(other, rule) > 0) continue;
          removed.set(element, rule);
          byRule.set(element, rule);
        }
      // What only may show is asked for where something is hidden.
      if (display === 'shown' && look.doubtful) continue;
      if (Object.keys(look).length > 0) for (const element of found) this.add(element, look, rule.important);
    }
    if (removed.size === 0) return;
    const shows = [...rules.filter(({ look }) => look.display === 'shown'), ...showing()].sort(compareRules);
    if (shows.some(({ selector }) => selector.placed)) page.complete();
    const findAmong = shows.length > 0 ? await page.finder(rules.length + shows.length) : null;
    for (const rule of shows)
      for (const element of findAmong?.(rule.selector, removed) ?? []) {
        if (compareRules(removed.get(element) as Weighted, rule) > 0) continue;
        removed.delete(element);
        byRule.delete(element);
        const { doubtful } = rule.look;
        this.add(element, { display: 'shown', ...(doubtful ? { doubtful } : {}) }, rule.important);
      }
    for (const [element, rule] of byRule) this.add(element, { display: 'removed' }, rule.important);
  }

  private add(element: Element, look: Look, important: boolean): void {
    this.byRules.set(element, { ...this.byRules.get(element), ...look });
    if (important) this.byImportantRules.set(element, { ...this.byImportantRules.get(element), ...look });
  }

  of(element: Element): Visibility {
    const look = this.declared(element);
    if (look.display === 'removed') return 'removed';
    if (look.visibility === 'hidden' || look.size === 'none') return 'unseen';
    if (look.display === 'shown') return 'shown';
    const ruled = this.byRules.get(element)?.display;
    return ruled === 'removed' || (ruled === undefined && isHidden(element)) ? 'removed' : 'shown';
  }

  /** What the element's own declarations say, but what an important rule prevails over. */
  declared(element: Element): Look {
    const style = element.attribs['style'];
    const look = this.inline.of(style);
    const important = this.byImportantRules.size > 0 ? this.byImportantRules.get(element) : undefined;
    if (!important || look === NOTHING) return look;
    const own = importantLookOf((style as string).slice(0, LONGEST_STYLE)) ?? NOTHING;
    return Object.fromEntries(
      Object.entries(look).filter(([aspect]) => aspect in own || !(aspect in important)),
    );
  }

  /** What the rules of the page's own style sheets say of the element; null for nothing. */
  ruled(element: Element): Look | null {
    return this.byRules.get(element) ?? null;
  }
}

const BLACK = 0;

function mediaOf({ attribs }: Element): string {
  return attribs['media']?.trim() ?? '';
}

/** Whether a browser that runs scripts takes a `<style>` for a style sheet (HTML Standard, 4.2.6). */
function isApplied({ attribs, parent }: Element): boolean {
  const type = attribs['type'] ?? '';
  if (type !== '' && type.toLowerCase() !== 'text/css') return false;
  for (let at = parent; at && isElement(at); at = at.parent)
    if (at.name === 'noscript' || at.name === 'template') return false;
  return true;
}

function isHidden({ attribs }: Element): boolean {
  return attribs['hidden'] !== undefined && attribs['hidden'] !== 'until-found';
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
