import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { convertAll } from '../read/converted.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { renderDocx } from '../render/docx.ts';
import { renderHtml } from '../render/html.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { program } from '../support/requires.ts';
import { markedCells, printedRows, readRows } from './grids.ts';

const soffice = program('soffice');
const chromium = program('chromium');

const reports = [
  inventReport(41, bodyOf(districtName(3), 5), 2023, NOTICE, 20_000),
  inventReport(42, bodyOf(districtName(4), 9), 2019, NOTICE, 400),
  inventReport(43, bodyOf(districtName(5), 2), 2024, { ...NOTICE, zeros: 'blank', threeTables: true }, 5),
  inventReport(44, bodyOf(districtName(6), 7), 2022, { ...NOTICE, zeros: 'dash', subtotalColumn: true }, 400),
];

async function expectExact(pdfs: readonly Uint8Array[]): Promise<void> {
  for (const [i, bytes] of pdfs.entries()) {
    const document = await readPdf({ bytes, name: 'report.pdf' }, DEFAULT_LIMITS);
    expect(readRows(document)).toEqual(printedRows(reports[i]!));
    expect(markedCells(document)).toEqual([]);
  }
}

describe.skipIf(soffice === null)('a PDF made by LibreOffice', () => {
  it('yields every cell, digits that wrap and rows that pages cut among them', async () => {
    const inputs = reports.map((r) => ({ extension: 'docx', bytes: renderDocx(r) }));
    await expectExact(convertAll(soffice!, inputs, 'pdf'));
  });

  it('is read when only its permissions are locked, and refused when it asks for a password', async () => {
    const inputs = [{ extension: 'docx', bytes: renderDocx(reports[1]!) }];
    const text = (value: string): object => ({ type: 'string', value });
    const flag = { type: 'boolean', value: 'true' };
    const locked = { RestrictPermissions: flag, PermissionPassword: text('owner') };
    const closed = { EncryptFile: flag, DocumentOpenPassword: text('user') };
    const [owner] = convertAll(soffice!, inputs, `pdf:writer_pdf_Export:${JSON.stringify(locked)}`);
    const document = await readPdf({ bytes: owner!, name: 'x.pdf' }, DEFAULT_LIMITS);
    expect(readRows(document)).toEqual(printedRows(reports[1]!));
    const [user] = convertAll(soffice!, inputs, `pdf:writer_pdf_Export:${JSON.stringify(closed)}`);
    await expect(readPdf({ bytes: user!, name: 'x.pdf' }, DEFAULT_LIMITS)).rejects.toMatchObject({
      failure: 'encrypted',
    });
  });
});

describe.skipIf(chromium === null)('a web page printed by Chromium', () => {
  it('yields every cell', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-test-'));
    try {
      const pdfs = reports.slice(0, 3).map((record, i) => {
        const page = path.join(folder, `${i}.html`);
        const output = path.join(folder, `${i}.pdf`);
        writeFileSync(page, renderHtml(record));
        const options = ['--headless', '--no-sandbox', '--disable-gpu', '--no-pdf-header-footer'];
        const profile = `--user-data-dir=${path.join(folder, 'profile')}`;
        execFileSync(chromium!, [...options, profile, `--print-to-pdf=${output}`, page], { stdio: 'ignore' });
        return readFileSync(output);
      });
      await expectExact(pdfs);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
