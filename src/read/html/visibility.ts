import type { Document, Element } from './tree.ts';
import { elementsOf, textOf } from './tree.ts';

/** `removed`: takes no place on the page; `unseen`: keeps its place, but its text does not show. */
export type Visibility = 'shown' | 'unseen' | 'removed';

/** Style sheets of portals are long; only rules that hide are taken from them, and not without end. */
const MOST_CSS = 500_000;
const MOST_SELECTORS = 100;
/** Declarations of one element; Word writes some five hundred characters. */
export const LONGEST_STYLE = 4000;

/**
 * Decides what a page shows, from `hidden`, inline styles and the page's own style rules (those in external sheets are
 * not known). Rules behind `@media` and pseudo-classes are left alone.
 */
export class VisibilityRules {
  private readonly removed = new Set<Element>();

  static async of(document: Document): Promise<VisibilityRules> {
    const rules = new VisibilityRules();
    let css = '';
    for (const element of elementsOf(document)) {
      if (element.name === 'style' && css.length < MOST_CSS) css += `${textOf(element)}\n`;
    }
    const selectors = hidingSelectors(css.slice(0, MOST_CSS));
    if (selectors.length === 0) return rules;
    const { load } = await import('cheerio/slim');
    const $ = load(document as never);
    for (const selector of selectors) {
      try {
        for (const element of $(selector).toArray()) rules.removed.add(element as unknown as Element);
      } catch {
        // A selector that the library does not know hides nothing.
      }
    }
    return rules;
  }

  of(element: Element): Visibility {
    const { attribs } = element;
    if (attribs['hidden'] !== undefined && attribs['hidden'] !== 'until-found') return 'removed';
    const style = attribs['style']?.slice(0, LONGEST_STYLE);
    if (style) {
      if (/(?:^|[;\s"'])display\s*:\s*none/i.test(style)) return 'removed';
      if (/mso-hide\s*:\s*all/i.test(style)) return 'removed';
      if (/(?:^|[;\s])visibility\s*:\s*(?:hidden|collapse)/i.test(style)) return 'unseen';
      if (/(?:^|[;\s])font-size\s*:\s*0+(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)/i.test(style))
        return 'unseen';
      if (/(?:^|[;\s])display\s*:/i.test(style)) return 'shown';
    }
    return this.removed.has(element) ? 'removed' : 'shown';
  }
}

function hidingSelectors(css: string): string[] {
  if (!/none|mso-hide/i.test(css)) return [];
  const selectors: string[] = [];
  for (const { prelude, block } of rulesOf(withoutComments(css))) {
    let hides = false;
    for (const declaration of block.split(';')) {
      const colon = declaration.indexOf(':');
      if (colon < 0) continue;
      const property = declaration.slice(0, colon).trim().toLowerCase();
      const value = declaration
        .slice(colon + 1)
        .trim()
        .toLowerCase();
      if (property === 'display') hides = value.startsWith('none');
      else if (property === 'mso-hide') hides = value.startsWith('all');
    }
    if (!hides) continue;
    for (const selector of prelude.split(',')) {
      const trimmed = selector.trim();
      if (trimmed === '' || trimmed.length > LONGEST_SELECTOR || /[:@>+~*]/.test(trimmed)) continue;
      if (selectors.push(trimmed) >= MOST_SELECTORS) return selectors;
    }
  }
  return selectors;
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
