import { ReadError } from '../document.ts';
import { completeTree } from './implied-elements.ts';
import type { Selector } from './selector.ts';
import type { Document, Element, ParentNode } from './tree.ts';
import { elementsOf } from './tree.ts';

/**
 * Elements looked at for all selectors together, each time that one, one around it, beside it or below it is: some seconds. A
 * usual page of 10,000 elements stays far below it.
 */
const MOST_STEPS = 100_000_000;

/** Steps for what is done with one that a selector finds. */
const FOUND = 5;

/** Finds elements, among all or those given. */
export type Finder = (selector: Selector, among: ReadonlyMap<Element, unknown> | null) => readonly Element[];

interface Surroundings {
  /** How many elements stand around it. */
  readonly depth: number;
  /** How many nodes its parent holds, and so those of all around it together. */
  readonly beside: number;
  readonly besideAll: number;
}

/** The elements of a page by their names, classes and identifiers: a style sheet is mostly of those that it does not have. */
export class IndexedPage {
  private readonly document: Document;
  private elements: readonly Element[];
  /** Without a document type classes and identifiers are compared without regard to case (DOM, quirks mode). */
  private readonly quirks: boolean;
  private known: Set<string> | null = null;

  /** @param elements all of the document, in its order. */
  constructor(document: Document, elements: readonly Element[]) {
    this.document = document;
    this.elements = elements;
    this.quirks = !document.children.some(
      (node) => node.type === 'directive' && /^!doctype$/i.test(node.name),
    );
  }

  /** A class or an identifier as `names` has it. */
  cased(name: string): string {
    return this.quirks ? name.toLowerCase() : name;
  }

  /** All classes (`.a`) and identifiers (`#a`). */
  names(): ReadonlySet<string> {
    if (this.known) return this.known;
    this.known = new Set();
    for (const { attribs } of this.elements) {
      const { class: classes, id } = attribs;
      if (classes) for (const name of classes.split(/\s+/)) this.known.add(this.cased(`.${name}`));
      if (id) this.known.add(this.cased(`#${id}`));
    }
    return this.known;
  }

  /** Puts in the elements that the page leaves to the browser. */
  complete(): void {
    completeTree(this.document, this.elements);
    this.elements = [...elementsOf(this.document)];
  }

  /** @param rules how many there are, for the message where they are too many. */
  async finder(rules: number): Promise<Finder> {
    const { load } = await import('cheerio/slim');
    const $ = load(this.document as never, { quirksMode: this.quirks } as never);
    const keyed = this.keyed();
    const sets = new Map<readonly Element[], ReadonlySet<Element>>();
    const both = (named: readonly Element[], among: ReadonlyMap<Element, unknown>): Element[] => {
      if (named.length <= among.size) return named.filter((element) => among.has(element));
      let set = sets.get(named);
      if (!set) {
        set = new Set(named);
        sets.set(named, set);
      }
      const all = set;
      return [...among.keys()].filter((element) => all.has(element));
    };
    let around: Around | null = null;
    let steps = 0;
    const count = (more: number): void => {
      steps += more;
      if (steps > MOST_STEPS)
        throw new ReadError(
          'too_large',
          `the page has too many elements (${this.elements.length}) for its ${rules} style rules on what shows`,
        );
    };
    return ({ key, text, ...selector }, among) => {
      const named = keyed.get(this.cased(key)) ?? [];
      if (among) count(Math.min(named.length, among.size));
      const candidates = among ? both(named, among) : named;
      if (candidates.length === 0) return candidates;
      around ??= surroundings(this.elements);
      const plain = text === key;
      count(plain ? FOUND * candidates.length : costOf(selector, candidates, around));
      if (plain) return candidates;
      // Unlike `filter`, `not` compares as the page's mode asks for.
      const others = new Set<unknown>(
        $(candidates as never)
          .not(text)
          .toArray(),
      );
      return candidates.filter((element) => !others.has(element));
    };
  }

  private keyed(): ReadonlyMap<string, readonly Element[]> {
    const keyed = new Map<string, Element[]>();
    const put = (key: string, element: Element): void => {
      const list = keyed.get(key);
      if (list) list.push(element);
      else keyed.set(key, [element]);
    };
    for (const element of this.elements) {
      const { class: classes, id } = element.attribs;
      put('*', element);
      put(element.name, element);
      if (id) put(this.cased(`#${id}`), element);
      if (classes) for (const name of new Set(classes.split(/\s+/))) put(this.cased(`.${name}`), element);
    }
    return keyed;
  }
}

interface Around {
  readonly of: ReadonlyMap<ParentNode, Surroundings>;
  /** How many elements stand below each, all together. */
  readonly below: number;
  /** Characters of all their attributes. */
  readonly attributes: number;
}

/** An upper bound of the steps that a selector takes; a look at the next of a list is a quarter of one. */
function costOf(
  { compounds, descents, siblings, walks, searches }: Omit<Selector, 'key' | 'text'>,
  candidates: readonly Element[],
  { of, below, attributes }: Around,
): number {
  let steps =
    candidates.length + attributes / 50 + searches * (compounds > 1 ? candidates.length * of.size : below);
  if (descents + siblings + walks === 0) return steps;
  for (const candidate of candidates) {
    const { depth, beside, besideAll } = of.get(candidate) as Surroundings;
    const near = (compounds > 1 ? beside + besideAll : beside) / 4;
    steps += descents * depth + near * (walks + siblings * (1 + descents * depth + walks * near));
  }
  return steps;
}

function surroundings(elements: readonly Element[]): Around {
  const of = new Map<ParentNode, Surroundings>();
  const none = { depth: -1, beside: 0, besideAll: 0 };
  let below = 0;
  let attributes = 0;
  for (const element of elements) {
    const outer = (element.parent ? of.get(element.parent) : undefined) ?? none;
    below += outer.depth + 1;
    for (const name in element.attribs) attributes += element.attribs[name]?.length ?? 0;
    of.set(element, {
      depth: outer.depth + 1,
      beside: element.parent?.children.length ?? 0,
      besideAll: outer.besideAll + outer.beside,
    });
  }
  return { of, below, attributes };
}
