import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { CrawlState, Exchange } from '../state.ts';
import type { Archive } from './store.ts';

const compress = promisify(gzip);

/**
 * Writes the archived exchanges as WARC 1.1, one gzip member for each record, in the order of the state. Bodies are
 * archived after content decoding, so Content-Encoding, Transfer-Encoding and Content-Length of the answers stand
 * under `X-Archive-Orig-` names. Returns the number of exchanges.
 */
export async function exportWarc(
  state: CrawlState,
  archive: Archive,
  query: { readonly portal?: string; readonly run?: string },
  output: Writable,
  software: string,
): Promise<number> {
  const info = `software: ${software}\r\nformat: WARC File Format 1.1\r\n`;
  let count = 0;
  for await (const exchange of state.exchanges(query)) {
    if (count === 0)
      await write(
        output,
        record('warcinfo', exchange.fetchedAt, null, 'application/warc-fields', Buffer.from(info), 'info'),
      );
    const body = await archive.read(exchange.path);
    await write(
      output,
      record(
        'response',
        exchange.fetchedAt,
        exchange.url,
        'application/http; msgtype=response',
        Buffer.concat([Buffer.from(responseHead(exchange, body.length)), body]),
        exchange.sha256,
        `sha256:${exchange.sha256}`,
      ),
    );
    await write(
      output,
      record(
        'request',
        exchange.fetchedAt,
        exchange.url,
        'application/http; msgtype=request',
        Buffer.from(requestHead(exchange)),
        `request ${exchange.sha256}`,
      ),
    );
    count++;
  }
  return count;
}

async function write(output: Writable, content: Buffer): Promise<void> {
  const packed = await compress(content);
  await new Promise<void>((resolve, reject) =>
    output.write(packed, (error) => (error ? reject(error) : resolve())),
  );
}

function record(
  type: string,
  date: string,
  target: string | null,
  contentType: string,
  block: Buffer,
  seed: string,
  payloadDigest?: string,
): Buffer {
  const head = [
    'WARC/1.1',
    `WARC-Type: ${type}`,
    `WARC-Record-ID: <urn:uuid:${uuid(`${type} ${date} ${target} ${seed}`)}>`,
    `WARC-Date: ${date}`,
    ...(target === null ? [] : [`WARC-Target-URI: ${target}`]),
    ...(payloadDigest === undefined ? [] : [`WARC-Payload-Digest: ${payloadDigest}`]),
    `Content-Type: ${contentType}`,
    `Content-Length: ${block.length}`,
  ].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), block, Buffer.from('\r\n\r\n')]);
}

const recoded = /^(content-encoding|transfer-encoding|content-length)$/i;

function responseHead(exchange: Exchange, length: number): string {
  const lines = Object.entries(exchange.responseHeaders).flatMap(([name, value]) =>
    value.split('\n').map((each) => `${recoded.test(name) ? `X-Archive-Orig-${name}` : name}: ${each}`),
  );
  return [`HTTP/1.1 ${exchange.status} `, ...lines, `Content-Length: ${length}`, '', ''].join('\r\n');
}

function requestHead(exchange: Exchange): string {
  const url = new URL(exchange.url);
  const lines = Object.entries(exchange.requestHeaders).map(([name, value]) => `${name}: ${value}`);
  return [
    `${exchange.method} ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    ...lines,
    '',
    '',
  ].join('\r\n');
}

/** A name-based identifier, so that exporting twice gives the same bytes. */
function uuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
