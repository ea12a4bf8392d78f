import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashPassword, parsePasswordFile, passwordLine } from '../../src/review/access/passwords.ts';
import { startReview, type Upload } from '../../src/review/server.ts';
import { openSite, type Site, Visitor } from './site.ts';

let site: Site;
const uploads: Upload[] = [];

beforeAll(async () => {
  site = await openSite({
    upload: async (upload) => {
      uploads.push(upload);
      return { kind: 'done' as const, message: { zh: '已读取并核对。', en: 'Read.' } };
    },
  });
});
afterAll(() => site?.close());

describe('the pages', () => {
  test('forbid scripts that are not theirs, frames of others and guesses at the type', async () => {
    const response = await new Visitor(site.url).get('/');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/u);
    const page = await response.text();
    expect(page).not.toMatch(/<script(?! src="\/static\/)|\son\w+=|\sstyle=|https?:\/\/(?!127)/u);
  });

  test('answer only to names of this machine, so that another site cannot reach them through its own name', async () => {
    const status = await new Promise((resolve) => {
      request(site.url, { headers: { host: 'evil.example' } }, (r) => resolve(r.statusCode)).end();
    });
    expect(status).toBe(421);
  });

  test('say so where there is nothing', async () => {
    const visitor = new Visitor(site.url);
    for (const where of ['/nothing', '/finding/f0000000000000000', '/report/r0', '/body?key=%E6%97%A0']) {
      expect((await visitor.get(where)).status, where).toBe(404);
    }
  });

  test('show every finding, report and body of the store', async () => {
    const visitor = new Visitor(site.url);
    for await (const finding of site.store.findings()) {
      for (const where of [
        `/finding/${finding.findingId}`,
        `/report/${finding.reportId}`,
        `/body?key=${encodeURIComponent(finding.agencyKey)}`,
      ]) {
        const response = await visitor.get(where);
        expect(response.status, where).toBe(200);
        expect(await response.text()).toContain(finding.agency);
      }
    }
  });
});

describe('decisions', () => {
  test('are recorded with person and note, and stand in the history', async () => {
    const visitor = new Visitor(site.url);
    const { findingId } = await site.finding('T4.SUM');
    const fields = await visitor.fields(`/finding/${findingId}`);
    const response = await visitor.post(`/finding/${findingId}/decide`, {
      ...fields,
      state: 'confirmed',
      note: '已电话核实',
    });
    expect(response.status).toBe(303);
    expect(await site.store.finding(findingId)).toMatchObject({
      state: 'confirmed',
      decidedBy: '王敏',
      note: '已电话核实',
    });
    expect(await visitor.text(`/finding/${findingId}`)).toMatch(/处理记录[\s\S]*属实[\s\S]*已电话核实/u);
  });

  test('need the token of the page and a form of this site', async () => {
    const visitor = new Visitor(site.url);
    const { findingId } = await site.finding('T2.RULES');
    const where = `/finding/${findingId}/decide`;
    const fields = await visitor.fields(`/finding/${findingId}`);
    expect((await visitor.post(where, { ...fields, state: 'confirmed', token: 'x' })).status).toBe(403);
    expect(
      (await visitor.post(where, { ...fields, state: 'confirmed' }, { origin: 'https://evil.example' }))
        .status,
    ).toBe(403);
    expect(
      (await visitor.post(where, { ...fields, state: 'confirmed' }, { 'sec-fetch-site': 'cross-site' }))
        .status,
    ).toBe(403);
    const other = new Visitor(site.url);
    await other.get('/');
    expect((await other.post(where, { ...fields, state: 'confirmed' })).status).toBe(403);
    expect((await site.store.finding(findingId))?.state).toBe('open');
  });

  test('of two people at once: the second sees what the first decided before theirs is taken', async () => {
    const [first, second] = [new Visitor(site.url), new Visitor(site.url)];
    const { findingId } = await site.finding('F.PERIOD');
    const page = `/finding/${findingId}`;
    const [a, b] = [await first.fields(page), await second.fields(page)];
    expect((await first.post(`${page}/decide`, { ...a, state: 'accepted' })).status).toBe(303);
    const late = await second.post(`${page}/decide`, { ...b, state: 'confirmed' });
    expect(late.status).toBe(409);
    expect(await late.text()).toContain('尚未记录');
    expect((await site.store.finding(findingId))?.state).toBe('accepted');
    expect(
      (await second.post(`${page}/decide`, { ...(await second.fields(page)), state: 'confirmed' })).status,
    ).toBe(303);
    expect((await site.store.decisionHistory(findingId)).map((d) => d.state)).toEqual([
      'accepted',
      'confirmed',
    ]);
  });

  test('can be made on many at once and taken back', async () => {
    const visitor = new Visitor(site.url);
    const ids: string[] = [];
    for await (const f of site.store.findings({ severities: ['info'] })) ids.push(f.findingId);
    expect(ids.length).toBeGreaterThan(1);
    const { token } = await visitor.fields('/findings');
    const decide = (state: string) =>
      visitor.post('/findings/decide', {
        token: token as string,
        finding: ids,
        state,
        back: '/findings?gravity=info',
      });
    const response = await decide('accepted');
    expect(response.headers.get('location')).toBe(`/findings?gravity=info&done=${ids.length}`);
    expect(await visitor.text('/findings?state=accepted')).toContain(`pick-${ids[0]}`);
    await decide('open');
    expect((await site.store.finding(ids[0] as string))?.state).toBe('open');
  });

  test('survive a new extraction, and lapse visibly where the numbers changed', async () => {
    const visitor = new Visitor(site.url);
    const [kept, changed] = [await site.finding('T2.RULES'), await site.finding('N.RECEIVED')];
    for (const { findingId } of [kept, changed]) {
      const fields = await visitor.fields(`/finding/${findingId}`);
      await visitor.post(`/finding/${findingId}/decide`, { ...fields, state: 'confirmed', note: '' });
    }
    const file = path.join(site.documents, '2022/caizhengju.html');
    const text = readFileSync(file, 'utf8');
    // Total and natural persons each one more: the text still says 53, the table now 47.
    const page = text
      .replace(/(<td[^>]*>(?:<[^>]+>|\s)*)35((?:<[^>]+>|\s|&nbsp;)*<\/td>)/u, '$136$2')
      .replace(/(<td[^>]*>(?:<[^>]+>|\s)*)46((?:<[^>]+>|\s|&nbsp;)*<\/td>)/u, '$147$2');
    expect(page).not.toBe(text);
    writeFileSync(file, page);
    await site.extract();
    expect((await site.store.finding(kept.findingId))?.state).toBe('confirmed');
    expect(await visitor.text(`/finding/${kept.findingId}`)).toContain('state-confirmed');
    expect(await visitor.text(`/finding/${changed.findingId}`)).toContain('意见已失效');
    expect(await visitor.text('/findings?lapsed=1')).toContain(`pick-${changed.findingId}`);
  });
});

describe('spreadsheets', () => {
  test('hold exactly what is filtered', async () => {
    const visitor = new Visitor(site.url);
    const where = '?year=2023&gravity=error&gravity=warning';
    const listed = [...(await visitor.text(`/findings${where}`)).matchAll(/data-finding="(f\w+)"/gu)].map(
      (m) => m[1],
    );
    expect(listed.length).toBeGreaterThan(1);
    const csv = await visitor.text(`/findings.csv${where}`);
    expect([...csv.matchAll(/^(f[0-9a-f]{16}),/gmu)].map((m) => m[1])).toEqual(listed);
    const { readXlsx } = await import('hucre/xlsx');
    const book = await readXlsx(
      new Uint8Array(await (await visitor.get(`/findings.xlsx${where}`)).arrayBuffer()),
    );
    const [header, ...rows] = book.sheets[0]?.rows ?? [];
    const id = (header ?? []).indexOf('编号');
    expect(rows.map((r) => r[id])).toEqual(listed);
  });
});

test('the workbook of a run prints what is read, with the place in words', async () => {
  const { readXlsx } = await import('hucre/xlsx');
  const { sheets } = await readXlsx(readFileSync(path.join(site.output, 'findings.xlsx')));
  const sheet = sheets.find((s) => s.name === '问题清单');
  const [header = [], ...rows] = sheet?.rows ?? [];
  const printed = [
    '程度',
    '机关',
    '年度',
    '问题',
    '可能有误的格子',
    '建议值',
    '原文位置',
    '处理情况',
    '备注',
  ];
  expect(header.slice(0, printed.length)).toEqual(printed);
  expect(sheet?.pageSetup).toMatchObject({ paperSize: 'a4', orientation: 'landscape' });
  expect(sheet?.pageSetup?.printArea).toBe(`$A$1:$I$${rows.length + 1}`);
  const { findingId } = await site.finding('T4.SUM');
  const row = rows.find((r) => r[header.indexOf('编号')] === findingId);
  // The total of the reviews: fifth cell of the fourth row of the third table of tongjiju.html.
  expect(row?.[printed.indexOf('原文位置')]).toBe('第3个表格第4行第5格');
});

describe('originals', () => {
  test('are shown with the cell marked, whatever the format', async () => {
    const visitor = new Visitor(site.url);
    const marked = async (rule: string) => {
      const page = await visitor.text(`/finding/${(await site.finding(rule)).findingId}`);
      const frame = /<iframe[^>]*sandbox=""[^>]*src="([^"#]+)#place"/u
        .exec(page)?.[1]
        ?.replaceAll('&amp;', '&');
      const view = await visitor.get(frame as string);
      expect(view.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/u);
      return /<(\w+)[^>]*id="place"[^>]*>([\s\S]*?)<\/\1>/u
        .exec(await view.text())?.[2]
        ?.replace(/<[^>]*>|\s/gu, '');
    };
    // In the fixtures: a page with its article in a script, a Word file with merged cells, a text.
    expect(await marked('T4.SUM')).toBe('2');
    expect(await marked('T3.ITEMS')).toBe('45');
    expect(await marked('T2.RULES')).toBe('6');
    expect(await marked('F.PERIOD')).toContain('20231月1日');
  });

  test('of PDF files are pages with a frame around the cell', async () => {
    const visitor = new Visitor(site.url);
    for await (const report of site.store.summaries({ year: 2023 })) {
      if (!report.document.endsWith('.pdf')) continue;
      const page = await visitor.text(`/report/${report.reportId}?cell=t3/new_received/total`);
      expect(page).toMatch(/<rect class="frame-suspect" data-place/u);
      const image = /<image href="([^"]+)"/u.exec(page)?.[1] as string;
      const picture = await visitor.get(image);
      expect(picture.headers.get('content-type')).toBe('image/png');
      expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
      return;
    }
    throw new Error('the fixtures have no PDF of 2023');
  });

  test('that were changed or are gone are not shown, and the page says so', async () => {
    const visitor = new Visitor(site.url);
    const finding = await site.finding('F.EDITION');
    const file = path.join(site.documents, '2022/sifaju.txt');
    const bytes = readFileSync(file);
    writeFileSync(file, `${bytes}\n`);
    expect(await visitor.text(`/finding/${finding.findingId}`)).toContain('被改动过');
    rmSync(file);
    expect(await visitor.text(`/finding/${finding.findingId}`)).toContain('已不在原处');
    writeFileSync(file, bytes);
    expect(await visitor.text(`/finding/${finding.findingId}`)).toContain('<iframe');
  });

  test('come down as files, never as pages', async () => {
    const visitor = new Visitor(site.url);
    const page = await visitor.text(`/finding/${(await site.finding('N.RECEIVED')).findingId}`);
    const file = await visitor.get(/href="(\/original\/[^"]+\/file)"/u.exec(page)?.[1] as string);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment/u);
    expect(file.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await file.arrayBuffer())).toEqual(
      readFileSync(path.join(site.documents, '2022/caizhengju.html')),
    );
  });
});

test('a file that is brought in by hand is handed on with body, year and person', async () => {
  const visitor = new Visitor(site.url);
  const { token } = await visitor.fields('/upload');
  const form = new FormData();
  form.set('token', token as string);
  form.set('agency', '某某区审计局');
  form.set('year', '2023');
  form.set('file', new File(['<html>'], '年报.html'));
  const page = await visitor.get('/upload');
  expect(page.status).toBe(200);
  const cookie = (await fetch(`${site.url}/upload`)).headers.get('set-cookie')?.split(';')[0] as string;
  const own = /name="token" value="([^"]+)"/u.exec(
    await (await fetch(`${site.url}/upload`, { headers: { cookie } })).text(),
  )?.[1] as string;
  form.set('token', own);
  const response = await fetch(`${site.url}/upload`, { method: 'POST', body: form, headers: { cookie } });
  expect(await response.text()).toContain('已读取并核对');
  expect(uploads).toMatchObject([{ name: '年报.html', agency: '某某区审计局', year: 2023, person: '王敏' }]);
});

describe('a server that others can reach', () => {
  let guarded: Awaited<ReturnType<typeof startReview>>;
  let now = Date.parse('2024-03-01T08:00:00Z');

  beforeAll(async () => {
    const file = [
      passwordLine({ name: '张三', role: 'reviewer', hash: await hashPassword('correct horse') }),
      passwordLine({ name: '李四', role: 'reader', hash: await hashPassword('battery staple') }),
    ].join('\n');
    guarded = await startReview({
      store: site.store,
      output: site.output,
      language: 'zh',
      accounts: parsePasswordFile(file, 'people.txt'),
      person: 'nobody',
      upload: null,
      host: '127.0.0.1',
      port: 0,
      now: () => new Date(now),
    });
  });
  afterAll(() => guarded?.close());

  const login = async (visitor: Visitor, name: string, password: string) =>
    visitor.post('/login', { name, password, to: '/findings' });

  test('is not started without passwords', async () => {
    await expect(
      startReview({
        store: site.store,
        output: site.output,
        language: 'zh',
        accounts: null,
        person: 'x',
        upload: null,
        host: '0.0.0.0',
        port: 0,
      }),
    ).rejects.toThrow('passwords are needed');
  });

  test('shows nothing before the login, and never sends anybody elsewhere after it', async () => {
    const visitor = new Visitor(guarded.url);
    for (const where of ['/', '/findings', '/findings.xlsx', '/unread', '/original/r1/00/file']) {
      const response = await visitor.get(where);
      expect(response.status, where).toBe(303);
      expect(response.headers.get('location'), where).toMatch(/^\/login\?to=/u);
    }
    expect((await visitor.post('/findings/decide', { state: 'confirmed' })).status).toBe(401);
    const response = await visitor.post('/login', {
      name: '张三',
      password: 'correct horse',
      to: '//evil.example',
    });
    expect(response.headers.get('location')).toBe('/');
  });

  test('lets a reader look but not decide, and a reviewer do both under their own name', async () => {
    const { findingId } = await site.finding('BLANK');
    const reader = new Visitor(guarded.url);
    expect((await login(reader, '李四', 'battery staple')).status).toBe(303);
    const page = await reader.text(`/finding/${findingId}`);
    expect(page).not.toContain('data-decide');
    const token = /name="token" value="([^"]+)"/u.exec(page)?.[1] as string;
    expect((await reader.post(`/finding/${findingId}/decide`, { token, state: 'confirmed' })).status).toBe(
      403,
    );
    expect(
      (await reader.post('/findings/decide', { token, finding: findingId, state: 'confirmed', back: '/' }))
        .status,
    ).toBe(403);
    const reviewer = new Visitor(guarded.url);
    await login(reviewer, '张三', 'correct horse');
    await reviewer.post(`/finding/${findingId}/decide`, {
      ...(await reviewer.fields(`/finding/${findingId}`)),
      state: 'accepted',
    });
    expect(await site.store.finding(findingId)).toMatchObject({ state: 'accepted', decidedBy: '张三' });
  });

  test('ends a session at the logout and after half a day', async () => {
    const visitor = new Visitor(guarded.url);
    await login(visitor, '张三', 'correct horse');
    expect((await visitor.get('/')).status).toBe(200);
    await visitor.post('/logout', await visitor.fields('/'));
    expect((await visitor.get('/')).status).toBe(303);
    await login(visitor, '张三', 'correct horse');
    now += 13 * 3_600_000;
    expect((await visitor.get('/')).status).toBe(303);
  });

  test('takes no more than a few wrong passwords, and forgets them after a quarter of an hour', async () => {
    const visitor = new Visitor(guarded.url);
    for (let i = 0; i < 5; i++) expect((await login(visitor, '张三', `wrong ${i}`)).status).toBe(401);
    expect((await login(visitor, '张三', 'correct horse')).status).toBe(429);
    now += 16 * 60_000;
    expect((await login(visitor, '张三', 'correct horse')).status).toBe(303);
  });
});

test('a page is a page of its language alone', async () => {
  const english = await startReview({
    store: site.store,
    output: site.output,
    language: 'en',
    accounts: null,
    person: 'x',
    upload: null,
    host: '127.0.0.1',
    port: 0,
  });
  try {
    const page = await new Visitor(english.url).text('/');
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('Look at these first');
    expect(page).not.toContain('先看这些');
  } finally {
    await english.close();
  }
});

test('who has not published is listed by district, as the register has it', async () => {
  expect(await new Visitor(site.url).text('/missing?year=2023')).toContain('没有机关名录');
  const body = { aliases: [], uscc: null, parent: null, kind: 'department', lastYear: null };
  await site.store.loadAgencies([
    { ...body, id: 'a1', name: '某某区档案局', divisionCode: '330105', firstYear: 2019 },
    { ...body, id: 'a2', name: '某某区林业局', divisionCode: '330106', firstYear: 2024 },
    { ...body, id: 'a3', name: '某某区气象局', divisionCode: null, firstYear: null },
  ]);
  const fresh = await startReview({ ...plain(), store: site.store, output: site.output });
  const visitor = new Visitor(fresh.url);
  const page = await visitor.text('/missing?year=2023');
  expect(page).toContain('某某区档案局');
  expect(page).toContain('某某区气象局');
  expect(page).not.toContain('某某区林业局');
  expect(page).toMatch(/<h2>浙江省杭州市拱墅区 <small>1 \/ 1<\/small>/u);
  expect(await visitor.text('/missing?year=2023&region=330106')).not.toContain('某某区档案局');
  expect(await visitor.text('/')).toContain('2</b><span>个单位2023年度未见报告');
  await fresh.close();
});

function plain() {
  return { language: 'zh', accounts: null, person: 'x', upload: null, host: '127.0.0.1', port: 0 } as const;
}

test('nothing is written beside the store', () => {
  expect(
    readdirSync(site.output).filter((n) => !/^(?:gongkai\.sqlite|dataset|findings\.xlsx|report)/u.test(n)),
  ).toEqual([]);
});
