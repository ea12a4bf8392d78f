import type { Document, Element } from './tree.ts';
import { elementsOf, textOf } from './tree.ts';

/** `removed`: takes no place on the page; `unseen`: keeps its place, but its text does not show. */
export type Visibility = 'shown' | 'unseen' | 'removed';

/** Style sheets of portals are long; only rules that hide are taken from them, and not without end. */
const MOST_CSS = 500_000;
const MOST_SELECTORS = 100;

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
    const { style } = attribs;
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
  if (!/none/i.test(css)) return [];
  const plain = css
    .replace(/\/\*[\s\S]*?\*\/|<!--|-->/g, ' ')
    .replace(/@[\w-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, ' ');
  const selectors: string[] = [];
  const rule = /([^{}]+)\{([^{}]*)\}/g;
  for (let match = rule.exec(plain); match && selectors.length < MOST_SELECTORS; match = rule.exec(plain)) {
    const displays = (match[2] as string).match(/(?:^|[;\s])(?:display\s*:\s*[\w-]+|mso-hide\s*:\s*all)/gi);
    const last = displays?.at(-1) ?? '';
    if (!/none|mso-hide/i.test(last)) continue;
    for (const selector of (match[1] as string).split(',')) {
      const trimmed = selector.trim();
      if (trimmed !== '' && !/[:@>+~*]/.test(trimmed)) selectors.push(trimmed);
    }
  }
  return selectors;
}
