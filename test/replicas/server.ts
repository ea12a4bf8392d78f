import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { encodeGbkHtml } from '../render/gbk.ts';
import { type ControlCall, control } from './control.ts';
import { families } from './families/families.ts';
import type { Answer, ReplicaFamily, ReplicaRequest } from './family.ts';
import { challenges, Modes, robotsAnswer } from './modes.ts';
import { Site, type SiteFamily, type SiteOptions } from './site.ts';

/** One request as the server saw it. Times are those of the clock given to `startReplica`. */
export interface LogEntry {
  readonly at: number;
  readonly host: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly userAgent: string | null;
  readonly referer: string | null;
  readonly ifNoneMatch: string | null;
  readonly ifModifiedSince: string | null;
  /** Open connections that have last served this host, this one included. */
  readonly openConnections: number;
  /** Requests to this host not yet answered, this one included. */
  readonly inFlight: number;
  /** 0 until the answer is sent, and after a reset. */
  status: number;
  bytes: number;
  /** When the answer was sent; null before. */
  doneAt: number | null;
}

export interface ReplicaOptions {
  readonly sites: readonly SiteOptions[];
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Milliseconds since 1970; the crawl's own clock in tests, so that delays can be read off the log. */
  readonly now?: () => number;
  /** How latency passes; real time unless given. */
  readonly sleep?: (ms: number) => Promise<void>;
}

export interface ReplicaHost {
  readonly host: string;
  readonly family: SiteFamily;
  readonly site: Site;
  readonly modes: Modes;
  readonly columnUrl: string;
  /** Absolute address of a post as its list links it. */
  postUrl(id: number): string;
}

export interface Replica {
  readonly port: number;
  readonly hosts: ReadonlyMap<string, ReplicaHost>;
  /** The control call in process; the same as `POST /__ctl` with the call as JSON. */
  ctl(call: ControlCall): Record<string, unknown>;
  readonly log: LogEntry[];
  close(): Promise<void>;
}

/** Starts the replica portals on 127.0.0.1; the Host header chooses the site. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const now = options.now ?? Date.now;
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const hosts = new Map<string, ReplicaHost>();
  const aliases = new Map<string, ReplicaHost>();
  for (const siteOptions of options.sites) {
    const site = new Site(siteOptions);
    const family = families[siteOptions.family];
    const host: ReplicaHost = {
      host: site.host,
      family: siteOptions.family,
      site,
      modes: new Modes(),
      columnUrl: `http://${site.host}${family.columnPath(site)}`,
      postUrl: (id) => new URL(family.postPath(site, site.anyPost(id)!), `http://${site.host}`).href,
    };
    hosts.set(site.host, host);
    for (const alias of siteOptions.aliases ?? []) aliases.set(alias, host);
  }
  const log: LogEntry[] = [];
  const lastHost = new Map<Socket, string>();
  const inFlight = new Map<string, number>();

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain;charset=utf-8' });
      response.end(String(error instanceof Error ? error.stack : error));
    });
  });
  server.on('connection', (socket) => socket.on('close', () => lastHost.delete(socket)));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    const target = request.url ?? '/';
    const body = await readBody(request);
    if (target === '/__ctl') {
      answerControl(request, response, body);
      return;
    }
    lastHost.set(request.socket, name);
    inFlight.set(name, (inFlight.get(name) ?? 0) + 1);
    const entry: LogEntry = {
      at: now(),
      host: name,
      method: request.method ?? 'GET',
      path: target,
      userAgent: request.headers['user-agent'] ?? null,
      referer: request.headers.referer ?? null,
      ifNoneMatch: request.headers['if-none-match'] ?? null,
      ifModifiedSince: request.headers['if-modified-since'] ?? null,
      openConnections: [...lastHost.values()].filter((host) => host === name).length,
      inFlight: inFlight.get(name)!,
      status: 0,
      bytes: 0,
      doneAt: null,
    };
    log.push(entry);
    response.on('close', () => {
      inFlight.set(name, inFlight.get(name)! - 1);
      entry.doneAt = now();
      entry.status = response.headersSent ? response.statusCode : 0;
    });
    const host = hosts.get(name) ?? aliases.get(name);
    if (!host) {
      response.writeHead(421, { 'content-type': 'text/plain' });
      response.end(`no site ${name}`);
      return;
    }
    await answer(
      host,
      families[host.family],
      toRequest(request, name, target, body),
      request,
      response,
      entry,
    );
  }

  async function answer(
    host: ReplicaHost,
    family: ReplicaFamily,
    asked: ReplicaRequest,
    request: IncomingMessage,
    response: ServerResponse,
    entry: LogEntry,
  ): Promise<void> {
    const { modes, site } = host;
    const target = asked.target;
    if (!site.options.still) site.served += 1;
    const send = (status: number, headers: Record<string, string>, content: string | Uint8Array) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      entry.bytes = bytes.length;
      response.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
      response.end(asked.method === 'HEAD' ? undefined : bytes);
    };
    const slow = modes.take('slow', target);
    if (slow) await sleep(Number(slow.value ?? 1000));
    if (modes.take('reset', target)) {
      request.socket.destroy();
      return;
    }
    if (asked.url.pathname === '/robots.txt') {
      const robots = robotsAnswer(modes.robots());
      return send(robots.status, { 'content-type': 'text/plain' }, robots.body);
    }
    for (const kind of ['jsl521', 'rs412', 'c3vk200'] as const) {
      if (!modes.take(kind, target)) continue;
      const { status, cookie, body } = challenges[kind];
      return send(status, { 'content-type': 'text/html', ...(cookie ? { 'set-cookie': cookie } : {}) }, body);
    }
    const tooMany = modes.take('status_429', target);
    if (tooMany)
      return send(429, { 'content-type': 'text/plain', 'retry-after': String(tooMany.value ?? 30) }, '429');
    const unavailable = modes.take('status_503', target);
    if (unavailable) {
      const after = unavailable.value === undefined ? {} : { 'retry-after': String(unavailable.value) };
      return send(503, { 'content-type': 'text/plain', ...after }, '503');
    }
    const agent = modes.take('no_ua_403', target);
    if (
      agent &&
      (entry.userAgent === null || (agent.value === 'browser' && !/Mozilla/.test(entry.userAgent)))
    )
      return send(403, { 'content-type': 'text/html' }, '<html><h1>403 Forbidden</h1></html>');
    if (entry.referer === null && asked.url.pathname !== new URL(host.columnUrl).pathname) {
      if (modes.take('no_referer_403', target))
        return send(403, { 'content-type': 'text/html' }, '<html><h1>403 Forbidden</h1></html>');
    }
    const cookie = modes.take('cookie_redirect', target);
    if (cookie && (cookie.value === 'always' || !/(?:^|;\s*)CT6T=/.test(asked.headers['cookie'] ?? '')))
      return send(302, { location: target, 'set-cookie': 'CT6T=1; path=/' }, '');
    if (modes.take('soft404', target)) {
      return send(
        200,
        { 'content-type': 'text/html;charset=utf-8' },
        '<html><head><title>提示</title></head><body><p>抱歉，您访问的页面不存在或已删除。</p></body></html>',
      );
    }
    const away = modes.take('redirect_foreign', target);
    if (away) return send(302, { location: String(away.value ?? 'http://clone.example.com/') }, '');
    const inside = modes.take('redirect_private', target);
    if (inside) return send(302, { location: String(inside.value ?? 'http://10.0.0.1/') }, '');
    if (modes.take('redirect_loop', target)) {
      const round = Number(/[?&]round=(\d+)/.exec(target)?.[1] ?? 0) + 1;
      return send(302, { location: `${asked.url.pathname}?round=${round}` }, '');
    }
    const found = family.answer(site, asked);
    if (found === null)
      return send(
        404,
        { 'content-type': 'text/html' },
        '<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center></body></html>',
      );
    const { content, headers } = encode(found, site, modes, target);
    const status = found.status ?? 200;
    if (status === 200 && found.modified !== undefined && !modes.take('etag_off', target)) {
      const tag = `"${createHash('sha1').update(content).digest('hex').slice(0, 16)}"`;
      headers['etag'] = tag;
      headers['last-modified'] = new Date(found.modified).toUTCString();
      const fresh =
        entry.ifNoneMatch !== null
          ? entry.ifNoneMatch.split(/\s*,\s*/).some((each) => each.replace(/^W\//, '') === tag)
          : entry.ifModifiedSince !== null &&
            Date.parse(entry.ifModifiedSince) >= Date.parse(headers['last-modified']);
      if (fresh) {
        response.writeHead(304, { etag: tag, 'last-modified': headers['last-modified'] });
        response.end();
        return;
      }
    }
    if (modes.take('truncate', target)) {
      response.writeHead(status, { ...headers, 'content-length': String(content.length) });
      response.write(content.subarray(0, Math.floor(content.length / 2)), () => request.socket.destroy());
      return;
    }
    if (modes.take('gzip_forced', target))
      return send(status, { ...headers, 'content-encoding': 'gzip' }, gzipSync(content));
    send(status, headers, content);
  }

  function answerControl(request: IncomingMessage, response: ServerResponse, body: string): void {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          hosts: [...hosts.values()].map(({ host, family, columnUrl }) => ({ host, family, columnUrl })),
          log,
        }),
      );
      return;
    }
    try {
      const result = control(hosts, JSON.parse(body) as ControlCall);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result));
    } catch (error) {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    }
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    hosts,
    ctl: (call) => control(hosts, call),
    log,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function encode(
  found: Answer,
  site: Site,
  modes: Modes,
  target: string,
): { content: Uint8Array; headers: Record<string, string> } {
  const headers: Record<string, string> = { ...found.headers };
  if (typeof found.body !== 'string') {
    headers['content-type'] ??= found.type;
    return { content: found.body, headers };
  }
  if (/charset/i.test(found.type) || !found.type.startsWith('text/html')) {
    headers['content-type'] ??= found.type;
    return { content: Buffer.from(found.body), headers };
  }
  const gbk = site.variant<string>('charset', 'utf-8') === 'gbk';
  const right = gbk ? 'GBK' : 'UTF-8';
  const charset = modes.take('charset_absent', target)
    ? ''
    : modes.take('charset_wrong', target)
      ? `;charset=${gbk ? 'UTF-8' : 'GBK'}`
      : `;charset=${right}`;
  headers['content-type'] ??= `${found.type}${charset}`;
  return { content: gbk ? encodeGbkHtml(found.body) : Buffer.from(found.body), headers };
}

function toRequest(request: IncomingMessage, host: string, target: string, body: string): ReplicaRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { method: request.method ?? 'GET', url: new URL(target, `http://${host}`), target, headers, body };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
