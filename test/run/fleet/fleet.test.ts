import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import PQueue from 'p-queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_REGISTER, Register } from '../../../src/agencies/register.ts';
import { besideFleet, refuseBesideFleet } from '../../../src/cli/beside-fleet.ts';
import { Archive } from '../../../src/crawl/archive/store.ts';
import { systemClock } from '../../../src/crawl/clock.ts';
import { parsePortals } from '../../../src/crawl/config/load.ts';
import type { CrawledReport } from '../../../src/crawl/crawled.ts';
import { openStore } from '../../../src/dataset/open-store.ts';
import type { Store } from '../../../src/dataset/store.ts';
import { type FleetDatabase, fleetDatabase, whileSaving } from '../../../src/run/fleet/database.ts';
import { enqueueDocuments, enqueuePortals } from '../../../src/run/fleet/enqueue.ts';
import { HostLeases, HostsBusyError, LeaseLostError } from '../../../src/run/fleet/host-leases.ts';
import { ClaimLostError, type FleetJob, Jobs } from '../../../src/run/fleet/jobs.ts';
import { LeasedHostGroups } from '../../../src/run/fleet/leased-host-groups.ts';
import { parkOne, readOne } from '../../../src/run/fleet/read-job.ts';
import { SharedFolder } from '../../../src/run/fleet/shared-folder.ts';
import { fleetStatus, retryParked } from '../../../src/run/fleet/status.ts';
import { resolveInputs } from '../../../src/run/inputs.ts';
import { DEFAULT_PARSE_LIMITS } from '../../../src/run/parsing/limits.ts';
import { ParserPool } from '../../../src/run/parsing/pool.ts';
import { buildReport, saveItem } from '../../dataset/build-report.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { registered } from '../../support/registered.ts';
import { program } from '../../support/requires.ts';
import { trial } from './trial.ts';

const fixture = new URL('../../../fixtures/', import.meta.url).pathname;
const yaml = JSON.stringify({
  version: 1,
  defaults: { user_agent: 'GongkaiReportBot/1.0 (+https://example.org/bot)' },
  portals: ['a', 'b'].map((id) => ({
    id,
    base_url: `http://${id}.moumou.gov.cn`,
    allowed_hosts: [`${id}.moumou.gov.cn`],
    columns: [{ id: 'nb', url: `http://${id}.moumou.gov.cn/nb/` }],
  })),
});

describe.skipIf(program('postgres') === null)('a fleet', () => {
  let postgres: TestPostgres;
  let folder: string;
  let address: string;
  let store: Store;
  let fleet: FleetDatabase;
  let jobs: Jobs;
  let pool: ParserPool;
  const open: { close(): Promise<unknown> }[] = [];
  beforeAll(async () => {
    const started = await startPostgres();
    if (started === null) throw new Error('postgres was there a moment ago');
    postgres = started;
    folder = mkdtempSync(path.join(tmpdir(), 'gongkai-fleet-test-'));
    address = await postgres.fresh();
    store = await openStore(address);
    fleet = await fleetDatabase(store, true);
    jobs = await Jobs.open(address, fleet.jobSchema);
    pool = new ParserPool(1, DEFAULT_PARSE_LIMITS);
  });
  afterAll(async () => {
    for (const each of open.splice(0)) await each.close();
    await pool?.close();
    await jobs?.close();
    await store?.close();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const reading = (which: Jobs = jobs) => ({
    fleet,
    jobs: which,
    archive: new Archive(path.join(folder, 'archive')),
    register: EMPTY_REGISTER,
    pool,
    saving: new PQueue({ concurrency: 2 }),
    processes: 1,
    limits: DEFAULT_PARSE_LIMITS,
  });
  const documents = async (): Promise<{ document: string; outcome: string; reason: string | null }[]> => {
    const all = [];
    for await (const { document, outcome, outcomeReason } of store.summaries())
      all.push({ document, outcome, reason: outcomeReason });
    return all;
  };
  const expire = (owner: string) =>
    fleet.store.database.write((s) =>
      s.arrays("update fleet_hosts set until = clock_timestamp() - interval '1 second' where owner = ?", [
        owner,
      ]),
    );

  it('has each host leased to one owner at most, in whatever order leases are taken, asked with, lost and given back', async () => {
    const leases = new HostLeases(fleet.store.database, 60_000);
    const owners = ['A', 'B', 'C'];
    const keys = fc.subarray(['h1', 'h2', 'h3'], { minLength: 1 });
    const step = fc.record({
      owner: fc.constantFrom(...owners),
      what: fc.constantFrom('acquire', 'asking', 'release', 'expire'),
      keys,
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        round++;
        const name = (word: string) => `${word}-${round}`;
        const holder = new Map<string, { owner: string; live: boolean }>();
        for (const { owner, what, keys } of steps) {
          const own = keys.map(name);
          if (what === 'acquire') {
            const free = own.every((key) => {
              const held = holder.get(key);
              return !held?.live || held.owner === owner;
            });
            const taken = leases.acquire(name(owner), { worker: owner, portal: 'p' }, own);
            if (free) {
              await taken;
              for (const key of own) holder.set(key, { owner, live: true });
            } else await expect(taken).rejects.toThrow(HostsBusyError);
          } else if (what === 'asking') {
            const has = own.every((key) => holder.get(key)?.owner === owner && holder.get(key)?.live);
            const asked = leases.asking(name(owner), own, 1000);
            if (has) await asked;
            else await expect(asked).rejects.toThrow(LeaseLostError);
          } else {
            if (what === 'release') await leases.release(name(owner));
            else await expire(name(owner));
            for (const [key, held] of holder)
              if (held.owner === owner)
                holder.set(key, { owner: what === 'release' ? '' : owner, live: false });
          }
        }
      }),
      { seed: 9, numRuns: 25 },
    );
  });

  it('gives hosts to one of several that ask at the same moment', async () => {
    const leases = new HostLeases(fleet.store.database, 60_000);
    const wanted = [['x1', 'x2'], ['x2', 'x3'], ['x3', 'x1'], ['x1'], ['x2'], ['x3']];
    for (let round = 0; round < 10; round++) {
      const granted: string[] = [];
      await Promise.all(
        wanted.map((keys, i) =>
          leases.acquire(`${round}/${i}`, { worker: `w${i}`, portal: 'p' }, keys).then(
            () => granted.push(...keys),
            (error) => expect(error).toBeInstanceOf(HostsBusyError),
          ),
        ),
      );
      expect(new Set(granted).size).toBe(granted.length);
      expect(granted.length).toBeGreaterThan(0);
      for (const i of wanted.keys()) await leases.release(`${round}/${i}`);
    }
  });

  it('passes the pause on: the longest one from a worker that died while asking, the right one after an answer', async () => {
    const leases = new HostLeases(fleet.store.database, 60_000);
    const pace = { restMs: 30_000, delayMs: 3000, multiplier: 2, strikes: 1 };
    await leases.acquire('dying', { worker: 'w', portal: 'p' }, ['rested']);
    await leases.asking('dying', ['rested'], 60_000);
    await expire('dying');
    const next = await leases.acquire('next', { worker: 'v', portal: 'p' }, ['rested']);
    expect(next.restMs).toBeGreaterThan(50_000);
    expect(next.restMs).toBeLessThanOrEqual(60_000);
    await leases.answered('next', ['rested'], pace);
    await expire('next');
    const last = await leases.acquire('last', { worker: 'u', portal: 'p' }, ['rested']);
    expect(last.restMs).toBeGreaterThan(10_000);
    expect(last.restMs).toBeLessThanOrEqual(30_000);
    expect(last.pace).toMatchObject({ delayMs: 3000, multiplier: 2, strikes: 1 });
    await leases.release('last');
  });

  it('lets portals of one site follow each other, and stops a worker whose lease was taken over', async () => {
    const leases = new HostLeases(fleet.store.database, 60_000);
    const [a, b] = parsePortals(yaml).portals;
    if (!a || !b) throw new Error('two portals');
    const holder = { worker: 'w', portal: 'a' };
    const first = await LeasedHostGroups.take(leases, 'first', holder, a, systemClock);
    open.push(first);
    await expect(LeasedHostGroups.take(leases, 'second', holder, b, systemClock)).rejects.toThrow(
      HostsBusyError,
    );
    const group = first.of('a.moumou.gov.cn', null);
    await first.asking(group, 60_000);
    await expire('first');
    const second = await LeasedHostGroups.take(leases, 'second', holder, b, systemClock);
    open.push(second);
    expect(second.of('b.moumou.gov.cn', null).pace.wait(Date.now())).toBeGreaterThan(50_000);
    await expect(first.asking(group, 60_000)).rejects.toThrow(LeaseLostError);
    expect(first.lost.aborted).toBe(true);
    // One machine under two names: the address belongs to who claimed it first.
    await second.claim('192.0.2.1', second.of('b.moumou.gov.cn', null));
    const third = await LeasedHostGroups.take(
      leases,
      'third',
      holder,
      { ...a, hostGroup: 'elsewhere' },
      systemClock,
    );
    open.push(third);
    await expect(third.claim('192.0.2.1', third.of('a.moumou.gov.cn', 'elsewhere'))).rejects.toThrow(
      HostsBusyError,
    );
    await second.close();
    await third.claim('192.0.2.1', third.of('a.moumou.gov.cn', 'elsewhere'));
  });

  it('gives each job to one worker, and queues a portal or a document once', async () => {
    expect(await enqueuePortals(jobs, yaml, 'portals.yaml', { run: 'r', repeat: false })).toEqual({
      queued: 2,
      known: 0,
    });
    expect(await enqueuePortals(jobs, yaml, 'portals.yaml', { run: 's', repeat: false })).toEqual({
      queued: 0,
      known: 2,
    });
    const others = await Promise.all([0, 1, 2].map(() => Jobs.open(address, fleet.jobSchema)));
    open.push(...others);
    const fetched = await Promise.all([jobs, ...others].map((each) => each.fetch('crawl', 2)));
    const portals = fetched.flat().map(({ data }) => data.portal);
    expect(portals.sort()).toEqual(['a', 'b']);
    // Worked on: not queued a second time either.
    expect(await enqueuePortals(jobs, yaml, 'portals.yaml', { run: 't', repeat: false })).toMatchObject({
      queued: 0,
    });
    await fleet.store.transaction(async (inside) => {
      for (const job of fetched.flat()) await jobs.complete(job, inside);
    });
  });

  it('stores a reading and completes its job together, or neither', async () => {
    const job = await takeOne();
    // The transaction ends at its last step.
    const breaking = Object.assign(Object.create(jobs), {
      complete: async () => {
        throw new Error('the power went');
      },
    }) as Jobs;
    await expect(readOne(reading(breaking), job, new AbortController().signal)).rejects.toThrow(
      'the power went',
    );
    expect(await documents()).toEqual([]);
    await readOne(reading(), job, new AbortController().signal);
    expect(await documents()).toHaveLength(1);
    // Done is done: the same job cannot be completed by a second worker, nor its reading stored again.
    await expect(fleet.store.transaction(async (inside) => jobs.complete(job, inside))).rejects.toThrow(
      ClaimLostError,
    );
  });

  it('queues a file once, and not at all when it is stored as it is', async () => {
    const file = await anyHtml();
    const enqueue = async () => enqueueDocuments(fleet, jobs, await resolveInputs([file]), folder);
    expect(await enqueue()).toEqual({ queued: 1, known: 0 });
    expect(await enqueue()).toEqual({ queued: 0, known: 1 });
    const [job] = await jobs.fetch('read', 1);
    if (!job) throw new Error('no job');
    await readOne(reading(), job, new AbortController().signal);
    expect(await enqueue()).toEqual({ queued: 0, known: 1 });
    expect(await jobs.fetch('read', 1)).toEqual([]);
  });

  it('lets a worker that lost its job store nothing', async () => {
    const job = await takeOne();
    await die(job);
    await jobs.reclaim(fleet.store);
    const before = await documents();
    await expect(readOne(reading(), job, new AbortController().signal)).rejects.toThrow(ClaimLostError);
    expect(await documents()).toEqual(before);
    expect(await jobs.alive([job])).toEqual([job]);
  });

  it('gives what a dead worker held to others at once, and blames no document for it', async () => {
    let job = await takeOne();
    const { id } = job;
    for (let deaths = 0; deaths < 12; deaths++) {
      expect(await jobs.reclaim(fleet.store)).toBe(0);
      await die(job);
      expect(await jobs.reclaim(fleet.store)).toBe(1);
      const [again] = await jobs.fetch('read', 1);
      expect(again?.id).toBe(id);
      job = again as FleetJob<'read'>;
    }
    expect(await jobs.fetchParked()).toEqual([]);
    await readOne(reading(), job, new AbortController().signal);
    expect((await fleetStatus(fleet, jobs)).parked).toEqual([]);
  });

  it('sets a document aside when so many workers died with it that nothing else would stop them', async () => {
    let job: FleetJob<'read'> | undefined = await takeOne();
    let deaths = 0;
    while (job) {
      await die(job);
      await jobs.reclaim(fleet.store);
      deaths++;
      [job] = await jobs.fetch('read', 1);
    }
    expect(deaths).toBe(51);
    const [parked] = await jobs.fetchParked();
    if (!parked) throw new Error('nothing was set aside');
    await parkOne(reading(), parked);
    expect((await fleetStatus(fleet, jobs)).parked).toMatchObject([
      { attempts: 51, reason: expect.stringContaining('died') },
    ]);
    expect(await retryParked(jobs, [])).toBe(1);
    await jobs.boss.deleteAllJobs('read');
  });

  it('sets a document aside that no attempt can read, says so in the dataset and in the status, and tries it again when told', async () => {
    let job = await takeOne();
    const name = 'document' in job.data ? job.data.document.name : '';
    for (let failures = 1; failures < 5; failures++) {
      const before = Date.now();
      await jobs.fail(job, new Error('it cannot be stored'), fleet.store);
      expect(await jobs.fetchParked()).toEqual([]);
      // After a pause, which is not waited for here.
      const [again] = await jobs.boss.fetch('read', { includeMetadata: true, ignoreStartAfter: true });
      expect(again?.startAfter.getTime()).toBeGreaterThanOrEqual(before + 1000);
      job = again as FleetJob<'read'>;
    }
    // A death in between is no failure.
    await die(job);
    await jobs.reclaim(fleet.store);
    [job] = (await jobs.fetch('read', 1)) as [FleetJob<'read'>];
    await jobs.fail(job, new Error('it cannot be stored'), fleet.store);
    const [parked] = await jobs.fetchParked();
    if (!parked) throw new Error('nothing was set aside');
    await parkOne(reading(), parked);
    const shown = (await documents()).find(({ document }) => document === name);
    expect(shown).toMatchObject({
      outcome: 'crashed',
      reason: expect.stringContaining('5 attempts of the fleet: it cannot be stored'),
    });
    const status = await fleetStatus(fleet, jobs);
    expect(status.parked).toMatchObject([
      { kind: 'read', about: name, attempts: 5, reason: 'it cannot be stored' },
    ]);
    expect(await retryParked(jobs, [])).toBe(1);
    expect((await fleetStatus(fleet, jobs)).parked).toEqual([]);
    const [again] = await jobs.fetch('read', 1);
    if (!again) throw new Error('it was not put back');
    expect(again.data.failures).toBeUndefined();
    await readOne(reading(), again, new AbortController().signal);
    expect((await documents()).find(({ document }) => document === name)?.outcome).not.toBe('crashed');
  });

  it('keeps body, year and name of a report that it sets aside, and what the report has replaced is gone all the same', async () => {
    const archive = new Archive(path.join(folder, 'archive'));
    const { sha256, path: kept, bytes } = await archive.put(Buffer.from('%PDF-1.4 nobody reads this'), 'pdf');
    const address = 'http://s.moumou.gov.cn/nb/2024.html';
    const file = { name: null, sha256, bytes, path: kept, mediaType: null, file: '' };
    const report: CrawledReport = {
      group: `p ${address}`,
      version: 2,
      change: 'revised',
      portal: 'p',
      portalName: 'p',
      column: 'nb',
      url: address,
      address,
      title: '2024年政府信息公开工作年度报告',
      publishedOn: '2025-01-20',
      hints: {
        regionCode: '330105',
        agencies: [{ from: 'fixed', value: 's1' }],
        agencyId: 's1',
        year: 2024,
        indexNumber: null,
      },
      fetchedAt: '2025-02-01T00:00:00.000Z',
      documents: [
        { ...file, role: 'article', url: 'http://s.moumou.gov.cn/nb/shell.html' },
        { ...file, role: 'attachment', url: address.replace('html', 'pdf') },
        // Two files of one address.
        { ...file, role: 'attachment', url: `${address}?download`, name: 'a.pdf' },
        { ...file, role: 'attachment', url: `${address}?download`, name: 'b.pdf' },
      ],
      event: null,
      replaced: [{ url: 'http://s.moumou.gov.cn/nb/old.pdf', name: 'old.pdf' }],
    };
    const old = buildReport({
      document: 'http://s.moumou.gov.cn/nb/old.pdf',
      agency: '某某县审计局',
      year: 2024,
    });
    await store.saveBatch([saveItem(old, { agency: { id: 's1', regionCode: '330105' } })]);
    await jobs.send('read', { report }, { key: 'a crawled report' });
    let [job] = (await jobs.fetch('read', 1)) as [FleetJob<'read'>];
    for (let failures = 1; failures <= 5; failures++) {
      await jobs.fail(job, new Error('it cannot be stored'), fleet.store);
      const [again] = await jobs.boss.fetch('read', { includeMetadata: true, ignoreStartAfter: true });
      job = again as FleetJob<'read'>;
    }
    const [parked] = await jobs.fetchParked();
    if (!parked) throw new Error('nothing was set aside');
    const register = new Register([registered('s1', '某某县审计局')]);
    await parkOne({ ...reading(), register }, parked);
    const shown = [];
    for await (const s of store.summaries({ year: 2024 })) shown.push(s);
    const own = 'http://s.moumou.gov.cn/nb/2024';
    expect(shown).toMatchObject([
      {
        outcome: 'crashed',
        agency: '某某县审计局',
        agencyId: 's1',
        regionCode: '330105',
        year: 2024,
        missing: false,
        sources: [
          `${own}.html?download#a.pdf`,
          `${own}.html?download#b.pdf`,
          `${own}.pdf`,
          'http://s.moumou.gov.cn/nb/old.pdf',
          'http://s.moumou.gov.cn/nb/shell.html',
        ],
      },
    ]);
    expect(await store.source(`${own}.pdf`)).toMatchObject({ attachmentOf: address });
    await jobs.boss.deleteAllJobs('read');
  });

  it('stores nothing of a document whose file is not in the shared folder', async () => {
    const job = await takeOne();
    if (!('document' in job.data)) throw new Error('a document');
    const file = path.join(folder, 'archive', job.data.document.path);
    await rename(file, `${file}.away`);
    const before = await documents();
    await expect(readOne(reading(), job, new AbortController().signal)).rejects.toThrow('shared folder');
    expect(await documents()).toEqual(before);
    expect(await jobs.alive([job])).toEqual([]);
    await rename(`${file}.away`, file);
    await readOne(reading(), job, new AbortController().signal);
    // It is done: nobody holds it any more.
    expect(await jobs.alive([job])).toEqual([job]);
  });

  it('knows the shared folder by its mark, and refuses one that is not mounted', async () => {
    const shared = await SharedFolder.open(fleet, folder);
    expect(await shared.isThere()).toBe(true);
    await rename(path.join(folder, 'archive'), path.join(folder, 'unmounted'));
    try {
      expect(await shared.isThere()).toBe(false);
      await expect(SharedFolder.open(fleet, folder)).rejects.toThrow('Is it mounted?');
    } finally {
      await rm(path.join(folder, 'archive'), { recursive: true, force: true });
      await rename(path.join(folder, 'unmounted'), path.join(folder, 'archive'));
    }
    expect(await shared.isThere()).toBe(true);
    await SharedFolder.open(fleet, folder);
  });

  it('keeps other commands from what is the workers’, and lets one that saves do it alone', async () => {
    await refuseBesideFleet(store, 'crawl');
    const worker = await Jobs.open(address, fleet.jobSchema, { worker: 'somebody' });
    try {
      for (const command of [
        'extract',
        'crawl',
        'schedule',
        'check',
        'portals check',
        'add address',
        'register',
      ])
        await expect(refuseBesideFleet(store, command)).rejects.toThrow(
          'Workers of a fleet are on this store',
        );
      for (const command of ['add', 'decide', 'transcribe']) await refuseBesideFleet(store, command);
      const events: string[] = [];
      let saving: Promise<void> | undefined;
      await besideFleet(store, 'add', async () => {
        saving = fleet.store.transaction(async (inside) => {
          await inside.database.write((session) => whileSaving(session, fleet));
          events.push('a worker saves');
        });
        await fleet.store.database.read((session) => session.arrays('select pg_sleep(0.3)::text', []));
        events.push('added');
      });
      await saving;
      expect(events).toEqual(['added', 'a worker saves']);
    } finally {
      await worker.close();
    }
  });

  it('ends with the dataset of one machine when its workers are killed on the way, and is polite to the portals throughout', async () => {
    const result = await trial({
      address: await postgres.fresh(),
      portals: 3,
      agencies: 2,
      years: { from: 2023, to: 2024 },
      workers: 2,
      kills: 2,
      between: [1500, 3000],
      speed: 10,
      heartbeatSeconds: 10,
      seed: 3,
    });
    expect(result.fleet).toEqual(result.oneMachine);
    expect(result.faults).toEqual([]);
    expect(result.kills).toBeGreaterThan(0);
    expect(result.status.parked).toEqual([]);
    expect(result.status.leases).toEqual([]);
  }, 180_000);

  /** As if its worker had not been heard of for longer than the heartbeat. */
  const die = (job: { readonly id: string }) =>
    fleet.store.database.write((session) =>
      session.arrays(
        `update ${fleet.jobSchema}.job set heartbeat_on = heartbeat_on - interval '1 hour' where id = ?::uuid`,
        [job.id],
      ),
    );
  let given = 0;
  /** A job for a document that was not given before, in hand. */
  async function takeOne() {
    given++;
    const bytes = Buffer.concat([await readFile(await anyHtml()), Buffer.from(`<!-- ${given} -->`)]);
    const archive = new Archive(path.join(folder, 'archive'));
    const { sha256, path: kept } = await archive.put(bytes, 'html');
    const document = { name: `given-${given}.html`, path: kept, sha256, size: bytes.length, mtime: 1 };
    await jobs.send('read', { document }, { key: document.name });
    for (const job of await jobs.fetch('read', 5))
      if ('document' in job.data && job.data.document.name === document.name) return job;
    throw new Error('the job was not given out');
  }
  async function anyHtml(): Promise<string> {
    for await (const { file } of (await resolveInputs([fixture])).files)
      if (file.endsWith('.html')) return file;
    throw new Error('no HTML among the fixtures');
  }
});
