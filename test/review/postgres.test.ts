import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Register } from '../../src/agencies/register.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { program } from '../support/requires.ts';
import { openSite, type Site, Visitor } from './site.ts';

const body = { aliases: [], uscc: null, parent: null, kind: 'department', lastYear: null } as const;
const register = new Register([
  { ...body, id: 'a1', name: '某某区档案局', divisionCode: '330105', firstYear: 2019 },
  { ...body, id: 'a2', name: '某某区水利局', divisionCode: '330105', firstYear: null },
]);

describe.skipIf(program('postgres') === null)('the pages over Postgres', () => {
  let postgres: TestPostgres;
  let sites: readonly [Site, Site];
  let [file, server]: [Visitor, Visitor] = [new Visitor(''), new Visitor('')];

  beforeAll(async () => {
    const started = await startPostgres();
    if (started === null) throw new Error('postgres was there a moment ago');
    postgres = started;
    const options = { years: ['2022', '2023'], register };
    sites = [await openSite(options), await openSite({ ...options, address: await postgres.fresh() })];
    for (const site of sites) await site.store.loadAgencies(register.agencies);
    [file, server] = [new Visitor(sites[0].url), new Visitor(sites[1].url)];
  }, 120_000);
  afterAll(async () => {
    for (const site of sites ?? []) await site.close();
    await postgres?.stop();
  });

  /** Without what differs between any two servers: addresses of folders, times, tokens. */
  const seen = async (visitor: Visitor, site: Site, where: string): Promise<string> => {
    const response = await visitor.get(where);
    expect(response.status, where).toBe(200);
    return (await response.text())
      .replaceAll(site.output.replace(/\/output$/u, ''), '')
      .replaceAll(/name="token" value="[^"]*"/gu, '')
      .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+Z)?)?/gu, '');
  };
  const alike = async (where: string): Promise<string> => {
    const page = await seen(server, sites[1], where);
    expect(page, where).toBe(await seen(file, sites[0], where));
    return page;
  };

  test('are those over a file: overview, bodies, missing and unread', async () => {
    for (const where of ['/', '/bodies', '/bodies?q=水利', '/missing', '/missing?year=2023', '/unread'])
      await alike(where);
    expect(await alike('/missing?year=2022')).toContain('某某区档案局');
  });

  test('list the same findings, however they are filtered, searched and ordered', async () => {
    const all = (await alike('/findings')).match(/data-finding="/gu)?.length ?? 0;
    expect(all).toBeGreaterThan(5);
    for (const query of [
      'gravity=error',
      'gravity=error&gravity=warning&year=2023',
      'state=open',
      'state=confirmed',
      'verdict=unique',
      'verdict=suspect_extraction',
      'table=t3',
      'rule=T3.ITEMS',
      'region=330105',
      'lapsed=1',
      'order=agency',
      'order=year',
      'order=recent',
      'page=2',
      ...['水利局', '2022', '%', '_', "'", '\\', 'T2', '空白', '0'].map((q) => `q=${encodeURIComponent(q)}`),
    ])
      await alike(`/findings?${query}`);
    expect((await alike('/findings?q=水利局')).match(/data-finding="/gu)?.length ?? 0).toBeLessThan(all);
    expect(await alike('/findings?q=水利局')).toContain('data-finding="');
    expect(await alike('/findings.csv?gravity=error')).toMatch(/^f[0-9a-f]{16},/mu);
    expect((await server.get('/findings.xlsx')).headers.get('content-type')).toContain('spreadsheet');
  });

  test('show every finding, report and body alike', async () => {
    const reports = new Set<string>();
    for await (const finding of sites[1].store.findings()) {
      await alike(`/finding/${finding.findingId}`);
      reports.add(`/report/${finding.reportId}`);
      reports.add(`/body?key=${encodeURIComponent(finding.agencyKey)}`);
    }
    for (const where of reports) await alike(where);
    expect(reports.size).toBeGreaterThan(5);
    for (const where of ['/finding/f0000000000000000', '/report/r0', '/body?key=0'])
      expect((await server.get(where)).status, where).toBe(404);
  });

  test('take decisions, one and many, and refuse one that somebody was quicker with', async () => {
    const { findingId } = await sites[1].finding('T4.SUM');
    const page = `/finding/${findingId}`;
    const other = new Visitor(sites[1].url);
    const [first, late] = [await server.fields(page), await other.fields(page)];
    expect(
      (await server.post(`${page}/decide`, { ...first, state: 'confirmed', note: '已核实' })).status,
    ).toBe(303);
    expect((await other.post(`${page}/decide`, { ...late, state: 'accepted' })).status).toBe(409);
    expect(await sites[1].store.finding(findingId)).toMatchObject({ state: 'confirmed', note: '已核实' });
    const ids: string[] = [];
    for await (const f of sites[1].store.findings({ severities: ['info'] })) ids.push(f.findingId);
    const { token } = await server.fields('/findings');
    const many = { token: token as string, finding: ids, state: 'accepted', back: '/findings' };
    const answer = await server.post('/findings/decide', many);
    expect(answer.headers.get('location')).toBe(`/findings?done=${ids.length}`);
    expect(await server.text('/findings?state=accepted')).toContain(`pick-${ids[0]}`);
    expect(await server.text('/findings?state=confirmed')).toContain(`pick-${findingId}`);
  });
});
