/** The text of a gkmlpt article stands escaped in `_CONFIG.DETAIL.content`; null where the page has none there. */
export function detailContent(page: string): string | null {
  const at = /\bDETAIL["']?\s*[:=]\s*\{/.exec(page);
  if (!at) return null;
  const rest = page.slice(at.index);
  const name = /["']?\bcontent["']?\s*:\s*(?=["'])/.exec(rest);
  const content = name === null ? undefined : quotedAt(rest, name.index + name[0].length);
  if (content === undefined) return null;
  const quoted = content.startsWith("'")
    ? `"${content
        .slice(1, -1)
        .replaceAll("\\'", "'")
        .replace(/(?<!\\)"/g, '\\"')}"`
    : content;
  try {
    const html = JSON.parse(quoted.replace(/[\n\r\t]/g, ' ')) as string;
    return html.trim() === '' ? null : html;
  } catch {
    return null;
  }
}

/** The string literal that begins at an index, with its quotes. */
function quotedAt(script: string, from: number): string | undefined {
  const quote = script[from];
  for (let index = from + 1; index < script.length; index += 1) {
    if (script[index] === '\\') index += 1;
    else if (script[index] === quote) return script.slice(from, index + 1);
  }
  return undefined;
}
