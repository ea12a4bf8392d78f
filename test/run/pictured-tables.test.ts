import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/extract/report.ts';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { preparePage } from '../../src/read/scan/prepared-page.ts';
import { perform } from '../../src/run/parsing/parse.ts';
import { convertAll } from '../read/converted.ts';
import { rasterise } from '../read/scanned.ts';
import { bodyOf } from '../render/bodies.ts';
import { PLAIN_DOCX, renderDocx } from '../render/docx.ts';
import { expectedFacts } from '../render/expected.ts';
import { PLAIN_HTML, renderHtml } from '../render/html.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { program } from '../support/requires.ts';

const soffice = program('soffice');
const pdftoppm = program('pdftoppm');
const tesseract = program('tesseract');

const invented = inventReport(31, bodyOf('某某区', 3), 2023, NOTICE, 60);
const record = {
  ...invented,
  preamble: [],
  sections: invented.sections.map((section) => ({ ...section, paragraphs: [] })),
};

describe.skipIf(!soffice || !pdftoppm || !tesseract)('a page on which table 二 is only a picture', () => {
  let folder: string;
  let page: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'gongkai-test-'));
    page = path.join(folder, 'page.html');
    const html = Buffer.from(renderHtml(record, PLAIN_HTML)).toString('utf8');
    const from = html.indexOf('<table');
    const to = html.indexOf('</table>', from) + '</table>'.length;
    const picture = `<p><img src="data:image/png;base64,${pictureOfTableTwo().toString('base64')}"></p>`;
    writeFileSync(page, html.slice(0, from) + picture + html.slice(to));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = async (): Promise<Report> => {
    const reply = await perform({
      kind: 'parse',
      file: page,
      document: 'a',
      name: 'a',
      limits: DEFAULT_LIMITS,
    });
    if (reply.kind !== 'parsed') throw new Error(JSON.stringify(reply));
    return reply.report;
  };

  it('has it read from the picture, and the others from the text', { timeout: 120_000 }, async () => {
    const { outcome, tables } = await read();
    expect(outcome).toBe('complete');
    const confidence = tables.map(({ table, facts }) => [table, new Set(facts.map((f) => f.confidence))]);
    expect(confidence).toEqual([
      ['t2', new Set(['ocr'])],
      ['t3', new Set(['certain'])],
      ['t4', new Set(['certain'])],
    ]);
    const expected = new Map(expectedFacts(record).map((f) => [f.key as string, f.value]));
    const wrong = tables
      .flatMap(({ facts }) => facts)
      .filter((f) => !f.doubtful && f.value !== expected.get(`${f.table}/${f.row}/${f.column}`));
    expect(wrong).toEqual([]);
  });

  it('says without Tesseract that it may be in the picture', async () => {
    const programs = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const { outcome, outcomeReason, tables } = await read();
      expect([outcome, tables.map(({ table }) => table)]).toEqual(['partial', ['t3', 't4']]);
      expect(outcomeReason).toContain('缺少的表可能在1幅图片里');
    } finally {
      process.env['PATH'] = programs;
    }
  });
});

function pictureOfTableTwo(): Buffer {
  const docx = { extension: 'docx', bytes: renderDocx(record, PLAIN_DOCX) };
  const [pdf] = convertAll(soffice!, [docx], 'pdf');
  const scan = rasterise(pdftoppm!, pdf!, 200)[0]!;
  const table = preparePage(scan).tables[0]!;
  const top = table.top - 20;
  const picture = new PNG({ width: scan.width, height: table.bottom + 20 - top });
  for (let at = 0; at < picture.width * picture.height; at++)
    picture.data
      .fill(scan.gray[top * scan.width + at]!, at * 4, at * 4 + 3)
      .fill(255, at * 4 + 3, at * 4 + 4);
  return PNG.sync.write(picture);
}
