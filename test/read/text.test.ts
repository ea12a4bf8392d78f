import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CellRun, Document, Grid, Paragraph } from '../../src/read/document.ts';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { readText } from '../../src/read/text/text.ts';
import { corpus, seed } from '../support/requires.ts';
import { failureOf } from './failure.ts';

const read = (text: string) =>
  readText({ bytes: new TextEncoder().encode(text), name: 'dump.txt' }, DEFAULT_LIMITS);

function runs(document: Document): CellRun[] {
  return document.blocks.filter((block): block is CellRun => block.kind === 'cells');
}

function grids(document: Document): Grid[] {
  return document.blocks.filter((block): block is Grid => block.kind === 'grid');
}

function lines(document: Document): string[] {
  return document.blocks
    .filter((block): block is Paragraph => block.kind === 'paragraph')
    .map(({ text }) => text);
}

/** The cells by rows, as far as the source shows them; `?` before a cell where it cannot tell. */
function rows(run: CellRun | undefined): string[][] {
  const result: string[][] = [];
  for (const cell of run?.cells ?? []) {
    if (cell.startsRow === true || result.length === 0) result.push([]);
    result.at(-1)?.push(cell.text);
  }
  return result;
}

describe('cells opened by a tab', () => {
  const dump =
    '二、主动公开\n\t信息内容\n\t本年新\n制作数量\n\n\t规章\n\t13\n\n\t\n\t \n\n\n三、收到和处理\n正文。\n\n2020年概况\t公众号72%\t网站28%\t0.72\t0.28\t2021年概况\t公众号\t网站\t\n';

  it('are one row until an empty line, wrapped lines going on in their cell', () => {
    const document = read(dump);
    expect(rows(runs(document)[0])).toEqual([
      ['信息内容', '本年新\n制作数量'],
      ['规章', '13'],
      ['', ' '],
    ]);
    expect(runs(document)[0]?.cells[3]?.location).toBe('line=7');
    expect(lines(document)).toEqual(['二、主动公开', '三、收到和处理', '正文。']);
  });

  it('are followed by the cached values of charts', () => {
    expect(read(dump).charts).toEqual([
      {
        title: '2020年概况',
        categories: ['公众号72%', '网站28%'],
        series: [{ name: null, values: [0.72, 0.28] }],
        location: 'line=16;chart=1',
      },
      {
        title: '2021年概况',
        categories: ['公众号', '网站'],
        series: [{ name: null, values: [null, null] }],
        location: 'line=16;chart=2',
      },
    ]);
  });

  it('are marked where two numbers stand in one', () => {
    expect(runs(read('\t规章\n\t6\n7\n\n\t许可\n\t1\n'))[0]?.cells[1]).toMatchObject({
      text: '6\n7',
      marks: ['several_paragraphs'],
    });
  });
});

describe('bars', () => {
  it('between the cells of a line make it a row, blank cells included', () => {
    const document = read(
      '一、总体情况\n规章 | 0 | 0 | 6 |\n许可 | | | 3 |\n| 其他 | 1 |\n强制 | 1 | |\n尾。',
    );
    expect(rows(runs(document)[0])).toEqual([
      ['规章', '0', '0', '6'],
      ['许可', '', '', '3'],
      ['', '其他', '1'],
      ['强制', '1', ''],
    ]);
    expect(lines(document)).toEqual(['一、总体情况', '尾。']);
  });

  it('without a space between them are filling, and one more bar then is none either', () => {
    const document = read('项目 | ||||\n信息内容 | 新增 | 减少 | |\n规章 | 0 | 1 | |\n许可 | 2 | 3 | |\n');
    expect(rows(runs(document)[0])).toEqual([
      ['项目'],
      ['信息内容', '新增', '减少'],
      ['规章', '0', '1'],
      ['许可', '2', '3'],
    ]);
  });

  it('at the end of each line close a cell; a line of them ends the row', () => {
    const document = read('规章 |\n0 |\n6 |\n||\n许可 |\n减3 |\n|\n强制 |\n1 |\n2 |\n');
    expect(rows(runs(document)[0])).toEqual([
      ['规章', '0', '6'],
      ['许可', '减3'],
      ['强制', '1', '2'],
    ]);
  });

  it('alone on a line are a blank cell where the dump has no filling', () => {
    const document = read('规章 |\n0 |\n|\n6 |\n许可 |\n1 |\n|\n|\n');
    expect(runs(document)[0]?.cells.map((cell) => cell.text)).toEqual([
      '规章',
      '0',
      '',
      '6',
      '许可',
      '1',
      '',
      '',
    ]);
  });

  it('on lines of their own part the cells, and section titles part the tables', () => {
    const document = read(
      '二、主动公开政府信息情况\n表格如下：\n信息内容\n|\n商业\n企业\n|\n规章\n|\n6\n|\n\n|\n160.59万元\n三、收到和处理政府信息公开申请情况\n如下：\n自然人\n|\n7\n|\n注：不含结转。\n四、其他',
    );
    expect(runs(document).map((run) => run.cells.map((cell) => cell.text))).toEqual([
      ['信息内容', '商业\n企业', '规章', '6', '', '160.59万元'],
      ['自然人', '7'],
    ]);
    expect(lines(document)).toEqual([
      '二、主动公开政府信息情况',
      '表格如下：',
      '三、收到和处理政府信息公开申请情况',
      '如下：',
      '注：不含结转。',
      '四、其他',
    ]);
  });

  it('between links are no table', () => {
    expect(runs(read('登录 | 注册\n正文\n字号 :  |\n'))).toEqual([]);
  });
});

describe('Markdown tables', () => {
  it('of constant width with a head are grids', () => {
    const document = read(
      '## 表二\n| 信息内容 | 制发 | 废止 |\n|---|:-:|---|\n| 规章 | 1 | |\n| a\\|b | 2<br>3 | 4 |\n尾',
    );
    const [grid] = grids(document);
    expect([grid?.rows, grid?.columns]).toEqual([3, 3]);
    expect(grid?.cells.map((cell) => cell.text)).toEqual([
      '信息内容',
      '制发',
      '废止',
      '规章',
      '1',
      '',
      'a|b',
      '2\n3',
      '4',
    ]);
    expect(grid?.cells[3]?.location).toBe('line=4;cell=1');
    expect(document.blocks[0]).toMatchObject({ text: '表二', role: 'heading' });
  });

  it('are runs of cells where rows differ, the head is filled up or holds figures', () => {
    for (const table of [
      '| 维持 | 纠正 |\n|---|---|\n| 1 | 0 | 3 |\n',
      '| 业 | 构 |  |  |\n|---|---|---|---|\n| 一、 | 32 | 2 | 34 |\n',
      '| 0 | 0 | 7 |\n|---|---|---|\n| 1 | 2 | 3 |\n',
    ]) {
      expect(grids(read(table))).toEqual([]);
      expect(runs(read(table))).toHaveLength(1);
    }
    expect(
      runs(read('| 维持 | 纠正 |\n|---|---|\n| 1 | 0 | 3 |\n'))[0]?.cells.map((cell) => cell.text),
    ).toEqual(['维持', '纠正', '1', '0', '3']);
  });
});

describe('tabs and spaces between cells', () => {
  it('are a grid where every line has as many tabs', () => {
    const [grid] = grids(read('前文\n信息内容\t制发\t废止\n规章\t13\t\n\t其他\t0\n后文'));
    expect(grid?.cells.map((cell) => `${cell.row},${cell.column} ${cell.text}`)).toEqual([
      '0,0 信息内容',
      '0,1 制发',
      '0,2 废止',
      '1,0 规章',
      '1,1 13',
      '1,2 ',
      '2,0 ',
      '2,1 其他',
      '2,2 0',
    ]);
  });

  it('are rows of cells where lines differ', () => {
    const document = read('项目\n信息内容\t制发\t废止\n规章\t13\n许可\t1\t2\n');
    expect(rows(runs(document)[0])).toEqual([
      ['信息内容', '制发', '废止'],
      ['规章', '13'],
      ['许可', '1', '2'],
    ]);
  });

  it('part cells where two spaces stand, never where one does', () => {
    const document = read(
      '信息内容      本年制发      废止\n规章          1 295         0\n许可          3             4\n强制          5             6\n',
    );
    expect(rows(runs(document)[0])).toEqual([
      ['信息内容', '本年制发', '废止'],
      ['规章', '1 295', '0'],
      ['许可', '3', '4'],
      ['强制', '5', '6'],
    ]);
    expect(runs(read('0 0 0 0\n1 2 3 4\n5 6 7 8\n9 9 9 9\n'))).toEqual([]);
  });
});

describe('a cell to a paragraph', () => {
  const cells = ['信息内容', '本年制发件数', '废止', '规章', '0', '0', '规范性文件', '1', '15'];

  it('is a run of cells between the titles and the sentences', () => {
    for (const gap of ['\n\n', '\n']) {
      const document = read(
        ['二、主动公开政府信息情况', ...cells, '三、收到和处理政府信息公开申请情况', '收到4件。'].join(gap),
      );
      expect(runs(document)[0]?.cells.map((cell) => cell.text)).toEqual(cells);
      expect(lines(document)).toEqual([
        '二、主动公开政府信息情况',
        '三、收到和处理政府信息公开申请情况',
        '收到4件。',
      ]);
    }
  });

  it('is not seen in lists of short sentences', () => {
    const text =
      '一是加强领导\n\n二是完善制度\n\n三是强化培训\n\n四是督促检查\n\n五是拓宽渠道\n\n六是加强宣传\n\n七是定期通报\n\n八是总结经验\n';
    expect(runs(read(text))).toEqual([]);
  });
});

describe('the head of a dump', () => {
  it('is metadata', () => {
    const document = read(
      '标题: 某某年报\n发布时间: 2020-01-20 15:22\n文号: \n发布机构: \n链接说明\n==================== 正文 ====================\n正文',
    );
    expect(document.metadata).toEqual([
      { name: 'info.标题', value: '某某年报' },
      { name: 'info.发布时间', value: '2020-01-20 15:22' },
    ]);
    expect(lines(document)).toEqual(['正文']);
  });

  it('is left in the text where it is a single line of it', () => {
    expect(lines(read('来源：办公室\n正文'))).toEqual(['来源：办公室', '正文']);
  });
});

describe('hostile text', () => {
  it('with more cells than are allowed is refused', () => {
    expect(failureOf(() => read('规章\t0\n'.repeat(101_000)))).toBe('too_large');
  });

  it('with damaged characters is read and says so', () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('规章制度规范性文件行政许可处罚'), 0xff, 0x0a]);
    expect(readText({ bytes, name: 'x' }, DEFAULT_LIMITS).notes[0]?.code).toBe('undecodable_characters');
  });
});

describe.skipIf(seed === null)('the first report', () => {
  const document = () =>
    readText(
      { bytes: readFileSync(path.join(seed as string, 'xiaohe-2020.txt')), name: 'x' },
      DEFAULT_LIMITS,
    );

  it('has its three tables with every cell', () => {
    const [two, three, four] = runs(document());
    expect(rows(two).at(-1)).toEqual(['政府集中采购', '3', '3.35万']);
    // The blank cell of the source is a non-breaking space.
    expect(rows(two)).toContainEqual(['行政事业性收费', '0', '\u00a0']);
    expect(rows(three)).toHaveLength(26);
    expect(rows(three)).toContainEqual(['', '（七）总计', '4', '0', '0', '0', '0', '0', '4']);
    expect(rows(four).at(-1)).toEqual(Array.from({ length: 15 }, () => '0'));
  });

  it('has its two charts', () => {
    expect(document().charts.map(({ title }) => title)).toEqual(['2020年各类信息概况', '2021年各类信息概况']);
    expect(document().charts[0]?.series[0]?.values).toEqual([0.720000000000001, 0.17, 0.11]);
  });
});

describe.skipIf(corpus === null)('dumps of published pages', () => {
  const document = (name: string) =>
    readText({ bytes: readFileSync(path.join(corpus as string, 'reports', name)), name }, DEFAULT_LIMITS);

  it.each([
    ['part-ankang-2019', [53, 3], '160.5964万元'],
    ['part-changchun-xinqu-2025', [30], '5125.11'],
    ['part-donghu-2025', [30], '现行有效件'],
    ['part-liangcheng-2020', [53, 28], '政府集中采购'],
    ['part-nileke-2023', [30, 60], '6'],
    ['part-songjianghe-2020', [44], '本年新\n制作数量'],
    ['part-trad-2021-in-2019form', [50, 27], '減3'],
    ['part-vsb-merged-denied-row', [53, 100], '52.15'],
    ['part-wuhan-sthj-2020', [51], '-'],
    ['part-xiliu-2023-injected', [30], '32'],
  ] as const)('%s: as many cells as were counted by hand', (name, counts, sample) => {
    const read = document(`${name}/excerpt.txt`);
    expect(runs(read).map((run) => run.cells.length)).toEqual(counts);
    expect(runs(read).some((run) => run.cells.some((cell) => cell.text === sample))).toBe(true);
  });

  it('part-xuwen-sfj: blank cells keep their places', () => {
    const blocks = document('part-xuwen-sfj/excerpt.txt').blocks.filter(
      (block) => block.kind !== 'paragraph',
    );
    expect(blocks[0]?.cells).toHaveLength(30);
    const received = blocks[1]?.cells.map((cell) => cell.text) ?? [];
    const at = received.indexOf('一、本年新收政府信息公开申请数量');
    expect(received.slice(at + 1, at + 8)).toEqual(['0', '', '', '', '', '', '0']);
  });

  it('leave figures that run together as text', () => {
    const read = document('pingtan-2020/page.txt');
    expect(runs(read)).toEqual([]);
    expect(lines(read).join('')).toContain('规章007规范性文件7777166');
    expect(read.metadata).toContainEqual({ name: 'info.发布时间', value: '2021-03-05 08:58' });
  });

  it('leave a line of figures parted by single spaces as text', () => {
    expect(lines(document('part-wendeng-xfj-2022-flipbook-p8/excerpt.txt'))).toContain(
      '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
    );
  });
});
