import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Document } from '../../src/read/document.ts';
import { readOdt } from '../../src/read/odt/odt.ts';
import { bodyOf } from '../render/bodies.ts';
import { PLAIN_DOCX, renderDocx } from '../render/docx.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { program } from '../support/requires.ts';
import { convertAll } from './converted.ts';
import { DRAWN, drawnCellsDocument, drawnIn } from './drawn-cells.ts';
import { ODD_CELLS, oddTextDocument } from './odd-text.ts';
import { cellTexts, grids, layoutOfGrid, layoutsOfRecord } from './tables.ts';

const read = (bytes: Uint8Array): Promise<Document> => readOdt({ bytes, name: 'report.odt' }, DEFAULT_LIMITS);
const odt = (body: string, parts: Record<string, Uint8Array> = {}) =>
  zipSync({
    mimetype: strToU8('application/vnd.oasis.opendocument.text'),
    'content.xml': strToU8(
      `<office:document-content><office:body><office:text>${body}</office:text></office:body></office:document-content>`,
    ),
    ...parts,
  });
const cell = (text: string, attributes = '') =>
  `<table:table-cell ${attributes}><text:p>${text}</text:p></table:table-cell>`;

describe('ODT', () => {
  it('expands repeated cells, keeps merged ones, and gives covered ones no text', async () => {
    const document = await read(
      odt(
        `<table:table><table:table-row>${cell('A', 'table:number-columns-spanned="2"')}<table:covered-table-cell><text:p>9</text:p></table:covered-table-cell>${cell('B')}</table:table-row>` +
          `<table:table-row>${cell('0', 'table:number-columns-repeated="3"')}</table:table-row></table:table>`,
      ),
    );
    expect(grids(document).map(layoutOfGrid)).toEqual([
      [
        ['A →2', 'B'],
        ['0', '0', '0'],
      ],
    ]);
  });

  it('leaves out deleted text, comments and hidden sections', async () => {
    const document = await read(
      odt(
        '<text:tracked-changes><text:p>旧</text:p></text:tracked-changes><text:section text:display="none"><text:p>密</text:p></text:section><text:p>新<office:annotation><text:p>批注</text:p></office:annotation><text:s text:c="2"/>文</text:p>',
      ),
    );
    expect(document.blocks).toMatchObject([{ kind: 'paragraph', text: '新  文' }]);
  });

  it('marks a cell that shows a figure which is no text: objects, shapes, controls, choices', async () => {
    const marked = async (content: string) => {
      const document = await read(
        odt(
          `<table:table><table:table-row>${cell('A')}${content}</table:table-row><table:table-row>${cell('B')}${cell('1')}</table:table-row></table:table>`,
        ),
      );
      const { text, marks = [] } = grids(document)[0]!.cells[1]!;
      return [text, ...marks];
    };
    const box = '<draw:frame><draw:text-box><text:p>97</text:p></draw:text-box></draw:frame>';
    for (const shown of [
      '<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>',
      '<draw:frame><draw:object-ole xlink:href="./Object 1"/><draw:image xlink:href="./ObjectReplacements/Object 1"/></draw:frame>',
      '<draw:frame><draw:plugin xlink:href="97.mp4"/></draw:frame>',
      '<draw:g><draw:rect/></draw:g>',
      '<draw:control draw:control="control1"/>',
      '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMDROPDOWN"><field:param field:name="Dropdown_ListEntry" field:value="97"/></field:fieldmark>',
      box,
    ])
      expect([shown, ...(await marked(cell(shown)))]).toEqual([shown, '', 'picture']);
    expect(await marked(cell('<draw:custom-shape><text:p>97</text:p></draw:custom-shape>'))).toEqual([
      '97',
      'picture',
    ]);
    expect(await marked(`<table:table-cell>${box}</table:table-cell>`)).toEqual(['', 'picture']);
    expect(
      await marked(
        cell(
          `<text:hidden-text text:is-hidden="true"><draw:frame><draw:image xlink:href="a.png"/></draw:frame></text:hidden-text>8`,
        ),
      ),
    ).toEqual(['8']);
  });

  it('marks white digits, unless something coloured stands behind them', async () => {
    const style = (family: string, name: string, properties: string, attributes: string) =>
      `<style:style style:family="${family}" style:name="${name}"><style:${properties}-properties ${attributes}/></style:style>`;
    const blue = 'fo:background-color="#1f4e79"';
    const styles = [
      style('text', 'White', 'text', 'fo:color="#ffffff"'),
      style('text', 'Black', 'text', 'fo:color="#000000"'),
      style('text', 'OnBlue', 'text', `fo:color="#ffffff" ${blue}`),
      style('paragraph', 'Blue', 'paragraph', blue),
      style('table-cell', 'Paper', 'table-cell', 'fo:background-color="transparent"'),
      style('table-cell', 'Blue', 'table-cell', blue),
    ].join('');
    const span = (name: string, text: string) => `<text:span text:style-name="${name}">${text}</text:span>`;
    const marksOf = async (content: string, ofCell = 'Paper', ofLine = '') => {
      const line = `<text:p text:style-name="${ofLine}">${content}</text:p>`;
      const body = `<table:table><table:table-row>${cell('规章')}<table:table-cell table:style-name="${ofCell}">${line}</table:table-cell></table:table-row></table:table>`;
      const document = await read(
        odt(body, { 'styles.xml': strToU8(`<office:document-styles>${styles}</office:document-styles>`) }),
      );
      return grids(document)[0]?.cells[1]?.marks;
    };
    expect(await marksOf(`9${span('White', '8')}7`)).toEqual(['overlapping']);
    expect(await marksOf(span('White', '97'))).toEqual(['overlapping']);
    expect(await marksOf(span('Black', '97'))).toBeUndefined();
    expect(await marksOf(span('White', span('Black', '97')))).toBeUndefined();
    expect(await marksOf(span('OnBlue', '97'))).toBeUndefined();
    expect(await marksOf(span('White', '97'), 'Blue')).toBeUndefined();
    expect(await marksOf(span('White', '97'), 'Paper', 'Blue')).toBeUndefined();
    expect(await marksOf(span('White', '无'))).toBeUndefined();
  });

  it('marks numbers in the colour of their cell, by its own style, that of its column or row, or a condition', async () => {
    const style = (name: string, text: string, ground = '', more = '', own = '') =>
      `<style:style style:family="table-cell" style:name="${name}" ${own}><style:table-cell-properties ${ground ? `fo:background-color="${ground}"` : ''}/><style:text-properties ${text}/>${more}</style:style>`;
    const when = (condition: string, name: string) =>
      `<style:map style:condition="${condition}" style:apply-style-name="${name}"/>`;
    const white = 'fo:color="#ffffff"';
    const styles = [
      style('Default', ''),
      style('White', white),
      style('OnBlue', white, '#1f4e79'),
      style('BlueOnBlue', 'fo:color="#1f4e79"', '#1f4e79'),
      style('Struck', 'style:text-line-through-style="solid"'),
      style('Format', '', '', '', 'style:data-style-name="N1"'),
      style('Small', '', '', when('cell-content()&lt;50', 'White')),
      style('Big', '', '', when('cell-content()&gt;=50', 'White')),
      style('Formula', '', '', when('is-true-formula([.A1]&gt;9)', 'White')),
      style('Blue', '', '', when('is-true-formula(1)', 'OnBlue')),
      style('Other', '', '', when('is-true-formula(1)', 'Format')),
    ].join('');
    const marksOf = async (own: string | null, column = '', row = '') => {
      const cells = `${cell('规章')}<table:table-cell ${own === null ? '' : `table:style-name="${own}"`} office:value-type="float" office:value="97"><text:p>97</text:p></table:table-cell>`;
      const body = `<table:table><table:table-column/><table:table-column ${column}/><table:table-row ${row}>${cells}</table:table-row></table:table>`;
      const document = await read(
        odt(body, { 'styles.xml': strToU8(`<office:document-styles>${styles}</office:document-styles>`) }),
      );
      return grids(document)[0]?.cells[1]?.marks?.join() ?? '-';
    };
    for (const [name, marks] of [
      ['White', 'overlapping'],
      ['OnBlue', '-'],
      ['BlueOnBlue', 'overlapping'],
      ['Struck', 'struck'],
      ['Small', '-'],
      ['Big', 'overlapping'],
      ['Formula', 'overlapping'],
      ['Blue', '-'],
      ['Other', 'overlapping'],
      ['Format', '-'],
    ] as const)
      expect([name, await marksOf(name)]).toEqual([name, marks]);
    const ofAll = 'table:default-cell-style-name="White"';
    expect(await marksOf(null, ofAll)).toBe('overlapping');
    expect(await marksOf(null, '', ofAll)).toBe('overlapping');
    expect(await marksOf('Default', ofAll)).toBe('-');
    expect(await marksOf(null)).toBe('-');
  });

  it('is encrypted when its manifest says so', async () => {
    const manifest = '<manifest:manifest><manifest:encryption-data/></manifest:manifest>';
    await expect(read(odt('', { 'META-INF/manifest.xml': strToU8(manifest) }))).rejects.toMatchObject({
      failure: 'encrypted',
    });
  });

  it('is corrupt when its XML breaks off', async () => {
    await expect(read(odt('<text:p>'))).rejects.toMatchObject({ failure: 'corrupt' });
  });
});

const soffice = program('soffice');

describe.skipIf(!soffice)('ODT written by LibreOffice', () => {
  it('keeps every cell of a report, and marks what is no plain number', async () => {
    const habits = { ...NOTICE, subtotalColumn: true, emptyTotals: true, brokenLabels: true };
    const record = inventReport(6, bodyOf('某某区', 6), 2021, habits, 300);
    const docx = renderDocx(record, { ...PLAIN_DOCX, hiddenRuns: true, trackedChanges: true });
    const inputs = [
      { extension: 'docx', bytes: docx },
      { extension: 'fodt', bytes: oddTextDocument() },
      { extension: 'docx', bytes: drawnCellsDocument() },
    ];
    const [report, odd, drawn] = convertAll(soffice!, inputs, 'odt');
    expect(grids(await read(report!)).map(layoutOfGrid)).toEqual(layoutsOfRecord(record));
    const document = await read(odd!);
    expect(cellTexts(grids(document)[0]!)).toEqual(ODD_CELLS);
    expect(drawnIn(grids(await read(drawn!))[0]!)).toEqual(DRAWN);
    expect(document.blocks[1]).toMatchObject({ text: '一、总体情况', role: 'heading' });
    expect(document.blocks.at(-1)).toMatchObject({ role: 'footnote', text: '含上年结转' });
  });
});
