import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Register } from '../../src/agencies/register.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { uploadAnswer, withdrawalAnswer } from '../../src/review/server.ts';
import { agencyToAdd, checkByHand } from '../../src/run/adding.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';
import { recheck } from '../../src/run/recheck.ts';
import { takeBackByHand, WithdrawalError } from '../../src/run/withdrawing.ts';
import { readByHand } from '../support/by-hand.ts';
import { registered } from '../support/registered.ts';
import { openSite, type Site, Visitor } from './site.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures');

const body = (id: string, name: string) => registered(id, name, { firstYear: 2022 });

const BODIES = [body('m', '某某区民政局'), body('c', '某某区财政局'), body('s', '某某区审计局')];
const register = new Register(BODIES);

let site: Site;

beforeAll(async () => {
  site = await openSite({
    years: ['2023'],
    register,
    upload: async (upload) => {
      const folder = path.join(site.output, '..', 'uploads');
      mkdirSync(folder, { recursive: true });
      const file = path.join(folder, path.basename(upload.name));
      cpSync(path.join(FIXTURES, upload.name), file);
      const agency = agencyToAdd(register, upload.agency, upload.year);
      const store = await openStore(path.join(site.output, 'gongkai.sqlite'), { create: false });
      try {
        const { ingest, documents } = await checkByHand(
          store,
          { ...agency, year: upload.year, sources: [file], addedBy: upload.person },
          readByHand(site.output, register),
        );
        return await uploadAnswer(
          store,
          { agency: agency.agency, agencyId: agency.agencyId ?? null, year: upload.year },
          documents,
          ingest.unchanged === ingest.documents,
        );
      } finally {
        await store.close();
      }
    },
    withdraw: async ({ document, person, note }) => {
      const store = await openStore(path.join(site.output, 'gongkai.sqlite'), { create: false });
      try {
        const done = await takeBackByHand(store, [document], {
          person,
          note,
          now: new Date(),
          output: site.output,
          register,
          processes: 1,
          limits: DEFAULT_PARSE_LIMITS,
          signal: new AbortController().signal,
        });
        await recheck(store, register, await store.uncheckedAgencies(), {});
        return withdrawalAnswer(done);
      } catch (error) {
        if (!(error instanceof WithdrawalError)) throw error;
        return { kind: 'failed', message: { zh: error.why, en: error.message } };
      } finally {
        await store.close();
      }
    },
  });
  await site.store.loadAgencies(BODIES);
});
afterAll(() => site?.close());

/** The answer of the page, as text. */
async function bring(name: string, agency: string, year: string): Promise<string> {
  const first = await fetch(`${site.url}/upload`);
  const cookie = first.headers.get('set-cookie')?.split(';')[0] as string;
  const page = await (await fetch(`${site.url}/upload`, { headers: { cookie } })).text();
  const form = new FormData();
  form.set('token', /name="token" value="([^"]+)"/u.exec(page)?.[1] as string);
  form.set('agency', agency);
  form.set('year', year);
  // Only the name counts: the server that is tested here takes the file of that name from the fixtures.
  form.set('file', new File([readFileSync(path.join(FIXTURES, name))], name));
  const response = await fetch(`${site.url}/upload`, { method: 'POST', body: form, headers: { cookie } });
  return /<p class="notice[^>]*>(.*?)<\/p>/su.exec(await response.text())?.[1] ?? '';
}

test('an uploaded report is told of, and stands in the lists; again, it is said to be known', async () => {
  const visitor = new Visitor(site.url);
  expect(await visitor.text('/missing?year=2022')).toContain('某某区民政局');
  const answer = await bring('2022/minzhengju.html', '某某区民政局', '2022');
  expect(answer).toMatch(/^已读取并核对：某某区民政局2022年度报告，有0个错误、1个警告/u);
  const link = /href="(\/report\/r\w+)"/u.exec(answer)?.[1] as string;
  expect(await visitor.text(link)).toContain('某某区民政局');
  expect(await visitor.text('/missing?year=2022')).not.toContain('某某区民政局');
  expect(await visitor.text('/findings?body=m')).toContain('某某区民政局2022年度报告');
  expect(await visitor.text('/')).toContain('<th scope="row">2022</th>');
  expect(await bring('2022/minzhengju.html', '某某区民政局', '2022')).toContain('内容完全相同');
});

test('who meant another body than the file names is told so', async () => {
  const answer = await bring('2022/caizhengju.html', '某某区审计局', '2023');
  expect(answer).toContain('文件自己写明是某某区财政局2022年度，与您填写的“某某区审计局”2023年度不同');
});

test('who brings in a report under a name that the register does not know is told so, and that it is filed nowhere', async () => {
  const answer = await bring('2022/shuiliju.html', '某某区审计局', '2022');
  expect(answer).toContain('文件自己写明是某某区水利局2022年度');
  expect(answer).toContain('名录中没有“某某区水利局”，因此没有归入任何单位');
  expect(answer).toContain('aliases');
  const visitor = new Visitor(site.url);
  expect(await visitor.text('/missing?year=2022')).toMatch(/某某区审计局<\/a><\/th><td>(?!有文件)/u);
});

test('a report that cannot be read is published all the same, by the body and for the year that were given', async () => {
  const visitor = new Visitor(site.url);
  const answer = await bring('hostile/encrypted.pdf', '某某区审计局', '2022');
  expect(answer).toContain('没有读出数字：有密码');
  expect(answer).not.toMatch(/password/u);
  expect(await visitor.text('/missing?year=2022')).toMatch(/某某区审计局<\/a><\/th><td>有文件，未读出/u);
  expect(await visitor.text('/unread')).toContain('<small>某某区审计局 2022</small>');
});

test('what is no report is listed as such', async () => {
  expect(await bring('2022/tongzhi.html', '某某区审计局', '2023')).toContain('不是年度报告');
  expect(await new Visitor(site.url).text('/unread?kind=aside')).toContain('tongzhi.html');
});

test('a file that was brought in by hand is taken back on the page of its report, and no other', async () => {
  const visitor = new Visitor(site.url);
  const uploaded = await bring('2022/minzhengju.html', '某某区民政局', '2022');
  const report = /href="(\/report\/r\w+)"/u.exec(uploaded)?.[1] as string;
  const fields = await visitor.fields(report);
  expect(fields).toMatchObject({ document: 'added/m/2022/minzhengju.html' });
  const answer = await visitor.post(`${report}/withdraw`, { ...fields, note: '错传' });
  expect(answer.status).toBe(200);
  const page = await answer.text();
  expect(page).toContain('已撤回“added/m/2022/minzhengju.html”，原件仍保存在档案中。');
  expect(page).toContain('下面的内容不在数据集中');
  expect(page).toMatch(/minzhengju\.html <em>（已不在原处）<\/em><\/th><td>已撤回<\/td>/u);
  expect(await visitor.text('/missing?year=2022')).toMatch(/某某区民政局<\/a><\/th><td>未见报告/u);
  expect((await site.store.runs(1))[0]?.summary).toMatchObject({ person: '王敏', note: '错传' });

  const stored = [];
  for await (const { reportId, document } of site.store.reports({ year: 2023 }))
    if (document.startsWith('documents/')) stored.push([reportId, document] as const);
  const [other, document] = stored[0] ?? ['', ''];
  expect(await visitor.text(`/report/${other}`)).not.toContain('/withdraw');
  const refused = await visitor.post(`/report/${other}/withdraw`, { ...fields, document });
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('found')]);
  const forged = await visitor.post(`${report}/withdraw`, { ...fields, token: 'x' });
  expect(forged.status).toBe(403);
});

test('a document of an archive is taken back with the whole archive, and is said to be in it', async () => {
  const folder = path.join(site.output, '..', 'given');
  mkdirSync(folder, { recursive: true });
  const [first, second] = ['minzhengju', 'caizhengju'].map((name) =>
    // Other bytes than those that were brought in by themselves and lie in the archive folder.
    strToU8(readFileSync(path.join(FIXTURES, `2022/${name}.html`), 'utf8').concat('\n')),
  );
  writeFileSync(
    path.join(folder, 'all.zip'),
    zipSync({ 'a.html': first as Uint8Array, 'b.html': second as Uint8Array }),
  );
  const store = await openStore(path.join(site.output, 'gongkai.sqlite'), { create: false });
  const reading = readByHand(site.output, register);
  try {
    const agency = agencyToAdd(register, 'm', 2022);
    await checkByHand(store, { ...agency, year: 2022, sources: [path.join(folder, 'all.zip')] }, reading);
  } finally {
    await store.close();
  }
  const archive = 'added/m/2022/all.zip';
  let report = '';
  for await (const { reportId, document } of site.store.reports({ agencies: ['m'], year: 2022 }))
    if (document === `${archive}/a.html`) report = `/report/${reportId}`;
  const visitor = new Visitor(site.url);
  const page = await visitor.text(report);
  expect(page).toContain('这个文件来自压缩包“all.zip”，将撤回整个压缩包，其中的2份报告都不再进入数据集');
  expect(page).toContain('原文件在压缩包“all.zip”里');
  expect(page).not.toContain('也没有存档');
  const fields = await visitor.fields(report);
  expect(fields).toMatchObject({ document: archive });
  const answer = await visitor.post(`${report}/withdraw`, fields);
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining(`已撤回“${archive}”`)]);
});
