/** Query names that only follow a visitor and never change what is served. */
const tracking = /^(?:utm_\w+|spm|from|share\w*|_t|_r|_rnd|rnd|nonce|isappinstalled|jsessionid)$/i;

/**
 * An address found on a page, made absolute and without fragment. Null where it is no http address: scripts, mail,
 * empty targets, or text that is no address at all. The query stays as it was written, byte for byte, since some
 * download servers compare it so.
 */
export function resolveAddress(href: string, pageUrl: string): string | null {
  const trimmed = href.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return null;
  let url: URL;
  try {
    url = new URL(trimmed, pageUrl);
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  url.hash = '';
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
