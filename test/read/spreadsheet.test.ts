import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Document, type ReadLimits } from '../../src/read/document.ts';
import { readSpreadsheet } from '../../src/read/spreadsheet/spreadsheet.ts';
import { program } from '../support/requires.ts';
import { convertAll } from './converted.ts';
import { grids, layoutOfGrid } from './tables.ts';

const read = (bytes: Uint8Array, limits: Partial<ReadLimits> = {}): Promise<Document> =>
  readSpreadsheet({ bytes, name: 'report.xlsx' }, { ...DEFAULT_LIMITS, ...limits });

const workbook = (sheet: string, parts: Record<string, string> = {}) =>
  zipSync(
    Object.fromEntries(
      Object.entries({
        '[Content_Types].xml': '<Types/>',
        'xl/workbook.xml':
          '<workbook xmlns:r="r"><sheets><sheet name="年报" r:id="a"/><sheet name="草稿" state="hidden" r:id="b"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels':
          '<Relationships><Relationship Id="a" Target="worksheets/sheet1.xml"/><Relationship Id="b" Target="worksheets/sheet2.xml"/></Relationships>',
        'xl/worksheets/sheet1.xml': `<worksheet>${sheet}</worksheet>`,
        'xl/worksheets/sheet2.xml':
          '<worksheet><sheetData><row><c><v>99</v></c></row></sheetData></worksheet>',
        'xl/sharedStrings.xml':
          '<sst><si><t>规章</t></si><si><r><t>1</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r></si></sst>',
        'xl/styles.xml':
          '<styleSheet><fonts><font/><font><strike/></font></fonts><cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>',
        ...parts,
      }).map(([name, text]) => [name, strToU8(text)]),
    ),
  );

describe('XLSX', () => {
  it('gives what each cell shows, with blanks between, merged cells, and a paragraph for a line by itself', async () => {
    const document = await read(
      workbook(
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>某某县年报</t></is></c></row>' +
          '<row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3"><v>96171.600000000006</v></c><c r="D3"><f>1+2</f><v>3</v></c></row>' +
          '<row r="4"><c r="B4" t="str"><v>无</v></c></row></sheetData><mergeCells><mergeCell ref="A3:A4"/></mergeCells>',
      ),
    );
    expect(document.blocks[0]).toMatchObject({
      kind: 'paragraph',
      text: '某某县年报',
      location: 'sheet=1;cell=A1',
    });
    expect(grids(document).map(layoutOfGrid)).toEqual([
      [
        ['规章 ×2', '96171.6', '', '3'],
        ['无', '', ''],
      ],
    ]);
  });

  it('leaves out hidden rows, columns and sheets', async () => {
    const document = await read(
      workbook(
        '<cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>77</v></c><c r="C1"><v>2</v></c></row>' +
          '<row r="2" hidden="1"><c r="A2"><v>88</v></c></row><row r="3"><c r="A3"><v>3</v></c><c r="C3"><v>4</v></c></row></sheetData>',
      ),
    );
    expect(grids(document).map(layoutOfGrid)).toEqual([
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ]);
  });

  it('marks raised and struck digits and formulas that were never computed', async () => {
    const document = await read(
      workbook(
        '<sheetData><row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" s="1"><v>5</v></c><c r="C1"><f>A1</f></c></row></sheetData>',
      ),
    );
    expect(grids(document)[0]!.cells.map(({ text, marks }) => [text, ...(marks ?? [])])).toEqual([
      ['12', 'superscript'],
      ['5', 'struck'],
      ['', 'low_confidence'],
    ]);
  });

  it('is too large when its cells stand a million rows apart, corrupt when its XML breaks off', async () => {
    const far =
      '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>';
    expect(grids(await read(workbook(far)))).toEqual([]);
    const wide = '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row></sheetData>';
    await expect(read(workbook(wide), { cells: 1000 })).rejects.toMatchObject({ failure: 'too_large' });
    await expect(read(workbook('<sheetData><row>'))).rejects.toMatchObject({ failure: 'corrupt' });
  });
});

const soffice = program('soffice');

describe.skipIf(!soffice)('other spreadsheets', () => {
  const csv = strToU8('规章,1,0,11\n行政规范性文件,8,,66\n');
  const expected = [
    [
      ['规章', '1', '0', '11'],
      ['行政规范性文件', '8', '', '66'],
    ],
  ];

  it('reads ODS, and XLS through LibreOffice', async () => {
    const input = [{ extension: 'csv', bytes: csv }];
    const [ods] = convertAll(soffice!, input, 'ods', 'CSV:44,34,76');
    expect(grids(await read(ods!)).map(layoutOfGrid)).toEqual(expected);
    const [xls] = convertAll(soffice!, input, 'xls', 'CSV:44,34,76');
    expect(grids(await read(xls!)).map(layoutOfGrid)).toEqual(expected);
  });
});
