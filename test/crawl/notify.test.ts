import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { PortalSummary, RunSummary } from '../../src/crawl/crawled.ts';
import { notificationOf, notify } from '../../src/crawl/notify.ts';
import { LittleServer } from './little-server.ts';

const portal = (more: Partial<PortalSummary> = {}): PortalSummary => ({
  portal: 'p',
  name: '某某县',
  outcome: 'complete',
  reason: '',
  columns: [],
  found: 3,
  new: 0,
  revised: 0,
  unchanged: 3,
  templateChanges: 0,
  unlisted: 0,
  gone: 0,
  failed: [],
  pending: 0,
  external: 0,
  blocked: [],
  quiet: false,
  gaps: [],
  notices: [],
  requests: 4,
  bytes: 100,
  left: 0,
  ...more,
});
const run = (portals: PortalSummary[], totals: Partial<RunSummary['totals']> = {}): RunSummary => ({
  run: 'r',
  startedAt: '2026-06-01T15:00:00.000Z',
  endedAt: '2026-06-01T16:00:00.000Z',
  aborted: false,
  portals,
  totals: {
    portals: 1,
    found: 3,
    new: 0,
    revised: 0,
    blocked: 0,
    failed: 0,
    gaps: 0,
    requests: 4,
    bytes: 100,
    ...totals,
  },
});

test('a run without news is not told', () => {
  expect(notificationOf(run([portal()]), 0)).toBeNull();
});

test('new findings, new reports, blocked portals and failures are told in sentences', () => {
  const told = notificationOf(
    run(
      [
        portal({
          outcome: 'blocked',
          blocked: [{ host: 'www.moumou.gov.cn', code: 'BLOCKED_JSL', reason: 'status 521' }],
        }),
        portal({ portal: 'q', outcome: 'error', reason: 'nb: status 500' }),
      ],
      { new: 2, revised: 1 },
    ),
    5,
  );
  expect(told?.lines).toEqual([
    '2 new reports',
    '1 revised reports',
    '5 new findings',
    'p is blocked (BLOCKED_JSL): status 521',
    'q: error: nb: status 500',
  ]);
});

test('a portal that is configured to be quiet is left out', () => {
  const blocked = portal({ quiet: true, blocked: [{ host: 'h', code: 'REFUSED', reason: '403' }] });
  expect(notificationOf(run([blocked]), 0)).toBeNull();
  expect(notificationOf(run([blocked], { new: 1 }), 0)?.lines).toEqual(['1 new reports']);
});

const news = notificationOf(run([portal()], { new: 1 }), 0);

test('a webhook gets it as JSON; an answer other than 2xx is an error that names the host', async () => {
  if (!news) throw new Error('no news');
  const server = await LittleServer.start({
    '/ok': (_, response) => response.writeHead(204).end(),
    '/no': (_, response) => response.writeHead(500).end(),
  });
  try {
    await notify({ webhook: `http://127.0.0.1:${server.port}/ok` }, news);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({
      run: 'r',
      newReports: 1,
      text: '1 new reports',
    });
    await expect(notify({ webhook: `http://127.0.0.1:${server.port}/no` }, news)).rejects.toThrow(
      /127\.0\.0\.1:\d+ answers 500, expected 2xx/,
    );
  } finally {
    await server.close();
  }
});

test('a command gets it on standard input, without a shell', async () => {
  if (!news) throw new Error('no news');
  const folder = await mkdtemp(path.join(tmpdir(), 'gongkai-notify-'));
  try {
    const file = path.join(folder, '$(touch x).json');
    const script = 'process.stdin.pipe(require("fs").createWriteStream(process.argv[1]))';
    await notify({ command: [process.execPath, '-e', script, file] }, news);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ newReports: 1 });
    await expect(notify({ command: [process.execPath, '-e', 'process.exit(3)'] }, news)).rejects.toThrow(
      /ended with 3, expected 0/,
    );
    await expect(notify({ command: [] }, news)).rejects.toThrow(/is empty/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
