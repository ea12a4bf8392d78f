import iconv from 'iconv-lite';

/**
 * Form fields as a browser sends them (WHATWG URL, 5.2) from a page in `charset`. An old system decodes what it gets by
 * its own encoding, so that UTF-8 would reach it as other characters, and its check of hidden fields would fail.
 */
export function formBody(fields: readonly (readonly [string, string])[], charset = 'utf-8'): string {
  if (isUtf8(charset)) return new URLSearchParams(fields as [string, string][]).toString();
  const encode = (text: string) => serialised(iconv.encode(text, charset));
  return fields.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

/** Only scripts name the charset of what they send; forms of old pages are sent without, and decoded by the page's. */
export function formType(charset = 'utf-8'): string {
  const type = 'application/x-www-form-urlencoded';
  return isUtf8(charset) ? `${type}; charset=UTF-8` : type;
}

/** UTF-16 pages send UTF-8, too. */
function isUtf8(charset: string): boolean {
  return charset.startsWith('utf-') || !iconv.encodingExists(charset);
}

function serialised(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    text += /[\w*.-]/.test(char)
      ? char
      : char === ' '
        ? '+'
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
