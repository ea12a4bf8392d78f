import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../src/extract/tables/rows.ts';
import { extractTables } from '../../src/extract/tables/tables.ts';
import type { Block, Grid } from '../../src/read/document.ts';

const LINES_OF_TWO = [
  '第二十条第（一）项',
  '信息内容 本年制发件数 本年废止件数 现行有效件数',
  '规章 3 1 48',
  '第二十条第（五）项',
  '信息内容 本年处理决定数量',
  '行政许可 97',
  '第二十条第（六）项',
  '信息内容 本年处理决定数量',
  '行政处罚 12',
  '行政强制 0',
];
function line(text: string, i: number): Block {
  return { kind: 'paragraph', text, location: `line=${i + 1}`, reading: 'certain' };
}

function grid(rows: readonly (readonly string[])[]): Grid {
  return {
    kind: 'grid',
    rows: rows.length,
    columns: Math.max(...rows.map((r) => r.length)),
    location: 'table=1',
    cells: rows.flatMap((cells, row) =>
      cells.map((text, column) => ({
        row,
        column,
        rowSpan: 1,
        columnSpan: 1,
        text,
        location: `table=1;row=${row + 1};cell=${column + 1}`,
        reading: 'certain' as const,
      })),
    ),
  };
}

const HEADERS_OF_THREE = ['自然人', '商业企业', '科研机构', '社会公益组织', '法律服务机构', '其他', '总计'];
/** Only the form of 2019 has a row （六） with values of its own. */
const THREE = grid([
  ['（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）', ...HEADERS_OF_THREE],
  ['一、本年新收政府信息公开申请数量', '3', '0', '0', '0', '0', '0', '3'],
  ['（六）其他处理', '1', '0', '0', '0', '0', '0', '1'],
  ['（七）总计', '3', '0', '0', '0', '0', '0', '3'],
]);

function two(blocks: readonly Block[], year: number | null = 2022) {
  const reading = extractTables(rowsOf(blocks), year).readings.find((r) => r.table === 't2');
  const cell = (row: string, column: string) => {
    const fact = reading?.facts.find((f) => f.row === row && f.column === column);
    return fact && [fact.state, fact.value];
  };
  return { reading, cell };
}

describe('the edition of table 二', () => {
  test('is that of its own headers, though table 三 is of another and the headers stand in one line', () => {
    const { reading, cell } = two([...LINES_OF_TWO.map(line), THREE]);
    expect(reading?.edition).toBe('2021');
    expect(cell('regulations', 'in_force')).toEqual(['number', 48]);
    expect(cell('licensing', 'decisions')).toEqual(['number', 97]);
  });

  test('is that of a header of decisions alone, where the other blocks are torn away', () => {
    const blocks = [
      grid([
        ['信息内容', '本年处理决定数量'],
        ['行政许可', '97'],
        ['行政处罚', ''],
      ]),
      THREE,
    ];
    const { reading, cell } = two(blocks);
    expect(reading?.edition).toBe('2021');
    expect(cell('licensing', 'decisions')).toEqual(['number', 97]);
    expect(cell('penalties', 'decisions')).toEqual(['blank', null]);
  });
});

describe('a row of table 二 with nothing behind its label', () => {
  const head = ['第二十条第（一）项', '信息内容', '本年制发件数', '本年废止件数', '现行有效件数'];

  test('is blank where every number of the table stands behind another label', () => {
    const { cell } = two([...head, '规章', '行政规范性文件', '1', '2', '3'].map(line));
    expect(cell('regulations', 'in_force')).toEqual(['blank', null]);
    expect(cell('normative_documents', 'in_force')).toEqual(['number', 3]);
  });

  test('is not said to be blank where numbers stand behind no label', () => {
    for (const numbers of [['3', '1', '48'], ['3 1 48']]) {
      const { reading } = two([...head, ...numbers, '规章', '行政规范性文件', '1', '2', '3'].map(line));
      const facts = reading?.facts.filter((f) => f.row === 'regulations') ?? [];
      expect(facts.map((f) => f.state)).toEqual(['unreadable', 'unreadable', 'unreadable']);
    }
  });

  test('is not said to be blank under headers of another edition', () => {
    const rows = ['第二十条第（五）项', '信息内容', '本年处理决定数量', '行政许可', '行政处罚', '5'];
    const older = [
      '第二十条第（一）项',
      '信息内容',
      '本年新制作数量',
      '本年新公开数量',
      '对外公开总数量',
      '规章',
      '1',
      '1',
      '1',
    ];
    const { reading } = two([...older, ...rows].map(line));
    const facts = reading?.facts.filter((f) => f.row === 'licensing') ?? [];
    expect(facts).not.toEqual([]);
    expect(facts.filter((f) => f.state === 'blank' && f.column !== 'decisions')).toEqual([]);
  });
});
