import { request as httpRequest } from 'node:http';
import { formBody } from '../../../src/crawl/http/form-body.ts';
import type {
  ColumnConfig,
  ListRow,
  Page,
  PageRequest,
  PortalClient,
  PortalFamily,
  WalkEnd,
} from '../../../src/crawl/portals/portal.ts';

/**
 * The least client that can walk a replica: no politeness, no retries; every host is 127.0.0.1 at the given port.
 * Redirects are followed, and the requests made are kept.
 */
export class PlainClient implements PortalClient {
  readonly requests: PageRequest[] = [];
  readonly #port: number;
  /** Runs before each request; tests change the site here, in the middle of a walk. */
  before: (request: PageRequest, index: number) => void = () => {};

  constructor(port: number) {
    this.#port = port;
  }

  async fetch(request: PageRequest): Promise<Page> {
    this.before(request, this.requests.length);
    this.requests.push(request);
    let url = request.url;
    for (let hop = 0; hop < 6; hop += 1) {
      const { status, headers, bytes } = await this.#once(request, url);
      const location = headers['location'];
      if (status >= 300 && status < 400 && location) {
        url = new URL(location, url).href;
        continue;
      }
      return {
        request,
        url,
        status,
        headers,
        bytes,
        ...decode(bytes, headers['content-type'] ?? ''),
        notModified: false,
      };
    }
    throw new Error(`too many redirects from ${request.url}`);
  }

  #once(
    request: PageRequest,
    address: string,
  ): Promise<{ status: number; headers: Record<string, string>; bytes: Uint8Array }> {
    const url = new URL(address);
    const body = request.form && formBody(request.form, request.formCharset);
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          host: '127.0.0.1',
          port: this.#port,
          method: request.method ?? 'GET',
          path: url.pathname + url.search,
          headers: {
            host: url.host,
            'user-agent': 'GongkaiReportBot/1.0 (+https://example.org/bot; ops@example.org)',
            ...(request.referer ? { referer: request.referer } : {}),
            ...(request.ajax ? { 'x-requested-with': 'XMLHttpRequest' } : {}),
            ...(body === undefined
              ? {}
              : {
                  'content-type': 'application/x-www-form-urlencoded',
                  'content-length': Buffer.byteLength(body),
                }),
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const headers: Record<string, string> = {};
            for (const [name, value] of Object.entries(response.headers)) headers[name] = String(value);
            resolve({ status: response.statusCode ?? 0, headers, bytes: Buffer.concat(parts) });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** BOM and header aside: UTF-8 where the bytes are UTF-8, else GB 18030. */
export function decode(bytes: Uint8Array, type: string): { text: string; charset: string } {
  if (!/^(?:text|application\/(?:json|xml|javascript))/.test(type) && type !== '')
    return { text: '', charset: 'utf-8' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), charset: 'utf-8' };
  } catch {
    return { text: new TextDecoder('gb18030').decode(bytes), charset: 'gb18030' };
  }
}

export function column(url: string, more: Partial<ColumnConfig> = {}): ColumnConfig {
  return {
    id: 'nb',
    url,
    adapter: 'auto',
    params: {},
    followChildColumns: null,
    pagesMax: 60,
    allowedHosts: [new URL(url).host],
    charset: null,
    years: { from: 2019, to: 2024 },
    ...more,
  };
}

/** A page as if it had been fetched, for saved ones. */
export function savedPage(url: string, text: string): Page {
  return {
    request: { url, expect: 'page' },
    url,
    status: 200,
    headers: {},
    bytes: Buffer.from(text),
    text,
    notModified: false,
  };
}

/** Walks to the end and collects. */
export async function walkAll(
  family: PortalFamily,
  config: ColumnConfig,
  client: PortalClient,
): Promise<{ rows: ListRow[]; pages: number; end: WalkEnd; first: Page }> {
  const first = await client.fetch({ url: config.url, expect: 'page' });
  const walk = family.walk(config, first, client);
  const rows: ListRow[] = [];
  let pages = 0;
  for (;;) {
    const step = await walk.next();
    if (step.done) return { rows, pages, end: step.value, first };
    pages += 1;
    rows.push(...step.value.rows);
  }
}
