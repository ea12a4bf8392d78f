import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numbersOf } from '../render/mutations.ts';
import { type Replica, type ReplicaHost, startReplica } from '../replicas/server.ts';
import type { Post } from '../replicas/site.ts';
import { digests } from '../support/digests.ts';
import { gongkai } from './run-cli.ts';

let folder: string;
let replica: Replica;
let network: string[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-cli-crawl-'));
  replica = await startReplica({
    sites: [
      {
        host: 'www.jiaxian.test',
        family: 'trs',
        agencies: 1,
        years: { from: 2023, to: 2024 },
        containers: ['html'],
        district: 1,
      },
      {
        host: 'www.yixian.test',
        family: 'nfcms',
        agencies: 1,
        years: { from: 2024, to: 2024 },
        containers: ['docx'],
        variant: { shell: true },
        district: 2,
      },
    ],
  });
  network = [...replica.hosts.keys()].map((host) => `${host}=127.0.0.1:${replica.port}`);
  writeFileSync(
    path.join(folder, 'portals.yaml'),
    JSON.stringify({
      version: 1,
      defaults: {
        user_agent: 'GongkaiReportBot/1.0 (+https://example.org/bot; ops@example.org)',
        politeness: { min_delay_ms: 1000, window: '00:00-24:00' },
        year_range: { from: 2023, to: 2024 },
      },
      portals: [...replica.hosts.values()].map((host, index) => ({
        id: `p${index + 1}`,
        base_url: `http://${host.host}`,
        allowed_hosts: [host.host],
        columns: [{ id: 'nb', url: host.columnUrl, adapter: 'auto' }],
      })),
    }),
  );
});
afterAll(async () => {
  await replica?.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  gongkai([...args, '-o', 'out', '--test-network', ...network], { cwd: folder });

const dataset = () => digests(path.join(folder, 'out', 'dataset'));

const csv = (name: string): Record<string, string>[] =>
  parse(readFileSync(path.join(folder, 'out', 'dataset', name)), { columns: true, bom: true });

/** `table/row/column=value` of a report's cells with whole numbers, in the dataset. */
function inDataset(title: string): string[] {
  const report = csv('reports.csv').filter((row) => row['title'] === title);
  expect(report).toHaveLength(1);
  return csv('facts.csv')
    .filter(
      (row) =>
        row['report_id'] === report[0]?.['report_id'] &&
        row['state'] === 'number' &&
        !row['value']?.includes('.'),
    )
    .map((row) => `${row['table']}/${row['row']}/${row['column']}=${row['value']}`)
    .sort();
}

function printed(host: ReplicaHost, post: Post): string[] {
  const record = host.site.record(post);
  return (['t2', 't3', 't4'] as const)
    .flatMap((table) => [...numbersOf(record, table)].map(([key, value]) => `${key}=${value}`))
    .sort();
}

const reports = () =>
  [...replica.hosts.values()].flatMap((host) => host.site.reports().map((post) => ({ host, post })));

describe('gongkai crawl of two replica portals', () => {
  test('asks each column once and says what it met', async () => {
    const probed = await run('portals', 'check', 'portals.yaml', '--probe');
    expect(probed.out).toMatch(
      /p1\/nb\s+static_pager.*fine; 2 of the 2 rows on its first page are annual reports\n/u,
    );
    expect(probed.out).toMatch(/p2\/nb\s+gd.*fine\n/u);
    expect(probed.status).toBe(0);
  });

  test('--dry-run says what is there, calls nothing missing, and leaves nothing behind', async () => {
    const dry = (...args: string[]) =>
      gongkai(['crawl', 'portals.yaml', '--dry-run', '-o', 'dry', '--test-network', ...network, ...args], {
        cwd: folder,
      });
    const { err, status } = await dry();
    expect(err).toMatch(/2 portals: 3 reports on the list pages that were read, 0 new/u);
    expect(err).not.toMatch(/missing/u);
    expect(status).toBe(0);
    expect(existsSync(path.join(folder, 'dry'))).toBe(false);
  });

  test('brings every report into the dataset, as printed', async () => {
    const first = await run('crawl', 'portals.yaml');
    expect(first.err).toMatch(
      /2 portals: 3 reports on the list pages that were read, 3 new, 0 revised, 0 failed/u,
    );
    expect(first.status).toBe(0);
    for (const { host, post } of reports()) expect(inDataset(post.title)).toEqual(printed(host, post));
  });

  test('changes nothing when nothing changed', async () => {
    const before = dataset();
    const second = await run('crawl', 'portals.yaml', '--json');
    expect(JSON.parse(second.out)).toMatchObject({
      found: 3,
      new: 0,
      revised: 0,
      blocked: [],
      gaps: [],
      revisions: [],
      documents: 0,
    });
    expect(second.status).toBe(0);
    expect(dataset()).toEqual(before);
  });

  test('shows which cells of a revised report changed, and keeps the version before', async () => {
    const [host] = replica.hosts.values();
    const post = host?.site.reports().find(({ year }) => year === 2024) as Post;
    const before = printed(host as ReplicaHost, post);
    replica.ctl({ host: 'www.jiaxian.test', do: 'edit_body_silently', post: post.id });
    // A list that says nothing of it would bring the crawl back to the page in a week.
    replica.ctl({
      host: 'www.jiaxian.test',
      do: 'retitle',
      post: post.id,
      title: post.title.replace('工作年度', '年度'),
    });
    const third = await run('crawl', 'portals.yaml');
    const after = printed(host as ReplicaHost, post);
    const [cell, was] = (before.find((each) => !after.includes(each)) ?? '').split('=');
    const is = (after.find((each) => !before.includes(each)) ?? '').split('=')[1];
    expect(third.err).toMatch(/3 reports on the list pages that were read, 0 new, 1 revised/u);
    expect(third.err).toMatch(/revised: .*公开年度报告 \(version 2; body, title\): 1 cell changed/u);
    expect(third.err).toContain(`  ${cell}  `);
    expect(third.err).toContain(`: ${was} → ${is}`);
    expect(third.status).toBe(0);
    expect(inDataset(post.title)).toEqual(after);
    const exported = await gongkai(['export', '-o', 'out', '--all-versions'], { cwd: folder });
    expect(exported.status).toBe(0);
    const versions = csv('reports.csv').filter((row) => row['document'] === host?.postUrl(post.id));
    expect(versions.map((row) => row['version']).sort()).toEqual(['1', '2']);
  });

  test('gives what was fetched as a WARC file, and writes over none', async () => {
    const file = path.join(folder, 'p1.warc.gz');
    const warc = (...args: string[]) =>
      gongkai(['warc', 'p1.warc.gz', '-o', 'out', ...args], { cwd: folder });
    const none = await warc('--portal', 'p9');
    expect([none.status, none.err, existsSync(file)]).toEqual([
      2,
      expect.stringContaining('Nothing was fetched from the portal p9'),
      false,
    ]);
    const done = await warc('--portal', 'p1');
    expect(done.status).toBe(0);
    const text = gunzipSync(readFileSync(file)).toString('latin1');
    const [host] = replica.hosts.values();
    for (const post of host?.site.reports() ?? [])
      expect(text).toContain(`WARC-Target-URI: ${host?.postUrl(post.id)}\r\n`);
    expect(text).not.toContain('www.yixian.test');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    const again = await warc();
    expect([again.status, again.err]).toEqual([2, expect.stringContaining('is there already')]);
  });

  test('ends with status 3 and the host’s name where a portal refuses', async () => {
    replica.ctl({ host: 'www.yixian.test', do: 'set_mode', mode: 'jsl521' });
    const refused = await run('crawl', 'portals.yaml', '--portal', 'p2', '--json');
    const record = JSON.parse(refused.out);
    expect(record.blocked).toMatchObject([{ portal: 'p2', host: 'www.yixian.test', code: 'BLOCKED_JSL' }]);
    expect(refused.status).toBe(3);
  });

  test.each([
    [['crawl', 'portals.yaml', '--portal', 'p9'], /no such portal.*; configured: p1, p2/u],
    [['crawl', 'nowhere.yaml'], /nowhere\.yaml/u],
    [['crawl', 'portals.yaml', '--since', 'yesterday'], /a date such as 2025-01-31/u],
  ])('ends with status 2 for a mistake: %j', async (args, words) => {
    const { status, err } = await run(...args);
    expect(err).toMatch(words);
    expect(status).toBe(2);
  });

  test('no configuration can open the way to this machine', async () => {
    const asked = replica.log.length;
    const config = {
      version: 1,
      defaults: {
        user_agent: 'GongkaiReportBot/1.0 (+https://example.org/bot; ops@example.org)',
        politeness: { min_delay_ms: 1000, window: '00:00-24:00' },
      },
      portals: [
        {
          id: 'here',
          base_url: `http://127.0.0.1:${replica.port}`,
          allowed_hosts: ['127.0.0.1'],
          columns: [{ id: 'nb', url: `http://127.0.0.1:${replica.port}/`, adapter: 'auto' }],
        },
      ],
    };
    writeFileSync(path.join(folder, 'here.yaml'), JSON.stringify(config));
    const { err, status } = await gongkai(['crawl', 'here.yaml', '-o', 'elsewhere'], { cwd: folder });
    expect(err).toMatch(/127\.0\.0\.1/u);
    expect(status === 2 || status === 3).toBe(true);
    expect(replica.log).toHaveLength(asked);
  });
});
