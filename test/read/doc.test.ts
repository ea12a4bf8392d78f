import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterFormat } from '../../src/read/doc/character-format.ts';
import { readDoc } from '../../src/read/doc/doc.ts';
import { definedCells } from '../../src/read/doc/table-row.ts';
import { type Block, DEFAULT_LIMITS, type Document, type Mark, ReadError } from '../../src/read/document.ts';
import { EdgeTable } from '../../src/read/edge-table.ts';
import { bodyOf } from '../render/bodies.ts';
import { PLAIN_DOCX, renderDocx } from '../render/docx.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { corpus, program } from '../support/requires.ts';
import { convertAll } from './converted.ts';
import { DRAWN, drawnCellsDocument, drawnIn } from './drawn-cells.ts';
import { ODD_CELLS, oddTextDocument } from './odd-text.ts';
import { cellTexts, grids, layoutOfGrid, layoutsOfRecord } from './tables.ts';

const soffice = program('soffice');
const read = (bytes: Uint8Array, name = 'report.doc'): Promise<Document> =>
  readDoc({ bytes, name }, DEFAULT_LIMITS);
const failure = (error: unknown) => (error instanceof ReadError ? error.failure : error);

describe.skipIf(!corpus)('DOC of the corpus', () => {
  const folder = path.join(corpus ?? '', 'reports/derived-huaian-2024-docx');

  it('gives every number of the three tables, in order', async () => {
    const truth = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8'));
    const [t2, t3, t4] = grids(await read(readFileSync(path.join(folder, 'report.doc'))));
    const numbers = (rows: string[][]) => rows.map((row) => row.filter((text) => /^[\d.]+$/.test(text)));
    const filled = (rows: string[][]) => numbers(rows).filter((row) => row.length > 0);
    const texts = (grid: typeof t2) =>
      layoutOfGrid(grid!).map((row) => row.map((text) => text.split(' ')[0]!));
    expect(filled(texts(t2))).toEqual(Object.values(truth.t2));
    expect(filled(texts(t3))).toEqual(Object.values(truth.t3 as number[][]).map((row) => row.map(String)));
    expect(filled(texts(t4))).toEqual([
      [...truth.t4.review, ...truth.t4.litigation_direct, ...truth.t4.litigation_after_review].map(String),
    ]);
  });

  it('is refused or complete when the file was cut off, never short of a table', async () => {
    const bytes = readFileSync(path.join(folder, 'report.doc'));
    const whole = grids(await read(bytes)).map(layoutOfGrid);
    for (let length = 600; length < bytes.length; length += 4999) {
      const outcome = await read(bytes.subarray(0, length)).then(
        (document) => grids(document).map(layoutOfGrid),
        failure,
      );
      if (outcome !== 'corrupt') expect(outcome).toEqual(whole);
    }
  });

  it('never fails but with a reason, whatever bytes are changed', async () => {
    const bytes = readFileSync(path.join(folder, 'report.doc'));
    const fib = Buffer.from(bytes).indexOf(Buffer.from([0xec, 0xa5]));
    const change = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(change, async (changes) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, value] of changes) damaged[at] = value;
        // What says that it is a Word 97 document stays: an older one would start LibreOffice.
        damaged.set(bytes.subarray(fib, fib + 4), fib);
        await read(damaged).catch((error) => expect(error).toBeInstanceOf(ReadError));
      }),
      { seed: 7, numRuns: 150 },
    );
  });
});

describe.skipIf(!soffice)('DOC written by LibreOffice', () => {
  it('keeps every cell, span and blank of reports in all layouts', async () => {
    const cases = [
      { habits: NOTICE, year: 2023, style: PLAIN_DOCX },
      {
        habits: { ...NOTICE, emptyTotals: true, resultsCut: true },
        year: 2020,
        style: { ...PLAIN_DOCX, splitRuns: true },
      },
      {
        habits: { ...NOTICE, subtotalColumn: true, brokenLabels: true },
        year: 2022,
        style: { ...PLAIN_DOCX, trackedChanges: true },
      },
      {
        habits: { ...NOTICE, threeTables: true, extraRow: true, notes: true },
        year: 2024,
        style: { ...PLAIN_DOCX, hiddenRuns: true },
      },
    ].map(({ habits, year, style }, index) => {
      const record = inventReport(index, bodyOf('某某区', index), year, habits, 10 ** index);
      return { record, docx: renderDocx(record, style) };
    });
    const inputs = cases.map(({ docx }) => ({ extension: 'docx', bytes: docx }));
    const converted = convertAll(soffice!, inputs, 'doc:MS Word 97');
    for (const [index, bytes] of converted.entries()) {
      const document = await read(bytes, 'report.wps');
      expect(grids(document).map(layoutOfGrid)).toEqual(layoutsOfRecord(cases[index]!.record));
      expect(document.notes).toEqual([]);
    }
  });

  it('marks what is struck, raised, doubled or nested, and leaves out what is hidden', async () => {
    const [bytes] = convertAll(soffice!, [{ extension: 'fodt', bytes: oddTextDocument() }], 'doc:MS Word 97');
    const document = await read(bytes!);
    expect(document.blocks[0]).toMatchObject({
      kind: 'paragraph',
      text: '某某县2024年政府信息公开工作年度报告',
    });
    expect(document.blocks[1]).toMatchObject({ kind: 'paragraph', text: '一、总体情况', role: 'heading' });
    expect(cellTexts(grids(document)[0]!)).toEqual(ODD_CELLS);
  });

  it('marks every cell that shows something which is no plain text', async () => {
    const [bytes] = convertAll(
      soffice!,
      [{ extension: 'docx', bytes: drawnCellsDocument() }],
      'doc:MS Word 97',
    );
    expect(drawnIn(grids(await read(bytes!))[0]!)).toEqual(DRAWN);
  });
});

describe('the formatting of a run of DOC', () => {
  // sprmCIss (0x2a48) and sprmCHpsPos (0x4845) of [MS-DOC] 2.6.1, little-endian, each with its operand.
  const raised = [0x48, 0x2a, 1];
  const position = (halfPoints: number) => [0x45, 0x48, halfPoints & 0xff, (halfPoints >> 8) & 0xff];
  const format = (...modifiers: number[][]) =>
    characterFormat(new Map(), 0, [Uint8Array.from(modifiers.flat())]);

  it('is raised by its alignment or by its position, and neither takes back what the other says', () => {
    expect(format(position(8))).toMatchObject({ superscript: true, subscript: false });
    expect(format(position(-8))).toMatchObject({ superscript: false, subscript: true });
    expect(format(position(8), position(0))).toMatchObject({ superscript: false, subscript: false });
    expect(format(raised, position(0))).toMatchObject({ superscript: true });
    expect(format(raised, [0x48, 0x2a, 0])).toMatchObject({ superscript: false });
  });
});

describe('the colours of DOC', () => {
  const ink = (red: number, green: number, blue: number) => [0x70, 0x68, red, green, blue, 0];
  const coloursOf = (...modifiers: number[][]) => {
    const { colour, ground } = characterFormat(new Map(), 0, [Uint8Array.from(modifiers.flat())]);
    return [colour, ground];
  };
  // sprmCShd (0xca71) with its size, the colour of its pattern, that of its ground, and the pattern.
  const AUTO = [0, 0, 0, 0xff];
  const BLUE = [0x1f, 0x4e, 0x79, 0];
  const shading = (over: number[], under: number[], pattern: number) => [
    0x71,
    0xca,
    10,
    ...over,
    ...under,
    pattern,
    0,
  ];

  it('are those of the text and of what its own properties put behind it', () => {
    expect(coloursOf(ink(255, 255, 255))).toEqual([0xffffff, null]);
    expect(coloursOf([0x42, 0x2a, 8])).toEqual([0xffffff, null]);
    expect(coloursOf(ink(255, 255, 255), [0x70, 0x68, 0, 0, 0, 0xff])).toEqual([null, null]);
    expect(coloursOf(ink(0, 0, 0), [0x0c, 0x2a, 2])).toEqual([0, 0x0000ff]);
    expect(coloursOf(shading(AUTO, BLUE, 0))).toEqual([null, 0x1f4e79]);
    expect(coloursOf(shading(BLUE, AUTO, 1))).toEqual([null, 0x1f4e79]);
    expect(coloursOf(shading(BLUE, AUTO, 8))).toEqual([null, 'other']);
    expect(coloursOf(shading(AUTO, AUTO, 0))).toEqual([null, null]);
  });

  it('are compared with the ground of a cell where its row says it', () => {
    const descriptor = (count: number) => [...new Array(20 * count).fill(0)];
    const definition = [2, 0, 0, 0xe8, 3, 0xd0, 7, ...descriptor(2)];
    const size = definition.length + 1;
    const auto = [0, 0, 0, 0xff];
    const shadings = [...auto, ...auto, 0, 0, ...auto, 0x1f, 0x4e, 0x79, 0, 0, 0];
    const group = [0x08, 0xd6, size & 0xff, size >> 8, ...definition, 0x12, 0xd6, 20, ...shadings];
    const defined = definedCells([Uint8Array.from(group)]);
    const table = new EdgeTable(1);
    const cells = (marks: readonly Mark[], lost: number | null) => {
      for (const text of ['8', '8']) {
        table.addParagraph(text, marks, (ground) => ground === lost);
        table.closeCell();
      }
      table.closeRow(defined);
    };
    cells(['overlapping'], null);
    cells(['struck'], 0x1f4e79);
    const blocks: Block[] = [];
    table.finish(blocks, []);
    const [grid] = blocks;
    expect(grid?.kind === 'grid' && grid.cells.map((c) => c.marks)).toEqual([
      ['overlapping'],
      undefined,
      ['struck'],
      ['struck', 'overlapping'],
    ]);
  });
});

describe('an OLE file that is no readable Word document', () => {
  it('is corrupt when only its signature is there', async () => {
    const bytes = new Uint8Array(2048);
    bytes.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    expect(await read(bytes).catch(failure)).toBe('corrupt');
  });

  it.skipIf(!corpus)('is encrypted when its header says so', async () => {
    const bytes = Uint8Array.from(
      readFileSync(path.join(corpus!, 'reports/derived-huaian-2024-docx/report.doc')),
    );
    const fib = Buffer.from(bytes).indexOf(Buffer.from([0xec, 0xa5]));
    bytes[fib + 11]! |= 0x01;
    expect(await read(bytes).catch(failure)).toBe('encrypted');
  });
});
