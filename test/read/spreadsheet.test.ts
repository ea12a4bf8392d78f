import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readCellValue } from '../../src/extract/cell-value.ts';
import { DEFAULT_LIMITS, type Document, type ReadLimits } from '../../src/read/document.ts';
import { readDocument } from '../../src/read/read.ts';
import { sniff } from '../../src/read/sniff.ts';
import { readLooks } from '../../src/read/spreadsheet/cell-looks.ts';
import { Conditions } from '../../src/read/spreadsheet/conditions.ts';
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

describe('colours of a workbook', () => {
  const THEME =
    '<a:theme xmlns:a="a"><a:themeElements><a:clrScheme><a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1><a:lt1><a:sysClr val="window" lastClr="FFFFFF"/></a:lt1><a:dk2><a:srgbClr val="44546A"/></a:dk2><a:lt2><a:srgbClr val="E7E6E6"/></a:lt2><a:accent1><a:srgbClr val="4472C4"/></a:accent1></a:clrScheme></a:themeElements></a:theme>';
  /** A sheet with 97 in B2, in one font on one fill, among others in the usual look. */
  const book = (
    font: string,
    fill: string,
    more: {
      xf?: string;
      code?: string;
      conditions?: string;
      dxf?: string;
      cell?: string;
      strings?: string;
    } = {},
  ) =>
    workbook(
      `<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c>${more.cell ?? '<c r="B2" s="1"><v>97</v></c>'}</row></sheetData>${more.conditions ?? ''}`,
      {
        'xl/theme/theme1.xml': THEME,
        'xl/sharedStrings.xml': `<sst>${more.strings ?? ''}</sst>`,
        'xl/styles.xml': `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="${more.code ?? 'General'}"/></numFmts><fonts><font><color theme="1"/></font><font>${font}</font></fonts><fills><fill><patternFill patternType="none"/></fill><fill>${fill}</fill></fills><borders><border><left><color rgb="FFFFFFFF"/></left></border></borders><cellXfs><xf fontId="0" fillId="0"/><xf fontId="1" fillId="1" numFmtId="200">${more.xf ?? ''}</xf></cellXfs><dxfs>${more.dxf ?? ''}</dxfs></styleSheet>`,
      },
    );
  const marks = async (bytes: Uint8Array) =>
    grids(await read(bytes))[0]!
      .cells.map((cell) => (cell.marks ? cell.marks.join() : '-'))
      .join(' ');
  const solid = (colour: string) =>
    `<patternFill patternType="solid"><fgColor ${colour}/><bgColor indexed="64"/></patternFill>`;
  const LOST = '- - - overlapping';
  const SEEN = '- - - -';

  it.each([
    ['white', '<color rgb="FFFFFFFF"/>', '', LOST],
    ['white without an alpha', '<color rgb="FFFFFF"/>', '', LOST],
    ['the light one of the theme', '<color theme="0"/>', '', LOST],
    ['the same, hardly darker', '<color theme="0" tint="-4.9989318521683403E-2"/>', '', LOST],
    ['the same, grey', '<color theme="0" tint="-0.499984740745262"/>', '', SEEN],
    ['black made nearly white', '<color theme="1" tint="0.95"/>', '', LOST],
    ['white by its number', '<color indexed="9"/>', '', LOST],
    ['the usual one by its number', '<color indexed="64"/>', '', SEEN],
    ['none', '', '', SEEN],
    ['black', '<color rgb="FF000000"/>', '', SEEN],
    ['white on dark', '<color theme="0"/>', solid('theme="4"'), SEEN],
    ['white on white', '<color theme="0"/>', solid('rgb="FFFFFFFF"'), LOST],
    ['blue on the same blue', '<color rgb="FF4472C4"/>', solid('theme="4"'), LOST],
    ['the usual one on black', '', solid('theme="1"'), LOST],
    ['the usual one on grey', '', solid('theme="0" tint="-0.25"'), SEEN],
    [
      'white on a gradient',
      '<color theme="0"/>',
      '<gradientFill><stop position="0"><color theme="4"/></stop></gradientFill>',
      SEEN,
    ],
    ['white on grey dots', '<color theme="0"/>', '<patternFill patternType="gray125"/>', LOST],
  ])('mark a number that they hide: %s', async (_, font, fill, expected) => {
    expect(await marks(book(font, fill))).toBe(expected);
  });

  it.each([
    ['white', '[White]0', '', LOST],
    ['white in Chinese', '[白色]0', '', LOST],
    ['white by its place among the colours', '[Color2]0', '', LOST],
    ['white by its place, in Chinese', '[颜色 2]0', '', LOST],
    ['white for what is above nothing', '[White]0;[Red]-0;0', '', LOST],
    ['white for other numbers', '0;[White]-0;[White]0', '', SEEN],
    ['black for what is above nothing, white for the rest', '[Black]0;[White]-0', '', SEEN],
    ['white with a language before it', '[$-804][White]0', '', LOST],
    ['white without a number format', '[White]General', '', LOST],
    ['red', '[Red]0', '', SEEN],
    ['red on red', '[Red]0', solid('rgb="FFFF0000"'), LOST],
    ['red by its place on red', '[Color3]0', solid('rgb="FFFF0000"'), LOST],
    ['white on blue', '[White]0', solid('rgb="FF0000FF"'), SEEN],
    ['none on red', '0', solid('rgb="FFFF0000"'), SEEN],
  ])('are those of the number format before those of the font: %s', async (_, code, fill, expected) => {
    expect(await marks(book('<color rgb="FF333333"/>', fill, { code }))).toBe(expected);
  });

  it('are those of the number format also where the font is in the colour of the ground', async () => {
    const white = '<color rgb="FFFFFFFF"/>';
    expect(await marks(book(white, '', { code: '[Red]0' }))).toBe(SEEN);
    expect(await marks(book(white, '', { code: '0;[Red]-0' }))).toBe(LOST);
  });

  it('are those that a number format has for text', async () => {
    const cell = '<c r="B2" s="1" t="str"><v>97</v></c>';
    expect(await marks(book('', '', { code: '0;0;0;[White]@', cell }))).toBe(LOST);
    expect(await marks(book('', '', { code: '[White]0;[White]0;[White]0;@', cell }))).toBe(SEEN);
    expect(await marks(book('', '', { code: '[White]@', cell }))).toBe(LOST);
    // Programs differ on a code that has nothing for text.
    expect(await marks(book('', '', { code: '[White]0', cell }))).toBe(LOST);
  });

  it('are those of the runs of a text', async () => {
    const cell = '<c r="B2" t="s"><v>0</v></c>';
    const run = (text: string, colour: string) => `<r><rPr><color ${colour}/></rPr><t>${text}</t></r>`;
    const strings = (...runs: string[]) => `<si>${runs.join('')}</si>`;
    expect(
      await marks(book('', '', { cell, strings: strings(run('9', 'theme="1"'), run('7', 'theme="0"')) })),
    ).toBe(LOST);
    expect(
      await marks(book('', '', { cell, strings: strings(run('97', 'theme="1"'), run(' ', 'theme="0"')) })),
    ).toBe(SEEN);
    expect(await marks(book('', '', { cell, strings: strings(run('无', 'theme="0"')) }))).toBe(SEEN);
    const many = (count: number) =>
      strings(...Array.from({ length: count }, (_, at) => run('9', `rgb="FF0000${16 + at}"`)));
    expect(await marks(book('', '', { cell, strings: many(16) }))).toBe(SEEN);
    expect(await marks(book('', '', { cell, strings: many(17) }))).toBe(LOST);
  });

  it('are changed by conditions: what may then hide a number marks it', async () => {
    const white = '<dxf><font><color theme="0"/></font></dxf>';
    const range = (rule: string, cells = 'A1:B2') =>
      `<conditionalFormatting sqref="${cells}">${rule}</conditionalFormatting>`;
    const less = '<cfRule type="cellIs" dxfId="0" operator="lessThan"><formula>3</formula></cfRule>';
    const all = (conditions: string, dxf = white) => marks(book('', '', { conditions, dxf }));
    expect(await all(range(less))).toBe('overlapping overlapping - -');
    expect(await all(range(less, 'A1 B2:C9'))).toBe('overlapping - - -');
    expect(
      await all(
        range(
          '<cfRule type="cellIs" dxfId="0" operator="between"><formula>3</formula><formula>9</formula></cfRule>',
        ),
      ),
    ).toBe('- - overlapping -');
    expect(
      await all(
        range('<cfRule type="cellIs" dxfId="0" operator="equal"><formula>$A$1</formula></cfRule>', 'B2'),
      ),
    ).toBe(LOST);
    expect(
      await all(range('<cfRule type="expression" dxfId="0"><formula>B2&gt;1</formula></cfRule>', 'B2')),
    ).toBe(LOST);
    const expression = '<cfRule type="expression" dxfId="0"><formula>TRUE</formula></cfRule>';
    expect(await all(range(expression), '<dxf><numFmt numFmtId="200" formatCode=";;;"/></dxf>')).toBe(
      Array(4).fill('overlapping').join(' '),
    );
    expect(
      await all(
        range(expression, 'B2'),
        '<dxf><fill><patternFill><bgColor rgb="FF000000"/></patternFill></fill></dxf>',
      ),
    ).toBe(LOST);
    for (const harmless of [
      '<dxf><font><color rgb="FFFF0000"/></font></dxf>',
      '<dxf><font><color theme="0"/></font><fill><patternFill><bgColor rgb="FFFF0000"/></patternFill></fill></dxf>',
      '<dxf><font><b/></font><border><left><color theme="0"/></left></border></dxf>',
      '<dxf><numFmt numFmtId="200" formatCode="0"/></dxf>',
    ])
      expect(await all(range(expression), harmless)).toBe(SEEN);
    expect(
      await all(
        range('<cfRule type="dataBar"><dataBar showValue="0"><color theme="0"/></dataBar></cfRule>', 'B2'),
      ),
    ).toBe(LOST);
    expect(
      await all(range('<cfRule type="dataBar"><dataBar><color theme="0"/></dataBar></cfRule>', 'B2')),
    ).toBe(SEEN);
    const later =
      '<extLst><ext><x14:conditionalFormattings xmlns:x14="x"><x14:conditionalFormatting><x14:cfRule type="expression"><xm:f>TRUE</xm:f><x14:dxf><font><color rgb="FFFFFFFF"/></font></x14:dxf></x14:cfRule><xm:sqref>B2</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>';
    expect(await all(later)).toBe(LOST);
  });

  it('are changed by conditions that hold together', async () => {
    const RED = 'rgb="FFFF0000"';
    const ink = (colour: string) => `<dxf><font><color ${colour}/></font></dxf>`;
    const ground = (colour: string) =>
      `<dxf><fill><patternFill><bgColor ${colour}/></patternFill></fill></dxf>`;
    const both = (font: string, fill: string) =>
      `<dxf><font><color ${font}/></font><fill><patternFill><bgColor ${fill}/></patternFill></fill></dxf>`;
    const rule = (dxf: number, priority: number, formula: string | null = '1') =>
      formula === null
        ? `<cfRule type="expression" dxfId="${dxf}" priority="${priority}"><formula>B2&gt;1</formula></cfRule>`
        : `<cfRule type="cellIs" operator="greaterThan" dxfId="${dxf}" priority="${priority}"><formula>${formula}</formula></cfRule>`;
    const over = (rules: string, dxf: string, font = '', fill = '', code = 'General') =>
      marks(
        book(font, fill, {
          code,
          dxf,
          conditions: `<conditionalFormatting sqref="B2">${rules}</conditionalFormatting>`,
        }),
      );
    const redOnRed = ink(RED) + ground(RED);
    expect(await over(rule(0, 1) + rule(1, 2), redOnRed)).toBe(LOST);
    expect(await over(rule(0, 1, null) + rule(1, 2, null), redOnRed)).toBe(LOST);
    // One of them does not hold for 97.
    expect(await over(rule(0, 1) + rule(1, 2, '100'), redOnRed)).toBe(SEEN);
    expect(await over(rule(0, 1), redOnRed)).toBe(SEEN);
    expect(await over(rule(1, 1), redOnRed)).toBe(SEEN);
    // What comes first prevails where both have a colour, if it holds for certain.
    const blueFirst = redOnRed + ink('rgb="FF0000FF"');
    expect(await over(rule(2, 1) + rule(0, 2) + rule(1, 3), blueFirst)).toBe(SEEN);
    expect(await over(rule(2, 2) + rule(0, 1) + rule(1, 3), blueFirst)).toBe(LOST);
    expect(await over(rule(2, 1, null) + rule(0, 2) + rule(1, 3), blueFirst)).toBe(LOST);
    // The second brings its ground only where the first, with a ground of its own, does not hold.
    const whiteOnRed = both('theme="0"', RED);
    expect(await over(rule(0, 1) + rule(1, 2, null), whiteOnRed + ground('theme="0"'))).toBe(SEEN);
    expect(await over(rule(0, 1, null) + rule(1, 2), whiteOnRed + ground('theme="0"'))).toBe(SEEN);
    expect(await over(rule(0, 2, null) + rule(1, 1), whiteOnRed + ground('theme="0"'))).toBe(LOST);
    // A number in white on red, which a condition makes black on yellow.
    expect(
      await over(rule(0, 1, null), both('theme="1"', 'rgb="FFFFFF00"'), '<color theme="0"/>', solid(RED)),
    ).toBe(SEEN);
    expect(await over(rule(0, 1), ground(RED), '', '', '[Red]0')).toBe(LOST);
    expect(
      await over(rule(0, 1), '<dxf><numFmt numFmtId="201" formatCode="[White]0"/></dxf>', '', '', '0'),
    ).toBe(LOST);
  });

  it.each([
    ['the same red', ['rgb="FFFF0000"', 'rgb="FFFF0000"'], LOST],
    ['a red on the way from black', ['rgb="FF000000"', 'rgb="FFFF2000"'], SEEN],
    ['a red on the way to yellow', ['rgb="FF800000"', 'rgb="FFFF0000"', 'rgb="FFFFFF00"'], LOST],
    ['the red between two others', ['rgb="FFFF0040"', 'rgb="FFFF0000"', 'rgb="FFFF4000"'], LOST],
    ['the red half way', ['rgb="FFFF4000"', 'rgb="FFFF0040"'], SEEN],
    ['no red', ['rgb="FFFFFFFF"', 'rgb="FF63BE7B"'], SEEN],
  ])('are compared with all colours of a scale: %s', async (_, colours, expected) => {
    const conditions = `<conditionalFormatting sqref="A1:B2"><cfRule type="colorScale" priority="1"><colorScale><cfvo type="min"/><cfvo type="max"/>${colours.map((colour) => `<color ${colour}/>`).join('')}</colorScale></cfRule></conditionalFormatting>`;
    expect(await marks(book('<color rgb="FFFF0000"/>', '', { conditions }))).toBe(
      colours.includes('rgb="FF000000"')
        ? expected.replace('- - -', 'overlapping overlapping overlapping')
        : expected,
    );
  });

  it('are not followed through more conditions than a sheet has, which put all its numbers in doubt', () => {
    const looks = readLooks(
      '<styleSheet><dxfs><dxf><font><color rgb="FFFFFFFF"/></font></dxf></dxfs></styleSheet>',
      [],
      DEFAULT_LIMITS,
    );
    const look = looks.cells[0]!;
    for (const [rules, references] of [
      [12_000, 120_000],
      [12_000, 1],
      [1, 120_000],
    ] as const) {
      let asked = 0;
      const conditions = new Conditions(looks, () => {
        asked += 1;
        return { row: 0, column: 0, rows: 1, columns: 1 };
      });
      for (let format = 0; format < 3; format += 1) {
        conditions.open('conditionalFormatting', { sqref: 'A1 '.repeat(references) });
        for (let rule = 0; rule < rules; rule += 1) conditions.open('cfRule', { dxfId: '0' });
        conditions.close('conditionalFormatting');
      }
      expect(asked).toBeLessThan(5000);
      expect(conditions.mayHide(7, 7, 97, '97', look)).toBe(true);
    }
  });

  it('stand beside other ways in which a number does not show as it is', async () => {
    expect(await marks(book('', '', { xf: '<alignment horizontal="fill"/>' }))).toBe(LOST);
    const flat = workbook(
      '<cols><col min="2" max="2" width="0"/></cols><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>77</v></c><c r="C1"><v>2</v></c></row><row r="2" ht="0"><c r="A2"><v>8</v></c></row><row r="3"><c r="A3"><v>3</v></c><c r="C3"><v>4</v></c></row></sheetData>',
    );
    expect(grids(await read(flat)).map(layoutOfGrid)).toEqual([
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ]);
  });
});

/** Rows of what a program shows (null: not to be known here), the value as the file has it, and its format. */
const SHOWN: readonly (readonly [string | null, number | string, string])[] = [
  ['', 0, '0;-0;;@'],
  ['-', 0, '#,##0;-#,##0;"-"'],
  ['', 97, ';;;'],
  ['', '保密', ';;;'],
  ['97', 96.6, '0'],
  ['3', 2.5, '0'],
  ['1.01', 1.005, '0.00'],
  ['12', 12, 'General'],
  ['96171.6', '96171.600000000006', 'General'],
  ['0.333333333', 1 / 3, 'General'],
  ['12', 12, '[$-409]General'],
  ['12.5', 12.5, '[$-804]General'],
  ['12', 12, '[$-804]0_ '],
  ['12', 12, '[$-0804]0'],
  ['¥1,234', 1234, '[$¥-804]#,##0'],
  ['元12', 12, '[$元]0'],
  [null, 12, '[$-2000401]0'],
  ['12', 12, '[$]0'],
  [null, 12, '[DBNum1][$-804]General'],
  [null, 45000, '[$-804]yyyy"年"'],
  ['5.3', 5.3, '0.##'],
  ['12', 12, '@'],
  ['', 0, '#,###'],
  ['1,234.50', 1234.5, '#,##0.00_ '],
  ['0.5', 0.5, '0.0##'],
  ['5', 5, '0_);[Red]\\(0\\)'],
  ['(5)', -5, '0_);[Red]\\(0\\)'],
  ['-5', -5, '0_ '],
  ['-', 0, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ '],
  ['97', 97, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"??_ ;_ @_ '],
  ['7件', 7, '0"件"'],
  ['7件', '7', 'General;General;General;@"件"'],
  ['规章', '规章', '0.00'],
  ['5', 5, '0;@'],
  [null, 97000, '0.00,"万"'],
  [null, 97000, '0!.0,"万"'],
  [null, 0.5, '0%'],
  [null, 0.5, '# ?/?'],
  [null, 45000, 'yyyy-mm-dd'],
  [null, 0, '[=0]"";General'],
  [null, 97, '[Red]'],
  [null, -0.4, '0'],
  [null, 123_456_789_012, 'General'],
  [null, 97, '00-0'],
  [null, 97, '"没有结束'],
];

/** The same for codes that LibreOffice takes otherwise: by its own language, without a point, without other digits. */
const SHOWN_BY_EXCEL: typeof SHOWN = [
  ['12', 12, 'G/通用格式'],
  ['12件', 12, 'G/通用格式"件"'],
  [null, 12, '[$-30804]0'],
  [null, 12, '[$-F800]0'],
  [null, 12, '[$-0000F400]0'],
  [null, 12, '[$-F400]0'],
  ['5.', 5, '0.##'],
  ['1,234.', 1234, '#,##0.##'],
  ['5.', 5, '#,##0.####'],
  [null, 97, '[DBNum1]General'],
];

/** A sheet with a label and a value in each row. */
function valued(rows: typeof SHOWN, view = ''): Uint8Array {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const formats = rows.map(
    ([, , code], at) => `<numFmt numFmtId="${200 + at}" formatCode="${escaped(code)}"/>`,
  );
  const looks = rows.map((_, at) => `<xf numFmtId="${200 + at}"/>`);
  const cells = rows.map(([, value], at) => {
    const text = typeof value === 'string' && !value.startsWith('96171');
    return (
      `<row r="${at + 1}"><c r="A${at + 1}" t="str"><v>第${at}行</v></c>` +
      `<c r="B${at + 1}" s="${at + 1}"${text ? ' t="str"' : ''}><v>${value}</v></c></row>`
    );
  });
  return workbook(`${view}<sheetData>${cells.join('')}</sheetData>`, {
    'xl/styles.xml': `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>${formats.join('')}</numFmts><fonts><font/></fonts><cellXfs><xf numFmtId="0"/>${looks.join('')}</cellXfs></styleSheet>`,
  });
}

const shownIn = (document: Document) =>
  grids(document)[0]!
    .cells.filter((cell) => cell.column === 1)
    .map((cell) => (cell.marks?.includes('picture') ? null : cell.text));

describe('number formats of XLSX', () => {
  it('give what a program shows, and mark a cell where that is not to be known', async () => {
    const rows = [...SHOWN, ...SHOWN_BY_EXCEL];
    const shown = shownIn(await read(valued(rows)));
    expect(shown.map((text, at) => [rows[at]![2], text])).toEqual(
      rows.map(([expected, , code]) => [code, expected]),
    );
  });

  it('leave no number behind that they hide or change', async () => {
    const document = await read(valued([...SHOWN, ...SHOWN_BY_EXCEL]));
    for (const cell of grids(document)[0]!.cells) if (cell.marks?.length) expect(cell.text).toBe('');
  });

  it('that end a whole number with a point give that number', async () => {
    const rows = [
      ['5.', 5, '0.##'],
      ['1,234.', 1234, '#,##0.##'],
      ['-5.', -5, '#,##0.####'],
      ['5.件', 5, '0.##"件"'],
    ] as const;
    const texts = shownIn(await read(valued(rows)));
    const values = texts.map((text) =>
      readCellValue({ text: text!, location: '', reading: 'certain', marks: [] }, 'count'),
    );
    expect(values.map(({ raw, state, value, doubtful }) => [raw, state, value, doubtful])).toEqual(
      rows.map(([raw, value]) => [raw, 'number', value, false]),
    );
  });

  it('give way to the view of a sheet that shows no zeros', async () => {
    const rows = [
      ['', 0, 'General'],
      ['', 0, '0.00'],
      ['10', 10, 'General'],
      ['0', '0', 'General'],
    ] as const;
    const view = '<sheetViews><sheetView showZeros="0" workbookViewId="0"/></sheetViews>';
    expect(shownIn(await read(valued(rows, view)))).toEqual(rows.map(([expected]) => expected));
  });

  it('are those of the workbook program where the file names them by number, of the first cell format where a cell names none', async () => {
    const built = [
      [3, 1234, '1,234'],
      [4, 1234, '1,234.00'],
      [41, 0, '-'],
      [37, -5, null],
      [14, 45000, null],
      [9, 1, null],
      [999, 1, null],
    ] as const;
    const cells = built.map(
      ([, value], at) =>
        `<row r="${at + 2}"><c r="A${at + 2}" t="str"><v>行</v></c><c r="B${at + 2}" s="${at + 1}"><v>${value}</v></c></row>`,
    );
    const document = await read(
      workbook(
        `<sheetData><row r="1"><c r="A1" t="str"><v>行</v></c><c r="B1"><v>0</v></c></row>${cells.join('')}</sheetData>`,
        {
          'xl/styles.xml': `<styleSheet><numFmts><numFmt numFmtId="176" formatCode="0;-0;;@"/></numFmts><fonts><font/></fonts><cellXfs><xf numFmtId="176"/>${built.map(([id]) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs></styleSheet>`,
        },
      ),
    );
    expect(shownIn(document)).toEqual(['', ...built.map(([, , expected]) => expected)]);
  });
});

describe('cells of XLSX whose workbook has styles and no cell formats', () => {
  const sheet =
    '<sheetData><row r="1"><c r="A1" t="str"><v>行</v></c><c r="B1"><v>5</v></c><c r="C1" s="3"><v>5</v></c></row></sheetData>';
  const styled = async (styles: string) => {
    const [grid] = grids(
      await read(workbook(sheet, { 'xl/styles.xml': `<styleSheet>${styles}</styleSheet>` })),
    );
    return grid!.cells.map(({ text, marks = [] }) => [text, ...marks]);
  };

  it('show their number where they name none, and not where they name one that is not there', async () => {
    for (const formats of ['', '<cellXfs/>', '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'])
      expect(await styled(`<fonts><font/></fonts>${formats}`)).toEqual([['行'], ['5'], ['', 'picture']]);
  });

  it('are in the first font', async () => {
    const struck = '<fonts><font><strike/></font></fonts>';
    expect((await styled(struck))[1]).toEqual(['5', 'struck']);
  });
});

describe('what is drawn over the cells of XLSX', () => {
  const corner = (name: string, column: number, row: number, into: number) =>
    `<xdr:${name}><xdr:col>${column}</xdr:col><xdr:colOff>${into}</xdr:colOff><xdr:row>${row}</xdr:row><xdr:rowOff>${into}</xdr:rowOff></xdr:${name}>`;
  const picture = (hidden = '') =>
    `<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="1" ${hidden}/></xdr:nvPicPr></xdr:pic>`;
  const rows = [1, 2, 3, 4, 5].map(
    (row) =>
      `<row r="${row}" ${row === 2 ? 'hidden="1"' : ''}><c r="A${row}" t="str"><v>行</v></c>${row === 4 ? '' : `<c r="B${row}"><v>${row}</v></c>`}<c r="C${row}"><v>${row}</v></c></row>`,
  );
  const marked = async (drawing: string, sheet = '') => {
    const document = await read(
      workbook(`<sheetData>${rows.join('')}</sheetData>${sheet}`, {
        'xl/worksheets/_rels/sheet1.xml.rels':
          '<Relationships><Relationship Id="d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing" Target="../drawings/drawing1.xml"/></Relationships>',
        'xl/drawings/drawing1.xml': `<xdr:wsDr>${drawing}</xdr:wsDr>`,
      }),
    );
    return grids(document)[0]!
      .cells.filter((cell) => cell.marks?.includes('picture'))
      .map(({ row, column, text }) => [row, column, text]);
  };

  it('marks the cells under a picture, a shape, a control, blank ones too', async () => {
    const anchored = (content: string) =>
      `<xdr:twoCellAnchor>${corner('from', 1, 2, 0)}${corner('to', 1, 3, 90_000)}${content}</xdr:twoCellAnchor>`;
    const under = [
      [1, 1, '3'],
      [2, 1, ''],
    ];
    expect(await marked(anchored(picture()))).toEqual(under);
    expect(await marked(anchored('<xdr:sp><xdr:txBody/></xdr:sp>'))).toEqual(under);
    const control = `<controls><control><controlPr><anchor>${corner('from', 1, 2, 0)}${corner('to', 1, 3, 90_000)}</anchor></controlPr></control></controls>`;
    expect(await marked('', control)).toEqual(under);
    const single = `<xdr:oneCellAnchor>${corner('from', 2, 4, 0)}<xdr:ext cx="9" cy="9"/>${picture()}</xdr:oneCellAnchor>`;
    expect(await marked(single)).toEqual([[3, 2, '5']]);
    expect(await marked(anchored(picture()) + single)).toEqual([...under, [3, 2, '5']]);
  });

  it('marks none beside it, under what is hidden, or for lines along the cells', async () => {
    const anchored = (to: string, hidden = '') =>
      `<xdr:twoCellAnchor>${corner('from', 1, 2, 0)}${to}${picture(hidden)}</xdr:twoCellAnchor>`;
    expect(await marked(anchored(corner('to', 2, 3, 0)))).toEqual([[1, 1, '3']]);
    expect(await marked(anchored(corner('to', 1, 3, 90_000), 'hidden="1"'))).toEqual([]);
    const line = `<xdr:twoCellAnchor>${corner('from', 1, 2, 0)}${corner('to', 3, 2, 0)}<xdr:cxnSp/></xdr:twoCellAnchor>`;
    const point = `<xdr:twoCellAnchor>${corner('from', 1, 2, 5000)}${corner('to', 1, 2, 5000)}<xdr:sp/></xdr:twoCellAnchor>`;
    expect(await marked(line + point)).toEqual([]);
    const below = `<xdr:twoCellAnchor>${corner('from', 0, 9, 0)}${corner('to', 5, 20, 0)}${picture()}</xdr:twoCellAnchor>`;
    expect(await marked(below)).toEqual([]);
  });
});

describe('ODS', () => {
  const ods = (table: string, parts: Record<string, string> = {}) =>
    zipSync(
      Object.fromEntries(
        Object.entries({
          mimetype: 'application/vnd.oasis.opendocument.spreadsheet',
          'content.xml': `<office:document-content><office:automatic-styles><style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>${table}</office:spreadsheet></office:body></office:document-content>`,
          ...parts,
        }).map(([name, text]) => [name, strToU8(text)]),
      ),
    );
  const number = (value: number, content: string) =>
    `<table:table-cell office:value-type="float" office:value="${value}">${content}</table:table-cell>`;
  const row = (cells: string, attributes = '') => `<table:table-row ${attributes}>${cells}</table:table-row>`;
  const label = '<table:table-cell><text:p>行</text:p></table:table-cell>';
  const p = (text: string) => `<text:p>${text}</text:p>`;

  it('shows the text that a cell has for its number, and is in doubt where it has none', async () => {
    const cells = [number(97.4, p('97')), number(0, '<text:p/>'), number(0, p('-')), number(97, '')];
    const document = await read(
      ods(`<table:table>${cells.map((cell) => row(label + cell)).join('')}</table:table>`),
    );
    expect(
      grids(document)[0]!
        .cells.filter((cell) => cell.column === 1)
        .map(({ text, marks = [] }) => [text, ...marks]),
    ).toEqual([['97'], [''], ['-'], ['', 'low_confidence']]);
  });

  it.each([
    ['white', '<style:text-properties fo:color="#ffffff"/>', 97, true],
    ['red', '<style:text-properties fo:color="#ff0000"/>', 97, false],
    ['none', '', 97, false],
    [
      'white, and black from 0 on',
      '<style:text-properties fo:color="#ffffff"/><style:map style:condition="value()&gt;=0" style:apply-style-name="black"/>',
      97,
      false,
    ],
    [
      'white, and black below 0',
      '<style:text-properties fo:color="#ffffff"/><style:map style:condition="value()&lt;0" style:apply-style-name="black"/>',
      97,
      true,
    ],
    [
      'none, and white from 0 on',
      '<style:map style:condition="value()&gt;=0" style:apply-style-name="white"/>',
      97,
      true,
    ],
    [
      'none, and white below 0',
      '<style:map style:condition="value()&lt;0" style:apply-style-name="white"/>',
      97,
      false,
    ],
    [
      'none, and white for what is not known',
      '<style:map style:condition="odd()" style:apply-style-name="white"/>',
      97,
      true,
    ],
  ] as const)('marks a number that its number format hides: %s', async (_, format, value, marked) => {
    const styles =
      '<number:number-style style:name="white"><style:text-properties fo:color="#ffffff"/></number:number-style>' +
      '<number:number-style style:name="black"><style:text-properties fo:color="#000000"/></number:number-style>' +
      `<number:number-style style:name="N1">${format}<number:number number:min-integer-digits="1"/></number:number-style>` +
      '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>';
    const content = (cells: string) =>
      `<office:document-content><office:automatic-styles>${styles}</office:automatic-styles><office:body><office:spreadsheet><table:table>${cells}</table:table></office:spreadsheet></office:body></office:document-content>`;
    const cell = number(value, p(String(value))).replace(' ', ' table:style-name="ce1" ');
    const document = await read(
      ods('', { 'content.xml': content(row(label + cell) + row(label + number(1, p('1')))) }),
    );
    expect(grids(document)[0]!.cells.map(({ marks = [] }) => marks.includes('overlapping'))).toEqual([
      false,
      marked,
      false,
      false,
    ]);
  });

  it('shows no zeros where its settings say so', async () => {
    const setting = (shows: boolean) =>
      `<config:config-item config:name="ShowZeroValues" config:type="boolean">${shows}</config:config-item>`;
    const sheet = `<table:table>${row(label + number(0, p('0')))}${row(label + number(10, p('10')))}</table:table>`;
    const shown = async (settings: string) =>
      grids(await read(ods(sheet, { 'settings.xml': `<a>${settings}</a>` })))[0]!
        .cells.filter((cell) => cell.column === 1)
        .map(({ text, marks = [] }) => [text, ...marks]);
    expect(await shown(setting(true))).toEqual([['0'], ['10']]);
    expect(await shown(setting(false))).toEqual([[''], ['10']]);
    expect(await shown(setting(false) + setting(true))).toEqual([['', 'low_confidence'], ['10']]);
  });

  it('leaves out hidden rows, columns and sheets, and keeps merged cells whole', async () => {
    const columns =
      '<table:table-column/><table:table-column table:number-columns-repeated="2" table:visibility="collapse"/><table:table-column table:visibility="filter"/><table:table-column/>';
    const cells = (...texts: string[]) =>
      texts.map((text) => `<table:table-cell>${p(text)}</table:table-cell>`).join('');
    const merged = `<table:table-cell table:number-rows-spanned="3" table:number-columns-spanned="1">${p('合')}</table:table-cell>`;
    const under = '<table:covered-table-cell/>';
    const document = await read(
      ods(
        `<table:table>${columns}` +
          row(merged + cells('77', '77', '77', '2')) +
          row(under + cells('88', '88', '88', '88'), 'table:visibility="collapse"') +
          row(
            under + cells('88', '88', '88', '88'),
            'table:visibility="filter" table:number-rows-repeated="2"',
          ) +
          `${row(cells('3', '77', '77', '77', '4'))}</table:table>` +
          `<table:table table:style-name="off">${row(cells('99', '99'))}${row(cells('99', '99'))}</table:table>`,
      ),
    );
    expect(grids(document).map(layoutOfGrid)).toEqual([
      [
        ['合', '2'],
        ['3', '4'],
      ],
    ]);
    expect(grids(document)[0]!.cells.at(-1)!.location).toBe('table=1;row=5;cell=5');
  });
});

describe('comma-separated values', () => {
  const row = (label: string, ...cells: (string | number)[]) => [label, ...cells].join(',');
  const lines = [
    '某某县2024年政府信息公开工作年度报告,,,',
    '信息内容,本年制发件数,本年废止件数,现行有效件数',
    row('规章', 0, '', 11),
    row('行政规范性文件', '"2,569"', 0, 66),
    row('"对外管理\n服务"', 1, 2, 3),
    row('行政处罚', '""', '"说""明"""', 5),
    row('行政强制', 1, 0, 8),
  ];
  const expected = [
    ['某某县2024年政府信息公开工作年度报告', '', '', ''],
    ['信息内容', '本年制发件数', '本年废止件数', '现行有效件数'],
    ['规章', '0', '', '11'],
    ['行政规范性文件', '2,569', '0', '66'],
    ['对外管理服务', '1', '2', '3'],
    ['行政处罚', '', '说"明"', '5'],
    ['行政强制', '1', '0', '8'],
  ];

  it('are a table, quoted fields and blanks and all', async () => {
    const document = await read(strToU8(lines.join('\r\n')));
    expect(sniff(strToU8(lines.join('\r\n')))).toBe('spreadsheet');
    expect(grids(document).map(layoutOfGrid)).toEqual([expected]);
  });

  it('mark a row whose number an unquoted comma cuts in two', async () => {
    const [grid] = grids(await read(strToU8(lines.join('\n').replace('"2,569"', '2,569'))));
    const marked = grid!.cells.filter((cell) => cell.marks?.includes('boundary_uncertain'));
    expect(marked.map((cell) => cell.text)).toEqual(['行政规范性文件', '2', '569', '0', '66']);
  });

  it('are not seen in prose with commas', () => {
    const prose = Array.from({ length: 9 }, (_, i) => `第${i}条, 一是公开, 二是解读`).join('\n');
    const varied = prose.split('\n').map((line, i) => (i % 2 ? `${line}, 三是回应, 四是落实` : '无。'));
    expect(sniff(strToU8(varied.join('\n')))).toBe('text');
  });
});

describe('documents in one XML file', () => {
  const workbook =
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>';
  const letter =
    '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>';

  it('are known by what they hold, and say without LibreOffice what to do', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      expect([sniff(strToU8(workbook)), sniff(strToU8(letter))]).toEqual(['spreadsheet', 'doc']);
      const entities = letter.replace('<?mso', '<!DOCTYPE w [<!ENTITY a "aa">]><?mso');
      expect(sniff(strToU8(entities))).toBe('unknown');
      for (const [text, format] of [
        [workbook, 'XLSX'],
        [letter, 'DOCX'],
      ] as const)
        await expect(readDocument({ bytes: strToU8(text), name: 'a.doc' })).rejects.toMatchObject({
          failure: 'unsupported',
          message: expect.stringContaining(`save it as ${format}`),
        });
    } finally {
      process.env['PATH'] = path;
    }
  });
});

const soffice = program('soffice');

/** With all that other programs want of a workbook. */
function packaged(bytes: Uint8Array): Uint8Array {
  const office = 'http://schemas.openxmlformats.org';
  const main = `xmlns="${office}/spreadsheetml/2006/main"`;
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const relation = `Type="${office}/officeDocument/2006/relationships`;
  const package_ = `xmlns="${office}/package/2006`;
  const parts = unzipSync(bytes);
  const part = (name: string) => strFromU8(parts[name]!);
  return zipSync({
    '[Content_Types].xml': strToU8(
      `<Types ${package_}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
        `<Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${type}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/></Types>`,
    ),
    '_rels/.rels': strToU8(
      `<Relationships ${package_}/relationships"><Relationship Id="a" ${relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ),
    'xl/workbook.xml': strToU8(
      `<workbook ${main} xmlns:r="${office}/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="a"/></sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': strToU8(
      `<Relationships ${package_}/relationships"><Relationship Id="a" ${relation}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" ${relation}/styles" Target="styles.xml"/></Relationships>`,
    ),
    'xl/worksheets/sheet1.xml': strToU8(
      part('xl/worksheets/sheet1.xml').replace('<worksheet>', `<worksheet ${main}>`),
    ),
    'xl/styles.xml': strToU8(
      part('xl/styles.xml').replace(
        '</fonts>',
        '</fonts><fills><fill/></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>',
      ),
    ),
  });
}

describe.skipIf(!soffice)('other spreadsheets', () => {
  const csv = strToU8('规章,1,0,11\n行政规范性文件,8,,66\n');
  const expected = [
    [
      ['规章', '1', '0', '11'],
      ['行政规范性文件', '8', '', '66'],
    ],
  ];

  it('shows numbers as LibreOffice does, in XLSX and through XLS', async () => {
    const view = '<sheetViews><sheetView showZeros="0" workbookViewId="0"/></sheetViews>';
    const inputs = [valued(SHOWN), valued(SHOWN, view)].map((bytes) => ({
      extension: 'xlsx',
      bytes: packaged(bytes),
    }));
    const saved = convertAll(soffice!, inputs, 'xls');
    const ods = convertAll(soffice!, inputs, 'ods');
    for (const [at, { bytes }] of inputs.entries()) {
      const shown = shownIn(await read(bytes));
      expect(shownIn(await read(saved[at]!))).toEqual(shown);
      const known = (texts: readonly (string | null)[]) =>
        texts.flatMap((text, row) => (shown[row] === null ? [] : [[SHOWN[row]![2], text?.trim()]]));
      // It shows as many decimals of a number without a format as its column has room for.
      const rounded = (texts: readonly (string | null)[]) =>
        texts.map((text) => text?.replace(/^0\.3{9,}$/, '0.333333333') ?? null);
      expect(known(rounded(shownIn(await read(ods[at]!))))).toEqual(known(shown));
    }
  });

  it('reads ODS, and XLS through LibreOffice', async () => {
    const input = [{ extension: 'csv', bytes: csv }];
    const [ods] = convertAll(soffice!, input, 'ods', 'CSV:44,34,76');
    expect(grids(await read(ods!)).map(layoutOfGrid)).toEqual(expected);
    const [xls] = convertAll(soffice!, input, 'xls', 'CSV:44,34,76');
    expect(grids(await read(xls!)).map(layoutOfGrid)).toEqual(expected);
  });
});
