import { archiveExtension } from './archive/extension.ts';
import { iso } from './clock.ts';
import { CrawlError } from './error.ts';
import type { FetchedPage, Validators } from './http/client.ts';
import { fullCheckEvery } from './incremental/recheck.ts';
import type { PortalPass } from './portal-pass.ts';
import { addressKey } from './portals/addresses.ts';
import { checkAttachment } from './portals/attachment-check.ts';
import type { Exchange, UrlState, VersionFile } from './state.ts';

export interface FileLink {
  readonly url: string;
  readonly name: string | null;
  readonly referer: string;
  readonly role: 'attachment' | 'image';
}

export interface FetchedFile {
  /** Null when it could not be had and was not there before. */
  readonly file: VersionFile | null;
  readonly state: UrlState;
  readonly exchange: Exchange | null;
  /** It failed on earlier visits, so that its arrival is no change of the report. */
  readonly late: boolean;
  /** Worth another try on the next run. */
  readonly again: boolean;
}

/**
 * Brings one attachment or picture up to date. Known ones are downloaded again only when ETag, Last-Modified or length
 * say that they changed, and once a year; a failure keeps what is there. Throws only what ends the portal.
 */
export async function fetchFile(
  pass: PortalPass,
  link: FileLink,
  parent: string,
  column: string,
): Promise<FetchedFile> {
  const { portal, state, deps, clock } = pass;
  const url = fileKey(link.url);
  const known = await state.url(portal.id, url);
  const now = clock.now();
  const path = known?.sha256 ? await deps.archive.find(known.sha256) : null;
  const base: UrlState = {
    portal: portal.id,
    url,
    address: link.url,
    role: link.role,
    column,
    parent,
    status: known?.status ?? 'listed',
    httpStatus: known?.httpStatus ?? null,
    etag: known?.etag ?? null,
    lastModified: known?.lastModified ?? null,
    contentLength: known?.contentLength ?? null,
    sha256: known?.sha256 ?? null,
    firstSeen: known?.firstSeen ?? iso(now),
    lastSeen: iso(now),
    lastSeenRun: pass.run,
    lastChecked: known?.lastChecked ?? null,
    nextCheck: null,
    listSig: null,
    listTitle: link.name ?? known?.listTitle ?? null,
    listDate: null,
    missCount: 0,
    failures: known?.failures ?? 0,
    reason: known?.reason ?? null,
  };
  const late = known !== null && known.sha256 === null;
  const kept =
    path !== null && known?.sha256
      ? {
          role: link.role,
          url: link.url,
          name: base.listTitle,
          sha256: known.sha256,
          bytes: known.contentLength ?? 0,
          path,
          mediaType: null,
        }
      : null;
  const keep = (change: Partial<UrlState> = {}, again = false): FetchedFile => ({
    file: kept,
    state: { ...base, ...change },
    exchange: null,
    late,
    again,
  });
  if (!portal.allowedHosts.includes(new URL(link.url).hostname))
    return keep({ status: 'external', reason: 'on a host that is not allowed' });
  if (known?.status === 'blocked' && kept === null) return keep();
  if (pass.attachmentsBlocked)
    return kept === null ? keep({ status: 'failed', reason: pass.attachmentsBlocked }, true) : keep();

  const ask = { url: link.url, referer: link.referer, expect: 'attachment' } as const;
  try {
    let validators: Validators | undefined;
    if (kept !== null) {
      const overdue = now - Date.parse(base.lastChecked ?? base.firstSeen) >= fullCheckEvery;
      if (base.etag !== null || base.lastModified !== null) {
        if (!overdue) validators = { etag: base.etag, lastModified: base.lastModified };
      } else if (!overdue) {
        const head = await pass.http.fetch({ ...ask, method: 'HEAD' });
        if (head.status === 404 || head.status === 410) return failed(`status ${head.status}`, head.status);
        if (/text\/html/i.test(head.headers['content-type'] ?? '') && !kept.path.endsWith('.html')) {
          // A captcha or login page stands before the files; asking for more of them only tires it.
          pass.attachmentsBlocked = `${new URL(link.url).hostname} answers with a page in place of a file that was there; the archived files are kept`;
          return keep();
        }
        const length = Number(head.headers['content-length'] ?? Number.NaN);
        const compressed = head.headers['content-encoding'] !== undefined;
        const differs =
          head.status === 200 && !compressed && Number.isFinite(length) && length !== kept.bytes;
        if (!differs) return keep();
      }
    }
    const page = await pass.http.fetch(ask, validators);
    if (page.notModified) return keep({ lastChecked: iso(now), httpStatus: 304 });
    if (page.status >= 400) return failed(`status ${page.status}`, page.status);
    const verdict = checkAttachment(page.bytes, link.name ?? link.url);
    if (!verdict.ok) {
      if (verdict.why === 'captcha') {
        pass.attachmentsBlocked = `attachments of ${new URL(link.url).hostname} want a captcha; tried again once on another night, then they have to be brought in with gongkai add`;
        await pass.failedRequest(new CrawlError('ATT_BLOCKED', verdict.reason, { url: link.url }));
        const given = base.failures + 1 >= 2;
        return keep(
          { status: given ? 'blocked' : 'failed', failures: base.failures + 1, reason: verdict.reason },
          !given,
        );
      }
      return failed(verdict.reason, page.status);
    }
    return await store(page);
  } catch (error) {
    if (!(error instanceof CrawlError) || error.policy === 'stop_portal' || error.policy === 'stop_run')
      throw error;
    await pass.failedRequest(error);
    return failed(`${error.code}: ${error.message}`, error.status);
  }

  function failed(reason: string, status: number | null): FetchedFile {
    pass.failures.push({ url: link.url, reason });
    const failures = base.failures + 1;
    // A file that cannot be had on three visits is left to the recheck calendar.
    return keep({ status: 'failed', httpStatus: status, failures, reason }, failures < 3);
  }

  async function store(page: FetchedPage): Promise<FetchedFile> {
    const served = servedName(page.headers['content-disposition']);
    const name = link.name ?? served;
    const archived = await deps.archive.put(
      page.bytes,
      archiveExtension(page.bytes, [name, served, page.url], false),
    );
    return {
      file: {
        role: link.role,
        url: link.url,
        name,
        sha256: archived.sha256,
        bytes: archived.bytes,
        path: archived.path,
        mediaType: page.headers['content-type'] ?? null,
      },
      state: {
        ...base,
        status: 'current',
        httpStatus: page.status,
        etag: page.headers['etag'] ?? null,
        lastModified: page.headers['last-modified'] ?? null,
        contentLength: archived.bytes,
        sha256: archived.sha256,
        listTitle: name,
        lastChecked: iso(now),
        failures: 0,
        reason: null,
      },
      exchange: exchangeOf(pass, page, archived),
      late,
      again: false,
    };
  }
}

/** Files have records of their own beside rows: a bare PDF in a list is both. */
export const fileKey = (address: string): string => `file ${addressKey(address)}`;

export function exchangeOf(
  pass: PortalPass,
  page: FetchedPage,
  archived: { readonly sha256: string; readonly path: string; readonly bytes: number },
): Exchange {
  return {
    run: pass.run,
    portal: pass.portal.id,
    url: page.url,
    method: page.method,
    requestHeaders: page.requestHeaders,
    status: page.status,
    responseHeaders: page.headers,
    fetchedAt: page.fetchedAt,
    sha256: archived.sha256,
    path: archived.path,
    bytes: archived.bytes,
  };
}

/** The file name of a Content-Disposition: RFC 8187, or raw bytes in UTF-8 or GBK that arrive as Latin-1. */
export function servedName(header: string | undefined): string | null {
  if (!header) return null;
  const extended = /filename\*\s*=\s*(?:UTF-8|utf-8)''([^;]+)/.exec(header)?.[1];
  if (extended) {
    try {
      return decodeURIComponent(extended.trim());
    } catch {
      // Not percent-encoded after all: the plain parameter follows.
    }
  }
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;]+))/i.exec(header);
  const raw = (plain?.[1] ?? plain?.[2] ?? '').trim();
  if (raw === '') return null;
  if (/%[0-9a-f]{2}/i.test(raw)) {
    try {
      return decodeURIComponent(raw);
    } catch {
      return raw;
    }
  }
  const bytes = Buffer.from(raw, 'latin1');
  const utf8 = new TextDecoder('utf-8').decode(bytes);
  return utf8.includes('\ufffd') ? new TextDecoder('gb18030').decode(bytes) : utf8;
}
