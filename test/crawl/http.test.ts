import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PortalConfig } from '../../src/crawl/config/config.ts';
import { Pace, retryAfter } from '../../src/crawl/http/pace.ts';
import { Resolver } from '../../src/crawl/http/resolver.ts';
import { productToken } from '../../src/crawl/http/robots.ts';
import { type Handler, LittleServer, page, userAgent } from './little-server.ts';

const site = 'http://www.moumou.gov.cn';
let server: LittleServer;
beforeEach(async () => {
  server = await LittleServer.start();
});
afterEach(async () => {
  await server.close();
});

const get = (path: string, client = server.client()) =>
  client.fetch({ url: `${site}${path}`, expect: 'page' });
const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
    return 'no error';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};
const robots = (body: string, status = 200): Handler => {
  return (_, response) => response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
};

test('a request says who asks, and asks robots.txt first', async () => {
  server.handlers['/a'] = page('text');
  await get('/a');
  expect(server.paths).toEqual(['/robots.txt', '/a']);
  expect(server.seen.map(({ headers }) => headers['user-agent'])).toEqual([userAgent, userAgent]);
  expect(server.seen[1]?.headers).toMatchObject({
    'accept-language': 'zh-CN,zh;q=0.9',
    host: 'www.moumou.gov.cn',
  });
});

test('there are three seconds between two requests, six after an attachment, and one connection', async () => {
  server.handlers['*'] = page('%PDF-1.4');
  const client = server.client();
  await client.fetch({ url: `${site}/a`, expect: 'attachment' });
  await Promise.all([
    client.fetch({ url: `${site}/b`, expect: 'page' }),
    client.fetch({ url: 'http://other.moumou.gov.cn/c', expect: 'page' }),
  ]);
  const gaps = server.seen.slice(1).map(({ at }, index) => at - (server.seen[index]?.at ?? 0));
  expect(gaps).toEqual([3000, 6000, 3000, 3000]);
  expect(server.mostConnections).toBe(1);
});

test('a slow answer makes the pause five times as long, within the maximum', async () => {
  server.handlers['*'] = (_, response) => {
    server.clock.advance(4000);
    response.end('text');
  };
  server.handlers['/slower'] = (_, response) => {
    server.clock.advance(40_000);
    response.end('text');
  };
  const client = server.client();
  await get('/a', client);
  await get('/slower', client);
  await get('/c', client);
  const [, a, slower, c] = server.seen;
  expect((slower?.at ?? 0) - (a?.at ?? 0)).toBe(4000 + 20_000);
  expect((c?.at ?? 0) - (slower?.at ?? 0)).toBe(40_000 + 60_000);
});

test('the pace follows slowly downwards, and an error never lowers it', () => {
  const politeness = { minDelayMs: 3000, maxDelayMs: 60_000, delayFactor: 5 } as PortalConfig['politeness'];
  const pace = new Pace();
  const after = (latencyMs: number, ok = true) => {
    pace.answered(0, { latencyMs, ok, weight: 1 }, politeness, 0);
    const fresh = new Pace();
    fresh.absorb(pace);
    return fresh.wait(0);
  };
  expect(after(8000)).toBe(40_000);
  const lower = new Pace();
  lower.answered(0, { latencyMs: 8000, ok: true, weight: 1 }, politeness, 0);
  lower.answered(100_000, { latencyMs: 0, ok: false, weight: 1 }, politeness, 0);
  expect(lower.wait(100_000)).toBe(40_000);
  lower.answered(200_000, { latencyMs: 0, ok: true, weight: 1 }, politeness, 0);
  expect(lower.wait(200_000)).toBe(21_500);
});

test('Crawl-delay is obeyed even over the maximum, from the first page on', async () => {
  server.handlers['/robots.txt'] = robots('User-agent: *\nCrawl-delay: 90\n');
  server.handlers['*'] = page('text');
  const client = server.client();
  await get('/a', client);
  await get('/b', client);
  expect(server.seen.map(({ at }) => (at - (server.seen[0]?.at ?? 0)) / 1000)).toEqual([0, 90, 180]);
});

test.each([
  ['200 without rules', '', 200, 'no error'],
  ['200 that allows', 'User-agent: *\nDisallow:\n', 200, 'no error'],
  ['200 that disallows all', 'User-agent: *\nDisallow: /\n', 200, 'robots_disallowed'],
  [
    '200 that lets in only Baiduspider',
    'User-agent: Baiduspider\nDisallow:\n\nUser-agent: *\nDisallow: /\n',
    200,
    'robots_disallowed',
  ],
  [
    '200 that disallows this bot by name',
    'User-agent: gongkaireportbot\nDisallow: /a\n',
    200,
    'robots_disallowed',
  ],
  [
    '200 that allows this bot by name alone',
    'User-agent: GongkaiReportBot\nAllow: /\n\nUser-agent: *\nDisallow: /\n',
    200,
    'no error',
  ],
  ['200 that disallows another path', 'User-agent: *\nDisallow: /wxzf/\n', 200, 'no error'],
  ['200 whose longer rule allows', 'User-agent: *\nDisallow: /\nAllow: /a$\n', 200, 'no error'],
  ['200 with a byte order mark', '\ufeffUser-agent: *\nDisallow: /\n', 200, 'robots_disallowed'],
  ['404', 'nothing', 404, 'no error'],
  ['410', 'nothing', 410, 'no error'],
  ['401', 'User-agent: *\nAllow: /', 401, 'robots_disallowed'],
  ['403', 'User-agent: *\nAllow: /', 403, 'robots_disallowed'],
  ['500', 'User-agent: *\nAllow: /', 500, 'robots_disallowed'],
  ['503', 'User-agent: *\nAllow: /', 503, 'robots_disallowed'],
  ['a redirect without end', '', 302, 'no error'],
] as const)('robots.txt with %s', async (_, body, status, expected) => {
  server.handlers['/robots.txt'] = (_request, response) =>
    response.writeHead(status, status === 302 ? { location: '/robots.txt' } : {}).end(body);
  server.handlers['/a'] = page('text');
  expect(await codeOf(get('/a'))).toBe(expected);
  expect(server.paths.includes('/a')).toBe(expected === 'no error');
});

test.each([
  ['GongkaiReportBot/1.0 (+https://example.org/bot; ops@example.org)', 'GongkaiReportBot'],
  ['DisclosureCrawler/2.1 (+https://example.org/bot)', 'DisclosureCrawler'],
  ['Mozilla/5.0 (compatible; GongkaiReportBot/1.0; +https://example.org/bot)', 'GongkaiReportBot'],
  ['Mozilla/5.0 (compatible; Disclosure; +https://example.org/bot)', 'Disclosure'],
])('in robots.txt %s is %s', (userAgent, token) => {
  expect(productToken(userAgent)).toBe(token);
});

test('robots.txt that gives no answer disallows for now, and is asked again by the next run', async () => {
  server.handlers['/robots.txt'] = (request) => request.socket.destroy();
  server.handlers['/a'] = page('text');
  expect(await codeOf(get('/a'))).toBe('robots_disallowed');
  server.handlers['/robots.txt'] = robots('', 404);
  expect(await codeOf(get('/a'))).toBe('no error');
});

test('a challenge in place of robots.txt is named as the challenge, and nothing more is asked', async () => {
  server.handlers['/robots.txt'] = (_, response) =>
    response.writeHead(521, { 'set-cookie': '__jsluid_s=0a' }).end('<script>document.cookie=1</script>');
  const client = server.client();
  expect(await codeOf(get('/a', client))).toBe('BLOCKED_JSL');
  expect(await codeOf(get('/b', client))).toBe('host_stopped');
  expect(server.paths).toEqual(['/robots.txt']);
});

test('robots.txt is kept for a day', async () => {
  server.handlers['/a'] = page('text');
  await get('/a');
  server.clock.advance(3_600_000);
  await get('/a');
  expect(server.paths).toEqual(['/robots.txt', '/a', '/a']);
  server.clock.advance(24 * 3_600_000);
  await get('/a');
  expect(server.paths.slice(3)).toEqual(['/robots.txt', '/a']);
});

test('an operator can override robots.txt with a reason, which is told once', async () => {
  server.handlers['/robots.txt'] = robots('User-agent: *\nDisallow: /\n');
  server.handlers['*'] = page('text');
  const notices: string[] = [];
  const client = server.client(
    { robots: { policy: 'operator_override', reason: 'agreed by letter' } },
    { onNotice: (text) => notices.push(text) },
  );
  await get('/a', client);
  await get('/b', client);
  expect(notices).toEqual([
    'p: robots.txt line 2 disallows it, overridden by the operator: agreed by letter',
  ]);
});

test('nothing is asked for outside the window, nor after a pause that crosses its end', async () => {
  server.handlers['*'] = (_, response) => {
    server.clock.advance(290_000);
    response.end('text');
  };
  const client = server.client({ politeness: { window: '22:00-23:05' } });
  await get('/a', client);
  // Seven seconds before the end, and the pause owed is a minute.
  expect(await codeOf(get('/b', client))).toBe('window_closed');
  server.clock.advance(3_600_000);
  expect(await codeOf(get('/c', client))).toBe('window_closed');
  expect(server.paths).toEqual(['/robots.txt', '/a']);
  server.clock.advance(22 * 3_600_000);
  expect(await codeOf(get('/d', client))).toBe('no error');
});

test('the budgets of requests and of bytes end the portal', async () => {
  server.handlers['*'] = page('x'.repeat(600));
  const few = server.client({ politeness: { max_requests_per_run: 2 } });
  await get('/a', few);
  expect(await codeOf(get('/b', few))).toBe('request_budget');
  const small = server.client({ politeness: { max_bytes_per_run: 1000 } });
  await get('/a', small);
  await get('/b', small);
  expect(await codeOf(get('/c', small))).toBe('byte_budget');
});

test('429 is waited out as long as it says, doubles later pauses, and the third ends the group', async () => {
  let refusals = 2;
  server.handlers['/a'] = (_, response) =>
    refusals-- > 0 ? response.writeHead(429, { 'retry-after': '120' }).end() : response.end('text');
  server.handlers['*'] = page('text');
  const client = server.client();
  expect((await get('/a', client)).status).toBe(200);
  await get('/b', client);
  const times = server.seen.map(({ at }) => (at - (server.seen[0]?.at ?? 0)) / 1000);
  expect(times).toEqual([0, 3, 123, 243, 255]);
  refusals = 9;
  expect(await codeOf(get('/a', client))).toBe('SLOW_DOWN');
  const { length } = server.seen;
  expect(await codeOf(client.fetch({ url: 'http://other.moumou.gov.cn/c', expect: 'page' }))).toBe(
    'host_stopped',
  );
  expect(server.seen.length).toBe(length);
});

test('a rest of more than an hour is taken by ending the run', async () => {
  server.handlers['/a'] = (_, response) => response.writeHead(503, { 'retry-after': '7200' }).end();
  expect(await codeOf(get('/a'))).toBe('SLOW_DOWN');
  expect(server.paths).toEqual(['/robots.txt', '/a']);
});

test.each([
  ['120', 120_000],
  ['Mon, 01 Jun 2026 15:01:00 GMT', 60_000],
  ['Mon, 01 Jun 2026 14:00:00 GMT', 0],
  ['soon', null],
  [undefined, null],
])('Retry-After %j is %j ms', (value, expected) => {
  expect(retryAfter(value, Date.parse('2026-06-01T15:00:00Z'))).toBe(expected);
});

test('a 500 is tried twice more with growing pauses, a 404 not at all', async () => {
  server.handlers['/bad'] = (_, response) => response.writeHead(500).end();
  const client = server.client();
  expect(await codeOf(get('/bad', client))).toBe('server_error');
  expect(server.seen.map(({ at }) => (at - (server.seen[0]?.at ?? 0)) / 1000)).toEqual([0, 3, 9, 21]);
  expect((await get('/none', client)).status).toBe(404);
  expect(server.paths.filter((path) => path === '/none').length).toBe(1);
});

test('a host that answers nothing three times in a row is left alone', async () => {
  server.handlers['*'] = (request) => request.socket.destroy();
  const client = server.client();
  expect(await codeOf(get('/a', client))).toBe('network');
  expect(await codeOf(get('/b', client))).toBe('network');
  expect(await codeOf(get('/c', client))).toBe('UNREACHABLE');
  expect(await codeOf(get('/d', client))).toBe('host_stopped');
  expect(server.seen.length).toBe(1 + 9);
});

test('a host that fails five requests in a row, with three attempts each, is left alone', async () => {
  server.handlers['*'] = (_, response) => response.writeHead(500).end();
  server.handlers['/good'] = page('text');
  const client = server.client();
  for (const path of ['/a', '/b', '/good', '/c', '/d', '/e', '/f'])
    expect(await codeOf(get(path, client)), path).toBe(path === '/good' ? 'no error' : 'server_error');
  expect(await codeOf(get('/g', client))).toBe('UNREACHABLE');
  expect(await codeOf(get('/h', client))).toBe('host_stopped');
});

test('a body shorter than Content-Length is an error and is tried again', async () => {
  let cut = 1;
  server.handlers['/a'] = (request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write(cut > 0 ? 'x'.repeat(50) : 'x'.repeat(100));
    if (cut-- > 0) setTimeout(() => request.socket.destroy(), 20);
    else response.end();
  };
  const client = server.client();
  expect((await get('/a', client)).bytes.length).toBe(100);
  cut = 99;
  expect(await codeOf(get('/a', client))).toBe('truncated');
});

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
] as const)('a body in %s is decoded, asked for or not', async (coding, pack) => {
  server.handlers['/a'] = page(pack('政府信息公开工作年度报告'), { 'content-encoding': coding });
  expect((await get('/a')).text).toBe('政府信息公开工作年度报告');
});

test('a truncated gzip stream is an error', async () => {
  const packed = gzipSync('x'.repeat(10_000));
  server.handlers['/a'] = page(packed.subarray(0, packed.length - 20), { 'content-encoding': 'gzip' });
  expect(await codeOf(get('/a'))).toBe('truncated');
});

test('a page over its limit is cut off: announced, streamed and inflated', async () => {
  const limits = { limits: { page_bytes: '100KB' } };
  let sent = 0;
  server.handlers['/announced'] = (_, response) =>
    response.writeHead(200, { 'content-length': '200000' }).write('x');
  server.handlers['/streamed'] = (_, response) => {
    const more = () => {
      if (response.destroyed || sent > 50_000_000) return;
      sent += 65_536;
      response.write(Buffer.alloc(65_536), () => setImmediate(more));
    };
    more();
  };
  server.handlers['/bomb'] = page(gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' });
  for (const path of ['/announced', '/streamed', '/bomb'])
    expect(await codeOf(get(path, server.client(limits))), path).toBe('too_large');
  expect(sent).toBeLessThan(10_000_000);
});

test('redirects are followed within the allowed hosts, each after its own pause, and not without end', async () => {
  server.handlers['/a'] = (_, response) => response.writeHead(302, { location: '/b' }).end();
  server.handlers['/b'] = (_, response) =>
    response.writeHead(301, { location: 'http://other.moumou.gov.cn/c' }).end();
  server.handlers['/c'] = page('text');
  const answer = await get('/a');
  expect(answer).toMatchObject({ url: 'http://other.moumou.gov.cn/c', text: 'text' });
  expect(server.seen.map(({ host, path }) => host + path)).toEqual([
    'www.moumou.gov.cn/robots.txt',
    'www.moumou.gov.cn/a',
    'www.moumou.gov.cn/b',
    'other.moumou.gov.cn/robots.txt',
    'other.moumou.gov.cn/c',
  ]);
  let round = 0;
  server.handlers['*'] = (_, response) => response.writeHead(302, { location: `/loop${round++}` }).end();
  expect(await codeOf(get('/loop'))).toBe('redirect_loop');
  expect(round).toBe(6);
});

test('a redirect to itself with a cookie is satisfied by an ordinary cookie jar', async () => {
  server.handlers['/a'] = (request, response) =>
    /CT6T=1/.test(request.headers.cookie ?? '')
      ? response.end('text')
      : response.writeHead(302, { location: '/a', 'set-cookie': 'CT6T=1; path=/' }).end();
  const client = server.client();
  expect((await get('/a', client)).text).toBe('text');
  server.handlers['/b'] = (request, response) => response.end(request.headers.cookie);
  expect((await get('/b', client)).text).toBe('CT6T=1');
});

test('a form is sent in its order, with a name twice, and the path stays byte for byte', async () => {
  server.handlers['*'] = page('text');
  await server.client().fetch({
    url: `${site}/module/dataproxy.jsp?a=%2F&b=%3d`,
    method: 'POST',
    form: [
      ['col', '1'],
      ['appid', '1'],
      ['appid', '1'],
      ['webname', '某某'],
    ],
    referer: `${site}/col/`,
    ajax: true,
    expect: 'page',
  });
  expect(server.seen[1]).toMatchObject({
    method: 'POST',
    path: '/module/dataproxy.jsp?a=%2F&b=%3d',
    body: 'col=1&appid=1&appid=1&webname=%E6%9F%90%E6%9F%90',
    headers: { referer: `${site}/col/`, 'x-requested-with': 'XMLHttpRequest' },
  });
});

test('validators make a request conditional, and 304 is told as such', async () => {
  server.handlers['/a'] = (request, response) =>
    request.headers['if-none-match'] === '"1"'
      ? response.writeHead(304).end()
      : response.writeHead(200, { etag: '"1"' }).end('text');
  const client = server.client();
  const first = await get('/a', client);
  expect(first).toMatchObject({ notModified: false, headers: { etag: '"1"' } });
  const second = await client.fetch(
    { url: `${site}/a`, expect: 'page' },
    { etag: '"1"', lastModified: null },
  );
  expect(second).toMatchObject({ notModified: true, status: 304, text: '' });
});

test.each([403, 405, 501])(
  'a server that answers HEAD with %i refuses the method, not the crawler',
  async (status) => {
    server.handlers['/a'] = (request, response) =>
      request.method === 'HEAD' ? response.writeHead(status).end() : response.end('text');
    const client = server.client();
    const head = await client.fetch({ url: `${site}/a`, method: 'HEAD', expect: 'attachment' });
    expect(head).toMatchObject({ status, text: '' });
    expect((await get('/a', client)).text).toBe('text');
  },
);

test('http_only asks for https addresses by http', async () => {
  server.handlers['/a'] = page('text');
  const client = server.client({ tls: 'http_only' });
  expect((await client.fetch({ url: 'https://www.moumou.gov.cn/a', expect: 'page' })).url).toBe(`${site}/a`);
});

test('hosts of two sites at one address share one queue', async () => {
  server.handlers['*'] = page('text');
  const resolver = new Resolver({ allowLoopback: true, lookup: async () => ['127.0.0.1'] });
  const portals = ['www.moumou.gov.cn', 'www.lingyi.gov.cn'].map((host) => {
    const url = `http://${host}:${server.port}/`;
    const client = server.client(
      { base_url: url, allowed_hosts: [host], columns: [{ id: 'nb', url }] },
      { resolver },
    );
    return { url, client };
  });
  await Promise.all(
    portals.flatMap(({ url, client }) =>
      [1, 2, 3].map((number) => client.fetch({ url: `${url}${number}`, expect: 'page' })),
    ),
  );
  const times = server.seen.map(({ at }) => at).sort((a, b) => a - b);
  // The first request to each name is how the crawl learns that both are one machine.
  const close = times.slice(1).filter((at, index) => at - (times[index] ?? 0) < 3000).length;
  expect(server.seen.length).toBe(8);
  expect(close).toBe(0);
});

test('a form goes out in the charset of its page, and in UTF-8 where a script would send it', async () => {
  server.handlers['*'] = page('text');
  const client = server.client();
  const form = [
    ['栏目', '年报 a*'],
    ['__VIEWSTATE', '/wEP+=='],
    ['名', '\u{20bb7}'],
  ] as const;
  const url = `${site}/list.aspx`;
  await client.fetch({ url, form, formCharset: 'gb18030', expect: 'page' });
  await client.fetch({ url, form, expect: 'page' });
  const [, old, script] = server.seen;
  // U+20BB7 is not in GBK: 95 34 B2 35 in GB 18030.
  expect(old?.body).toBe('%C0%B8%C4%BF=%C4%EA%B1%A8+a*&__VIEWSTATE=%2FwEP%2B%3D%3D&%C3%FB=%954%B25');
  expect(old?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(new URLSearchParams(script?.body).get('栏目')).toBe('年报 a*');
  expect(script?.headers['content-type']).toBe('application/x-www-form-urlencoded; charset=UTF-8');
});
