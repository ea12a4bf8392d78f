import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addReport } from '../../src/crawl/add.ts';
import { Archive } from '../../src/crawl/archive/store.ts';
import { probePortals } from '../../src/crawl/probe.ts';
import { Field } from './field.ts';
import { LittleServer, page, userAgent } from './little-server.ts';

let folder: string;
let server: LittleServer;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'gongkai-add-'));
  server = await LittleServer.start();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const deps = () => ({
  state: server.state,
  archive: new Archive(path.join(folder, 'archive')),
  clock: server.clock,
  onRequest: server.clock.onRequest,
  network: { allowLoopback: true, resolve: new Map([['www.moumou.gov.cn', `127.0.0.1:${server.port}`]]) },
});
const add = (sources: string[], more = {}) =>
  addReport({ agency: '某某县', year: 2023, sources, ...more }, null, userAgent, deps());

test('a folder is one report with all its files, and where they came from', async () => {
  const given = path.join(folder, 'given');
  await import('node:fs/promises').then(({ mkdir }) => mkdir(given));
  await writeFile(path.join(given, 'b.pdf'), '%PDF-1.4 b');
  await writeFile(path.join(given, 'a.pdf'), '%PDF-1.4 a');
  await writeFile(path.join(given, '.hidden'), 'x');
  const report = await add([given], { cameFrom: 'http://www.moumou.gov.cn/nb/1.html', addedBy: '张某' });
  expect(report).toMatchObject({
    change: 'new',
    version: 1,
    portal: 'manual',
    address: 'http://www.moumou.gov.cn/nb/1.html',
    hints: { agencies: [{ from: 'person', value: '某某县' }], year: 2023 },
  });
  expect(report.documents.map(({ name, url }) => [name, url])).toEqual([
    ['a.pdf', 'http://www.moumou.gov.cn/nb/1.html'],
    ['b.pdf', 'http://www.moumou.gov.cn/nb/1.html'],
  ]);
  expect(await server.state.currentVersion('manual', report.url)).toMatchObject({ n: 1, taken: false });
});

test('the same bytes again change nothing, others become the next version', async () => {
  const file = path.join(folder, 'a.pdf');
  await writeFile(file, '%PDF-1.4 a');
  expect((await add([file])).version).toBe(1);
  expect(await add([file])).toMatchObject({ change: 'again', version: 1 });
  await writeFile(file, '%PDF-1.4 b');
  expect(await add([file])).toMatchObject({ change: 'revised', version: 2 });
});

test('an address is fetched under the rules of the crawl and archived with its headers', async () => {
  server.handlers['/nb/1.html'] = page('<!DOCTYPE html><html><h1>年报</h1></html>');
  const report = await add(['http://www.moumou.gov.cn/nb/1.html']);
  expect(report.documents[0]?.path).toMatch(/\.html$/);
  expect(server.paths).toEqual(['/robots.txt', '/nb/1.html']);
  expect(server.state.exchangeList[0]).toMatchObject({ portal: 'manual', status: 200 });
});

test.each([
  ['nothing there', () => ['http://www.moumou.gov.cn/none'], /answers with status 404/],
  ['an address of this machine', () => ['http://127.0.0.9/x'], /not asked/],
  ['a missing file', () => ['/nowhere/x.pdf'], /neither a file, a folder nor an http address/],
  ['an empty list', () => [], /no file found/],
] as const)('%s is refused in a sentence', async (_, sources, message) => {
  server.handlers['/none'] = (_, response) => response.writeHead(404).end();
  const strict = { ...deps(), network: { resolve: deps().network.resolve, allowLoopback: true } };
  const network = sources()[0]?.includes('127.0.0.9') ? {} : strict.network;
  await expect(
    addReport({ agency: '某某县', year: 2023, sources: sources() }, null, userAgent, { ...strict, network }),
  ).rejects.toThrow(message);
});

test('a probe makes one request for each column and says what family it looks like', async () => {
  const field = await Field.open([
    { host: 'www.moujia.gov.cn', family: 'trs' },
    { host: 'www.mouyi.gov.cn', family: 'hanweb_jpage' },
    { host: 'www.moubing.gov.cn', family: 'single' },
    { host: 'www.mouding.gov.cn', family: 'hanweb_jpaas' },
  ]);
  try {
    field.ctl({ host: 'www.mouyi.gov.cn', do: 'set_mode', mode: 'jsl521' });
    const probes = [];
    for await (const probe of probePortals(field.config, field.deps())) probes.push(probe);
    expect(probes.map(({ portal, recognised, status, rows }) => [portal, recognised, status, rows])).toEqual([
      ['p1', 'static_pager', 200, { all: 9, reports: 9 }],
      ['p2', null, 521, null],
      // Rows under the names of bodies alone.
      ['p3', 'generic_list', 200, { all: 9, reports: 0 }],
      // Its rows take a request of their own.
      ['p4', 'hanweb', 200, null],
    ]);
    expect(probes.map(({ problem }) => problem)).toEqual([
      null,
      expect.stringMatching(/BLOCKED_JSL/),
      expect.stringMatching(/none of its 9 rows .*adapter: single_page/),
      null,
    ]);
    expect(field.replica.log.length).toBe(8);
    expect(field.state.urlStates.size).toBe(0);
  } finally {
    await field.close();
  }
});
