import iconv from 'iconv-lite';

/** Query names that only follow a visitor and never change what is served. */
const tracking = /^(?:utm_\w+|spm|from|share\w*|_t|_r|_rnd|rnd|nonce|isappinstalled|jsessionid)$/i;

/** The page on which a link stands, as far as it decides where the link leads. */
export interface LinkSource {
  readonly url: string;
  /** The encoding of the page, by its WHATWG name; UTF-8 without. */
  readonly charset?: string;
  /** `<base href>`, made absolute, where the page has one. */
  readonly base?: string;
}

/**
 * An address found on a page, made absolute and without fragment. Null where it is no http address: scripts, mail,
 * empty targets, or text that is no address at all. The query stays as it was written, byte for byte, since some
 * download servers compare it so; characters beyond ASCII in it are sent in the encoding of the page, as a browser
 * sends them (those of the path are always sent in UTF-8).
 */
export function resolveAddress(href: string, from: string | LinkSource): string | null {
  const trimmed = href.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return null;
  const page: LinkSource = typeof from === 'string' ? { url: from } : from;
  let url: URL;
  try {
    url = new URL(inCharset(trimmed, page.charset ?? 'utf-8'), page.base ?? page.url);
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
  return url.href;
}

function inCharset(href: string, charset: string): string {
  const query = href.indexOf('?');
  if (query < 0 || charset.startsWith('utf-') || !/[^\0-\x7f]/.test(href.slice(query))) return href;
  if (!iconv.encodingExists(charset)) return href;
  const encoded = href
    .slice(query)
    .replace(/[^\0-\x7f]+/g, (text) =>
      [...iconv.encode(text, charset)].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
    );
  return href.slice(0, query) + encoded;
}

const baseTag = /<base\b[^>]{0,300}?\bhref\s*=\s*(?:"([^"]{1,500})"|'([^']{1,500})'|([^\s"'>]{1,500}))/gi;

/** The target of the first `<base href>` of a page; JSP pages made from a common template have one. */
export function baseOf(html: string, url: string): string | null {
  const head = html.slice(0, 50_000);
  for (const tag of head.matchAll(baseTag)) {
    const commentedOut = head.lastIndexOf('<!--', tag.index) > head.lastIndexOf('-->', tag.index);
    if (!commentedOut) return resolveAddress(tag[1] ?? tag[2] ?? tag[3] ?? '', url);
  }
  return null;
}

/** The address with one parameter of its query set; the others stay byte for byte, in whatever encoding they are. */
export function withParameter(address: string, name: string, value: string): string {
  const url = new URL(address);
  const parts = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '');
  const wanted = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  const at = parts.findIndex((part) => part.split('=', 1)[0] === name);
  if (at < 0) parts.push(wanted);
  else parts[at] = wanted;
  url.search = parts.join('&');
  return url.href;
}

/**
 * The same for two addresses that mean one page: scheme, fragment, default port and tracking parameters left out.
 */
export function addressKey(address: string): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return address;
  }
  const query = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !tracking.test(part.split('=', 1)[0]!))
    .join('&');
  const path = url.pathname.replace(/;jsessionid=[^/]*/i, '');
  const port = url.port === '' || url.port === '80' || url.port === '443' ? '' : `:${url.port}`;
  return `//${url.hostname}${port}${path}${query === '' ? '' : `?${query}`}`;
}

/** Addresses whose shape is that of an article in one of the known systems, as opposed to a column or a menu. */
const articleShapes: readonly RegExp[] = [
  /\/art_[0-9a-z_]+\.html?/i,
  /\/t\d{8}_\d+\.s?html?/i,
  /\/t\d{4,}\.s?html?/i,
  /\/m?post_\d+\.html?/i,
  /\/info\/\d+\/\d+\.htm/i,
  /\/content_\d+\.s?html?/i,
  /\/content\/(?:post_)?\d+/i,
  /\/(?:public\/content|content\/article)\/\d+/i,
  /\/[0-9a-f]{32}\.s?html?/i,
  /\/c\d*_?\d+\/content\.s?html/i,
  /\/c\d+_\d+\.s?html?/i,
  /\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.html?/i,
  /\/DocHtml\/.+\.html?/i,
  /\/openness\/detail\//i,
  /xxgkAnnualReport\.jsp\?/i,
  /\b(?:show|view|detail|info|content|article|news)\w*\.(?:asp|aspx|php|jsp|do)\?.*\bid=/i,
  /_show\.php\?/i,
];

/** Does the address look like that of an article or of a document? */
export function isArticleAddress(address: string): boolean {
  return isDocumentAddress(address) || articleShapes.some((shape) => shape.test(address));
}

/** Does the address name a document file, or one of the download scripts of the known systems? */
export function isDocumentAddress(address: string): boolean {
  return (
    /\.(?:docx?|xlsx?|pdf|wps|et|ofd|rtf|odt|zip|rar|7z)(?:$|[?#])/i.test(address) ||
    /downfile\.jsp|\/document\/download\?|DownloadAttachUrl|\/group1\/M00\/|preview_resource\.action\?/i.test(
      address,
    )
  );
}

/** Mobile twins of an article that stands in the same list under its own address. */
export function isMobileTwin(address: string): boolean {
  return /_ext\.s?html?(?:$|[?#])|\/wap_index\.html?|\/mpost_\d+\.html?/i.test(address);
}
