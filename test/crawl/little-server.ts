import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PortalConfig } from '../../src/crawl/config/config.ts';
import { parsePortals } from '../../src/crawl/config/load.ts';
import { type HttpContext, PortalHttp } from '../../src/crawl/http/client.ts';
import { HostGroups } from '../../src/crawl/http/host-group.ts';
import { Resolver } from '../../src/crawl/http/resolver.ts';
import { MemoryState } from './memory-state.ts';
import { TestClock } from './test-clock.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Seen {
  readonly at: number;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export const userAgent = 'GongkaiReportBot/1.0 (+https://example.org/bot; ops@example.org)';

/** A server on 127.0.0.1 whose answers a test writes by path (`*` for all others), and a client that reaches it. */
export class LittleServer {
  readonly clock = new TestClock('2026-06-01T15:00:00Z');
  readonly state = new MemoryState();
  readonly groups = new HostGroups();
  readonly seen: Seen[] = [];
  readonly handlers: Record<string, Handler> = {
    '/robots.txt': (_, response) => response.writeHead(404).end(),
  };
  connections = 0;
  mostConnections = 0;
  readonly #server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url ?? '';
        this.seen.push({
          at: this.clock.now(),
          method: request.method ?? '',
          host: request.headers.host ?? '',
          path,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
        });
        const handler = this.handlers[path] ?? this.handlers['*'];
        if (handler) handler(request, response);
        else response.writeHead(404).end();
      });
    });
    this.#server.on('connection', (socket) => {
      this.mostConnections = Math.max(this.mostConnections, ++this.connections);
      socket.on('close', () => this.connections--);
    });
  }

  static async start(handlers: Record<string, Handler> = {}): Promise<LittleServer> {
    const server = new LittleServer();
    Object.assign(server.handlers, handlers);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get paths(): string[] {
    return this.seen.map(({ path }) => path);
  }

  portal(more: Record<string, unknown> = {}): PortalConfig {
    const config = parsePortals(
      JSON.stringify({
        version: 1,
        defaults: { user_agent: userAgent },
        portals: [
          {
            id: 'p',
            base_url: 'http://www.moumou.gov.cn',
            allowed_hosts: ['www.moumou.gov.cn', 'other.moumou.gov.cn'],
            columns: [{ id: 'nb', url: 'http://www.moumou.gov.cn/list.html' }],
            ...more,
          },
        ],
      }),
    );
    const [portal] = config.portals;
    if (!portal) throw new Error('no portal');
    return portal;
  }

  client(more: Record<string, unknown> = {}, context: Partial<HttpContext> = {}): PortalHttp {
    return new PortalHttp(this.portal(more), {
      clock: this.clock,
      state: this.state,
      groups: this.groups,
      run: 'run',
      onRequest: this.clock.onRequest,
      resolver: new Resolver({
        allowLoopback: true,
        resolve: new Map(
          ['www.moumou.gov.cn', 'other.moumou.gov.cn'].map((host) => [host, `127.0.0.1:${this.port}`]),
        ),
      }),
      ...context,
    });
  }

  async close(): Promise<void> {
    await this.groups.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const page = (body: string | Uint8Array, headers: Record<string, string> = {}): Handler => {
  return (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
};
