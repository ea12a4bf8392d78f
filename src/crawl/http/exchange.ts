import type { Transform } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import zlib from 'node:zlib';
import { buildConnector, Client, type Dispatcher } from 'undici';
import type { TlsProfile } from '../config/config.ts';
import { CrawlError } from '../error.ts';
import type { Endpoint } from './resolver.ts';
import { tlsOptions, tlsProblem } from './tls-profile.ts';

/** One request and its answer, before redirects, cookies and policy. */
export interface RawRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; repeated headers joined with `, `, Set-Cookie with a line feed. */
  readonly headers: Readonly<Record<string, string>>;
  /** After content decoding. */
  readonly body: Uint8Array;
  /** As sent over the wire. */
  readonly wireBytes: number;
}

/** A client with one connection to the address that was checked. */
export function connectTo(
  url: URL,
  endpoint: Endpoint,
  profile: TlsProfile,
  timeoutMs: number,
  ca: ConnectionOptions['ca'] | undefined,
): Client {
  const base = buildConnector({
    ...tlsOptions(profile),
    ...(ca === undefined ? {} : { ca }),
    allowH2: false,
    timeout: timeoutMs,
  } as buildConnector.BuildOptions);
  return new Client(url.origin, {
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 10_000,
    keepAliveMaxTimeout: 30_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 64 * 1024,
    connect: (options, callback) =>
      base(
        {
          ...options,
          hostname: endpoint.address,
          port: endpoint.port === null ? options.port : String(endpoint.port),
          ...(url.hostname === endpoint.address ? {} : { servername: url.hostname }),
        },
        callback,
      ),
  });
}

/**
 * Sends one request. Throws CrawlError: `too_large` as soon as the limit is passed, on the wire or inflated;
 * `truncated` when fewer bytes came than Content-Length said; `bad_encoding`, `timeout`, `network`, TLS_COMPAT.
 */
export async function exchange(client: Client, request: RawRequest): Promise<RawAnswer> {
  const { url, maxBytes } = request;
  const deadline = AbortSignal.timeout(request.timeoutMs * 10);
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
  let answer: Dispatcher.ResponseData;
  let wireBytes = 0;
  const chunks: Uint8Array[] = [];
  try {
    answer = await client.request({
      path: url.pathname + url.search,
      method: request.method,
      headers: { ...request.headers },
      body: request.body,
      signal,
    });
    const declared = Number(answer.headers['content-length'] ?? Number.NaN);
    if (declared > maxBytes && request.method !== 'HEAD') {
      answer.body.destroy();
      answer.body.on('error', () => {});
      throw tooLarge(url, maxBytes);
    }
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      wireBytes += chunk.length;
      if (wireBytes > maxBytes) throw tooLarge(url, maxBytes);
      chunks.push(chunk);
    }
    if (
      request.method !== 'HEAD' &&
      Number.isFinite(declared) &&
      wireBytes < declared &&
      answer.statusCode !== 304
    )
      throw truncated(url);
  } catch (error) {
    if (error instanceof CrawlError) throw error;
    if (request.signal?.aborted)
      throw new CrawlError('aborted', 'the run was stopped', { url: url.href, cause: error });
    throw failure(error, url, wireBytes);
  }
  const headers = flatten(answer.headers);
  const body =
    request.method === 'HEAD'
      ? new Uint8Array()
      : await inflate(Buffer.concat(chunks), headers['content-encoding'] ?? '', maxBytes, url);
  return { status: answer.statusCode, headers, body, wireBytes };
}

function flatten(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const key = name.toLowerCase();
    flat[key] = Array.isArray(value) ? value.join(key === 'set-cookie' ? '\n' : ', ') : value;
  }
  // Old servers write bytes of GBK or UTF-8 there, which arrive as one character each.
  if (flat['location'] !== undefined)
    flat['location'] = flat['location'].replace(
      /[\x80-\xff]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return flat;
}

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => zlib.createZstdDecompress(),
};

/** Undoes Content-Encoding whether it was asked for or not; some servers compress regardless. */
async function inflate(wire: Buffer, encoding: string, maxBytes: number, url: URL): Promise<Uint8Array> {
  let body = wire;
  const codings = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
    .reverse();
  if (codings.length > 3)
    throw new CrawlError('bad_encoding', `content encoded ${codings.length} times`, { url: url.href });
  for (const coding of codings) {
    if (body.length === 0) break;
    const create =
      coding === 'deflate'
        ? // Both a zlib stream and a bare deflate stream are seen under this name.
          () => (((body[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw())
        : decoders[coding];
    if (!create)
      throw new CrawlError('bad_encoding', `unknown content encoding ${coding}`, { url: url.href });
    // Servers also announce gzip for what they send plain.
    if (/gzip/.test(coding) && !(body[0] === 0x1f && body[1] === 0x8b)) continue;
    body = await through(create(), body, maxBytes, url);
  }
  return body;
}

async function through(stream: Transform, input: Buffer, maxBytes: number, url: URL): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.end(input);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(url, maxBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof CrawlError) throw error;
    if ((error as { code?: string }).code === 'Z_BUF_ERROR') throw truncated(url);
    throw new CrawlError('bad_encoding', 'the compressed body is damaged', { url: url.href, cause: error });
  } finally {
    stream.destroy();
  }
  return Buffer.concat(chunks);
}

function tooLarge(url: URL, limit: number): CrawlError {
  return new CrawlError(
    'too_large',
    `more than ${limit} bytes; raise the limit in portals.yaml if it is right`,
    {
      url: url.href,
    },
  );
}

function truncated(url: URL): CrawlError {
  return new CrawlError('truncated', 'the connection ended before the body did', { url: url.href });
}

function failure(error: unknown, url: URL, received: number): CrawlError {
  if (error instanceof CrawlError) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  const message = error instanceof Error ? error.message : String(error);
  const tls = tlsProblem(error);
  if (tls !== null) return new CrawlError('TLS_COMPAT', tls, { url: url.href, cause: error });
  if (/TIMEOUT|ABORT_ERR|TimeoutError/.test(code + (error as Error).name))
    return new CrawlError('timeout', `no answer in time (${message})`, { url: url.href, cause: error });
  if (received > 0 || /CONTENT_LENGTH|UND_ERR_SOCKET.*body|HPE_INVALID_EOF/.test(code))
    return new CrawlError('truncated', 'the connection ended before the body did', {
      url: url.href,
      cause: error,
    });
  return new CrawlError('network', `no answer (${code || message})`, { url: url.href, cause: error });
}
