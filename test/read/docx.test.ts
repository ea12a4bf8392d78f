import { readFileSync } from 'node:fs';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Document, type Grid, type Paragraph } from '../../src/read/document.ts';
import { readDocx } from '../../src/read/docx/docx.ts';
import { renderDocx } from '../../src/read/docx/rendition.ts';
import { readDocument } from '../../src/read/read.ts';
import { corpus } from '../support/requires.ts';
import { failureOfPromise } from './failure.ts';

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const MORE =
  'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:v="urn:schemas-microsoft-com:vml"';
const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A package with the given body; further parts by name, relationships of the document as `id type target`. */
function docx(
  body: string,
  parts: Record<string, string | Uint8Array> = {},
  relationships: string[] = [],
  head = '<?xml version="1.0" encoding="UTF-8"?>',
): Uint8Array {
  const rels = (items: string[]) =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${items
      .map((item) => {
        const [id, type, target] = item.split(' ');
        return `<Relationship Id="${id}" Type="${RELATION}/${type}" Target="${target}"/>`;
      })
      .join('')}</Relationships>`;
  const files: Record<string, string | Uint8Array> = {
    '[Content_Types].xml':
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    '_rels/.rels': rels(['rId1 officeDocument word/document.xml']),
    'word/document.xml': `${head}<w:document ${W} ${MORE}><w:body>${body}<w:sectPr/></w:body></w:document>`,
    'word/_rels/document.xml.rels': rels(relationships),
    ...parts,
  };
  return zipSync(
    Object.fromEntries(
      Object.entries(files).map(([name, part]) => [name, typeof part === 'string' ? strToU8(part) : part]),
    ),
  );
}

const read = (...given: Parameters<typeof docx>) =>
  readDocx({ bytes: docx(...given), name: 'test.docx' }, DEFAULT_LIMITS);
const run = (text: string, properties = '') =>
  `<w:r>${properties ? `<w:rPr>${properties}</w:rPr>` : ''}<w:t>${text}</w:t></w:r>`;
const p = (...runs: string[]) => `<w:p>${runs.join('')}</w:p>`;
const tc = (content: string, properties = '') => `<w:tc><w:tcPr>${properties}</w:tcPr>${content}</w:tc>`;
const cell = (text: string, properties = '') => tc(p(run(text)), properties);
const tr = (...cells: string[]) => `<w:tr>${cells.join('')}</w:tr>`;
const table = (...rows: string[]) => `<w:tbl><w:tblPr/>${rows.join('')}</w:tbl>`;
/** A number cell among labels, so that the table is a grid of two columns. */
const numberCell = (content: string) => table(tr(cell('规章'), tc(content)), tr(cell('行政许可'), cell('9')));
const span = (columns: number) => `<w:gridSpan w:val="${columns}"/>`;
const START = '<w:vMerge w:val="restart"/>';
const CONTINUE = '<w:vMerge/>';

function grids(document: Document): Grid[] {
  return document.blocks.filter((block): block is Grid => block.kind === 'grid');
}

function paragraphs(document: Document): Paragraph[] {
  return document.blocks.filter((block): block is Paragraph => block.kind === 'paragraph');
}

/** `row,column+rowSpan×columnSpan text` of every cell. */
function shape(grid: Grid | undefined): string[] {
  return (grid?.cells ?? []).map(
    (cell) => `${cell.row},${cell.column} ${cell.rowSpan}×${cell.columnSpan} ${cell.text}`,
  );
}

async function theNumber(
  content: string,
  ...rest: Parameters<typeof docx> extends [string, ...infer R] ? R : never
) {
  const document = await read(numberCell(content), ...rest);
  return grids(document)[0]?.cells[1];
}

describe('the grid of a DOCX table', () => {
  it('places cells by gridSpan and vMerge', async () => {
    const document = await read(
      table(
        tr(cell('合并', span(2) + START), cell('总计')),
        tr(cell('', span(2) + CONTINUE), cell('4')),
        tr(cell('甲'), cell('乙'), cell('5')),
      ),
    );
    expect(shape(grids(document)[0])).toEqual([
      '0,0 2×2 合并',
      '0,2 1×1 总计',
      '1,2 1×1 4',
      '2,0 1×1 甲',
      '2,1 1×1 乙',
      '2,2 1×1 5',
    ]);
    expect(grids(document)[0]?.cells[2]?.location).toBe('table=1;row=2;cell=2');
  });

  it('begins a row further right after gridBefore', async () => {
    const document = await read(
      table(
        tr(cell('甲'), cell('乙'), cell('丙')),
        `<w:tr><w:trPr><w:gridBefore w:val="1"/><w:gridAfter w:val="1"/></w:trPr>${cell('7')}</w:tr>`,
      ),
    );
    expect(shape(grids(document)[0])).toContain('1,1 1×1 7');
  });

  it('clamps a gridSpan of two billion to the columns there are', async () => {
    const document = await read(table(tr(cell('标题', span(2_000_000_000))), tr(cell('甲'), cell('1'))));
    expect(grids(document)[0]?.columns).toBe(2);
    expect(shape(grids(document)[0])[0]).toBe('0,0 1×2 标题');
  });

  it('does not let a merge grow over a narrower cell', async () => {
    const document = await read(
      table(tr(cell('宽', span(2) + START), cell('1')), tr(cell('', CONTINUE), cell('2'), cell('3'))),
    );
    expect(shape(grids(document)[0])).toEqual([
      '0,0 1×2 宽',
      '0,2 1×1 1',
      '1,0 1×1 ',
      '1,1 1×1 2',
      '1,2 1×1 3',
    ]);
  });

  it('leaves out the text of a cell that a merge has swallowed, and says so', async () => {
    const document = await read(table(tr(cell('甲', START), cell('1')), tr(cell('77', CONTINUE), cell('2'))));
    expect(JSON.stringify(document.blocks)).not.toContain('77');
    expect(document.notes.map((note) => note.code)).toContain('merged_cell_text');
  });

  it('leaves out deleted and hidden rows and keeps merges around them whole', async () => {
    const gone = (mark: string) => `<w:tr><w:trPr>${mark}</w:trPr>${cell('', CONTINUE)}${cell('99')}</w:tr>`;
    const document = await read(
      table(
        tr(cell('甲', START), cell('1')),
        gone('<w:del w:id="1" w:author="x"/>'),
        gone('<w:hidden/>'),
        tr(cell('', CONTINUE), cell('2')),
      ),
    );
    expect(shape(grids(document)[0])).toEqual(['0,0 2×1 甲', '0,1 1×1 1', '1,1 1×1 2']);
  });

  it('reads through content controls around rows, cells, blocks and runs', async () => {
    const control = (content: string) =>
      `<w:sdt><w:sdtPr><w:rPr><w:vanish/></w:rPr></w:sdtPr><w:sdtContent>${content}</w:sdtContent></w:sdt>`;
    const document = await read(
      control(
        table(
          control(tr(cell('甲'), control(cell('1')))),
          tr(cell('乙'), tc(control(p(run('2'), control(run('3')))))),
        ),
      ),
    );
    expect(shape(grids(document)[0])).toEqual(['0,0 1×1 甲', '0,1 1×1 1', '1,0 1×1 乙', '1,1 1×1 23']);
  });

  it('reads the tables of a layout table in their order, with the text between them', async () => {
    const inner = (number: string) => table(tr(cell('规章'), cell(number)), tr(cell('许可'), cell('0')));
    const document = await read(table(tr(tc(p(run('二、')) + inner('1') + p(run('三、')) + inner('2')))));
    expect(
      document.blocks.map((block) => (block.kind === 'grid' ? shape(block)[1] : (block as Paragraph).text)),
    ).toEqual(['二、', '0,1 1×1 1', '三、', '0,1 1×1 2']);
  });

  it('marks a data cell that holds a table of its own, and gives that table after it', async () => {
    const document = await read(
      table(
        tr(cell('甲'), cell('乙'), cell('丙')),
        tr(cell('1'), tc(p(run('2')) + table(tr(cell('x'), cell('y')))), cell('3')),
      ),
    );
    expect(grids(document)).toHaveLength(2);
    expect(grids(document)[0]?.cells[4]).toMatchObject({ text: '2', marks: ['nested_table'] });
  });

  it('reads a table in a text box once, though it is stored twice', async () => {
    const box = table(tr(cell('规章'), cell('13')), tr(cell('许可'), cell('0')));
    const document = await read(
      p(
        `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx><w:txbxContent>${box}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>${box}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>`,
      ),
    );
    expect(grids(document)).toHaveLength(1);
  });

  it('reads a document that binds other prefixes to the namespaces', async () => {
    const xml = `<x:document xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><x:body><x:tbl><x:tr><x:tc><x:tcPr><x:gridSpan x:val="2"/></x:tcPr><x:p><x:r><x:t>甲</x:t></x:r></x:p></x:tc></x:tr><x:tr><x:tc><x:p><x:r><x:rPr><x:vanish/></x:rPr><x:t>9</x:t></x:r><x:r><x:t>8</x:t></x:r></x:p></x:tc><x:tc><x:p/></x:tc></x:tr></x:tbl></x:body></x:document>`;
    const document = await read('', { 'word/document.xml': xml });
    expect(shape(grids(document)[0])).toEqual(['0,0 1×2 甲', '1,0 1×1 8', '1,1 1×1 ']);
  });
});

describe('the text of a DOCX cell', () => {
  it('joins a number that is split over runs', async () => {
    expect(
      await theNumber(p(run('4'), '<w:proofErr w:type="spellStart"/>', run('4722'), run('8'))),
    ).toMatchObject({
      text: '447228',
    });
  });

  it('drops tracked deletions and keeps insertions and moves to here', async () => {
    const content = p(
      run('1'),
      `<w:del w:id="1"><w:r><w:delText>5</w:delText></w:r></w:del>`,
      `<w:ins w:id="2">${run('2')}</w:ins>`,
      `<w:moveFrom w:id="3">${run('7')}</w:moveFrom>`,
      `<w:moveTo w:id="4">${run('3')}</w:moveTo>`,
    );
    expect(await theNumber(content)).toMatchObject({ text: '123' });
  });

  it('ignores the properties that a tracked change replaced', async () => {
    const changed = '<w:rPrChange w:id="1"><w:rPr><w:vanish/><w:strike/></w:rPr></w:rPrChange>';
    const number = await theNumber(p(run('23', changed)));
    expect(number?.text).toBe('23');
    expect(number?.marks).toBeUndefined();
  });

  it('drops hidden runs, whether hidden directly or by a style, and says so', async () => {
    const styles = `<w:styles ${W}><w:style w:type="character" w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:type="character" w:styleId="Hidden"><w:basedOn w:val="Base"/></w:style></w:styles>`;
    const document = await read(
      numberCell(
        p(
          run('23'),
          run('77', '<w:vanish/>'),
          run('88', '<w:rStyle w:val="Hidden"/>'),
          run('4', '<w:rStyle w:val="Hidden"/><w:vanish w:val="0"/>'),
        ),
      ),
      { 'word/styles.xml': styles },
      ['rId9 styles styles.xml'],
    );
    expect(grids(document)[0]?.cells[1]?.text).toBe('234');
    expect(document.notes.filter((note) => note.code === 'hidden_text')).toHaveLength(2);
  });

  it('marks superscript, subscript and struck digits, directly or by a style', async () => {
    const styles = `<w:styles ${W}><w:style w:type="character" w:styleId="Up"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style></w:styles>`;
    const parts = { 'word/styles.xml': styles };
    const relationships = ['rId9 styles styles.xml'];
    expect(await theNumber(p(run('6'), run('2', '<w:vertAlign w:val="superscript"/>')))).toMatchObject({
      text: '62',
      marks: ['superscript'],
    });
    expect(
      await theNumber(p(run('6'), run('2', '<w:rStyle w:val="Up"/>')), parts, relationships),
    ).toMatchObject({
      marks: ['superscript'],
    });
    expect(await theNumber(p(run('7', '<w:strike/>'), run('8')))).toMatchObject({
      text: '78',
      marks: ['struck'],
    });
    expect(await theNumber(p(run('7', '<w:strike w:val="false"/>')))).not.toHaveProperty('marks');
  });

  it('marks a digit that its position sets above or below the line, and none where the whole line is moved', async () => {
    const styles = `<w:styles ${W}><w:style w:type="character" w:styleId="Up"><w:rPr><w:position w:val="8"/></w:rPr></w:style></w:styles>`;
    const given = [{ 'word/styles.xml': styles }, ['rId9 styles styles.xml']] as const;
    const marksOf = async (...runs: string[]) =>
      (await theNumber(p(...runs), { ...given[0] }, [...given[1]]))?.marks;
    const up = '<w:position w:val="8"/><w:sz w:val="12"/>';
    expect(await marksOf(run('97'), run('1', up))).toEqual(['superscript']);
    expect(await marksOf(run('97'), run('1', '<w:position w:val="-4"/>'))).toEqual(['subscript']);
    expect(await marksOf(run('97'), run('1', '<w:rStyle w:val="Up"/>'))).toEqual(['superscript']);
    expect(await marksOf(run('1', up), run('97'))).toEqual(['superscript']);
    expect(
      await marksOf(run('97'), run('1', '<w:rStyle w:val="Up"/><w:position w:val="0"/>')),
    ).toBeUndefined();
    expect(await marksOf(run('97', up), run('1', up))).toBeUndefined();
    // What position says does not take back what the vertical alignment says.
    expect(
      await marksOf(run('97'), run('1', '<w:vertAlign w:val="superscript"/><w:position w:val="0"/>')),
    ).toEqual(['superscript']);
  });

  it('marks white digits, unless something coloured stands behind them', async () => {
    const white = '<w:color w:val="FFFFFF"/>';
    const blue = '<w:shd w:val="clear" w:color="auto" w:fill="1F4E79"/>';
    const styles = `<w:styles ${W}><w:style w:type="character" w:styleId="Pale"><w:rPr>${white}</w:rPr></w:style><w:style w:type="table" w:styleId="Grid"><w:rPr>${white}</w:rPr></w:style></w:styles>`;
    const given = [{ 'word/styles.xml': styles }, ['rId9 styles styles.xml']] as const;
    const cellOf = async (content: string) => theNumber(content, { ...given[0] }, [...given[1]]);
    const marked = { marks: ['overlapping'] };
    expect(await theNumber(p(run('9'), run('8', white), run('7')))).toMatchObject({ text: '987', ...marked });
    for (const content of [
      p(run('97', white)),
      p(run('97', '<w:color w:themeColor="background1" w:val="FFFFFF"/>')),
      p(run('97', "<w:color w:val='fefefe'/>")),
      p(run('97', `${white}<w:highlight w:val="none"/>`)),
      p(run('97', `${white}<w:shd w:val="clear" w:color="auto" w:fill="FFFFFF"/>`)),
      p(run('9'), run('7', '<w:rStyle w:val="Pale"/>')),
    ])
      expect([content, await cellOf(content)]).toMatchObject([content, marked]);
    for (const content of [
      p(run('97', '<w:color w:val="FF0000"/>')),
      p(run('97', '<w:color w:val="auto"/>')),
      p(run('97', `${white}<w:highlight w:val="blue"/>`)),
      p(run('97', `${white}${blue}`)),
      p(run('97', '<w:rStyle w:val="Pale"/><w:color w:val="000000"/>')),
      `<w:p><w:pPr>${blue}</w:pPr>${run('97', white)}</w:p>`,
      `<w:p><w:pPr><w:rPr>${white}</w:rPr></w:pPr>${run('97')}</w:p>`,
      p(run('无', white)),
    ])
      expect([content, (await cellOf(content))?.marks]).toEqual([content, undefined]);
    const shaded = table(tr(cell('规章', blue), tc(p(run('97', white)), blue)), tr(cell('许可'), cell('9')));
    expect(grids(await read(shaded))[0]?.cells[1]).not.toHaveProperty('marks');
    // A headline on a banner, and a sentence with a number in white.
    const [headline, sentence] = (
      await read(
        p(run('2024年政府信息公开工作年度报告', white)) + p(run('收到'), run('1', white), run('97件。')),
      )
    ).blocks;
    expect(headline).not.toHaveProperty('marks');
    expect(sentence).toMatchObject({ text: '收到197件。', ...marked });
  });

  describe('where a colour hides digits', () => {
    const THEME = (colours: Record<string, string>) =>
      `<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:clrScheme name="x">${Object.entries(
        { dk1: '000000', lt1: 'FFFFFF', ...colours },
      )
        .map(([name, colour]) => `<a:${name}><a:srgbClr val="${colour}"/></a:${name}>`)
        .join('')}</a:clrScheme></a:themeElements></a:theme>`;
    const styled = (styles: string, theme: Record<string, string> = {}) =>
      [
        {
          'word/styles.xml': `<w:styles ${W}>${styles}</w:styles>`,
          'word/theme/theme1.xml': THEME(theme),
        },
        ['rId7 styles styles.xml', 'rId8 theme theme/theme1.xml'],
      ] as [Record<string, string>, string[]];
    const shd = (attributes: string) => `<w:shd w:val="clear" w:color="auto" ${attributes}/>`;
    const colour = (attributes: string) => `<w:color ${attributes}/>`;
    const WHITE = colour('w:val="FFFFFF"');
    const DARK = shd('w:fill="1F4E79"');
    const isMarked = async (
      content: string,
      properties = '',
      ...parts: [Record<string, string>?, string[]?]
    ) => {
      const document = await read(
        table(tr(cell('规章'), tc(content, properties)), tr(cell('行政许可'), cell('9'))),
        ...parts,
      );
      return grids(document)[0]?.cells[1]?.marks?.includes('overlapping') ?? false;
    };

    it.each([
      ['the first light one', 'w:themeColor="background1"', {}, true],
      ['and by its other name', 'w:val="auto" w:themeColor="light1"', {}, true],
      ['a shade that is hardly one', 'w:themeColor="background1" w:themeShade="F2"', {}, true],
      ['a grey shade', 'w:val="A6A6A6" w:themeColor="background1" w:themeShade="A6"', {}, false],
      ['a tint of black that is nearly white', 'w:themeColor="text1" w:themeTint="08"', {}, true],
      ['a tint of black that is grey', 'w:val="7F7F7F" w:themeColor="text1" w:themeTint="80"', {}, false],
      ['an accent', 'w:val="4472C4" w:themeColor="accent1"', { accent1: '4472C4' }, false],
      ['an accent that is white', 'w:val="4472C4" w:themeColor="accent1"', { accent1: 'FFFFFF' }, true],
      ['a light one that is dark', 'w:themeColor="light2"', { lt2: '1F4E79' }, false],
      ['one that is not there', 'w:val="333333" w:themeColor="accent6"', {}, false],
    ])('takes colours from the theme: %s', async (_, attributes, theme, marked) => {
      expect(await isMarked(p(run('97', colour(attributes))), '', ...styled('', theme))).toBe(marked);
    });

    it('compares text with what is behind it, be it white or not', async () => {
      const black = colour('w:val="000000"');
      expect(await isMarked(p(run('97', black)), shd('w:fill="000000"'))).toBe(true);
      expect(await isMarked(p(run('97', black)), shd('w:fill="D9D9D9"'))).toBe(false);
      expect(await isMarked(p(run('97')), shd('w:fill="000000"'))).toBe(false);
      expect(await isMarked(p(run('97', colour('w:val="1F4E79"'))), DARK)).toBe(true);
      expect(await isMarked(p(run('97', colour('w:val="1F4E79"'))), shd('w:fill="1F4E78"'))).toBe(true);
      expect(await isMarked(p(run('97', WHITE)), DARK)).toBe(false);
      expect(await isMarked(p(run('97', WHITE + shd('w:fill="FFFFFF"'))), DARK)).toBe(true);
      const theme = styled('', { accent1: '4472C4' });
      const accent = colour('w:val="4472C4" w:themeColor="accent1"');
      expect(
        await isMarked(p(run('97', accent)), shd('w:fill="4472C4" w:themeFill="accent1"'), ...theme),
      ).toBe(true);
      expect(await isMarked(p(run('97', WHITE)), shd('w:fill="auto" w:themeFill="accent1"'), ...theme)).toBe(
        false,
      );
      expect(
        await isMarked(
          p(run('97', WHITE)),
          shd('w:fill="auto" w:themeFill="background1" w:themeFillShade="F2"'),
        ),
      ).toBe(true);
      expect(await isMarked(p(run('97', WHITE)), '<w:shd w:val="pct50" w:color="auto" w:fill="auto"/>')).toBe(
        false,
      );
      expect(await isMarked(p(run('97', '<w:highlight w:val="black"/>')))).toBe(true);
      expect(await isMarked(p(run('97', `${colour('w:val="FFFF00"')}<w:highlight w:val="yellow"/>`)))).toBe(
        true,
      );
    });

    it.each([
      ['blanks around the value', '<w:color  w:val = "ffffff" />', '', true],
      ['a line break before it', '<w:color\n w:val="FFFFFF"\n/>', '', true],
      ['apostrophes', "<w:color w:val = 'ffffff'/>", '', true],
      ['another attribute, far longer', `<w:color w:rsid="${'0'.repeat(600)}" w:val="FFFFFF"/>`, '', true],
      ['one that ends like another', '<w:color w:val="FFFFFF" w:rsid="00"/>', '', true],
      ['a character reference', '<w:color w:val="FFFFF&#70;"/>', '', true],
      ['black with blanks', '<w:color  w:val = "000000" />', '', false],
      [
        'dark on a fill with blanks',
        colour('w:val="1F4E79"'),
        '<w:shd w:val = "clear" w:fill = "1F4E79" />',
        true,
      ],
      [
        'dark on a fill behind a long attribute',
        colour('w:val="1F4E79"'),
        `<w:shd w:val="clear" w:rsid="${'0'.repeat(600)}" w:fill="1F4E79"/>`,
        true,
      ],
      [
        'yellow on a highlight with blanks',
        `${colour('w:val="FFFF00"')}<w:highlight w:val = "yellow" />`,
        '',
        true,
      ],
      ['a highlight in black with blanks', '<w:highlight w:val = "black" />', '', true],
    ])('reads what is written in an unusual way: %s', async (_, properties, ground, marked) => {
      expect(await isMarked(p(run('97', properties)), ground)).toBe(marked);
    });

    it('takes what is behind the text from the theme alone, too', async () => {
      const theme = styled('', { accent1: '4472C4' });
      const ground = shd('w:themeFill="accent1"');
      expect(await isMarked(p(run('97', colour('w:val="4472C4"'))), ground, ...theme)).toBe(true);
      expect(await isMarked(p(run('97', colour('w:val="333333"'))), ground, ...theme)).toBe(false);
      // Without that colour it is not known what the number stands on; Word chooses the colour of one that has none.
      expect(await isMarked(p(run('97', colour('w:val="4472C4"'))), ground)).toBe(true);
      expect(await isMarked(p(run('97')), ground)).toBe(false);
      expect(await isMarked(p(run('97', colour('w:val="333333"'))), shd('w:themeFill="none"'))).toBe(false);
    });

    it.each([
      ['white on white and white', 'w:val="diagStripe" w:color="FFFFFF" w:fill="FFFFFF"', 'FFFFFF', true],
      ['white on nothing and white', 'w:val="horzCross" w:color="FFFFFF" w:fill="auto"', 'FFFFFF', true],
      ['white on white and black', 'w:val="diagStripe" w:color="000000" w:fill="FFFFFF"', 'FFFFFF', false],
      ['white on black and white', 'w:val="diagStripe" w:color="FFFFFF" w:fill="000000"', 'FFFFFF', false],
      ['blue on blue and blue', 'w:val="thinDiagCross" w:color="1F4E79" w:fill="1F4E78"', '1F4E79', true],
      ['blue on blue and white', 'w:val="thinDiagCross" w:color="1F4E79" w:fill="FFFFFF"', '1F4E79', false],
    ])(
      'takes text that is lost on both colours of a pattern for lost: %s',
      async (_, pattern, ink, marked) => {
        expect(await isMarked(p(run('97', colour(`w:val="${ink}"`))), `<w:shd ${pattern}/>`)).toBe(marked);
      },
    );

    it('takes colours from styles and what they are based on, unless the text has its own', async () => {
      const parts = styled(
        `<w:docDefaults><w:rPrDefault><w:rPr>${colour('w:val="333333"')}</w:rPr></w:rPrDefault></w:docDefaults>` +
          `<w:style w:type="paragraph" w:styleId="A"><w:rPr>${colour('w:themeColor="background1" w:val="auto"')}</w:rPr></w:style>` +
          '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>' +
          `<w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="B"/><w:pPr>${DARK}</w:pPr></w:style>` +
          '<w:style w:type="character" w:styleId="D"><w:basedOn w:val="E"/></w:style>' +
          `<w:style w:type="character" w:styleId="E"><w:rPr>${WHITE}</w:rPr></w:style>`,
      );
      const inStyle = (id: string, properties = '') =>
        `<w:p><w:pPr><w:pStyle w:val="${id}"/></w:pPr>${run('97', properties)}</w:p>`;
      expect(await isMarked(inStyle('B'), '', ...parts)).toBe(true);
      expect(await isMarked(inStyle('B', colour('w:val="000000"')), '', ...parts)).toBe(false);
      expect(await isMarked(inStyle('C'), '', ...parts)).toBe(false);
      expect(await isMarked(inStyle('C', '<w:rStyle w:val="D"/>'), '', ...parts)).toBe(false);
      expect(await isMarked(p(run('97', '<w:rStyle w:val="D"/>')), '', ...parts)).toBe(true);
      expect(await isMarked(p(run('97')), '', ...parts)).toBe(false);
      const white = styled(
        `<w:docDefaults><w:rPrDefault><w:rPr>${WHITE}</w:rPr></w:rPrDefault></w:docDefaults>`,
      );
      expect(await isMarked(p(run('97')), '', ...white)).toBe(true);
    });

    it('sees what fills the characters instead of their colour', async () => {
      const fill = (inside: string, around = 'textFill') =>
        `<w14:${around} xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml">${inside}</w14:${around}>`;
      expect(await isMarked(p(run('97', fill('<w14:noFill/>'))))).toBe(true);
      expect(await isMarked(p(run('97', fill('<w14:noFill/>', 'textOutline'))))).toBe(false);
      const solid = (colour: string) => fill(`<w14:solidFill>${colour}</w14:solidFill>`);
      expect(await isMarked(p(run('97', solid('<w14:schemeClr w14:val="bg1"/>'))))).toBe(true);
      expect(await isMarked(p(run('97', solid('<w14:schemeClr w14:val="tx1"/>'))))).toBe(false);
      expect(await isMarked(p(run('97', WHITE + solid('<w14:srgbClr w14:val="333333"/>'))))).toBe(false);
    });

    /** Which of nine cells with a number are marked, row by row. */
    const inTableStyle = async (
      style: string,
      look: string,
      own: (row: number, column: number) => string = () => '',
    ) => {
      const rows = [0, 1, 2].map((row) =>
        tr(...[0, 1, 2].map((column) => tc(p(run(`${row}${column}`, own(row, column)))))),
      );
      const grid = '<w:tblGrid><w:gridCol/><w:gridCol/><w:gridCol/></w:tblGrid>';
      const document = await read(
        `<w:tbl><w:tblPr><w:tblStyle w:val="T"/><w:tblLook ${look}/></w:tblPr>${grid}${rows.join('')}</w:tbl>`,
        ...styled(
          `<w:style w:type="table" w:styleId="T"><w:basedOn w:val="S"/>${style}</w:style>` +
            '<w:style w:type="table" w:styleId="S"><w:tblStylePr w:type="lastRow"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:tblStylePr></w:style>',
        ),
      );
      return (grids(document)[0]?.cells ?? []).map(({ marks }) => (marks ? 'm' : '-')).join('');
    };
    const at = (place: string, properties: string) =>
      `<w:tblStylePr w:type="${place}">${properties}</w:tblStylePr>`;
    const white = `<w:rPr>${WHITE}</w:rPr>`;
    const dark = `<w:tcPr>${DARK}</w:tcPr>`;

    it.each([
      ['a dark header row in white', at('firstRow', white + dark), 'w:val="0420"', '---------'],
      ['a header row in white on nothing', at('firstRow', white), 'w:val="0420"', 'mmm------'],
      ['one that the table does not use', at('firstRow', white), 'w:val="0400"', '---------'],
      [
        'and so by single attributes',
        at('firstRow', white),
        'w:firstRow="1" w:noHBand="1" w:noVBand="1"',
        'mmm------',
      ],
      ['a last row by the style it is based on', '', 'w:val="0440"', '------mmm'],
      ['a last column', at('lastCol', white), 'w:val="0500"', '--m--m--m'],
      [
        'a first column, but not its dark corner',
        at('firstCol', white) + at('nwCell', dark),
        'w:val="04A0"',
        '---m--m--',
      ],
      ['every other row behind the first', at('band1Horz', white), 'w:val="0420"', '---mmm---'],
      ['every other column', at('band2Vert', white), 'w:val="0200"', '-m--m--m-'],
      [
        'bands of two rows',
        `<w:tblPr><w:tblStyleRowBandSize w:val="2"/></w:tblPr>${at('band2Horz', white)}`,
        'w:val="0400"',
        '------mmm',
      ],
      ['all cells, white on dark', white + dark, 'w:val="0600"', '---------'],
      ['all cells, white', white, 'w:val="0600"', 'mmmmmmmmm'],
    ])('takes the colours of a table style: %s', async (_, style, look, marks) => {
      expect(await inTableStyle(style, look)).toBe(marks);
    });

    it('sees white text of its own on the shading of a table style', async () => {
      const first = (row: number) => (row === 0 ? WHITE : '');
      expect(await inTableStyle(at('firstRow', dark), 'w:val="0620"', first)).toBe('---------');
      expect(await inTableStyle(at('firstRow', dark), 'w:val="0600"', first)).toBe('mmm------');
    });

    it('reads on where the theme is damaged', async () => {
      const parts = { 'word/theme/theme1.xml': '<a:theme><a:clrScheme>' };
      const relation = ['rId8 theme theme/theme1.xml'];
      expect(await isMarked(p(run('97', colour('w:themeColor="background1"'))), '', parts, relation)).toBe(
        true,
      );
    });
  });

  it('keeps the mark of a footnote out of the number', async () => {
    expect(
      await theNumber(
        p(
          run('12'),
          '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>',
        ),
      ),
    ).toMatchObject({ text: '12', marks: ['footnote_mark'] });
    expect(
      await theNumber(
        p(run('12'), '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>3</w:t></w:r>'),
      ),
    ).toMatchObject({ text: '12', marks: ['footnote_mark'] });
  });

  it('never joins two numbers that stand one above the other', async () => {
    expect(await theNumber(p(run('6')) + p(run('7')))).toMatchObject({
      text: '6\n7',
      marks: ['several_paragraphs'],
    });
    expect(await theNumber(p('<w:r><w:t>6</w:t><w:br/><w:t>7</w:t></w:r>'))).toMatchObject({
      text: '6\n7',
      marks: ['several_paragraphs'],
    });
    expect(await theNumber(p(run('22')) + p(run('（其中修订16件）')))).not.toHaveProperty('marks');
    expect(await theNumber(p() + p(run('7')) + p())).toMatchObject({ text: '7' });
  });

  it('reads the result of a field, not its instruction', async () => {
    const field = p(
      '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>=SUM(ABOVE) 9</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>',
      run('40'),
      '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
      `<w:fldSimple w:instr="PAGE">${run('2')}</w:fldSimple>`,
    );
    expect(await theNumber(field)).toMatchObject({ text: '402' });
  });

  it('does not show the result of a field that is part of the instruction of another', async () => {
    const mark = (type: string) => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
    const inner = mark('begin') + mark('separate') + run('9') + mark('end');
    const outer = mark('begin') + inner + mark('separate') + run('40') + mark('end');
    expect(await theNumber(p(outer))).toMatchObject({ text: '40' });
  });

  it('goes on after a field that is never ended', async () => {
    const document = await read(
      p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', run('x')) + numberCell(p(run('5'))) + p(run('后文')),
    );
    expect(grids(document)[0]?.cells[1]?.text).toBe('5');
    expect(paragraphs(document).at(-1)?.text).toBe('后文');
  });

  it('reads digits of the Symbol font and takes no other symbol for a digit', async () => {
    expect(await theNumber(p('<w:r><w:sym w:font="Symbol" w:char="F033"/></w:r>'))).toMatchObject({
      text: '3',
    });
    expect((await theNumber(p('<w:r><w:sym w:font="Wingdings" w:char="F033"/></w:r>')))?.text).not.toMatch(
      /\d/,
    );
  });

  it('marks a cell that holds a picture or lies under a text box', async () => {
    const picture =
      '<w:r><w:drawing><wp:inline><wp:extent cx="9000000" cy="4000000"/><a:blip r:embed="rId5"/></wp:inline></w:drawing></w:r>';
    expect((await theNumber(p(picture)))?.marks).toContain('picture');
    const box = `<w:r><w:pict><v:textbox><w:txbxContent>${p(run('5'))}</w:txbxContent></v:textbox></w:pict></w:r>`;
    expect((await theNumber(p(run('1'), box)))?.marks).toContain('overlapping');
  });

  const field = (instruction: string, result: string | null, data = '') =>
    `<w:r><w:fldChar w:fldCharType="begin">${data}</w:fldChar></w:r><w:r><w:instrText>${instruction}</w:instrText></w:r>` +
    `${result === null ? '' : `<w:r><w:fldChar w:fldCharType="separate"/></w:r>${run(result)}`}<w:r><w:fldChar w:fldCharType="end"/></w:r>`;
  const choice = '<w:ffData><w:ddList><w:result w:val="0"/><w:listEntry w:val="97"/></w:ddList></w:ffData>';

  it('marks a cell that shows a figure which is no text: shapes, objects, ink, fields without a result', async () => {
    for (const shown of [
      '<w:r><w:pict><v:shape type="#_x0000_t136"><v:textpath string="97"/></v:shape></w:pict></w:r>',
      '<w:r><w:object><v:shape/></w:object></w:r>',
      '<w:r><w:drawing><wp:inline><a:graphic/></wp:inline></w:drawing></w:r>',
      '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor/></w:drawing></mc:Choice><mc:Fallback><w:pict/></mc:Fallback></mc:AlternateContent></w:r>',
      '<w:r><w:contentPart r:id="rId9"/></w:r>',
      field(' FORMDROPDOWN ', null, choice),
      field(' FORMDROPDOWN ', '', choice),
      field('FORMCHECKBOX', null),
      field(' eq \\o\\ac(○,97)', null),
      field('MACROBUTTON NoMacro 97', null),
      '<w:fldSimple w:instr=" EQ \\f(9,7)"/>',
    ])
      expect([shown, await theNumber(p(shown))]).toMatchObject([shown, { text: '', marks: ['picture'] }]);
    expect(await theNumber('<w:altChunk r:id="rId9"/><w:p/>')).toMatchObject({
      text: '',
      marks: ['picture'],
    });
  });

  it('sees nothing in a drawing that does not show, and no drawing in a field with a result', async () => {
    for (const plain of [
      '<w:r><w:rPr><w:vanish/></w:rPr><w:drawing><wp:inline><a:blip r:embed="rId5"/></wp:inline></w:drawing></w:r>',
      '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="a" hidden="1"/></wp:inline></w:drawing></w:r>',
      field(' XE "97" ', null),
    ]) {
      const found = await theNumber(p(run('8'), plain));
      expect([plain, found?.text, found?.marks]).toEqual([plain, '8', undefined]);
    }
    for (const instruction of [' FORMTEXT ', ' =SUM(ABOVE) ', ' MERGEFIELD equal ', ' EQUALS '])
      expect(await theNumber(p(field(instruction, '97')))).not.toHaveProperty('marks');
  });
});

describe('automatic numbering', () => {
  const level = (index: number, format: string, text: string) =>
    `<w:lvl w:ilvl="${index}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/></w:lvl>`;
  const numbering = `<w:numbering ${W}><w:abstractNum w:abstractNumId="0">${level(0, 'chineseCountingThousand', '（%1）')}${level(1, 'decimal', '%2.')}</w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num></w:numbering>`;
  const numbered = (text: string, at: number) =>
    `<w:p><w:pPr><w:numPr><w:ilvl w:val="${at}"/><w:numId w:val="3"/></w:numPr></w:pPr>${text === '' ? '' : run(text)}</w:p>`;
  const parts = { 'word/numbering.xml': numbering };
  const relationships = ['rId7 numbering numbering.xml'];

  it('is rendered before labels, level by level', async () => {
    const document = await read(
      table(
        tr(tc(numbered('予以公开', 0)), cell('1')),
        tr(tc(numbered('不予公开', 0)), cell('2')),
        tr(tc(numbered('属于国家秘密', 1)), cell('3')),
        tr(tc(numbered('禁止公开', 1)), cell('4')),
        tr(tc(numbered('无法提供', 0)), cell('5')),
        tr(tc(numbered('不掌握', 1)), cell('6')),
      ),
      parts,
      relationships,
    );
    const labels = grids(document)[0]
      ?.cells.filter((each) => each.column === 0)
      .map((each) => each.text);
    expect(labels).toEqual([
      '（一）予以公开',
      '（二）不予公开',
      '1.属于国家秘密',
      '2.禁止公开',
      '（三）无法提供',
      '1.不掌握',
    ]);
  });

  it('never becomes part of a number', async () => {
    expect(await theNumber(numbered('5', 1), parts, relationships)).toMatchObject({
      text: '5',
      marks: ['boundary_uncertain'],
    });
    expect(await theNumber(numbered('', 1), parts, relationships)).toMatchObject({
      marks: ['boundary_uncertain'],
    });
  });
});

describe('what stands around the tables', () => {
  it('gives headings by style, in reading order with the tables', async () => {
    const styles = `<w:styles ${W}><w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>`;
    const styled = (style: string, text: string) =>
      `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr>${run(text)}</w:p>`;
    const document = await read(
      styled('T', '年度报告') +
        styled('2', '一、总体情况') +
        p(run('正文')) +
        numberCell(p(run('1'))) +
        p(run('尾')),
      { 'word/styles.xml': styles },
      ['rId9 styles styles.xml'],
    );
    expect(
      document.blocks.map((block) =>
        block.kind === 'paragraph' ? [block.text, block.role, block.location] : block.kind,
      ),
    ).toEqual([
      ['年度报告', 'title', 'paragraph=1'],
      ['一、总体情况', 'heading', 'paragraph=2'],
      ['正文', undefined, 'paragraph=3'],
      'grid',
      ['尾', undefined, 'paragraph=4'],
    ]);
  });

  it('reads the cached values of charts with their titles', async () => {
    const points = (values: string[], cache: string) =>
      `<c:${cache}><c:ptCount val="${values.length}"/>${values.map((value, index) => `<c:pt idx="${index}"><c:v>${value}</c:v></c:pt>`).join('')}</c:${cache}>`;
    const chart = `<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>2020年</a:t></a:r><a:r><a:t>概况</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:pieChart><c:ser><c:tx><c:strRef>${points(['占比'], 'strCache')}</c:strRef></c:tx><c:cat><c:strRef>${points(['公众号', '网站'], 'strCache')}</c:strRef></c:cat><c:val><c:numRef>${points(['0.720000000000001', '0.28'], 'numCache')}</c:numRef></c:val></c:ser></c:pieChart><c:valAx><c:title><c:tx><c:rich><a:p><a:r><a:t>轴</a:t></a:r></a:p></c:rich></c:tx></c:title></c:valAx></c:plotArea></c:chart></c:chartSpace>`;
    const document = await read(
      p('<w:r><w:drawing><wp:inline><c:chart r:id="rId4"/></wp:inline></w:drawing></w:r>'),
      { 'word/charts/chart1.xml': chart },
      ['rId4 chart charts/chart1.xml'],
    );
    expect(document.charts).toEqual([
      {
        title: '2020年概况',
        categories: ['公众号', '网站'],
        series: [{ name: '占比', values: [0.720000000000001, 0.28] }],
        location: 'chart=1',
      },
    ]);
  });

  it('gives the bytes of pictures that are large enough for a table', async () => {
    const png = new Uint8Array(40);
    png.set([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
    new DataView(png.buffer).setUint32(16, 1200);
    new DataView(png.buffer).setUint32(20, 800);
    const drawing = (cx: number) =>
      `<w:r><w:drawing><wp:inline><wp:extent cx="${cx}" cy="4000000"/><a:blip r:embed="rId5"/></wp:inline></w:drawing></w:r>`;
    const document = await read(
      p(drawing(5_000_000)) + p(drawing(400_000)),
      { 'word/media/image1.png': png },
      ['rId5 image media/image1.png'],
    );
    expect(document.pictures[0]).toMatchObject({
      mime: 'image/png',
      width: 1200,
      height: 800,
      location: 'paragraph=1',
    });
    expect(document.pictures[0]?.bytes).toHaveLength(40);
    expect(document.pictures[1]?.bytes).toBeUndefined();
  });

  it('gives the title of the core properties as metadata', async () => {
    const core =
      '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>某某街道年度报告</dc:title></cp:coreProperties>';
    const document = await read(p(run('x')), { 'docProps/core.xml': core });
    expect(document.metadata).toEqual([{ name: 'title', value: '某某街道年度报告' }]);
  });

  it('reads a page of HTML that the document embeds whole', async () => {
    const html =
      '<html><body><p>二、主动公开</p><table><tr><td>规章</td><td>13</td></tr></table></body></html>';
    const document = await read('<w:altChunk r:id="rId3"/>', { 'word/chunk.html': html }, [
      'rId3 aFChunk chunk.html',
    ]);
    expect(paragraphs(document).map(({ text }) => text)).toEqual(['二、主动公开']);
    expect(grids(document)[0]?.cells.map(({ text }) => text)).toEqual(['规章', '13']);
  });

  it('says that an embedded object was not read', async () => {
    const document = await read(
      p(
        '<w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" ProgID="Excel.Sheet.12"/></w:object></w:r>',
      ),
    );
    expect(document.notes).toMatchObject([{ code: 'embedded_object', detail: 'Excel.Sheet.12' }]);
  });

  it('leaves headers and footers out and gives footnotes their role', async () => {
    const footnotes = `<w:footnotes ${W}><w:footnote w:id="2">${p(run('含上年度结转数量'))}</w:footnote></w:footnotes>`;
    const header = `<w:hdr ${W}>${p(run('页眉 2019'))}</w:hdr>`;
    const document = await read(
      p(run('正文'), '<w:r><w:footnoteReference w:id="2"/></w:r>'),
      { 'word/footnotes.xml': footnotes, 'word/header1.xml': header },
      ['rId1 footnotes footnotes.xml', 'rId2 header header1.xml'],
    );
    expect(paragraphs(document).map(({ text, role }) => [text, role])).toEqual([
      ['正文', undefined],
      ['含上年度结转数量', 'footnote'],
    ]);
  });
});

describe('hostile and damaged DOCX files', () => {
  const body = table(tr(cell('规章'), cell('13')), tr(cell('许可'), cell('0')));

  it('refuses a DOCTYPE', async () => {
    const head = '<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY a "1">]>';
    expect(await failureOfPromise(read(body, {}, [], head))).toBe('unsupported');
  });

  it('refuses XML that is nested beyond the limit', async () => {
    const open = '<w:sdt><w:sdtContent>'.repeat(30_000);
    const close = '</w:sdtContent></w:sdt>'.repeat(30_000);
    expect(await failureOfPromise(read(open + body + close))).toBe('too_large');
  });

  it('refuses more cells than the limit allows', async () => {
    const limits = { ...DEFAULT_LIMITS, cells: 100 };
    const bytes = docx(
      table(...Array.from({ length: 30 }, () => tr(...Array.from({ length: 5 }, () => cell('0'))))),
    );
    expect(await failureOfPromise(readDocx({ bytes, name: 'x' }, limits))).toBe('too_large');
  });

  it('reads on through mammoth where the XML is not well-formed, and trusts nothing of it', async () => {
    const document = await read(numberCell(p(run('13\u0003'))) + p(run('二、主动公开')));
    expect(document.reader).toBe('docx/mammoth');
    expect(grids(document)[0]?.cells[1]).toMatchObject({ reading: 'inferred' });
    expect(grids(document)[0]?.cells[1]?.text).toContain('13');
    expect(document.notes.map((note) => note.code)).toContain('xml_not_well_formed');
  });

  it('reads table elements that stand where they should not', async () => {
    const document = await read(
      `${cell('孤')}${tr(cell('行'))}<w:tbl>${cell('甲')}${cell('1')}</w:tbl>${p(run('尾'))}`,
    );
    expect(paragraphs(document).at(-1)?.text).toBe('尾');
    expect(shape(grids(document)[0])).toEqual(['0,0 1×1 甲', '0,1 1×1 1']);
  });

  it('names the failure of every truncated or altered file', async () => {
    const whole = docx(body);
    let failures = 0;
    for (let at = 0; at < whole.length; at += 7) {
      const altered = whole.slice();
      altered[at] = (altered[at] as number) ^ 0x5a;
      for (const bytes of [whole.subarray(0, at), altered]) {
        const failure = await failureOfPromise(readDocument({ bytes, name: 'damaged.docx' }));
        if (failure !== null) failures++;
      }
    }
    expect(failures).toBeGreaterThan(100);
  });
});

describe('the rendition of a DOCX file', () => {
  it('is HTML with the tables and headings of the document', async () => {
    const html = await renderDocx({
      bytes: docx(p(run('一、总体情况')) + numberCell(p(run('13')))),
      name: 'x',
    });
    expect(html).toContain('一、总体情况');
    expect(html).toMatch(/<table>.*13.*<\/table>/s);
  });

  it('is refused for a document with more XML than can be rendered safely', async () => {
    const bytes = docx(p(run('x'.repeat(200))).repeat(60_000));
    expect(await failureOfPromise(renderDocx({ bytes, name: 'x' }))).toBe('too_large');
  });
});

describe.skipIf(corpus === null)('published DOCX reports', () => {
  const file = (name: string) => readFileSync(path.join(corpus as string, 'reports', name));

  it('come out with the shape and the figures of the document', async () => {
    const document = await readDocument({
      bytes: file('derived-huaian-2024-docx/report.docx'),
      name: 'report.docx',
    });
    const [two, three, four] = grids(document);
    expect([two?.rows, two?.columns, three?.rows, three?.columns, four?.rows, four?.columns]).toEqual([
      14, 4, 28, 10, 4, 15,
    ]);
    const at = (grid: Grid | undefined, row: number, column: number) =>
      grid?.cells.find((each) => each.row === row && each.column === column)?.text;
    expect([at(two, 3, 1), at(two, 6, 1), at(two, 13, 1)]).toEqual(['8', '447228', '96171.6']);
    expect([3, 4, 5, 6, 7, 8, 9].map((column) => at(three, 3, column))).toEqual([
      '3001',
      '53',
      '0',
      '0',
      '61',
      '4',
      '3119',
    ]);
    expect(three?.cells.find((each) => each.text === '三、本年度办理结果')).toMatchObject({
      row: 5,
      column: 0,
      rowSpan: 22,
    });
  });

  it('include the blank statutory form, with every figure cell blank', async () => {
    const document = await readDocument({
      bytes: file('template-2021-docx/政务公开年报模版.docx'),
      name: 'x',
    });
    expect(grids(document).map((grid) => [grid.rows, grid.columns])).toEqual([
      [14, 4],
      [28, 10],
      [4, 15],
    ]);
    const figures = grids(document)[1]?.cells.filter((each) => each.row >= 3 && each.column >= 3) ?? [];
    expect(figures).toHaveLength(175);
    expect(figures.every((each) => each.text.trim() === '')).toBe(true);
  });
});
