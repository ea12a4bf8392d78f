import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { addressKey } from '../../src/crawl/portals/addresses.ts';
import { families } from '../replicas/families/families.ts';
import type { SiteFamily, SiteOptions } from '../replicas/site.ts';
import { day, Field, impolite, listedReports } from './field.ts';

/** Ways in which a family can serve its column, beyond its plain one. */
const variants: Partial<Record<SiteFamily, readonly Readonly<Record<string, unknown>>[]>> = {
  nfcms: [{ shell: true }],
};

/** Outcomes other than `complete` that a family's plain replica is made to have. */
const outcomes: Partial<Record<SiteFamily, string>> = {
  // The pager promises a last page that answers 404.
  shanghai: 'partial',
};

/** Families that serve no list that a report could vanish from or stand in under another title. */
const withoutList = new Set<SiteFamily>(['hanweb_annual']);

const cases = (Object.keys(families) as SiteFamily[]).flatMap((family) =>
  [undefined, ...(variants[family] ?? [])].map((variant) => ({
    name: variant ? `${family} ${JSON.stringify(variant)}` : family,
    family,
    variant,
  })),
);

let field: Field | null = null;
afterEach(async () => {
  await field?.close();
  field = null;
});

async function open(
  family: SiteFamily,
  variant: SiteOptions['variant'],
  more: Partial<SiteOptions> = {},
): Promise<Field> {
  field = await Field.open(
    [
      {
        host: 'www.moumou.gov.cn',
        family,
        agencies: 3,
        years: { from: 2022, to: 2023 },
        containers: ['html', 'docx'],
        others: withoutList.has(family) || family === 'single' ? 0 : 3,
        ...(variant ? { variant } : {}),
        ...more,
      },
    ],
    // A page of links names only the units.
    family === 'single' ? { column: { title_include: '.', adapter: 'single_page' } } : {},
  );
  return field;
}

const attachmentsIn = (log: readonly { path: string; method: string; status: number }[]) =>
  log.filter(
    ({ path, method, status }) =>
      method === 'GET' && status === 200 && /\.(docx?|pdf|wps|ofd)|download|downfile/i.test(path),
  );

describe.each(cases)('acceptance of $name', ({ family, variant }) => {
  test('(a) the first crawl finds exactly the listed reports, with their files', async () => {
    const field = await open(family, variant);
    const { reports, summary, log, events } = await field.crawl();
    expect(reports.map(({ url }) => url).sort()).toEqual(listedReports(field.host));
    expect(reports.every(({ change, version }) => change === 'new' && version === 1)).toBe(true);
    for (const post of field.host.site.reports()) {
      const report = reports.find(({ url }) => url === addressKey(field.host.postUrl(post.id)));
      const files = field.host.site.files(post).length;
      expect(report?.documents.filter(({ role }) => role === 'attachment').length, post.title).toBe(files);
      if (family === 'single' && files > 0) continue;
      expect(report?.title).toBe(post.title);
      expect(report?.hints.year).toBe(post.year);
    }
    expect(summary.portals[0]?.outcome, summary.portals[0]?.reason).toBe(outcomes[family] ?? 'complete');
    expect(summary.totals.new).toBe(reports.length);
    expect(events).toEqual([]);
    expect(impolite(log)).toEqual([]);
  });

  test('(b) an unchanged second crawl downloads no attachment and raises no event, then and after a recheck', async () => {
    const field = await open(family, variant);
    await field.crawl();
    for (const wait of [day, 8 * day]) {
      field.clock.advance(wait);
      const { reports, log, events, summary } = await field.crawl();
      expect(reports).toEqual([]);
      expect(events).toEqual([]);
      expect(attachmentsIn(log)).toEqual([]);
      expect(summary.portals[0]?.outcome, summary.portals[0]?.reason).toBe(outcomes[family] ?? 'complete');
    }
  });

  test('(c) a silent edit gives one event, on the body', async () => {
    const field = await open(family, variant);
    await field.crawl();
    const { url } = field.ctl({ do: 'edit_body_silently', agency: 1, year: 2023 });
    field.clock.advance(8 * day);
    const { events, reports } = await field.crawl();
    expect(events.map(({ kind, url, what }) => ({ kind, url, what }))).toEqual([
      { kind: 'report_revised', url: addressKey(String(url)), what: ['body'] },
    ]);
    expect(reports.map(({ change, version }) => ({ change, version }))).toEqual([
      { change: 'revised', version: 2 },
    ]);
    field.clock.advance(8 * day);
    expect((await field.crawl()).events).toEqual([]);
  });

  test('(c) a file swapped under its name gives one event, on the attachment', async () => {
    const field = await open(family, variant);
    await field.crawl();
    const post = field.host.site.reports().find(({ container }) => container !== 'html');
    if (!post) throw new Error('no post with a file');
    field.ctl({ do: 'swap_attachment', post: post.id });
    field.clock.advance(8 * day);
    const { events } = await field.crawl();
    expect(events.map(({ kind, url, what }) => ({ kind, url, what }))).toEqual([
      { kind: 'report_revised', url: addressKey(field.host.postUrl(post.id)), what: ['attachment'] },
    ]);
  });

  test('(c) another title gives one event', async () => {
    const field = await open(family, variant);
    await field.crawl();
    const { post, url } = field.ctl({
      do: 'retitle',
      agency: 1,
      year: 2023,
      title: '某某局2023年政府信息公开工作年度报告（更正）',
    });
    field.clock.advance(8 * day);
    const { events } = await field.crawl();
    expect(post).toBeDefined();
    expect(events.map(({ kind, url }) => ({ kind, url }))).toEqual([
      { kind: 'report_revised', url: addressKey(String(url)) },
    ]);
    expect(events[0]?.what).toContain('title');
  });

  // Where reports are asked for one by one none can leave a list, nor stand on it and be forbidden.
  const testOfLists = withoutList.has(family) ? () => undefined : test;

  testOfLists('(c) a report taken off the list gives one event: still served', async () => {
    const field = await open(family, variant);
    await field.crawl();
    const { url } = field.ctl({ do: 'unlist', agency: 1, year: 2023 });
    const events = await eventsOf(field, family);
    // Rows count as missing only where the whole list was seen.
    expect(events).toEqual(
      outcomes[family] === 'partial' ? [] : [`report_unlisted ${addressKey(String(url))}`],
    );
  });

  test('(c) a deleted report gives one event: gone, and its files are kept', async () => {
    const field = await open(family, variant);
    const first = await field.crawl();
    const { url } = field.ctl({ do: 'delete', agency: 1, year: 2023 });
    const events = await eventsOf(field, family);
    expect(events).toEqual([`report_gone ${addressKey(String(url))}`]);
    const gone = first.reports.find((report) => report.url === addressKey(String(url)));
    for (const document of gone?.documents ?? [])
      expect((await field.archive.read(document.path)).length).toBe(document.bytes);
  });

  test('(d) a new template gives no event and no new version', async () => {
    const field = await open(family, variant);
    await field.crawl();
    field.ctl({ do: 'rebuild_all' });
    field.clock.advance(8 * day);
    const { events, reports, summary } = await field.crawl();
    expect(events).toEqual([]);
    expect(reports).toEqual([]);
    expect(summary.portals[0]?.templateChanges).toBeGreaterThan(0);
    field.clock.advance(8 * day);
    expect((await field.crawl()).summary.portals[0]?.templateChanges).toBe(0);
  });

  testOfLists('(e) a path that robots.txt disallows is never asked for, and all others are', async () => {
    const field = await open(family, variant);
    const [post] = field.host.site.reports();
    const address = new URL(field.host.postUrl(post?.id ?? 0));
    const path = address.pathname + address.search;
    field.ctl({ do: 'set_mode', mode: 'robots', value: { disallow: [`${path}$`] } });
    const { log, reports, summary } = await field.crawl();
    expect(log.map((entry) => entry.path)).not.toContain(path);
    expect(reports.length).toBe(listedReports(field.host).length - 1);
    expect(summary.portals[0]?.blocked.map(({ code }) => code)).toEqual(['robots_disallowed']);
  });

  test('(e) Crawl-delay is kept', async () => {
    const field = await open(family, variant);
    field.ctl({ do: 'set_mode', mode: 'robots', value: 'crawl_delay' });
    const { log, reports } = await field.crawl();
    expect(impolite(log, 10_000)).toEqual([]);
    expect(reports.length).toBe(listedReports(field.host).length);
  });

  test('(e) a robots.txt that lets in only Baiduspider ends the portal before its first page', async () => {
    const field = await open(family, variant);
    field.ctl({ do: 'set_mode', mode: 'robots', value: 'baidu_only' });
    const { log, summary } = await field.crawl();
    expect(log.map(({ path }) => path)).toEqual(['/robots.txt']);
    expect(summary.portals[0]?.outcome).toBe('blocked');
  });

  test.each([
    ['jsl521', 'BLOCKED_JSL'],
    ['rs412', 'BLOCKED_RS'],
    ['c3vk200', 'BLOCKED_JS_COOKIE'],
    ['status_429', 'SLOW_DOWN'],
    ['status_503', 'SLOW_DOWN'],
    ['no_ua_403', 'REFUSED'],
    ['cookie_redirect', 'COOKIE_REDIRECT'],
  ] as const)('(f) %s ends the host with its class and no further request', async (mode, code) => {
    const field = await open(family, variant);
    const value = mode === 'no_ua_403' ? 'browser' : mode === 'cookie_redirect' ? 'always' : undefined;
    field.ctl({ do: 'set_mode', mode, after: 4, ...(value ? { value } : {}) });
    const { log, summary } = await field.crawl();
    expect(summary.portals[0]?.blocked.map((blocked) => blocked.code)).toEqual([code]);
    expect(summary.portals[0]?.outcome).toBe('blocked');
    const refused = log.filter(
      ({ status }) => [302, 403, 412, 429, 503, 521].includes(status) || mode === 'c3vk200',
    );
    const allowed = mode.startsWith('status') ? 3 : mode === 'cookie_redirect' ? 6 : 1;
    if (mode !== 'c3vk200')
      expect(refused.length).toBeLessThanOrEqual(allowed + (family.startsWith('hanweb') ? 2 : 0));
    expect(impolite(log)).toEqual([]);
    if (allowed > 1 && mode !== 'cookie_redirect') return;
    field.clock.advance(day);
    expect((await field.crawl()).log).toEqual([]);
  });

  test('(g) killed anywhere and started again, it ends in the same state', async () => {
    const scenario = async (field: Field, kill: number | null) => {
      if (kill === null || !(await field.crawlUntilKilled(kill))) await field.crawl();
      else await field.crawl();
      const first = field.finalState();
      field.ctl({ do: 'edit_body_silently', agency: 1, year: 2023 });
      field.ctl({ do: 'publish', agency: 0, year: 2023, title: '某某办公室2023年政府信息公开工作年度报告' });
      field.clock.advance(8 * day);
      if (kill !== null) await field.crawlUntilKilled(kill);
      await field.crawl();
      return { first, last: field.finalState() };
    };
    const whole = await scenario(await open(family, variant, { others: 0 }), null);
    await field?.close();
    // Over all families more than fifty points, others in each.
    const points = fc.sample(fc.integer({ min: 0, max: 60 }), {
      seed: 7 + Object.keys(families).indexOf(family),
      numRuns: 4,
    });
    for (const kill of points) {
      const again = await open(family, variant, { others: 0 });
      expect(await scenario(again, kill), `killed at step ${kill}`).toEqual(whole);
      await again.close();
      field = null;
    }
  });
});

/**
 * The events of the runs that follow, as many as it takes to miss a row twice in complete walks. Where no walk is
 * complete only a recheck can find a page gone.
 */
async function eventsOf(field: Field, family: SiteFamily): Promise<string[]> {
  const all: string[] = [];
  for (const wait of outcomes[family] === 'partial' ? [8, 8, 8] : [1, 1, 1, 1, 1, 1]) {
    field.clock.advance(wait * day);
    const { events } = await field.crawl();
    all.push(...events.map(({ kind, url }) => `${kind} ${url}`));
  }
  return all;
}
