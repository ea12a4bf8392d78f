import fc from 'fast-check';
import { expect } from 'vitest';
import type { CrawlState, ReportVersion, StateChange, UrlState } from '../../src/crawl/state.ts';
import { MemoryState } from '../crawl/memory-state.ts';

/** Any sequence of changes leaves the stored state answering every question as the plain one in memory does. */
export async function answersAsInMemory(fresh: () => Promise<CrawlState>, runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      const stored = await fresh();
      const plain = new MemoryState();
      for (const [i, make] of changes.entries()) {
        const one = make(i);
        await stored.commit(one);
        await plain.commit(one);
      }
      expect(await answers(stored)).toEqual(await answers(plain));
    }),
    { seed: 4, numRuns: runs },
  );
}

const PORTALS = ['p1', 'p2'];
const URLS = ['http://x.example/a', 'http://x.example/b', 'http://x.example/ü'];

async function answers(state: CrawlState): Promise<unknown> {
  const list = async <T>(items: AsyncIterable<T>) => {
    const all: T[] = [];
    for await (const item of items) all.push(item);
    return all;
  };
  const all: unknown[] = [];
  for (const portal of PORTALS) {
    for (const query of [
      {},
      { role: 'article' as const, status: ['current' as const, 'listed' as const] },
      { column: 'c1', missedAtLeast: 1 },
      { dueBy: '2026-01-01T00:00:04.000Z' },
      { parent: URLS[0] as string },
    ]) {
      all.push(await list(state.urls(portal, query)), await state.countUrls(portal, query));
    }
    for (const url of URLS) all.push(await state.url(portal, url), await state.currentVersion(portal, url));
    all.push(await list(state.versions(portal)), await list(state.untaken(portal)));
    all.push(await state.columnRuns(portal, 'c1', 3), await state.portalRuns(portal, 2));
    all.push(await list(state.events({ portal })), await list(state.events({ portal, run: 'run2' })));
  }
  all.push(
    await state.versionsByKey('key1'),
    await Promise.all(PORTALS.flatMap((portal) => URLS.map((url) => state.replacedBy(portal, url, 2)))),
    await state.robots('http://x.example'),
    await state.blocked('x.example'),
  );
  return all;
}

const time = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
const portal = fc.constantFrom(...PORTALS);
const url = fc.constantFrom(...URLS);

const urlState = fc.record({
  portal,
  url,
  role: fc.constantFrom('article' as const, 'attachment' as const),
  column: fc.constantFrom('c1', 'c2'),
  parent: fc.constantFrom(null, URLS[0] as string),
  status: fc.constantFrom('current' as const, 'listed' as const, 'gone' as const),
  run: fc.constantFrom('run1', 'run2'),
  due: fc.constantFrom(null, 3, 9),
});

const change = fc.oneof(
  fc.array(urlState, { maxLength: 3 }).map(
    (urls) =>
      (n: number): StateChange => ({
        urls: urls.map(
          (u): UrlState => ({
            ...u,
            address: u.url,
            httpStatus: 200,
            etag: null,
            lastModified: null,
            contentLength: null,
            sha256: null,
            firstSeen: time(0),
            lastSeen: time(n),
            lastSeenRun: u.run,
            lastChecked: null,
            nextCheck: u.due === null ? null : time(u.due),
            listSig: null,
            listTitle: '年报',
            listDate: null,
            missCount: 0,
            failures: 0,
            reason: null,
          }),
        ),
      }),
  ),
  fc.record({ portal, url, key: fc.constantFrom(null, 'key1'), taken: fc.boolean() }).map(
    (v) =>
      (n: number): StateChange => ({
        versions: [
          {
            portal: v.portal,
            column: 'c1',
            url: v.url,
            address: v.url,
            n: n + 1,
            reportKey: v.key,
            bodySha: 'b',
            numbersSha: 'n',
            attachmentShas: [],
            title: '年报',
            publishedOn: null,
            rawSha: 'r',
            fetchedAt: time(n),
            run: 'run1',
            files: [],
            hints: { regionCode: null, agencies: [], agencyId: null, year: 2023, indexNumber: null },
            supersededBy: null,
            taken: v.taken,
          } satisfies ReportVersion,
        ],
      }),
  ),
  fc
    .record({
      portal,
      url,
      n: fc.integer({ min: 1, max: 5 }),
      by: fc.constantFrom('2', 'p2 http://x.example/b'),
    })
    .map((s) => (): StateChange => ({ supersede: [s], taken: [{ portal: s.portal, url: s.url, n: s.n }] })),
  fc.record({ portal, run: fc.constantFrom('run1', 'run2'), id: fc.constantFrom('e1', 'e2', 'e3') }).map(
    (e) =>
      (n: number): StateChange => ({
        events: [
          {
            id: e.id,
            kind: 'report_revised',
            portal: e.portal,
            url: URLS[0] as string,
            reportKey: null,
            run: e.run,
            at: time(n),
            what: ['body'],
            oldVersion: 1,
            newVersion: 2,
            detail: '',
          },
        ],
      }),
  ),
  portal.map(
    (p) =>
      (n: number): StateChange => ({
        columnRun: {
          run: `run${n}`,
          portal: p,
          column: 'c1',
          family: null,
          outcome: null,
          reason: '',
          total: null,
          unique: n,
          pages: 0,
          requests: 0,
          bytes: 0,
          full: true,
          startedAt: time(n),
          endedAt: null,
        },
        portalRun: { run: `run${n}`, portal: p, startedAt: time(n), endedAt: null, summary: null },
      }),
  ),
  fc
    .record({ portal, columns: fc.subarray(['c1', 'c2']), run: fc.constantFrom('run1', 'run2') })
    .map((missed) => (): StateChange => ({ missed })),
  fc.boolean().map(
    (block) =>
      (n: number): StateChange => ({
        robots: { origin: 'http://x.example', fetchedAt: time(n), status: 200, body: 'User-agent: *' },
        ...(block
          ? { blocked: { host: 'x.example', code: 'REFUSED', reason: '', since: time(n), until: null } }
          : { unblocked: 'x.example' }),
      }),
  ),
);
