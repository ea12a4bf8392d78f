/** Elements that have no end tag, or whose end parsers supply when the next one begins. */
const shallow = new Set([
  ...['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'param', 'source', 'wbr'],
  ...['p', 'li', 'dt', 'dd', 'option', 'tr', 'td', 'th', 'tbody', 'thead', 'html', 'body', 'head'],
]);

/** Deeper than any page by hand or by editor; tree walks take time that grows with the square of the depth. */
const deepest = 1000;

/** Are elements nested so deeply that the page must not be parsed? Counts tags in one pass, without a tree. */
export function isNestedTooDeeply(html: string): boolean {
  let depth = 0;
  for (const [, slash, name, rest] of html.matchAll(/<(\/?)([a-z][\w-]{0,20})([^<>]*)>/gi)) {
    if (shallow.has(name!.toLowerCase())) continue;
    if (slash === '/') depth = Math.max(0, depth - 1);
    else if (!rest!.endsWith('/')) depth += 1;
    if (depth > deepest) return true;
  }
  return false;
}
