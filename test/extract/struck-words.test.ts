import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { checkReport, extractReport, type Report, readDocument } from '../../src/index.ts';
import { bodyOf } from '../render/bodies.ts';
import { PLAIN_DOCX, renderDocx } from '../render/docx.ts';
import { PLAIN_HTML, renderHtml } from '../render/html.ts';
import { inventReport, NOTICE } from '../render/invent.ts';

const record = inventReport(6, bodyOf('某某区', 6), 2023, NOTICE, 60);
const html = strFromU8(renderHtml(record, PLAIN_HTML));
// Without the properties, which name a body of their own.
const { 'docProps/core.xml': _, ...files } = unzipSync(renderDocx(record, PLAIN_DOCX));
const xml = strFromU8(files['word/document.xml'] as Uint8Array);
const tablesOf = (text: string, pattern: RegExp) => text.match(pattern) ?? [];

/** A report of these paragraphs with the three tables where their numbers stand; what is in brackets is struck out. */
const containers = {
  async html(paragraphs: readonly string[]): Promise<Report> {
    const tables = tablesOf(html, /<table[\s\S]*?<\/table>/gu);
    const struck = (p: string) => `<p>${p.replace('[', '<s>').replace(']', '</s>')}</p>`;
    const body = paragraphs.map((p) => tables[Number(p) - 2] ?? struck(p)).join('');
    const bytes = strToU8(`<html><head><meta charset="utf-8"></head><body>${body}</body></html>`);
    return extractReport(await readDocument({ bytes, name: 'x.html' }), { document: 'x' });
  },
  async docx(paragraphs: readonly string[]): Promise<Report> {
    const tables = tablesOf(xml, /<w:tbl>[\s\S]*?<\/w:tbl>/gu);
    const run = (text: string, i: number) =>
      `<w:r>${i === 1 ? '<w:rPr><w:strike/></w:rPr>' : ''}<w:t>${text}</w:t></w:r>`;
    const struck = (p: string) => `<w:p>${p.split(/[[\]]/u).map(run).join('')}</w:p>`;
    const body = paragraphs.map((p) => tables[Number(p) - 2] ?? struck(p)).join('');
    const document = xml.replace(/<w:body>[\s\S]*<\/w:body>/u, () => `<w:body>${body}</w:body>`);
    const bytes = zipSync({ ...files, 'word/document.xml': strToU8(document) });
    return extractReport(await readDocument({ bytes, name: 'x.docx' }), { document: 'x' });
  },
};

const TITLE = '某某县甲河镇人民政府2023年政府信息公开工作年度报告';
const PERIOD = '本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。';
const OTHER_YEAR = '本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。';
const ONE = '一、总体情况';
const TABLES = [
  '二、主动公开政府信息情况',
  '2',
  '三、收到和处理政府信息公开申请情况',
  '3',
  '四、政府信息公开行政复议、行政诉讼情况',
  '4',
];
const FIVE = '五、存在的主要问题及改进情况';
const REST = [
  ...TABLES,
  FIVE,
  '公开内容与群众需求仍有差距。',
  '六、其他需要报告的事项',
  '没有其他需要报告的事项。',
];
const BODY = [ONE, '甲河镇坚持以公开为常态。', ...REST];

function errors(report: Report): string[] {
  return checkReport(report)
    .findings.filter((f) => f.severity !== 'info')
    .map((f) => f.rule)
    .sort();
}

describe.each(Object.entries(containers))('what is struck out of a report (%s)', (_, read) => {
  it('is no title and no period, and accuses of neither', async () => {
    expect(errors(await read([TITLE, OTHER_YEAR, ...BODY]))).toEqual(['F.TITLE']);
    const before = await read([TITLE, `[${OTHER_YEAR}]`, PERIOD, ...BODY]);
    expect(before.period).toMatchObject({ start: '2023-01-01', end: '2023-12-31' });
    expect(errors(before)).toEqual([]);
    const title = await read([
      '[某某县甲河镇人民政府2022年政府信息公开工作年度报告]',
      TITLE,
      PERIOD,
      ...BODY,
    ]);
    expect(title).toMatchObject({ title: TITLE, year: 2023 });
    expect(errors(title)).toEqual([]);
  });

  it('is no period where only its year is struck out, and the sentence is not called missing', async () => {
    const partly = '本报告所列数据的统计期限自[2022年]2023年1月1日起至2023年12月31日止。';
    const report = await read([TITLE, partly, ...BODY]);
    expect(report.period).toBeNull();
    expect(checkReport(report).findings.filter((f) => /^F\.(?:TITLE|PERIOD)$/u.test(f.rule))).toEqual([]);
  });

  it('gives no agency to a title that stands below it', async () => {
    const of = async (line: string) =>
      (await read(['某某县人民政府', line, '2023年政府信息公开工作年度报告', PERIOD, ...BODY])).agency;
    expect(await of('某某县教育局')).toBe('某某县教育局');
    expect(await of('某某县[教育局]')).toBeNull();
    expect(await of('[2022年政府信息公开工作年度报告]')).toBe('某某县人民政府');
  });

  it('is no placeholder that was left in', async () => {
    const instruction = '（文字描述）全年收到××件申请。';
    const errorsWith = async (line: string) =>
      errors(await read([TITLE, PERIOD, ONE, '甲河镇坚持公开。', line, ...REST]));
    expect(await errorsWith(instruction)).toEqual(['F.PLACEHOLDER']);
    expect(await errorsWith(`[${instruction}]`)).toEqual([]);
    expect(await errorsWith('[（文字描述）]公开平稳。')).toEqual([]);
  });

  it('is no other body, and no section', async () => {
    const other = ['乙山镇坚持以公开为常态。', '2023年乙山镇主动公开政府信息12条。'];
    const nameless = [TITLE, PERIOD, ONE];
    expect(errors(await read([...nameless, ...other, ...REST]))).toEqual(['F.AGENCY']);
    const struck = other.map((p) => `[${p}]`);
    expect(errors(await read([...nameless, '全年平稳。', ...struck, ...REST]))).toEqual([]);
    // The body's own name stands in a sentence of which a word is struck out: it is named all the same.
    expect(errors(await read([...nameless, '甲河镇[认真]坚持公开。', ...other, ...REST]))).toEqual([]);
    const report = await read([
      ...nameless,
      '全年平稳。',
      '[五、存在的主要问题及改进情况]',
      '全年平稳。',
      ...REST,
    ]);
    expect(report.sections.map((s) => s.number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(errors(report)).toEqual([]);
  });

  it('leaves a section that says nothing else neither called empty nor 无', async () => {
    const five = (...lines: string[]) =>
      read([TITLE, PERIOD, ONE, '甲河镇坚持公开。', ...TABLES, FIVE, ...lines, ...REST.slice(-2)]);
    expect(errors(await five('无。'))).toEqual(['F.SECTIONS']);
    expect(errors(await five('无。', '[公开不够及时。]'))).toEqual([]);
    expect(errors(await five())).toEqual(['F.SECTIONS']);
    const struck = await five('[公开不够及时。]');
    expect(struck.sections[4]).toMatchObject({ number: 5, text: '' });
    expect(errors(struck)).toEqual([]);
  });

  it('is still part of the text that a person sees, marked', async () => {
    const report = await read([TITLE, PERIOD, ONE, '[全年收到申请9件。]', ...REST]);
    expect(report.narrative.filter((p) => p.doubtful).map((p) => p.text)).toEqual(['全年收到申请9件。']);
    expect(report.statements.filter((s) => s.value === 9)).toEqual([]);
  });
});
