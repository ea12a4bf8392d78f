import { countSectionTitles } from '../../article/section-titles.ts';

/** Shorter strings hold no article. */
const SHORTEST = 100;
const MOST_SCRIPT = 20 * 2 ** 20;
const MOST_WASTED = 5_000_000;

/**
 * Articles that a page keeps inside a script: a property of a configuration object, the arguments of
 * `document.write`, JSON with escaped markup. Returns the markup of the string that looks most like a report, or null.
 */
export function findArticleInScript(script: string): string | null {
  if (script.length > MOST_SCRIPT) return null;
  const strings = joinedStrings(script);
  let best: string | null = null;
  let bestTitles = 0;
  for (const string of strings) {
    if (string.length < SHORTEST) continue;
    const markup = toMarkup(string);
    if (!/<(?:p|div|table|span|br)\b/i.test(markup)) continue;
    const titles = countSectionTitles(markup);
    if (titles > bestTitles || (titles === bestTitles && titles > 0 && markup.length > (best?.length ?? 0))) {
      best = markup;
      bestTitles = titles;
    }
  }
  return bestTitles >= 2 ? best : null;
}

/** Markup that was escaped once more on its way into the string. */
export function toMarkup(string: string): string {
  if (/%3c/i.test(string) && !string.includes('<')) {
    try {
      return decodeURIComponent(string);
    } catch {
      return string;
    }
  }
  if (!/<\w/.test(string) && string.includes('&lt;'))
    return string
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  return string;
}

/**
 * The string literals of a script with their escapes resolved; literals joined by `+`, and the arguments of successive
 * `document.write` calls, as one.
 */
function joinedStrings(script: string): string[] {
  const strings: string[] = [];
  let written = '';
  let current = '';
  let currentEnd = -1;
  let currentWritten = false;
  const close = () => {
    if (currentEnd >= 0) {
      strings.push(current);
      if (currentWritten) written += current;
    }
    current = '';
    currentEnd = -1;
  };
  const quote = /["'`]/g;
  let wasted = 0;
  for (let match = quote.exec(script); match; match = quote.exec(script)) {
    const literal = readLiteral(script, match.index);
    if (typeof literal === 'number') {
      // A quote that nothing closes is no string; many of them are an attempt to keep us busy.
      wasted += literal - match.index;
      if (wasted > MOST_WASTED) break;
      continue;
    }
    const joined =
      currentEnd >= 0 && /^\s*\+\s*$/.test(script.slice(currentEnd, Math.min(match.index, currentEnd + 40)));
    if (joined && match.index - currentEnd <= 40) current += literal.value;
    else {
      close();
      current = literal.value;
      currentWritten = /document\s*\.\s*write(?:ln)?\s*\(\s*$/.test(
        script.slice(Math.max(0, match.index - 40), match.index),
      );
    }
    currentEnd = literal.end;
    quote.lastIndex = literal.end;
  }
  close();
  if (written !== '') strings.push(written);
  return strings;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '',
};

/** The literal that begins at a quote, or the place where it was given up. */
function readLiteral(script: string, start: number): { value: string; end: number } | number {
  const quote = script[start] as string;
  const stop = quote === '`' ? /[`\\]/g : quote === '"' ? /["\\\n]/g : /['\\\n]/g;
  let value = '';
  let from = start + 1;
  for (;;) {
    stop.lastIndex = from;
    const match = stop.exec(script);
    if (!match || match[0] === '\n') return match?.index ?? script.length;
    value += script.slice(from, match.index);
    if (match[0] === quote) return { value, end: match.index + 1 };
    const escaped = script[match.index + 1];
    from = match.index + 2;
    if (escaped === 'u') {
      const code = /^(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})/.exec(script.slice(from, from + 8));
      if (code) {
        const point = Number.parseInt(code[1] ?? (code[2] as string), 16);
        value += code[1]
          ? String.fromCharCode(point)
          : point <= 0x10ffff
            ? String.fromCodePoint(point)
            : '\ufffd';
        from += code[0].length;
      }
    } else if (escaped === 'x') {
      const code = /^[0-9a-fA-F]{2}/.exec(script.slice(from, from + 2))?.[0];
      if (code) {
        value += String.fromCharCode(Number.parseInt(code, 16));
        from += 2;
      }
    } else if (escaped === '\r') from += script[from] === '\n' ? 1 : 0;
    else if (escaped !== '\n' && escaped !== undefined) value += ESCAPES[escaped] ?? escaped;
  }
}
