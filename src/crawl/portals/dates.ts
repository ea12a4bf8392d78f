/**
 * A calendar date written in a list row or an address, as ISO `YYYY-MM-DD`, or null. Seen in lists: `2026-08-28`,
 * `2026/08/27`, `[2010-3-29]`, `2018年01月23日`, `2026.01.05`, parts on several lines, and the day first in a box of
 * its own (`28` above `2026-08`).
 */
export function dateInText(text: string): string | null {
  return (
    yearFirst(text) ??
    // Parts on lines of their own; only after the plain reading, lest a count in front grow into the year.
    yearFirst(text.replace(/\s*([-/.年月])\s*/g, '$1')) ??
    dayFirst(text)
  );
}

function yearFirst(text: string): string | null {
  for (const match of text.matchAll(
    /(?<!\d)((?:19|20)\d\d)(?:\s*年\s*|[-/.])(\d{1,2})(?:\s*月\s*|[-/.])(\d{1,2})(?!\d)/g,
  )) {
    const found = iso(match[1]!, match[2]!, match[3]!);
    if (found) return found;
  }
  return null;
}

function dayFirst(text: string): string | null {
  const match = /(?<!\d)(\d{1,2})日?\s+((?:19|20)\d\d)(?:\s*年\s*|[-/.])(\d{1,2})(?!\d|[-/.]\d)/.exec(text);
  return match ? iso(match[2]!, match[3]!, match[1]!) : null;
}

/**
 * The date in an address (`/t20260828_1.html`, `/art/2026/8/28/`, `/20230331/`), or null. It may differ from the date
 * that the page prints, so it is only used where the row has none; a report's year is never taken from it.
 */
export function dateInUrl(url: string): string | null {
  const compact = /[/_]t?((?:19|20)\d\d)(\d\d)(\d\d)(?=[_/.])/.exec(url);
  if (compact) {
    const found = iso(compact[1]!, compact[2]!, compact[3]!);
    if (found) return found;
  }
  const split = /\/((?:19|20)\d\d)\/(\d{1,2})\/(\d{1,2})\//.exec(url);
  return split ? iso(split[1]!, split[2]!, split[3]!) : null;
}

/** The date of a moment in Asia/Shanghai, which is UTC+8 all year since 1992. */
export function dateInShanghai(epochMilliseconds: number): string | null {
  if (!Number.isFinite(epochMilliseconds) || epochMilliseconds <= 0) return null;
  const moment = new Date(epochMilliseconds + 8 * 3600_000);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString().slice(0, 10);
}

function iso(year: string, month: string, day: string): string | null {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return date.toISOString().startsWith(text) ? text : null;
}
