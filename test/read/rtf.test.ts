import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Document, ReadError } from '../../src/read/document.ts';
import { readRtf } from '../../src/read/rtf/rtf.ts';
import { bodyOf } from '../render/bodies.ts';
import { PLAIN_DOCX, renderDocx } from '../render/docx.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { program } from '../support/requires.ts';
import { convertAll } from './converted.ts';
import { DRAWN, drawnCellsDocument, drawnIn } from './drawn-cells.ts';
import { ODD_CELLS, oddTextDocument } from './odd-text.ts';
import { cellTexts, grids, layoutOfGrid, layoutsOfRecord } from './tables.ts';

const read = (rtf: string | Uint8Array): Promise<Document> =>
  readRtf(
    { bytes: typeof rtf === 'string' ? Buffer.from(rtf, 'latin1') : rtf, name: 'report.rtf' },
    DEFAULT_LIMITS,
  );
const texts = (document: Document) =>
  document.blocks.flatMap((block) => (block.kind === 'paragraph' ? [block.text] : []));

describe('text of RTF', () => {
  it('decodes escaped bytes by the font, and by the code page of the document where the font says nothing', async () => {
    const document = await read(
      "{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fcharset134 SimSun;}{\\f2\\fcharset136 Ming;}}\\f1\\'d6\\'d0\\'b9\\'fa\\par\\f0\\'d6\\'d0\\par\\f2\\'a4\\'a4\\par}",
    );
    expect(texts(document)).toEqual(['中国', '中', '中']);
  });

  it('joins a double-byte character whose second byte is a plain letter', async () => {
    // 0xb5 0x50 is 礟 in GBK.
    expect(texts(await read("{\\rtf1\\ansi\\ansicpg936 \\'b5P1\\par}"))).toEqual(['礟1']);
  });

  it('takes the Unicode character and passes over what repeats it', async () => {
    expect(
      texts(
        await read(
          "{\\rtf1\\ansi\\ansicpg936\\uc2 \\u20013\\'d6\\'d0\\u22269\\'b9\\'fa12\\par\\uc0\\u-243 3\\par\\uc1\\u8212?{4}\\par}",
        ),
      ),
    ).toEqual(['中国12', '\uff0d3', '—4']);
  });

  it('leaves out field instructions, hidden and deleted text, keeps results', async () => {
    expect(
      texts(
        await read(
          '{\\rtf1 a{\\field{\\*\\fldinst PAGE}{\\fldrslt 7}}{\\v 88}{\\deleted 99}{\\*\\unknown 55}b\\par}',
        ),
      ),
    ).toEqual(['a7b']);
  });

  it('gives the text and the tables of a text box, once and after the main text', async () => {
    const box = '\\trowd\\cellx1000\\cellx2000\\pard\\intbl A\\cell 1\\cell\\row\\pard';
    const document = await read(
      `{\\rtf1 {\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv 9}}{\\shptxt ${box} 框\\par}}{\\shprslt ${box}}}主\\par}`.replace(
        /[框主]/g,
        (c) => `\\u${c.charCodeAt(0)}?`,
      ),
    );
    expect(document.blocks.map((block) => (block.kind === 'paragraph' ? block.text : block.kind))).toEqual([
      '主',
      'grid',
      '框',
    ]);
  });

  it('marks a digit that is raised, whichever of the two properties says so', async () => {
    const marksOf = async (digits: string) => {
      const [block] = (await read(`{\\rtf1 ${digits}\\par}`)).blocks;
      return block?.kind === 'paragraph' ? block.marks : null;
    };
    expect(await marksOf('97{\\up8\\fs12 1}')).toEqual(['superscript']);
    expect(await marksOf('97{\\dn8 1}')).toEqual(['subscript']);
    expect(await marksOf('97{\\super\\up0 1}')).toEqual(['superscript']);
    expect(await marksOf('97{\\up8\\up0 1}')).toBeUndefined();
    expect(await marksOf('97{\\super\\nosupersub 1}')).toBeUndefined();
  });

  it('marks white digits, unless something coloured stands behind them', async () => {
    const colours =
      '{\\colortbl;\\red255\\green255\\blue255;\\red0\\green0\\blue0;\\red31\\green78\\blue121;}';
    const table = async (definition: string, cell: string) => {
      const document = await read(
        `{\\rtf1 ${colours}\\trowd ${definition}\\cellx1000\\cellx2000\\pard\\intbl A\\cell ${cell}\\cell\\row\\pard\\par}`,
      );
      return grids(document)[0]?.cells[1];
    };
    expect(await table('', '9{\\cf1 8}7')).toMatchObject({ text: '987', marks: ['overlapping'] });
    expect(await table('', '{\\cf1 8}')).toMatchObject({ text: '8', marks: ['overlapping'] });
    expect(await table('', '{\\cf1\\highlight1 8}')).toMatchObject({ marks: ['overlapping'] });
    for (const plain of [
      '{\\cf2 8}',
      '{\\cf0 8}',
      '{\\cf1\\highlight3 8}',
      '\\cbpat3{\\cf1 8}',
      '{\\cf1\\plain 8}',
    ])
      expect(await table('', plain)).not.toHaveProperty('marks');
    const shaded = await read(
      `{\\rtf1 ${colours}\\trowd\\cellx1000\\clcbpat3\\cellx2000\\pard\\intbl {\\cf1 8}\\cell {\\cf1 8}\\cell\\row\\pard\\par}`,
    );
    expect(grids(shaded)[0]?.cells.map((c) => c.marks)).toEqual([['overlapping'], undefined]);
    for (const lost of [
      '{\\cf2\\highlight2 8}',
      '{\\cf3\\chcbpat3 8}',
      '\\cbpat3{\\cf3 8}',
      '\\cbpat3{\\cf1\\highlight1 8}',
    ])
      expect([lost, await table('', lost)]).toMatchObject([lost, { marks: ['overlapping'] }]);
    const same = await read(
      `{\\rtf1 ${colours}\\trowd\\cellx1000\\clcbpat3\\cellx2000\\pard\\intbl {\\cf3 8}\\cell {\\cf3 8}\\cell\\row\\pard\\par}`,
    );
    expect(grids(same)[0]?.cells.map((c) => c.marks)).toEqual([undefined, ['overlapping']]);
    expect(await table('', '{\\cf1 A}9')).toMatchObject({ marks: ['overlapping'] });
    // A headline wholly in white stands on a banner.
    const headline = await read(`{\\rtf1 ${colours}{\\cf1 2024 A}\\par}`);
    expect(headline.blocks[0]).not.toHaveProperty('marks');
  });

  it('is corrupt when it ends within its groups, too large when it nests without end', async () => {
    await expect(read('{\\rtf1 {abc')).rejects.toMatchObject({ failure: 'corrupt' });
    await expect(read(`{\\rtf1 ${'{'.repeat(100_000)}`)).rejects.toMatchObject({ failure: 'too_large' });
  });
});

describe('a cell of RTF', () => {
  const cellOf = async (content: string) => {
    const document = await read(
      `{\\rtf1 \\trowd\\cellx1000\\cellx2000\\pard\\intbl A\\cell ${content}\\cell\\row\\pard\\par}`,
    );
    const { text, marks = [] } = grids(document)[0]!.cells[1]!;
    return [text, ...marks];
  };
  const objectWith = (result: string) =>
    `{\\object\\objemb\\objw900{\\*\\objclass Excel.Sheet.12}{\\*\\objdata 0105}${result}}`;

  it('shows what stands for an embedded object', async () => {
    expect(await cellOf(objectWith('{\\result 97}'))).toEqual(['97']);
    expect(await cellOf(objectWith('{\\result {\\rtlch\\f0 9}7}'))).toEqual(['97']);
    expect(await cellOf(objectWith('{\\result {\\pict\\pngblip 89}}'))).toEqual(['', 'picture']);
    expect(await cellOf(objectWith(''))).toEqual(['', 'picture']);
    expect(await cellOf(`{\\v ${objectWith('')}}`)).toEqual(['']);
    expect(await cellOf(`1${objectWith('{\\result }')}`)).toEqual(['1', 'picture']);
  });

  it('is marked where it holds a shape, a formula or a field without a result', async () => {
    for (const shown of [
      '{\\shp{\\*\\shpinst{\\sp{\\sn gtextUNICODE}{\\sv 97}}}{\\shprslt 97}}',
      '{\\*\\do\\dobxpage{\\dptxbxtext 97}}',
      '{\\mmath{\\*\\moMath{\\mr 97}}}',
      '{\\field{\\*\\fldinst { FORMDROPDOWN }{\\*\\formfield{\\fftype2{\\*\\ffl 97}}}}{\\fldrslt }}',
      '{\\field\\flddirty{\\*\\fldinst eq \\\\o\\\\ac(O,97)}{\\fldrslt }}',
      '{\\field{\\*\\fldinst MACROBUTTON NoMacro 97}}',
    ])
      expect([shown, ...(await cellOf(shown))]).toEqual([shown, '', 'picture']);
    expect(await cellOf('{\\field{\\*\\fldinst { =SUM(ABOVE) \\par\\cell}}{\\fldrslt 97}}')).toEqual(['97']);
    expect(await cellOf('{\\v{\\field{\\*\\fldinst EQ 97}}}8')).toEqual(['8']);
  });
});

describe('tables of RTF', () => {
  const row = (definition: string, ...cells: string[]) =>
    `\\trowd ${definition}\\pard\\intbl ${cells.map((cell) => `${cell}\\cell `).join('')}\\row\n`;

  it('lays out horizontally and vertically merged cells', async () => {
    const document = await read(
      `{\\rtf1 ${row('\\clvmgf\\cellx1000\\clmgf\\cellx2000\\clmrg\\cellx3000', 'A', 'B', '')}${row('\\clvmrg\\cellx1000\\cellx2000\\cellx3000', '', '1', '2')}\\pard after\\par}`,
    );
    expect(grids(document).map(layoutOfGrid)).toEqual([
      [
        ['A ×2', 'B →2'],
        ['1', '2'],
      ],
    ]);
    expect(texts(document)).toEqual(['after']);
  });

  it('takes edges that differ by a few twips for one', async () => {
    const document = await read(
      `{\\rtf1 ${row('\\cellx1000\\cellx2000', 'A', 'B')}${row('\\cellx1015\\cellx1990', '1', '2')}\\pard\\par}`,
    );
    expect(grids(document)[0]).toMatchObject({ rows: 2, columns: 2 });
  });

  it('gives a run of cells, blanks marked, where a row does not fit its definition', async () => {
    const document = await read(
      `{\\rtf1 ${row('\\cellx1000\\cellx2000', 'A', 'B')}${row('\\cellx1000\\cellx2000', '1', '', '3')}\\pard\\par}`,
    );
    expect(document.blocks).toMatchObject([
      {
        kind: 'cells',
        cells: [
          { text: 'A', startsRow: true },
          { text: 'B', startsRow: false },
          { text: '1', startsRow: true },
          { text: '', startsRow: false, marks: ['boundary_uncertain'] },
          { text: '3', startsRow: false },
        ],
      },
    ]);
    expect(document.notes.map((note) => note.code)).toEqual(['table_without_geometry']);
  });
});

const soffice = program('soffice');

describe.skipIf(!soffice)('RTF written by LibreOffice', () => {
  it('keeps every cell of a report, and marks what is no plain number', async () => {
    const habits = { ...NOTICE, threeTables: true, emptyTotals: true, brokenLabels: true };
    const record = inventReport(5, bodyOf('某某区', 5), 2022, habits, 300);
    const docx = renderDocx(record, { ...PLAIN_DOCX, hiddenRuns: true, trackedChanges: true });
    const [report, odd, drawn] = convertAll(
      soffice!,
      [
        { extension: 'docx', bytes: docx },
        { extension: 'fodt', bytes: oddTextDocument() },
        { extension: 'docx', bytes: drawnCellsDocument() },
      ],
      'rtf',
    );
    expect(grids(await read(report!)).map(layoutOfGrid)).toEqual(layoutsOfRecord(record));
    const document = await read(odd!);
    expect(cellTexts(grids(document)[0]!)).toEqual(ODD_CELLS);
    expect(drawnIn(grids(await read(drawn!))[0]!)).toEqual(DRAWN);
    expect(document.blocks.at(-1)).toMatchObject({
      role: 'footnote',
      text: expect.stringContaining('含上年结转'),
    });
  });
});

describe('any bytes', () => {
  it('are read or refused with a reason', async () => {
    for (const cut of [5, 20, 40, 60]) {
      const bytes = Buffer.from(
        "{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset134 X;}}\\trowd\\cellx9\\'d6\\cell\\row}",
        'latin1',
      );
      await read(bytes.subarray(0, cut)).catch((error) => expect(error).toBeInstanceOf(ReadError));
    }
  });
});
