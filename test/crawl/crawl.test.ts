import { afterEach, describe, expect, test, vi } from 'vitest';
import { crawlPortals } from '../../src/crawl/crawl.ts';
import type { CrawlProgress } from '../../src/crawl/crawled.ts';
import { addressKey } from '../../src/crawl/portals/addresses.ts';
import { thisProcess } from '../../src/process/mark.ts';
import type { SiteOptions } from '../replicas/site.ts';
import { day, Field, impolite } from './field.ts';

let field: Field | null = null;
afterEach(async () => {
  await field?.close();
  field = null;
});
const small: SiteOptions = {
  host: 'www.moumou.gov.cn',
  family: 'trs',
  agencies: 2,
  years: { from: 2022, to: 2023 },
};
const open = async (site: Partial<SiteOptions> = {}, more = {}, at?: string) => {
  field = await Field.open([{ ...small, ...site }], more, at);
  return field;
};

test.each(['00:00-24:00', '22:00-07:00'])(
  'a crawl with the window %s that begins before midnight goes on after it',
  async (window) => {
    // 23:59:50 in Shanghai.
    const field = await open({}, { portal: { politeness: { window } } }, '2026-06-01T15:59:50Z');
    const { reports, summary, log } = await field.crawl();
    expect(reports.length).toBe(4);
    expect(summary.portals[0]).toMatchObject({ outcome: 'complete', left: 0 });
    expect(new Date(log.at(-1)?.at ?? 0).toISOString() > '2026-06-01T16:00:00').toBe(true);
  },
);

test.each(['asp', 'aspx'])(
  'an old %s portal gets forms and queries in its own charset, and the whole list is read',
  async (kind) => {
    const field = await open({
      family: 'generic',
      variant: { kind, charset: 'gbk' },
      agencies: 6,
      years: { from: 2020, to: 2023 },
    });
    field.ctl({ do: 'set_mode', mode: 'charset_absent', path: '.' });
    const { reports, summary } = await field.crawl();
    expect(summary.portals[0]?.columns[0]).toMatchObject({ outcome: 'complete', pages: 3 });
    expect(reports.length).toBe(24);
  },
);

describe('options', () => {
  test('a dry run asks for lists only and stores nothing', async () => {
    const field = await open();
    const { reports, summary, log } = await field.crawl({ dryRun: true });
    expect(reports).toEqual([]);
    expect(summary.portals[0]).toMatchObject({ found: 4, new: 0 });
    expect(log.map(({ path }) => path)).toEqual(['/robots.txt', '/zwgk/zfxxgknb/']);
    expect(field.state.urlStates.size + field.state.columns.size + field.state.robotsByOrigin.size).toBe(0);
  });

  test('--max bounds the articles, and the next run goes on', async () => {
    const field = await open();
    const first = await field.crawl({ max: 3 });
    expect(first.reports.length).toBe(3);
    // Of what was not asked for yet nobody says that it is missing.
    expect(first.summary.portals[0]).toMatchObject({ left: 1, gaps: [] });
    expect((await field.crawl()).reports.length).toBe(1);
  });

  test('--year takes one year, and marks nothing else as missing', async () => {
    const field = await open();
    await field.crawl();
    field.clock.advance(day);
    const { reports } = await field.crawl({ year: 2022 });
    expect(reports).toEqual([]);
    expect([...field.state.urlStates.values()].every(({ missCount }) => missCount === 0)).toBe(true);
    const fresh = await open({ host: 'www.lingyi.gov.cn' });
    expect((await fresh.crawl({ year: 2022 })).reports.map(({ hints }) => hints.year)).toEqual([2022, 2022]);
  });

  test('--since leaves rows of before', async () => {
    const field = await open();
    const { reports } = await field.crawl({ since: '2024-01-01' });
    expect(reports.map(({ hints }) => hints.year)).toEqual([2023, 2023]);
  });

  test('an unknown portal is named, with those that there are', async () => {
    const field = await open();
    await expect(field.crawl({ portals: ['q'] })).rejects.toThrow(
      'no portal has the id q; portals.yaml has p1',
    );
  });

  test('outside its hours a portal is waited for, or skipped', async () => {
    const field = await open({}, {}, '2026-06-01T04:00:00Z');
    const skipped = await field.crawl({ outsideWindow: 'skip' });
    expect(skipped.log).toEqual([]);
    expect(skipped.summary.portals[0]?.outcome).toBe('skipped');
    const progress: CrawlProgress[] = [];
    const waited = await field.crawl({}, { onProgress: (each) => progress.push(each) });
    expect(progress[0]).toEqual({ kind: 'waiting', portal: 'p1', until: '2026-06-01T14:00:00.000Z' });
    expect(waited.reports.length).toBe(4);
    expect(impolite(waited.log)).toEqual([]);
  });
});

describe('a run', () => {
  test('tells its progress: lists, articles in order, and the end with its summary', async () => {
    const field = await open();
    const progress: CrawlProgress[] = [];
    await field.crawl({}, { onProgress: (each) => progress.push(each) });
    expect(progress.map(({ kind }) => kind)).toEqual([
      'portal_started',
      'list_page',
      'article',
      'article',
      'article',
      'article',
      'portal_ended',
    ]);
    expect(
      progress.filter((each) => each.kind === 'article').map(({ done, of, result }) => [done, of, result]),
    ).toEqual([
      [1, 4, 'new'],
      [2, 4, 'new'],
      [3, 4, 'new'],
      [4, 4, 'new'],
    ]);
  });

  test('of a static portal costs it little the second time: list pages and due articles answer 304', async () => {
    const field = await open({ agencies: 6 });
    const first = await field.crawl();
    expect(first.log.filter(({ path }) => /index_1|\/$/.test(path)).length).toBe(2);
    // The fourth run after a full one walks to the end again, and by then every article is due.
    for (let run = 0; run < 3; run++) await field.crawl();
    field.clock.advance(8 * day);
    const full = await field.crawl();
    expect(full.log.length).toBeGreaterThan(12);
    expect(full.log.filter(({ status }) => status === 200).map(({ path }) => path)).toEqual(['/robots.txt']);
    expect(full.events).toEqual([]);
  });

  test('that is aborted ends after the request under way, and the next one loses nothing', async () => {
    const field = await open();
    const stop = new AbortController();
    let seen = 0;
    const { summary, reports } = await field.crawl(
      {},
      {
        signal: stop.signal,
        onRequest: (phase) => {
          field.clock.onRequest(phase);
          if (phase === 'start' && ++seen === 4) stop.abort(new Error('interrupted'));
        },
      },
    );
    expect(summary.aborted).toBe(true);
    const { reports: rest } = await field.crawl();
    expect(reports.length + rest.length).toBe(4);
  });

  test('whose reader stops early closes its connections and gives the lock back', async () => {
    const field = await open();
    for await (const report of crawlPortals(field.config, field.deps())) {
      expect(report.change).toBe('new');
      break;
    }
    expect(field.state.locks.size).toBe(0);
    const { length } = field.replica.log;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(field.replica.log.length).toBe(length);
  });

  test('hands on again what an earlier one archived and nobody took over', async () => {
    const field = await open();
    for await (const _ of crawlPortals(field.config, field.deps()));
    const { reports, log } = await field.crawl();
    expect(reports.map(({ change }) => change)).toEqual(['again', 'again', 'again', 'again']);
    expect(log.length).toBe(1);
    expect((await field.crawl()).reports).toEqual([]);
  });

  test('leaves a portal that another living process crawls, and takes over from a dead one', async () => {
    const field = await open();
    const now = new Date(field.clock.now()).toISOString();
    await field.state.lock({ portal: 'p1', owner: 'elsewhere:1:r', now, leaseMs: 7_200_000 });
    const left = await field.crawl({}, { isDead: () => false });
    expect(left.summary.portals[0]).toMatchObject({
      outcome: 'skipped',
      reason: 'another process crawls it (elsewhere:1:r)',
    });
    expect(left.log).toEqual([]);
    expect((await field.crawl({}, { isDead: (owner) => owner === 'elsewhere:1:r' })).reports.length).toBe(4);
  });

  test('judges who holds a portal as it does who holds an output folder', async () => {
    const field = await open();
    const { isDead: _, ...deps } = field.deps();
    const at = field.clock.now();
    const crawledOver = async (owner: object, now = at): Promise<string | undefined> => {
      await field.state.lock({
        portal: 'p1',
        owner: JSON.stringify(owner),
        now: new Date(now).toISOString(),
        leaseMs: 3_600_000,
      });
      const pass = crawlPortals(field.config, deps);
      for (;;) {
        const step = await pass.next();
        if (!step.done) continue;
        field.state.locks.clear();
        return step.value.portals[0]?.reason;
      }
    };
    const me = { ...thisProcess(), token: 'of an earlier crawl' };
    // Let go of by nobody, by a process before this one of the same id, and by one that has ended.
    expect(await crawledOver(me)).toBe('');
    if (me.started !== '') expect(await crawledOver({ ...me, pid: process.ppid, started: '1' })).toBe('');
    expect(await crawledOver({ ...me, pid: 2 ** 30, started: '' })).toBe('');
    expect(await crawledOver({ ...me, pid: process.ppid, started: '' })).toMatch(/another process crawls it/);
    // A container may have the name of the machine around it, and its processes the ids of others here.
    const inContainer = { ...me, place: 'another', pid: 2 ** 30 };
    expect(await crawledOver(inContainer)).toBe(
      `another process crawls it (process ${2 ** 30} on ${me.host})`,
    );
    expect(await crawledOver(inContainer, field.clock.now() - 3_700_000)).toBe('');
  });

  test('shows that it is alive while a portal is silent, so that nobody takes it for gone', async () => {
    const field = await open();
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const { promise: answer, resolve: go } = Promise.withResolvers<void>();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const done = field.crawl(
        {},
        {
          resolveAgency: () => null,
          state: new Proxy(field.state, {
            get(target, name) {
              const value = Reflect.get(target, name, target);
              if (name === 'columnRuns')
                return async (...given: Parameters<typeof target.columnRuns>) => {
                  resolve();
                  await answer;
                  return await target.columnRuns(...given);
                };
              return typeof value === 'function' ? value.bind(target) : value;
            },
          }),
        },
      );
      await asked;
      const before = field.state.locks.get('p1')?.until ?? '';
      field.clock.advance(50 * 60_000);
      await vi.advanceTimersByTimeAsync(6 * 60_000);
      expect(Date.parse(field.state.locks.get('p1')?.until ?? '')).toBe(Date.parse(before) + 50 * 60_000);
      go();
      await done;
      await vi.advanceTimersByTimeAsync(6 * 60_000);
      expect(field.state.locks.size).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('over many portals asks several hosts at a time, and each of them alone', async () => {
    field = await Field.open(
      Array.from({ length: 5 }, (_, index) => ({ ...small, host: `www.mou${index}.gov.cn`, agencies: 1 })),
    );
    const { log, summary } = await field.crawl();
    expect(summary.totals.new).toBe(10);
    expect(impolite(log)).toEqual([]);
    const order = log.map(({ host }) => host);
    expect(order.some((host, index) => index > 5 && host !== order[index - 1])).toBe(true);
    // One host alone takes about as long as five: they do not wait for each other.
    const [first] = log;
    const own = log.filter(({ host }) => host === first?.host);
    const span = (entries: typeof log) => (entries.at(-1)?.at ?? 0) - (entries[0]?.at ?? 0);
    expect(span(log)).toBeLessThan(2 * span(own));
  });

  test('asks portals of one host group one after the other, over one connection', async () => {
    field = await Field.open(
      [0, 1, 2].map((index) => ({ ...small, host: `www.mou${index}.gov.cn`, agencies: 1 })),
      { portal: { host_group: 'platform' } },
    );
    const { log } = await field.crawl();
    expect(impolite(log.map((entry) => ({ ...entry, host: 'platform' })))).toEqual([]);
  });
});

describe('reports', () => {
  const events = (pass: Awaited<ReturnType<Field['crawl']>>) =>
    pass.events.map(({ kind, url, what }) => ({ kind, url, what }));

  test('the same agency and year at another address, with other content, was published anew', async () => {
    const field = await open();
    await field.crawl();
    const old = field.host.site.reports().find(({ year, body }) => year === 2023 && body.index === 1);
    const { url } = field.ctl({ do: 'publish', agency: 1, year: 2023 });
    field.ctl({ do: 'edit_body_silently', post: Number(field.host.site.posts[0]?.id) });
    field.clock.advance(day);
    const pass = await field.crawl();
    expect(events(pass)).toEqual([{ kind: 'report_republished', url: addressKey(String(url)), what: [] }]);
    const before = await field.state.currentVersion('p1', addressKey(field.host.postUrl(old?.id ?? 0)));
    expect(before?.supersededBy).toBe(`p1 ${addressKey(String(url))}`);
    expect((await field.crawl()).events).toEqual([]);
  });

  test('a new template is known as such when only one report is due, and one edit is told from it', async () => {
    const field = await open({ agencies: 4 });
    await field.crawl();
    const due = (url: string) => {
      const known = field.state.urlStates.get(`p1\u0000${url}`);
      if (known)
        field.state.urlStates.set(`p1\u0000${url}`, { ...known, nextCheck: '2026-06-02T00:00:00.000Z' });
    };
    const some = field.host.site.reports().find(({ container }) => container === 'docx');
    const url = addressKey(field.host.postUrl(some?.id ?? 0));
    field.ctl({ do: 'rebuild_all' });
    field.clock.advance(day);
    due(url);
    const rebuilt = await field.crawl();
    expect(rebuilt.events).toEqual([]);
    expect(rebuilt.summary.portals[0]?.templateChanges).toBe(4);
    // The page of a report with a file has no table, so its text may change while the numbers stay.
    field.ctl({ do: 'edit_body_silently', post: some?.id ?? 0 });
    field.clock.advance(day);
    due(url);
    expect(events(await field.crawl())).toEqual([{ kind: 'report_revised', url, what: ['body'] }]);
  });

  test('a report that moved with the same content raises nothing, neither when it comes nor when the old page goes', async () => {
    const field = await open({ containers: ['html'] });
    await field.crawl();
    const { url } = field.ctl({ do: 'move_url', agency: 1, year: 2023 });
    const all = [];
    for (let run = 0; run < 6; run++) {
      field.clock.advance(day);
      all.push(...(await field.crawl()).events);
    }
    expect(all).toEqual([]);
    expect(await field.state.url('p1', addressKey(String(url)))).toMatchObject({ status: 'current' });
    expect(
      [...field.state.urlStates.values()]
        .filter(({ status }) => status === 'gone')
        .map(({ reason }) => reason),
    ).toEqual([`moved to ${url}`]);
  });

  test('a report that stands in the list again after it was unlisted raises one event', async () => {
    const field = await open();
    await field.crawl();
    const { post } = field.ctl({ do: 'unlist', agency: 1, year: 2023 });
    for (let run = 0; run < 6; run++) {
      field.clock.advance(day);
      await field.crawl();
    }
    const found = field.host.site.anyPost(Number(post));
    if (found) found.listed = true;
    field.clock.advance(day);
    const again = await field.crawl();
    expect(again.events.map(({ kind }) => kind)).toEqual(['report_relisted']);
    field.clock.advance(day);
    expect((await field.crawl()).events).toEqual([]);
  });

  test('a row that was missing once and is back counts from the beginning', async () => {
    const field = await open();
    await field.crawl();
    const { post, url } = field.ctl({ do: 'unlist', agency: 1, year: 2023 });
    const misses = () => field.state.urlStates.get(`p1\u0000${addressKey(String(url))}`)?.missCount;
    for (let run = 0; run < 4; run++) {
      field.clock.advance(day);
      await field.crawl();
    }
    expect(misses()).toBe(1);
    const found = field.host.site.anyPost(Number(post));
    if (found) found.listed = true;
    field.clock.advance(day);
    expect((await field.crawl()).events).toEqual([]);
    expect(misses()).toBe(0);
  });

  test('an empty list where there were rows marks nothing as gone', async () => {
    const field = await open();
    await field.crawl();
    for (const post of field.host.site.posts) post.listed = false;
    for (let run = 0; run < 6; run++) {
      field.clock.advance(day);
      const pass = await field.crawl();
      expect(pass.events).toEqual([]);
      expect(pass.summary.portals[0]?.outcome).toBe('empty_suspicious');
    }
  });

  test('pages that say with status 200 that they do not exist are no reports, and nothing of them is archived', async () => {
    const field = await open();
    field.ctl({ do: 'set_mode', mode: 'soft404', path: '/t\\d' });
    const { reports, summary } = await field.crawl();
    expect(reports).toEqual([]);
    expect(summary.portals[0]?.failed.length).toBe(4);
    expect(summary.portals[0]?.outcome).toBe('partial');
    field.ctl({ do: 'set_mode', mode: 'soft404', off: true });
    field.clock.advance(day);
    expect((await field.crawl()).reports.length).toBe(4);
  });

  test.each(['reset', 'truncate', 'status_503'] as const)(
    'a %s in the midst is tried again and costs nothing',
    async (mode) => {
      const field = await open();
      field.ctl({
        do: 'set_mode',
        mode,
        after: 3,
        times: 1,
        ...(mode === 'status_503' ? { value: 20 } : {}),
      });
      const { reports, log } = await field.crawl();
      expect(reports.length).toBe(4);
      expect(impolite(log)).toEqual([]);
    },
  );

  test.each([
    ['redirect_private', 'http://10.0.0.1/'],
    ['redirect_foreign', 'http://clone.example.com/'],
    ['redirect_private', 'http://2130706433/'],
  ] as const)('a %s of an article to %s is not followed', async (mode, value) => {
    const field = await open();
    field.ctl({ do: 'set_mode', mode, value, path: '/t\\d', times: 1 });
    const { reports, summary, log } = await field.crawl();
    expect(reports.length).toBe(3);
    expect(new Set(log.map(({ host }) => host))).toEqual(new Set(['www.moumou.gov.cn']));
    expect(summary.portals[0]?.external).toBe(1);
  });

  test('a captcha in place of a file is never stored, ends the downloads, is tried on one more night and then left', async () => {
    const field = await open({
      family: 'vsb',
      agencies: 4,
      containers: ['docx'],
      variant: { captcha_after: 3 },
    });
    const first = await field.crawl();
    const files = (pass: typeof first) =>
      pass.reports.flatMap(({ documents }) => documents.filter(({ role }) => role === 'attachment'));
    expect(files(first).length).toBe(3);
    expect(first.reports.length).toBe(8);
    expect(first.summary.portals[0]?.blocked.map(({ code }) => code)).toEqual(['ATT_BLOCKED']);
    expect(first.log.filter(({ path }) => /download/.test(path)).length).toBe(4);
    for (let night = 0; night < 12; night++) {
      field.clock.advance(day);
      const pass = await field.crawl();
      expect(files(pass)).toEqual([]);
      expect(pass.events).toEqual([]);
      expect(pass.log.filter(({ path }) => /download/.test(path)).length).toBeLessThanOrEqual(1);
    }
    const states = [...field.state.urlStates.values()].filter(({ role }) => role === 'attachment');
    expect(states.filter(({ status }) => status === 'blocked').length).toBeGreaterThan(0);
    for (const { files } of field.state.reportVersions.values())
      for (const file of files)
        if (file.role === 'attachment')
          expect(
            Buffer.from(await field.archive.read(file.path))
              .subarray(0, 4)
              .toString('hex'),
          ).toBe('504b0304');
  });

  test('a file that could not be had at first and comes later is no revision', async () => {
    const field = await open({ containers: ['docx'] });
    field.ctl({ do: 'set_mode', mode: 'truncate', path: '\\.docx', times: 3 });
    const first = await field.crawl();
    expect(first.reports.length).toBe(4);
    expect(
      first.reports.flatMap(({ documents }) => documents).filter(({ role }) => role === 'attachment').length,
    ).toBe(3);
    field.clock.advance(day);
    const second = await field.crawl();
    expect(second.events).toEqual([]);
    expect(second.reports.map(({ change, version }) => [change, version])).toEqual([['completed', 2]]);
    expect(second.reports[0]?.documents.map(({ role }) => role)).toEqual(['attachment', 'article'].sort());
  });

  test('gaps name the agency and the year of a report that should be there', async () => {
    const field = await open({ years: { from: 2022, to: 2025 } });
    field.ctl({ do: 'delete', agency: 1, year: 2024 });
    const { summary } = await field.crawl();
    expect(summary.portals[0]?.gaps).toEqual([{ agency: field.host.site.bodies[1]?.name, year: 2024 }]);
  });
});

describe('no report is called missing', () => {
  // A body that the configuration names, and of which nothing is known yet.
  const waited = { portal: { agencies: ['mou-jiaoyuju'], year_range: { from: 2022, to: 2024 } } };
  const gapsOf = ({ summary }: Awaited<ReturnType<Field['crawl']>>) => ({
    gaps: summary.portals[0]?.gaps.length,
    total: summary.totals.gaps,
  });
  const none = { gaps: 0, total: 0 };

  test.each([
    ['a dry run', { dryRun: true }],
    ['a run over the newest rows', { since: '2030-01-01' }],
    ['a run over so many articles', { max: 100 }],
  ])('by %s, which did not ask for everything', async (_, options) => {
    const field = await open({ years: { from: 2022, to: 2024 } }, waited);
    expect(gapsOf(await field.crawl(options))).toEqual(none);
    expect(gapsOf(await field.crawl())).toEqual({ gaps: 3, total: 3 });
    expect(gapsOf(await field.crawl(options))).toEqual(none);
  });

  test('by a run that could not read the list', async () => {
    const field = await open({}, waited);
    field.ctl({ do: 'set_mode', mode: 'reset', path: new URL(field.host.columnUrl).pathname });
    expect(gapsOf(await field.crawl())).toEqual(none);
  });

  test('for a year of which a listed report could not be fetched', async () => {
    const field = await open({ years: { from: 2022, to: 2024 } }, waited);
    const [of2023] = field.host.site.reports().filter(({ title }) => title.includes('2023'));
    const { pathname } = new URL(field.host.postUrl(of2023?.id ?? 0));
    field.ctl({ do: 'set_mode', mode: 'reset', path: pathname });
    const { summary } = await field.crawl();
    expect(summary.portals[0]?.failed).toHaveLength(1);
    const { gaps = [] } = summary.portals[0] ?? {};
    expect([...new Set(gaps.map(({ year }) => year))].sort()).toEqual([2022, 2024]);
  });
});

describe('addresses that robots.txt takes out of a column', () => {
  const disallow = (field: Field, ...paths: string[]) =>
    field.ctl({ do: 'set_mode', mode: 'robots', value: { disallow: paths } });

  test('cost no more than themselves where a column is enumerated by body and year', async () => {
    const field = await open({ family: 'hanweb_annual' });
    const [refused] = field.host.site.listed();
    const { pathname, search } = new URL(field.host.postUrl(refused?.id ?? 0));
    disallow(field, `${pathname}${search}$`);
    const { reports, summary, log } = await field.crawl();
    expect(reports.map(({ address }) => address)).not.toContain(field.host.postUrl(refused?.id ?? 0));
    expect(reports).toHaveLength(3);
    expect(summary.portals[0]?.columns[0]).toMatchObject({
      outcome: 'partial',
      reason: expect.stringMatching(/robots_disallowed/),
    });
    expect(log.map(({ path }) => path)).not.toContain(`${pathname}${search}`);
  });

  test('are a refusal where they are all there is', async () => {
    const field = await open({ family: 'hanweb_annual' });
    disallow(field, '/module/xxgk/');
    const { reports, summary } = await field.crawl();
    expect(reports).toEqual([]);
    expect(summary.portals[0]?.columns[0]).toMatchObject({
      outcome: 'blocked',
      reason: expect.stringMatching(/robots_disallowed/),
    });
  });

  test('leave the other child columns alone', async () => {
    const field = await open(
      { family: 'trs', variant: { children: true } },
      { column: { follow_child_columns: { depth: 1, text: '20\\d\\d' } } },
    );
    disallow(field, '/zwgk/zfxxgknb/2023');
    const { reports, summary } = await field.crawl();
    expect(reports.map(({ hints }) => hints.year)).toEqual([2022, 2022]);
    expect(summary.portals[0]?.columns[0]).toMatchObject({
      outcome: 'partial',
      reason: expect.stringMatching(/robots_disallowed/),
    });
  });
});
