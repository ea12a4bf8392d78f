/** A selector of a style rule (Selectors Level 4), as far as it can be judged without a browser. */
export interface Selector {
  /** What the library looks for. Where `exact` is false it finds more than is meant. */
  readonly text: string;
  readonly exact: boolean;
  /** What of the elements is meant instead of themselves; `first` for their first letter or line. */
  readonly part: 'before' | 'after' | 'first' | null;
  /** Identifiers, classes and names, by which of two rules one prevails. */
  readonly weight: readonly [number, number, number];
  /** Classes (`.a`) and identifiers (`#a`) without which nothing is found. */
  readonly names: readonly string[];
  /** One of those of the element itself, or its name; `*` for none. */
  readonly key: string;
  readonly compounds: number;
  /** How often all ancestors of an element are gone through. */
  readonly descents: number;
  /** How often all children of its parent are, for others among them. */
  readonly siblings: number;
  /** And so for its number. */
  readonly walks: number;
  /** How often all that stands below it is. */
  readonly searches: number;
  /** It says how elements stand to each other, so that those that a page leaves to the browser must be there. */
  readonly placed: boolean;
}

export interface SelectorList {
  readonly selectors: readonly Selector[];
  /** Browsers that do not know one selector of a rule leave out the whole rule. */
  readonly known: boolean;
}

/** More compounds than this, or a longer text, are cut to the last. */
const MOST_COMPOUNDS = 6;
const LONGEST = 200;
const DEEPEST = 4;

/** What a mouse, a keyboard or the past of its user does to a page, and what only parts of forms and players are. */
const NEVER = new Set(
  'hover active focus focus-within focus-visible visited target target-within target-current current past future fullscreen modal popover-open playing paused seeking muted stalled buffering volume-locked autofill user-valid user-invalid valid invalid in-range out-of-range indeterminate default blank placeholder-shown read-write picture-in-picture host host-context left right first'.split(
    ' ',
  ),
);
const ALWAYS = new Set(['defined', 'read-only']);
const CHECKED = new Set(
  'root empty link any-link checked disabled enabled required optional first-child'.split(' '),
);
const WALKED = new Set('last-child only-child first-of-type last-of-type only-of-type'.split(' '));
const COUNTED = new Set('nth-child nth-last-child nth-of-type nth-last-of-type'.split(' '));
const ALTERNATIVES = new Set(['is', 'where', 'matches', '-webkit-any']);
const UNJUDGED = new Set(['lang', 'dir', 'has-slotted', 'state', 'heading']);
/** The four that may be written with one colon. */
const PARTS: Readonly<Record<string, Selector['part']>> = {
  before: 'before',
  after: 'after',
  'first-letter': 'first',
  'first-line': 'first',
};

const COUNT = /^(?:odd|even|[-+]?\d+|[-+]?\d*n(?:\s*[-+]\s*\d+)?)$/;
const NAME = /(?:[-\w\u0080-\uffff]|\\(?:[\da-f]{1,6}\s?|[^\n]))+/iy;
const ATTRIBUTE =
  /\[\s*(?:[-\w\u0080-\uffff:\\]+)\s*(?:[~|^$*]?=\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:[-\w\u0080-\uffff]|\\.)+)\s*(?:[is]\s*)?)?\]/iy;

interface Compound {
  text: string;
  exact: boolean;
  tag: string | null;
  part: Selector['part'];
  readonly names: string[];
  ids: number;
  classes: number;
  tags: number;
  walks: number;
  searches: number;
  placed: boolean;
  /** It says something, be it left out of the text. */
  some: boolean;
}

interface Complex {
  readonly compounds: Compound[];
  readonly combinators: string[];
}

/**
 * The selectors of a rule; those that never hold on a page that nobody touches are left out, and of those that need no more than
 * a glance those that name what the page does not have.
 *
 * @param has whether the page has a class (`.a`) or an identifier (`#a`).
 */
export function selectorsOf(prelude: string, has: (name: string) => boolean): SelectorList {
  const selectors: Selector[] = [];
  let known = true;
  for (const text of splitAtCommas(prelude)) {
    if (SIMPLE.test(text) && text.match(NAMED)?.every(has) === false) continue;
    const parsed = text.length > LONGEST_READ ? ANYTHING : new Reader(text, 0).complex();
    if (parsed === 'unknown') known = false;
    else if (parsed !== 'never') selectors.push(selectorOf(parsed));
  }
  return { selectors, known };
}

/** Longer ones are not read, and may find everything. */
const LONGEST_READ = 10_000;

/** Of names and combinators. A pseudo-class, be it of a name that the page does not have, may undo the whole rule. */
const SIMPLE = /^[-\w\u0080-\uffff.#\s>+~*]+$/;
const NAMED = /[.#][-\w\u0080-\uffff]+/g;

/** Above all selectors that are looked at. */
export const HEAVIEST = 1000;

function selectorOf({ compounds, combinators }: Complex): Selector {
  let exact = compounds.every((compound) => compound.exact);
  let from = compounds.length - 1;
  let length = (compounds[from] as Compound).text.length;
  let siblings = 0;
  while (from > 0 && compounds.length - from < MOST_COMPOUNDS) {
    length += (compounds[from - 1] as Compound).text.length + 3;
    // Each would go through all children again for each that another has found.
    if (combinators[from - 1] === '~' && ++siblings > 1) break;
    if (length > LONGEST) break;
    from--;
  }
  if (from > 0) exact = false;
  const kept = compounds.slice(from);
  const between = combinators.slice(from);
  const last = kept.at(-1) as Compound;
  const sum = (of: (compound: Compound) => number, all: readonly Compound[] = kept): number =>
    all.reduce((total, compound) => total + of(compound), 0);
  return {
    text: kept
      .map(({ text }, at) => {
        const combinator = between[at];
        return (text === '' ? '*' : text) + (combinator === undefined ? '' : ` ${combinator} `);
      })
      .join(''),
    exact,
    part: last.part,
    weight: [
      Math.min(
        HEAVIEST,
        sum(({ ids }) => ids, compounds),
      ),
      Math.min(
        HEAVIEST,
        sum(({ classes }) => classes, compounds),
      ),
      Math.min(
        HEAVIEST,
        sum(({ tags }) => tags, compounds),
      ),
    ],
    names: kept.flatMap(({ names }) => names),
    key: last.names.find((name) => name.startsWith('#')) ?? last.names[0] ?? last.tag ?? '*',
    compounds: kept.length,
    descents: between.filter((combinator) => combinator === ' ').length,
    siblings: between.filter((combinator) => combinator === '~').length,
    walks: sum(({ walks }) => walks),
    searches: sum(({ searches }) => searches),
    placed: between.some((combinator) => combinator !== ' ') || kept.some(({ placed }) => placed),
  };
}

/** What the browser adds to a page that does not write it. */
const IMPLIED = new Set(['html', 'head', 'body', 'tbody']);

function blank(): Compound {
  return {
    text: '',
    exact: true,
    tag: null,
    part: null,
    names: [],
    ids: 0,
    classes: 0,
    tags: 0,
    walks: 0,
    searches: 0,
    placed: false,
    some: false,
  };
}

const ANYTHING: Complex = { compounds: [{ ...blank(), exact: false }], combinators: [] };

class Reader {
  private at = 0;
  private readonly text: string;
  private readonly depth: number;

  constructor(text: string, depth: number) {
    this.text = text.trim();
    this.depth = depth;
  }

  complex(): Complex | 'never' | 'unknown' {
    const compounds: Compound[] = [];
    const combinators: string[] = [];
    let never = false;
    for (;;) {
      const compound = this.compound();
      if (compound === 'unknown') return compound;
      if (compound === 'never') never = true;
      else compounds.push(compound);
      if (this.at >= this.text.length) break;
      const combinator = /\s*([>+~]|\s)\s*/y;
      combinator.lastIndex = this.at;
      const match = combinator.exec(this.text);
      if (!match) return 'unknown';
      this.at = combinator.lastIndex;
      combinators.push(match[1]?.trim() || ' ');
    }
    return never ? 'never' : { compounds, combinators };
  }

  private compound(): Compound | 'never' | 'unknown' {
    const compound = blank();
    let never = false;
    while (this.at < this.text.length) {
      const verdict = this.simple(compound);
      if (verdict === 'end') break;
      if (verdict === 'unknown') return verdict;
      compound.some = true;
      never ||= verdict === 'never';
    }
    if (!compound.some) return 'unknown';
    return never ? 'never' : compound;
  }

  private simple(compound: Compound): 'read' | 'end' | 'never' | 'unknown' {
    const { text } = this;
    const character = text[this.at] as string;
    if (/[\s>+~]/.test(character)) return 'end';
    // Nothing but states may follow what is no element.
    if (compound.part !== null && character !== ':') return 'unknown';
    switch (character) {
      case '*':
        if (compound.some) return 'unknown';
        this.at++;
        return 'read';
      case '#':
      case '.': {
        this.at++;
        const name = this.match(NAME);
        if (name === null) return 'unknown';
        if (!name.includes('\\')) compound.names.push(character + name);
        compound.text += character + name;
        if (character === '#') compound.ids++;
        else compound.classes++;
        return 'read';
      }
      case '[': {
        const attribute = this.match(ATTRIBUTE);
        if (attribute === null) return 'unknown';
        compound.text += attribute;
        compound.classes++;
        return 'read';
      }
      case ':':
        return this.pseudo(compound);
      default: {
        const name = this.match(NAME);
        if (name === null || compound.some) return 'unknown';
        compound.text += name;
        compound.tags++;
        compound.tag = name.toLowerCase();
        compound.placed = IMPLIED.has(compound.tag);
        return 'read';
      }
    }
  }

  private pseudo(compound: Compound): 'read' | 'never' | 'unknown' {
    this.at++;
    const isElement = this.text[this.at] === ':';
    if (isElement) this.at++;
    const name = this.match(NAME)?.toLowerCase();
    if (name === undefined) return 'unknown';
    const inside = this.text[this.at] === '(' ? this.brackets() : undefined;
    if (inside === null) return 'unknown';
    const part = PARTS[name];
    if (part !== undefined && Object.hasOwn(PARTS, name)) {
      compound.part = part;
      compound.tags++;
      return 'read';
    }
    // Marks of lists, bars and what is selected: no text of the page stands in them.
    if (isElement) return /^-(?:moz|ms|o)-/.test(name) ? 'unknown' : 'never';
    if (NEVER.has(name) || name.startsWith('-webkit-auto')) return 'never';
    if (ALWAYS.has(name)) {
      compound.classes++;
      return 'read';
    }
    if (inside !== undefined) return this.functional(compound, name, inside);
    if (name === 'scope') compound.text += ':root';
    else if (CHECKED.has(name) || WALKED.has(name)) {
      compound.text += `:${name}`;
      if (WALKED.has(name)) compound.walks++;
    } else return 'unknown';
    compound.placed = true;
    compound.classes++;
    return 'read';
  }

  private functional(compound: Compound, name: string, inside: string): 'read' | 'never' | 'unknown' {
    if (COUNTED.has(name)) {
      const count = inside.trim().toLowerCase();
      if (COUNT.test(count)) compound.text += `:${name}(${count})`;
      else if (/\sof\s/.test(count)) compound.exact = false;
      else return 'unknown';
      compound.walks++;
      compound.classes++;
      compound.placed = true;
      return 'read';
    }
    if (UNJUDGED.has(name)) {
      compound.exact = false;
      compound.classes++;
      return 'read';
    }
    if (name !== 'not' && name !== 'has' && !ALTERNATIVES.has(name)) return 'unknown';
    return this.alternatives(compound, name, inside);
  }

  /** What stands in `:not()`, `:is()` and `:has()`. */
  private alternatives(compound: Compound, name: string, inside: string): 'read' | 'never' | 'unknown' {
    if (this.depth >= DEEPEST) return 'unknown';
    const kept: string[] = [];
    let exact = true;
    let heaviest: [number, number, number] = [0, 0, 0];
    for (const text of splitAtCommas(inside)) {
      const child = name === 'has' && text.trim().startsWith('>');
      const parsed = new Reader(child ? text.trim().slice(1) : text, this.depth + 1).complex();
      // Where one of several is not known the others hold, but in `:not()`.
      if (parsed === 'unknown') {
        if (name === 'not' || name === 'has') return 'unknown';
        continue;
      }
      if (parsed === 'never') continue;
      const [only] = parsed.compounds;
      const weight: [number, number, number] = [0, 0, 0];
      for (const { ids, classes, tags } of parsed.compounds) {
        weight[0] += ids;
        weight[1] += classes;
        weight[2] += tags;
      }
      if (compare(weight, heaviest) > 0) heaviest = weight;
      if (parsed.compounds.length > 1 || !only?.exact || only.part !== null || only.searches > 0)
        exact = false;
      else {
        kept.push((child ? '> ' : '') + (only.text === '' ? '*' : only.text));
        compound.walks += only.walks;
        compound.placed ||= only.placed || child;
      }
    }
    if (name !== 'where') {
      compound.ids += heaviest[0];
      compound.classes += heaviest[1];
      compound.tags += heaviest[2];
    }
    if (!exact) compound.exact = false;
    if (name === 'not') {
      if (kept.length > 0) compound.text += `:not(${kept.join(', ')})`;
      return 'read';
    }
    if (!exact) return 'read';
    if (kept.length === 0) return 'never';
    if (name === 'has') compound.searches += kept.length;
    compound.text += `:${name === 'has' ? 'has' : 'is'}(${kept.join(', ')})`;
    return 'read';
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return null;
    this.at = pattern.lastIndex;
    return match[0];
  }

  /** What stands between brackets; null where they are not closed. */
  private brackets(): string | null {
    const from = ++this.at;
    let depth = 1;
    const token = /\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()]/gs;
    token.lastIndex = from;
    for (;;) {
      const match = token.exec(this.text);
      if (!match) return null;
      if (match[0] === '(') depth++;
      else if (match[0] === ')' && --depth === 0) {
        this.at = token.lastIndex;
        return this.text.slice(from, match.index);
      }
    }
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return (a[at] as number) - (b[at] as number);
  return 0;
}

const COMMA = /\\.|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[()[\],]/gs;

/** Those commas that stand in no brackets and no string. */
function splitAtCommas(list: string): string[] {
  if (!/[([\\"']/.test(list)) return list.split(',');
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const match of list.matchAll(COMMA)) {
    const [token] = match;
    if (token === '(' || token === '[') depth++;
    else if (token === ')' || token === ']') depth--;
    else if (token === ',' && depth === 0) {
      parts.push(list.slice(from, match.index));
      from = match.index + 1;
    }
  }
  parts.push(list.slice(from));
  return parts;
}
