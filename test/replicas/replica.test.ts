import { request as httpRequest } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { families } from './families/families.ts';
import { type Replica, startReplica } from './server.ts';
import type { SiteFamily, SiteOptions } from './site.ts';

let replica: Replica | null = null;
afterEach(async () => {
  await replica?.close();
  replica = null;
});

async function start(options: Partial<SiteOptions> = {}): Promise<Replica> {
  replica = await startReplica({ sites: [{ host: 'trs.test', family: 'trs', agencies: 3, ...options }] });
  return replica;
}

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** One bare request; rejects where the connection breaks. */
function get(
  path: string,
  headers: Record<string, string> = {},
  more: { method?: string; body?: string } = {},
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port: replica!.port,
        path,
        method: more.method ?? 'GET',
        headers: { host: 'trs.test', 'user-agent': 'bot', ...headers },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers as Record<string, string>,
            body: Buffer.concat(parts),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(more.body);
  });
}

/** What is left on the heap after a collection. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const list = '/zwgk/zfxxgknb/';
const article = () => {
  const { pathname } = new URL(
    replica!.hosts.get('trs.test')!.postUrl(replica!.hosts.get('trs.test')!.site.posts[0]!.id),
  );
  return pathname;
};

test.each([
  ['allow', 200, 'Disallow:\n'],
  ['404', 404, ''],
  ['403', 403, ''],
  ['500', 500, ''],
  ['baidu_only', 200, 'User-agent: *\nDisallow: /\n'],
  ['crawl_delay', 200, 'Crawl-delay: 10'],
])('robots.txt in mode %s', async (value, status, holds) => {
  (await start()).ctl({ do: 'set_mode', mode: 'robots', value });
  const got = await get('/robots.txt');
  expect(got.status).toBe(status);
  expect(got.body.toString()).toContain(holds);
});

test('robots.txt can forbid single paths', async () => {
  (await start()).ctl({ do: 'set_mode', mode: 'robots', value: { disallow: ['/wxzf/'] } });
  expect((await get('/robots.txt')).body.toString()).toBe('User-agent: *\nDisallow: /wxzf/\n');
});

test('challenges carry the marks of the real ones, and spare robots.txt', async () => {
  await start();
  const seen: [number, string, string | undefined][] = [];
  for (const mode of ['jsl521', 'rs412', 'c3vk200'] as const) {
    replica!.ctl({ do: 'set_mode', mode });
    const got = await get(list);
    seen.push([got.status, got.body.toString(), String(got.headers['set-cookie'] ?? '')]);
    expect((await get('/robots.txt')).status).toBe(200);
    replica!.ctl({ do: 'set_mode', mode, off: true });
  }
  expect(seen.map(([status]) => status)).toEqual([521, 412, 200]);
  expect(seen[0]![2]).toMatch(/^__jsluid_s=[0-9a-f]{32}/);
  expect(seen[1]![1]).toContain('9DhefwqGPrzGxEp9hPaoag');
  expect(seen[1]![1]).toContain('$_ts');
  expect(seen[2]![1]).toMatch(/C3VK=.*location\.reload\(\)/s);
  expect(seen[2]![1].length).toBeLessThan(1500);
  expect((await get(list)).status).toBe(200);
});

test('429 and 503 name the time to wait', async () => {
  await start();
  replica!.ctl({ do: 'set_mode', mode: 'status_429', value: 120, times: 1 });
  expect(await get(list)).toMatchObject({ status: 429, headers: { 'retry-after': '120' } });
  replica!.ctl({ do: 'set_mode', mode: 'status_503', value: 60, times: 1 });
  expect(await get(list)).toMatchObject({ status: 503, headers: { 'retry-after': '60' } });
  expect((await get(list)).status).toBe(200);
});

test('a mode begins after so many requests and ends after so many uses, on the paths that it names', async () => {
  await start();
  replica!.ctl({ do: 'set_mode', mode: 'soft404', path: 'index', after: 1, times: 1 });
  const titles = [];
  for (const path of [`${list}index.html`, `${list}index.html`, `${list}index.html`, list])
    titles.push((await get(path)).body.toString().includes('页面不存在'));
  expect(titles).toEqual([false, true, false, false]);
});

test('connections are reset and bodies end before their length', async () => {
  await start();
  replica!.ctl({ do: 'set_mode', mode: 'reset', times: 1 });
  await expect(get(list)).rejects.toThrow(/hang up|ECONNRESET/);
  replica!.ctl({ do: 'set_mode', mode: 'truncate', times: 1 });
  await expect(get(list)).rejects.toThrow(/aborted/);
});

test('gzip is sent unasked', async () => {
  await start();
  const plain = (await get(list)).body.toString();
  replica!.ctl({ do: 'set_mode', mode: 'gzip_forced' });
  const got = await get(list);
  expect(got.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(got.body).toString()).toBe(plain);
});

test('visitors without User-Agent, without Referer or with an honest name are refused as told', async () => {
  await start();
  replica!.ctl({ do: 'set_mode', mode: 'no_ua_403', value: 'browser' });
  expect((await get(list)).status).toBe(403);
  expect((await get(list, { 'user-agent': 'Mozilla/5.0 (compatible; GongkaiReportBot/1.0)' })).status).toBe(
    200,
  );
  replica!.ctl({ do: 'set_mode', mode: 'no_ua_403', off: true });
  replica!.ctl({ do: 'set_mode', mode: 'no_referer_403' });
  expect((await get(list)).status).toBe(200);
  expect((await get(article())).status).toBe(403);
  expect((await get(article(), { referer: `http://trs.test${list}` })).status).toBe(200);
});

test('a cookie is asked for by a redirect to the same address', async () => {
  await start();
  replica!.ctl({ do: 'set_mode', mode: 'cookie_redirect' });
  expect(await get(list)).toMatchObject({
    status: 302,
    headers: { location: list, 'set-cookie': ['CT6T=1; path=/'] },
  });
  expect((await get(list, { cookie: 'CT6T=1' })).status).toBe(200);
});

test('redirects lead to a foreign host, to a private address, and round in a circle', async () => {
  await start();
  const where = [];
  for (const mode of ['redirect_foreign', 'redirect_private', 'redirect_loop'] as const) {
    replica!.ctl({ do: 'set_mode', mode });
    where.push((await get(list)).headers['location']);
    if (mode === 'redirect_loop') where.push((await get(`${list}?round=1`)).headers['location']);
    replica!.ctl({ do: 'set_mode', mode, off: true });
  }
  expect(where).toEqual([
    'http://clone.example.com/',
    'http://10.0.0.1/',
    `${list}?round=1`,
    `${list}?round=2`,
  ]);
});

test('a static page has its ETag and answers 304 to it, until it changes or the mode is off', async () => {
  await start({ containers: ['html'] });
  const first = await get(article());
  const tag = first.headers['etag']!;
  expect((await get(article(), { 'if-none-match': tag })).status).toBe(304);
  expect((await get(article(), { 'if-none-match': `W/${tag}` })).status).toBe(304);
  expect((await get(article(), { 'if-modified-since': first.headers['last-modified']! })).status).toBe(304);
  replica!.ctl({ do: 'edit_body_silently', post: replica!.hosts.get('trs.test')!.site.posts[0]!.id });
  expect((await get(article(), { 'if-none-match': tag })).status).toBe(200);
  replica!.ctl({ do: 'set_mode', mode: 'etag_off' });
  expect((await get(article())).headers['etag']).toBeUndefined();
});

test('the charset of the header is right, wrong or missing as told, and the bytes are GBK where the site is', async () => {
  await start({ family: 'generic', host: 'trs.test', variant: { charset: 'gbk' } });
  const types = [];
  for (const mode of [null, 'charset_wrong', 'charset_absent'] as const) {
    if (mode) replica!.ctl({ do: 'set_mode', mode });
    const got = await get('/list.asp?cid=9');
    types.push(got.headers['content-type']);
    expect(new TextDecoder('gb18030').decode(got.body)).toContain('政府信息公开年报');
  }
  expect(types).toEqual(['text/html;charset=GBK', 'text/html;charset=UTF-8', 'text/html']);
});

describe('control calls', () => {
  const families_ = (Object.keys(families) as SiteFamily[]).filter((family) => family !== 'single');

  test.each(families_)('%s: every change shows where it must and nowhere else', async (family) => {
    await start({ family, containers: ['docx'], years: { from: 2023, to: 2024 } });
    const host = replica!.hosts.get('trs.test')!;
    const { site } = host;
    const [one, two, three] = site.reports();
    const path = (id: number) => host.postUrl(id).replace('http://trs.test', '');
    const noise =
      /Maketime[^>]*>|pageTimestamp= '\d+'|浏览次数：[^<]*(?:<lable[^<]*)?|阅读：\d+|浏览量：.*?次|已下载.*?次|点击：\d+/g;
    const read = async (id: number) => (await get(path(id))).body.toString().replaceAll(noise, '');
    const before = await read(one!.id);
    expect(await read(one!.id)).toBe(before);
    const bytes = Buffer.from(site.files(one!)[0]!.bytes());
    replica!.ctl({ do: 'swap_attachment', post: one!.id });
    expect(Buffer.from(site.files(one!)[0]!.bytes()).equals(bytes)).toBe(false);
    replica!.ctl({ do: 'edit_body_silently', post: one!.id });
    const edited = await read(one!.id);
    expect(edited).not.toBe(before);
    replica!.ctl({ do: 'rename_attachment', post: one!.id });
    expect(await read(one!.id)).not.toBe(edited);
    expect(await read(two!.id)).toBe(await read(two!.id));
    const other = await read(two!.id);
    replica!.ctl({ do: 'rebuild_all' });
    expect(await read(two!.id)).not.toBe(other);
    replica!.ctl({ do: 'retitle', post: two!.id, title: '更正后的标题2024年政府信息公开工作年度报告' });
    expect(await read(two!.id)).toContain(family === 'gkmlpt' ? '更正后的标题' : '更正后的标题2024年');
    if (family !== 'hanweb_annual') {
      replica!.ctl({ do: 'unlist', post: two!.id });
      expect((await get(path(two!.id))).status).toBe(200);
      const old = path(three!.id);
      replica!.ctl({ do: 'move_url', post: three!.id });
      expect(path(three!.id)).not.toBe(old);
      expect((await get(old)).status).toBe(404);
      expect((await get(path(three!.id))).status).toBe(200);
      replica!.ctl({ do: 'delete', post: three!.id });
      expect((await get(path(three!.id))).status).toBe(404);
    }
  });

  test('they come over HTTP too, and say what they do not understand', async () => {
    await start();
    const post = (call: unknown) => get('/__ctl', {}, { method: 'POST', body: JSON.stringify(call) });
    const made = JSON.parse((await post({ do: 'publish', agency: 1, year: 2024 })).body.toString()) as {
      url: string;
    };
    expect((await get(new URL(made.url).pathname)).status).toBe(200);
    const refused = await post({ do: 'swap_attachment', agency: 1, year: 1999 });
    expect(refused.status).toBe(400);
    expect(refused.body.toString()).toContain('no such post');
    expect((await post({ do: 'unlist', host: 'nowhere.test' })).body.toString()).toContain('trs.test');
  });
});

test.each(Object.keys(families) as SiteFamily[])(
  '%s serves every container under addresses of its own',
  async (family) => {
    await start({
      family,
      agencies: 3,
      years: { from: 2021, to: 2024 },
      containers: ['html', 'docx', 'wps', 'zip', 'pdf', 'twins', 'picture', 'doc'],
      convert: () => Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0]),
    });
    const host = replica!.hosts.get('trs.test')!;
    const shown = new Set(host.site.posts.map((post) => post.container));
    expect(shown.size).toBeGreaterThan(5);
    for (const post of host.site.posts) {
      const url = new URL(host.postUrl(post.id));
      const got = await get(url.pathname + url.search);
      expect(got.status, `${post.container} ${url.href}`).toBe(200);
      if (post.container === 'picture') expect(got.body.toString()).toMatch(/<img src=|u003Cimg src=/);
    }
  },
);

test('the log has time, host, method, path, agent, conditions and open connections of every request', async () => {
  let now = 1_750_000_000_000;
  replica = await startReplica({
    sites: [{ host: 'trs.test', family: 'trs' }],
    now: () => now,
    sleep: async (ms) => {
      now += ms;
    },
  });
  replica.ctl({ do: 'set_mode', mode: 'slow', value: 700 });
  await get(list, { 'if-none-match': '"x"', referer: 'http://trs.test/' });
  expect(replica.log).toHaveLength(1);
  expect(replica.log[0]).toMatchObject({
    at: 1_750_000_000_000,
    host: 'trs.test',
    method: 'GET',
    path: list,
    userAgent: 'bot',
    referer: 'http://trs.test/',
    ifNoneMatch: '"x"',
    inFlight: 1,
    openConnections: 1,
    status: 200,
    doneAt: 1_750_000_000_700,
  });
});

test('twenty portals of a hundred bodies over seven years stand in little memory, rendered as they are asked for', async () => {
  const names = Object.keys(families) as SiteFamily[];
  replica = await startReplica({
    sites: Array.from({ length: 20 }, (_, index) => ({
      host: `p${index}.test`,
      family: names[index % names.length]!,
      agencies: 100,
      years: { from: 2019, to: 2025 },
      containers: ['html', 'docx', 'pdf', 'zip', 'twins'] as const,
    })),
  });
  const read = async (from: number, to: number) => {
    for (const host of replica!.hosts.values()) {
      for (const post of host.site.posts.slice(from, to)) {
        const url = new URL(host.postUrl(post.id));
        const got = await get(url.pathname + url.search, { host: host.host });
        expect(got.status, url.href).toBe(200);
      }
    }
  };
  expect([...replica.hosts.values()].reduce((sum, host) => sum + host.site.posts.length, 0)).toBe(14_000);
  await read(0, 5);
  const before = heapInUse();
  await read(5, 25);
  // Kept, the 400 articles with their records and files would be tens of megabytes.
  expect((heapInUse() - before) / 1e6).toBeLessThan(10);
});
