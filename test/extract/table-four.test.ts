import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { extractReport } from '../../src/extract/extract.ts';
import { readDocument } from '../../src/read/read.ts';
import { PdfWriter } from '../render/pdf-writer.ts';
import { Random } from '../render/random.ts';

/** A cell as a source states it: its spans may be wrong. */
interface Stated {
  readonly text: string;
  readonly across?: number;
  readonly down?: number;
}
type StatedRow = readonly Stated[];

const LABELS = ['结果维持', '结果纠正', '其他结果', '尚未审结', '总计'];
const ALL_LABELS = [...LABELS, ...LABELS, ...LABELS];
/** Three rows of five whose sums hold; every number stands once. */
const VALUES = [1, 2, 3, 4, 10, 11, 12, 13, 14, 50, 21, 22, 23, 24, 90].map(String);

/** The two rows of headers above the labels; how many columns 行政复议 and the two kinds of 行政诉讼 are said to cover. */
const heads = ([review, direct, after]: readonly [number, number, number] = [5, 5, 5]): StatedRow[] => [
  [
    { text: '行政复议', across: review, down: 2 },
    { text: '行政诉讼', across: direct + after },
  ],
  [
    { text: '未经复议直接起诉', across: direct },
    { text: '复议后起诉', across: after },
  ],
];
const cells = (texts: readonly string[]): StatedRow => texts.map((text) => ({ text }));
const withAt = (texts: readonly string[], at: number, text: string) => [
  ...texts.slice(0, at),
  text,
  ...texts.slice(at),
];
const without = (texts: readonly string[], at: number) => texts.filter((_, i) => i !== at);

type Container = 'html' | 'docx' | 'pdf';

function html(rows: readonly StatedRow[]): Uint8Array {
  const table = rows
    .map(
      (row) =>
        `<tr>${row.map((c) => `<td colspan="${c.across ?? 1}" rowspan="${c.down ?? 1}">${c.text}</td>`).join('')}</tr>`,
    )
    .join('');
  return strToU8(`<html><body><h1>${TITLE}</h1><p>${HEADING}</p><table>${table}</table></body></html>`);
}

/** Merged cells below a cell that is merged downwards are stated once more, as Word does. */
function docx(rows: readonly StatedRow[]): Uint8Array {
  const p = (text: string) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
  const open = new Map<number, { across: number; left: number }>();
  const table = rows
    .map((row) => {
      let column = 0;
      let out = '';
      const going = (): void => {
        for (let below = open.get(column); below && below.left > 0; below = open.get(column)) {
          out += `<w:tc><w:tcPr><w:gridSpan w:val="${below.across}"/><w:vMerge/></w:tcPr>${p('')}</w:tc>`;
          below.left -= 1;
          column += below.across;
        }
      };
      for (const c of row) {
        going();
        const across = c.across ?? 1;
        const down = c.down ?? 1;
        const merge = down > 1 ? '<w:vMerge w:val="restart"/>' : '';
        out += `<w:tc><w:tcPr><w:gridSpan w:val="${across}"/>${merge}</w:tcPr>${p(c.text)}</w:tc>`;
        if (down > 1) open.set(column, { across, left: down - 1 });
        column += across;
      }
      going();
      return `<w:tr>${out}</w:tr>`;
    })
    .join('');
  const office = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
  const type = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument';
  return zipSync({
    '[Content_Types].xml': strToU8(
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="${office}"/></Types>`,
    ),
    '_rels/.rels': strToU8(
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${type}" Target="word/document.xml"/></Relationships>`,
    ),
    'word/document.xml': strToU8(
      `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${p(TITLE)}${p(HEADING)}<w:tbl><w:tblPr/>${table}</w:tbl><w:sectPr/></w:body></w:document>`,
    ),
  });
}

/** Every cell with its frame where the spans put it, columns of one width. */
function pdf(rows: readonly StatedRow[]): Uint8Array {
  const writer = new PdfWriter('identity');
  const [left, top, width, height, size] = [40, 700, 30, 40, 7];
  const taken = rows.map(() => new Set<number>());
  const drawn = [writer.text(14, '1 0 0 1 90 780', TITLE), writer.text(10, '1 0 0 1 60 740', HEADING)];
  rows.forEach((row, r) => {
    let column = 0;
    for (const c of row) {
      while (taken[r]?.has(column)) column += 1;
      const [across, down] = [c.across ?? 1, c.down ?? 1];
      for (let i = r; i < r + down; i += 1)
        for (let j = column; j < column + across; j += 1) taken[i]?.add(j);
      const [x, y] = [left + column * width, top - (r + down) * height];
      drawn.push(`0.5 w ${x} ${y} ${across * width} ${down * height} re S`);
      const lines = across > 1 ? [c.text] : (c.text.match(/.{1,2}/gu) ?? []);
      lines.forEach((line, i) => {
        drawn.push(writer.text(size, `1 0 0 1 ${x + 4} ${y + down * height - 12 - i * 1.4 * size}`, line));
      });
      column += across;
    }
  });
  return writer.write([{ width: 842, height: 842, content: drawn.join('\n') }]);
}

const TITLE = '某某局2022年政府信息公开工作年度报告';
const HEADING = '四、政府信息公开行政复议、行政诉讼情况';
const WRITERS = { html, docx, pdf };

async function read(container: Container, rows: readonly StatedRow[]) {
  const document = await readDocument({ bytes: WRITERS[container](rows), name: `a.${container}` });
  const report = extractReport(document, { document: 'a' });
  const facts = report.tables.filter((t) => t.table === 't4').flatMap((t) => t.facts);
  return {
    report,
    facts,
    /** What is read as if there were no doubt. */
    certain: facts.map((f) =>
      f.confidence === 'certain' && !f.doubtful && f.state === 'number' ? f.value : null,
    ),
    values: facts.map((f) => f.value),
    marks: [...new Set(facts.map((f) => `${f.confidence}${f.doubtful ? ' doubtful' : ''}`))],
  };
}

const NUMBERS = VALUES.map(Number);
const CONTAINERS: readonly Container[] = ['html', 'docx', 'pdf'];

describe.each(CONTAINERS)('table 四 in %s', (container) => {
  test('is certain where every header stands over its numbers', async () => {
    expect((await read(container, [...heads(), cells(ALL_LABELS), cells(VALUES)])).certain).toEqual(NUMBERS);
  });

  test('is certain beside a column of the office’s own that its headers make room for', async () => {
    const rows = [...heads([6, 5, 5]), cells(withAt(ALL_LABELS, 4, '备注')), cells(withAt(VALUES, 4, '7'))];
    expect((await read(container, rows)).certain).toEqual(NUMBERS);
  });

  test.each([0, 2, 4, 5, 7, 9, 10, 14])(
    'is read by its labels, and said to be, where a column was put in at %i and the spans were left',
    async (at) => {
      const rows = [...heads(), cells(withAt(ALL_LABELS, at, '备注')), cells(withAt(VALUES, at, '7'))];
      const found = await read(container, rows);
      expect(found.values).toEqual(NUMBERS);
      expect(found.marks).toEqual(['inferred']);
      expect(found.report.extras.map((e) => e.raw)).toEqual(['7']);
    },
  );

  test('is read by its sums where the added column is called as one of the form', async () => {
    const rows = [...heads(), cells(withAt(ALL_LABELS, 4, '合计')), cells(withAt(VALUES, 4, '6'))];
    const found = await read(container, rows);
    expect(found.values).toEqual(NUMBERS);
    expect(found.marks).toEqual(['inferred']);
    const used = found.report.tables.find((t) => t.table === 't4')?.usedIdentities;
    expect(used).toEqual(['T4.SUM:litigation_after_review', 'T4.SUM:litigation_direct', 'T4.SUM:review']);
  });

  test('is doubtful where the labels leave one way that the sums contradict', async () => {
    const printed = VALUES.map((v, i) => (i === 4 ? '12' : v));
    const rows = [...heads(), cells(withAt(ALL_LABELS, 2, '备注')), cells(withAt(printed, 2, '7'))];
    const found = await read(container, rows);
    expect(found.certain.every((v) => v === null)).toBe(true);
    expect(found.marks).toEqual(['inferred doubtful']);
  });

  test('is read by its sums where a number stands in its row that has no label', async () => {
    for (const at of [0, 4, 8, 15]) {
      const found = await read(container, [...heads(), cells(ALL_LABELS), cells(withAt(VALUES, at, '7'))]);
      expect(found.values).toEqual(NUMBERS);
      expect(found.marks).toEqual(['inferred']);
    }
  });

  test('shows nothing as read where neither labels nor sums decide', async () => {
    const zeros = VALUES.map(() => '0');
    const printed = zeros.map((v, i) => (i === 5 || i === 9 ? '1' : v));
    // Of two ones in a group of six, either may be the column that is not the form’s.
    const rows = [...heads(), cells(ALL_LABELS), cells(withAt(printed, 6, '1'))];
    const found = await read(container, rows);
    expect(found.values[5] === null || found.marks.join() === 'inferred').toBe(true);
    expect(found.certain.every((v) => v === null)).toBe(true);
    // On a page the place under the last label is a blank cell.
    if (container === 'pdf') return;
    const short = await read(container, [...heads(), cells(ALL_LABELS), cells(without(VALUES, 7))]);
    expect(short.values.every((v) => v === null)).toBe(true);
  });

  test('is doubtful where what was left out may be a zero or a blank', async () => {
    // Sixteen values of which one is too many: without the first 0 or without the blank the sums hold alike.
    const values = ['-', '', '', '1', '1', '0', '0', '', '0', '0', '', '/', '', '-', '-', '/'];
    const { facts } = await read(container, [...heads(), cells(ALL_LABELS), cells(values)]);
    const direct = facts.filter((f) => f.row === 'litigation_direct');
    for (const column of ['corrected', 'other_result', 'total'])
      expect(direct.find((f) => f.column === column)).toMatchObject({ doubtful: true });
    expect(facts.find((f) => f.row === 'review' && f.column === 'pending')).toMatchObject({
      value: 1,
      doubtful: false,
    });
  });

  test('is read in order where the headers are only one row too high', async () => {
    const [top, below] = heads() as [StatedRow, StatedRow];
    const flat = top.map(({ text, across }) => ({ text, ...(across ? { across } : {}) }));
    const found = await read(container, [flat, below, cells(ALL_LABELS), cells(VALUES)]);
    expect(found.values).toEqual(NUMBERS);
  });
});

test('no number of table 四 is shown as certain in a place of another, however headers and values were shifted', async () => {
  let compared = 0;
  for (let seed = 0; seed < 400; seed += 1) {
    const random = Random.of('table four', seed);
    const groups = [0, 1, 2].map(() => {
      const parts = [0, 1, 2, 3].map(() => (random.chance(0.5) ? random.integer(0, 30) : 0));
      return [...parts, parts.reduce((a, b) => a + b, 0)];
    });
    const values = groups.flat().map(String);
    let [labels, printed] = [[...ALL_LABELS], [...values]];
    const spans: [number, number, number] = [5, 5, 5];
    const what = random.integer(0, 4);
    const at = random.integer(0, labels.length - 1);
    const added = () => random.pick(['备注', '合计', '小计', '其他', '', '结果维持']);
    const extra = () => random.pick(['', '0', '3', '17']);
    if (what === 0) {
      for (let i = random.integer(1, 2); i > 0; i -= 1) {
        const place = random.integer(0, labels.length);
        [labels, printed] = [withAt(labels, place, added()), withAt(printed, place, extra())];
      }
    }
    if (what === 1) labels = without(labels, at);
    if (what === 2) printed = withAt(printed, at, extra());
    if (what === 3) printed = without(printed, at);
    if (what === 4) labels = withAt(labels, at, added());
    if (random.chance(0.5)) spans[random.integer(0, 2) as 0 | 1 | 2] += random.pick([-1, 1]);
    const rows = [...heads(spans), cells(labels), cells(printed)];
    const { certain } = await read(seed % 2 === 0 ? 'html' : 'docx', rows);
    compared += certain.length;
    const wrong = certain.filter((v, i) => v !== null && String(v) !== values[i]);
    expect(wrong, `seed ${seed}: ${labels.join()} over ${printed.join()}, spans ${spans.join()}`).toEqual([]);
  }
  expect(compared).toBeGreaterThan(4000);
});
