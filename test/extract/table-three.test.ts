import { describe, expect, test } from 'vitest';
import { rowsOf } from '../../src/extract/tables/rows.ts';
import { extractTables } from '../../src/extract/tables/tables.ts';
import { tableForm } from '../../src/form/editions.ts';
import { GROUPS, T3_COLUMNS, type T3Column } from '../../src/form/form.ts';
import type { Block, Grid, GridCell, Mark } from '../../src/read/document.ts';

/** A drawn table 三 of edition 2021: three label columns, seven values, `value(row, column)` in each. */
interface Drawn {
  readonly headers?: readonly string[];
  readonly value?: (row: number, column: number) => string;
  readonly mark?: (row: number, column: number) => Mark | null;
  /** Columns that one cell of a row covers, where it is not one. */
  readonly span?: (row: number, column: number) => number;
}

const HEADERS = ['自然人', '商业企业', '科研机构', '社会公益组织', '法律服务机构', '其他', '总计'];
const ROWS = tableForm('2021', 't3').blocks.flatMap((b) => b.rows);
const groupOf = (key: string | null) => GROUPS.find((g) => g.key === key);

function drawn(options: Drawn = {}): Grid {
  const headers = options.headers ?? HEADERS;
  const cells: GridCell[] = [];
  const put = (row: number, column: number, text: string, columnSpan = 1, mark: Mark | null = null) =>
    cells.push({
      row,
      column,
      rowSpan: 1,
      columnSpan,
      text,
      location: `table=1;row=${row + 1};cell=${column + 1}`,
      reading: 'certain',
      ...(mark ? { marks: [mark] } : {}),
    });
  put(0, 0, '（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）', 3);
  headers.forEach((h, c) => {
    put(0, c + 3, h);
  });
  ROWS.forEach((form, r) => {
    put(r + 1, 0, form.group ? (groupOf(form.group)?.label ?? '') : '');
    put(r + 1, 1, '');
    put(r + 1, 2, form.ordinal + form.label);
    for (let c = 0; c < headers.length; c += 1) {
      const span = options.span?.(r, c) ?? 1;
      if (span === 0) continue;
      put(r + 1, c + 3, options.value?.(r, c) ?? String(r * 10 + c), span, options.mark?.(r, c) ?? null);
    }
  });
  return { kind: 'grid', rows: ROWS.length + 1, columns: headers.length + 3, cells, location: 'table=1' };
}

function read(...blocks: Block[]) {
  const { readings, refusals, extras } = extractTables(rowsOf(blocks), 2022);
  const t3 = readings.find((r) => r.table === 't3');
  const fact = (row: number, column: T3Column) =>
    t3?.facts.find((f) => f.row === ROWS[row]?.key && f.column === column);
  return { t3, refusals, extras, fact };
}

/** A grid cut into two below a row, as a page break or a careless editor does. */
function cutBelow(grid: Grid, row: number): [Grid, Grid] {
  const above = grid.cells.filter((c) => c.row <= row);
  const below = grid.cells.filter((c) => c.row > row).map((c) => ({ ...c, row: c.row - row - 1 }));
  return [
    { ...grid, rows: row + 1, cells: above },
    { ...grid, rows: grid.rows - row - 1, cells: below, location: 'table=2' },
  ];
}

describe('table 三 on a grid', () => {
  test('every value stands below its header and beside its label', () => {
    const { t3 } = read(drawn());
    expect(t3?.facts.map((f) => f.value)).toEqual(
      ROWS.flatMap((_, r) => T3_COLUMNS.map((_, c) => r * 10 + c)),
    );
    expect(t3?.facts.every((f) => f.confidence === 'certain')).toBe(true);
  });

  test('a column of the office’s own (小计) is named and binds nothing else', () => {
    const headers = [...HEADERS.slice(0, 6), '小计', '总计'];
    const { t3, extras, fact } = read(drawn({ headers, value: (r, c) => String(r * 10 + c) }));
    expect([fact(4, 'other_org')?.value, fact(4, 'total')?.value]).toEqual([45, 47]);
    expect(t3?.facts.every((f) => f.state === 'number')).toBe(true);
    expect(extras.filter((e) => e.code === 'extra_column_value')).toHaveLength(ROWS.length);
  });

  test('小计 in place of a 总计 that was clipped away is never taken for it', () => {
    const { fact } = read(drawn({ headers: [...HEADERS.slice(0, 6), '小计'] }));
    expect([fact(0, 'other_org')?.value, fact(0, 'total')?.state]).toEqual([5, 'absent']);
  });

  test('a header that a scan garbled is told by its place, and its cells are inferred', () => {
    const headers = HEADERS.map((h) => (h === '科研机构' ? '科研机6' : h));
    const { fact } = read(drawn({ headers }));
    expect([fact(3, 'research')?.value, fact(3, 'research')?.confidence]).toEqual([32, 'inferred']);
  });

  test('headers in another order than the form’s bind nothing', () => {
    const headers = ['自然人', '科研机构', '商业企业', '社会公益组织', '法律服务机构', '其他', '总计'];
    const { t3 } = read(drawn({ headers }));
    expect(t3?.facts.some((f) => f.confidence === 'certain' && f.state === 'number') ?? false).toBe(false);
  });

  test('one number over two columns is nobody’s: the row is unreadable, the others are not', () => {
    const span = (r: number, c: number) => (r === 5 && c === 1 ? 2 : r === 5 && c === 2 ? 0 : 1);
    const { fact } = read(drawn({ span }));
    expect(T3_COLUMNS.map((c) => fact(5, c)?.state)).toEqual(Array(7).fill('unreadable'));
    expect(fact(6, 'enterprise')?.value).toBe(61);
  });

  test('a row with a cell fewer than its header is inferred: nobody knows which one it lost', () => {
    const grid = drawn();
    const short = grid.cells.filter((c) => !(c.row === 3 && c.column === 9));
    const { fact } = read({ ...grid, cells: short });
    expect([fact(2, 'natural_person')?.confidence, fact(2, 'total')?.state]).toEqual(['inferred', 'absent']);
    expect(fact(3, 'natural_person')?.confidence).toBe('certain');
  });

  test.each<Mark>(['struck', 'superscript', 'several_paragraphs', 'overlapping', 'clipped'])(
    'a digit that is %s is not a number',
    (mark) => {
      const { fact } = read(drawn({ mark: (r, c) => (r === 2 && c === 0 ? mark : null) }));
      expect([fact(2, 'natural_person')?.state, fact(2, 'natural_person')?.value]).toEqual([
        'unreadable',
        null,
      ]);
      expect(fact(2, 'enterprise')?.value).toBe(21);
    },
  );

  describe('pieces without a header', () => {
    const headless = (grid: Grid): Grid => ({
      ...grid,
      rows: grid.rows - 1,
      cells: grid.cells.filter((c) => c.row > 0).map((c) => ({ ...c, row: c.row - 1 })),
    });
    const numbers = [3, 1, 1, 0, 0, 2];
    const withSubtotal = [...numbers, 4];

    test('are not read with the subtotal of an office in place of a blank total', () => {
      const headers = [...HEADERS.slice(0, 6), '小计', '总计'];
      const grid = headless(drawn({ headers, value: (_, c) => String(withSubtotal[c] ?? '') }));
      const { t3 } = read(grid);
      expect(t3?.facts.filter((f) => f.state === 'number') ?? []).toEqual([]);
    });

    test('are not read with the subtotal of an office where the total is not drawn at all', () => {
      const grid = headless(drawn({ value: (_, c) => String(withSubtotal[c]) }));
      const { t3 } = read(grid);
      expect(t3?.facts.filter((f) => f.state === 'number') ?? []).toEqual([]);
    });

    test('are not read beside a blank column where no sum tells what their last number is', () => {
      const headers = [...HEADERS.slice(0, 6), '小计', '总计'];
      const grid = headless(drawn({ headers, value: (_, c) => (c < 7 ? '0' : '') }));
      const { t3 } = read(grid);
      expect(t3?.facts.filter((f) => f.state === 'number') ?? []).toEqual([]);
    });

    test('are read where a dump filled their rows up and the sums prove the totals', () => {
      const headers = [...HEADERS, ''];
      const grid = headless(drawn({ headers, value: (_, c) => String([...numbers, 7][c] ?? '') }));
      const { fact } = read(grid);
      expect(fact(2, 'natural_person')?.value).toBe(3);
      expect(fact(2, 'total')?.value).toBe(7);
    });
  });

  test('cut in two by a page break it goes on without a header', () => {
    const { t3 } = read(...cutBelow(drawn(), 12));
    expect(t3?.facts.map((f) => f.value)).toEqual(
      ROWS.flatMap((_, r) => T3_COLUMNS.map((_, c) => r * 10 + c)),
    );
  });

  test('the tail of a row that a page break cut spoils the row above, never another', () => {
    const [above, below] = cutBelow(drawn({ value: (r) => (r === 11 ? '1,6' : String(r)) }), 12);
    const shifted = below.cells.map((c) => ({ ...c, row: c.row + 1 }));
    const tail = T3_COLUMNS.map(
      (_, c): GridCell => ({
        row: 0,
        column: c + 3,
        rowSpan: 1,
        columnSpan: 1,
        text: '7',
        location: 'table=2;row=1',
        reading: 'certain',
      }),
    );
    const { fact, extras } = read(above, { ...below, rows: below.rows + 1, cells: [...tail, ...shifted] });
    expect(T3_COLUMNS.map((c) => fact(11, c)?.state)).toEqual(Array(7).fill('unreadable'));
    expect(fact(12, 'total')?.value).toBe(12);
    expect(extras.some((e) => e.code === 'unbound_row')).toBe(true);
  });

  test('printed line by line, a row of which only the label stands there takes nothing from the others', () => {
    const lines = ROWS.flatMap((form, r) => {
      const label = form.ordinal + form.label;
      const group =
        form.group && ROWS[r - 1]?.group !== form.group
          ? [groupOf(form.group)?.ordinal + (groupOf(form.group)?.label ?? '')]
          : [];
      const numbers = HEADERS.map((_, c) => r * 10 + c).join(' ');
      return [...group, form.key === 'denied.state_secret' ? label : `${label} ${numbers}`];
    });
    const blocks = lines.map(
      (text, i): Block => ({ kind: 'paragraph', text, location: `line=${i + 1}`, reading: 'certain' }),
    );
    const { fact, t3 } = read(...blocks);
    const secret = ROWS.findIndex((r) => r.key === 'denied.state_secret');
    expect(secret).toBeGreaterThan(3);
    ROWS.forEach((_, r) => {
      T3_COLUMNS.forEach((column, c) => {
        const expected =
          r === secret
            ? { state: 'unreadable', value: null, doubtful: true }
            : { state: 'number', value: r * 10 + c };
        expect(fact(r, column)).toMatchObject(expected);
      });
    });
    expect(t3?.facts.some((f) => f.state === 'absent')).toBe(false);
  });
  test('the same row twice with different numbers is neither', () => {
    const grid = drawn();
    const again = grid.cells
      .filter((c) => c.row === 4)
      .map((c) => ({ ...c, row: grid.rows, text: c.column >= 3 ? '9' : c.text }));
    const { fact, extras } = read({ ...grid, rows: grid.rows + 1, cells: [...grid.cells, ...again] });
    expect(fact(3, 'natural_person')?.state).toBe('unreadable');
    expect(extras.some((e) => e.code === 'repeated_row')).toBe(true);
  });

  test('a row that the form does not have is named with its numbers', () => {
    const grid = drawn();
    const extra = grid.cells
      .filter((c) => c.row === 1)
      .map((c) => ({ ...c, row: grid.rows, text: c.column === 2 ? '五、其他主动公开文件' : c.text }));
    const { extras, t3 } = read({ ...grid, rows: grid.rows + 1, cells: [...grid.cells, ...extra] });
    expect(extras.filter((e) => e.code === 'extra_row').map((e) => e.label)).toEqual([
      '五、其他主动公开文件',
    ]);
    expect(t3?.facts.every((f) => f.state === 'number')).toBe(true);
  });

  test('（六） before labels of its own is a group, though nothing can be made out of them', () => {
    const grid = drawn();
    const cells = grid.cells.map((cell) =>
      /逾期/u.test(cell.text) ? { ...cell, text: cell.text.replaceAll(/[\u4e00-\u9fff]{3}/gu, '申') } : cell,
    );
    const { readings } = extractTables(rowsOf([{ ...grid, cells }]), 2019);
    const t3 = readings.find((r) => r.table === 't3');
    const printed = ROWS.findIndex((row) => row.key === 'other_handling.other');
    expect(t3?.edition).toBe('2021');
    expect(t3?.facts.some((f) => f.row === 'other_handling')).toBe(false);
    expect(t3?.facts.find((f) => f.row === 'other_handling.other' && f.column === 'research')?.value).toBe(
      printed * 10 + 2,
    );
  });

  test('a blank is blank, a dash a dash, and neither is 0', () => {
    const { fact } = read(
      drawn({ value: (r, c) => (r !== 0 ? '0' : (['', '——', '/', '无', '\u200b', '0', ' ３ '][c] ?? '')) }),
    );
    expect(T3_COLUMNS.map((c) => [fact(0, c)?.state, fact(0, c)?.value])).toEqual([
      ['blank', null],
      ['dash', null],
      ['dash', null],
      ['text', null],
      ['blank', null],
      ['number', 0],
      ['number', 3],
    ]);
  });
});
