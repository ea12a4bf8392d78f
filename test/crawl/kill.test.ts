import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { openStore } from '../../src/dataset/open-store.ts';
import { type Replica, startReplica } from '../replicas/server.ts';
import { onePortal } from './one-portal.ts';

const child = new URL('./kill-child.ts', import.meta.url).pathname;
let replica: Replica | null = null;
const folders: string[] = [];
afterEach(async () => {
  await replica?.close();
  replica = null;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Ground {
  readonly store: string;
  readonly archive: string;
}

function ground(): Ground {
  const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-kill-'));
  folders.push(folder);
  return { store: path.join(folder, 'gongkai.sqlite'), archive: path.join(folder, 'archive') };
}

/** Crawls in a child; `killAt`: SIGKILL after so many requests and a moment more. True when it came to its end. */
async function crawl(
  at: Ground,
  run: string,
  start: string,
  kill: { readonly requests: number; readonly ms: number } | null,
): Promise<boolean> {
  if (!replica) throw new Error('no replica');
  const configuration = onePortal(replica);
  const process_ = spawn(
    process.execPath,
    [child, at.store, at.archive, String(replica.port), configuration, start, run],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  let errors = '';
  process_.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  process_.stdout.on('data', (chunk) => {
    said += chunk;
    if (kill && (said.match(/request/g)?.length ?? 0) >= kill.requests)
      setTimeout(() => process_.kill('SIGKILL'), kill.ms);
  });
  const [code] = (await once(process_, 'close')) as [number | null];
  if (code !== 0 && code !== null) throw new Error(errors);
  return said.includes('done');
}

/** What must be the same whether or not the process was killed on the way. */
async function finalState(at: Ground): Promise<unknown> {
  const store = await openStore(at.store);
  try {
    const urls: string[] = [];
    for await (const { url, role, status, missCount, listTitle } of store.crawl.urls('p', {}))
      if (role !== 'list') urls.push([url, role, status, missCount, listTitle].join(' | '));
    const versions: string[] = [];
    for await (const version of store.crawl.versions('p')) {
      const { url, n, bodySha, attachmentShas, title, supersededBy, taken } = version;
      versions.push([url, n, bodySha, attachmentShas, title, supersededBy, taken].join(' | '));
      for (const file of version.files) {
        const bytes = await readFile(path.join(at.archive, file.path));
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
      }
    }
    const events: string[] = [];
    for await (const { kind, url, what } of store.crawl.events({ portal: 'p' }))
      events.push(`${kind} ${url} ${what}`);
    const archived: string[] = [];
    for (const folder of await readdir(at.archive))
      if (folder !== '.partial') archived.push(...(await readdir(path.join(at.archive, folder))));
    return { urls: urls.sort(), versions, events: events.sort(), archived: archived.sort() };
  } finally {
    await store.close();
  }
}

test('a crawl killed with SIGKILL at random moments, over two visits, ends in the state of one that was not', async () => {
  const scenario = async (kills: readonly { requests: number; ms: number }[]) => {
    replica = await startReplica({
      sites: [{ host: 'www.moumou.gov.cn', family: 'trs', agencies: 3, years: { from: 2022, to: 2023 } }],
    });
    const at = ground();
    let died = 0;
    for (const [index, kill] of kills.slice(0, 3).entries())
      if (!(await crawl(at, `run-1-${index}`, '2026-06-01T15:00:00Z', kill))) died++;
    await crawl(at, 'run-1-end', '2026-06-01T16:00:00Z', null);
    replica.ctl({ do: 'edit_body_silently', agency: 1, year: 2023 });
    const post = replica.hosts
      .get('www.moumou.gov.cn')
      ?.site.reports()
      .find(({ container }) => container === 'docx');
    if (post) replica.ctl({ do: 'swap_attachment', post: post.id });
    for (const [index, kill] of kills.slice(3).entries())
      if (!(await crawl(at, `run-2-${index}`, '2026-06-09T15:00:00Z', kill))) died++;
    await crawl(at, 'run-2-end', '2026-06-09T16:00:00Z', null);
    const state = await finalState(at);
    await replica.close();
    return { state, died };
  };
  const whole = await scenario([]);
  expect(whole.state).toMatchObject({
    events: [{}, {}].map(() => expect.stringMatching(/^report_revised /)),
  });
  const kills = fc.sample(
    fc.record({ requests: fc.integer({ min: 1, max: 9 }), ms: fc.integer({ min: 0, max: 6 }) }),
    { seed: 11, numRuns: 5 },
  );
  const killed = await scenario(kills);
  // How many blows fall before the crawl ends is a matter of the machine's load.
  expect(killed.died).toBeGreaterThan(0);
  expect(killed.state).toEqual(whole.state);
}, 180_000);
