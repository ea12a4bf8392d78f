import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Document, Grid, Paragraph } from '../../src/read/document.ts';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { readHtml } from '../../src/read/html/html.ts';
import { readDocument } from '../../src/read/read.ts';
import { corpus } from '../support/requires.ts';
import { failureOfPromise } from './failure.ts';

const source = (html: string) => ({ bytes: new TextEncoder().encode(html), name: 'page.html' });
const read = (html: string) => readHtml(source(html), DEFAULT_LIMITS);

function grids(document: Document): Grid[] {
  return document.blocks.filter((block): block is Grid => block.kind === 'grid');
}

function lines(document: Document): string[] {
  return document.blocks
    .filter((block): block is Paragraph => block.kind === 'paragraph')
    .map(({ text }) => text);
}

function shape(grid: Grid | undefined): string[] {
  return (grid?.cells ?? []).map(
    (cell) => `${cell.row},${cell.column} ${cell.rowSpan}×${cell.columnSpan} ${cell.text}`,
  );
}

const texts = (grid: Grid | undefined) => grid?.cells.map((cell) => cell.text);
const number = async (cell: string) =>
  grids(
    await read(`<table><tr><td>规章</td><td>${cell}</td></tr><tr><td>许可</td><td>0</td></tr></table>`),
  )[0]?.cells[1];

describe('the grid of an HTML table', () => {
  it('places cells by their spans as browsers do', async () => {
    const document = await read(
      '<table><tr><td rowspan=2 colspan=2>合并</td><td>1</td></tr><tr><td>2</td></tr><tr><td>a</td><td>b</td><td>3</td></tr></table>',
    );
    expect(shape(grids(document)[0])).toEqual([
      '0,0 2×2 合并',
      '0,2 1×1 1',
      '1,2 1×1 2',
      '2,0 1×1 a',
      '2,1 1×1 b',
      '2,2 1×1 3',
    ]);
    expect(grids(document)[0]?.cells[2]?.location).toBe('table=1;row=2;cell=1');
  });

  it('cuts spans that run over the table or its row group', async () => {
    const document = await read(
      '<table><thead><tr><td rowspan=9>甲</td><td colspan=40>乙</td></tr></thead><tbody><tr><td>丙</td><td>1</td></tr></tbody></table>',
    );
    expect(grids(document)[0]).toMatchObject({ rows: 2, columns: 2 });
    expect(shape(grids(document)[0])).toEqual(['0,0 1×1 甲', '0,1 1×1 乙', '1,0 1×1 丙', '1,1 1×1 1']);
  });

  it('survives the largest spans that a page can ask for', async () => {
    const cell = '<td rowspan=65534 colspan=1000>x</td>';
    expect(await failureOfPromise(read(`<table><tr>${cell.repeat(50)}</tr></table>`))).toBe('too_large');
    const document = await read(`<table><tr>${cell}</tr><tr><td>1</td></tr></table>`);
    expect(document.blocks.length).toBeGreaterThan(0);
  });

  it('removes hidden cells and rows before it counts columns', async () => {
    const document = await read(
      `<style>.gone, td.x { color: red; display: none } @media print { .shown { display:none } }</style>
       <table><tr><td>规章</td><td style="DISPLAY: none">9</td><td hidden>8</td><td class="gone">7</td><td class="shown">13</td></tr>
       <tr style="display:none"><td>x</td><td>99</td></tr><tr><td>许可</td><td>0<span style="display:none">5</span><span style="mso-hide:all">6</span></td></tr></table>`,
    );
    expect(shape(grids(document)[0])).toEqual(['0,0 1×1 规章', '0,1 1×1 13', '1,0 1×1 许可', '1,1 1×1 0']);
    // Places are those of the page as received: the hidden cells and the hidden row are counted.
    expect(grids(document)[0]?.cells.map((cell) => cell.location)).toEqual([
      'table=1;row=1;cell=1',
      'table=1;row=1;cell=5',
      'table=1;row=3;cell=1',
      'table=1;row=3;cell=2',
    ]);
  });

  it('keeps the place of a cell that is only invisible', async () => {
    const document = await read(
      '<table><tr><td>甲</td><td style="visibility:hidden">5</td><td>1</td></tr><tr><td>a</td><td>b</td><td>c</td></tr></table>',
    );
    expect(shape(grids(document)[0]).slice(0, 3)).toEqual(['0,0 1×1 甲', '0,1 1×1 ', '0,2 1×1 1']);
  });

  it.each([
    ['end tags of cells and rows', '<table><tr><td>甲<td>1<tr><td>乙<td>2</table>'],
    [
      'end tags with open paragraphs in the cells',
      '<table><tr><td><p>甲<td><p>1<tr><td><p>乙<td><p>2</table>',
    ],
    ['start tags of rows', '<table><td>甲</td><td>1</td></tr><td>乙</td><td>2</td></tr></table>'],
    [
      'the start tag of the table',
      '<p>x</p><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></table>',
    ],
    [
      'nothing, but with a form between the rows',
      '<table><form><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></form></table>',
    ],
  ])('reads a table that lacks %s', async (_, html) => {
    expect(shape(grids(await read(html))[0])).toEqual(['0,0 1×1 甲', '0,1 1×1 1', '1,0 1×1 乙', '1,1 1×1 2']);
  });

  it('ends a table without end tag where the next begins', async () => {
    const document = await read(
      '<table><tr><td>甲</td><td>1</td></tr><table><tr><td>乙</td><td>2</td></tr></table>',
    );
    expect(grids(document).map(texts)).toEqual([
      ['甲', '1'],
      ['乙', '2'],
    ]);
  });

  it('reads the tables and texts of a layout table in their order', async () => {
    const inner = (figure: string) => `<table><tr><td>规章</td><td>${figure}</td></tr></table>`;
    const document = await read(
      `<table><tr><td>导航</td><td><p>二、主动公开</p>${inner('1')}<p>三、收到和处理</p>${inner('2')}</td></tr></table>`,
    );
    expect(
      document.blocks.map((block) => (block.kind === 'grid' ? texts(block) : (block as Paragraph).text)),
    ).toEqual(['导航', '二、主动公开', ['规章', '1'], '三、收到和处理', ['规章', '2']]);
    expect(grids(document)[1]?.cells[1]?.location).toBe('table=3;row=1;cell=2');
  });
});

describe('the text of an HTML cell', () => {
  it('joins digits in spans of their own, as Word pastes them', async () => {
    const word =
      "<p class=MsoNormal align=center style='text-align:center'><span lang=EN-US style='font-size:10.5pt'>44</span><span lang=EN-US>7228<o:p></o:p></span></p>";
    expect((await number(word))?.text).toBe('447228');
    expect((await number('<FONT size=3><FONT face=宋体>1</FONT>3</FONT>'))?.text).toBe('13');
  });

  it('never joins two numbers that stand one above the other', async () => {
    expect(await number('<p>6</p><p>7</p>')).toMatchObject({ text: '6\n7', marks: ['several_paragraphs'] });
    expect(await number('6<br>7')).toMatchObject({ text: '6\n7', marks: ['several_paragraphs'] });
    expect(await number('<div>6<div>7</div></div>')).toMatchObject({ marks: ['several_paragraphs'] });
  });

  it('marks raised, lowered and struck digits, and leaves footnote marks out', async () => {
    expect(await number('6<sup>2</sup>')).toMatchObject({ text: '62', marks: ['superscript'] });
    expect(await number('6<span style="vertical-align:super">2</span>')).toMatchObject({
      marks: ['superscript'],
    });
    expect(await number('<s>7</s>8')).toMatchObject({ text: '78', marks: ['struck'] });
    expect(await number('<span style="text-decoration: line-through">7</span>')).toMatchObject({
      marks: ['struck'],
    });
    expect(await number('12<a href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a>')).toMatchObject({
      text: '12',
      marks: ['footnote_mark'],
    });
  });

  it('follows the rules of the page’s own style sheets as it does the style of an element', async () => {
    const ruled = async (rule: string, cell: string) => {
      const page = `<style>.x{color:black} ${rule}</style><table><tr><td>规章</td><td>${cell}</td></tr><tr><td>许可</td><td>0</td></tr></table>`;
      return grids(await read(page))[0]?.cells[1];
    };
    const d = '9<span class=d>2</span>';
    expect(await ruled('.d{vertical-align:super}', d)).toMatchObject({ text: '92', marks: ['superscript'] });
    expect(await ruled('td .d{vertical-align:sub}', d)).toMatchObject({ marks: ['subscript'] });
    expect(await ruled('.d{text-decoration:line-through}', '<span class=d>9</span>7')).toMatchObject({
      text: '97',
      marks: ['struck'],
    });
    for (const rule of [
      'opacity:0',
      'visibility:hidden',
      'font-size:0',
      'color:#fff',
      'color:transparent',
      'position:absolute;left:-9999px',
      'clip:rect(0,0,0,0)',
    ])
      expect([rule, await ruled(`.d{${rule}}`, d)]).toMatchObject([
        rule,
        { text: '92', marks: ['overlapping'] },
      ]);
    // The last rule holds, and what the element says itself before any.
    expect(await ruled('.d{vertical-align:super} .d{vertical-align:baseline}', d)).not.toHaveProperty(
      'marks',
    );
    const own = '9<span class=d style="opacity:1;visibility:visible;font-size:9pt">2</span>';
    expect(await ruled('.d{opacity:0;visibility:hidden;font-size:0}', own)).not.toHaveProperty('marks');
    expect(await ruled('.d:hover{opacity:0} @media print{.d{opacity:0}}', d)).not.toHaveProperty('marks');
    // A page that fades in with its tables is read.
    const fading = await read(
      '<style>.wow{visibility:hidden;opacity:0}</style><div class="wow"><table><tr><td>规章</td><td>7</td></tr></table></div>',
    );
    expect(grids(fading)[0]?.cells[1]).not.toHaveProperty('marks');
  });

  it.each([
    'opacity:0',
    'opacity: 0.0 !important',
    'filter:alpha(opacity=0)',
    'color:#fff',
    'color:white;background:#ffffff',
    'color:rgb(255,255,255)',
    'color:rgba(0,0,0,0)',
    'COLOR: #FEFEFE',
    'color:#fff;background:transparent',
    'color:red;background-color:#f00',
    'position:absolute;left:-9999px',
    'display:inline-block;text-indent:-9999px',
    'position:absolute;clip:rect(0 0 0 0)',
    'clip-path:inset(50%)',
    'display:inline-block;transform:scale(0)',
    'display:inline-block;width:0;overflow:hidden',
  ])('marks a digit that %s keeps from sight', async (style) => {
    const hidden = await number(`9<span style="${style}">8</span>7`);
    expect(hidden).toMatchObject({ text: '987', marks: ['overlapping'] });
    expect(await number(`<span style="${style}">8</span>`)).toMatchObject({ marks: ['overlapping'] });
  });

  it('leaves out digits that an element itself says are not visible, but not those that it shows again', async () => {
    expect(await number('9<span style="visibility:hidden">8</span>7')).toMatchObject({ text: '97' });
    expect(await number('9<span style="font-size:0">8</span>7')).toMatchObject({ text: '97' });
    expect(await number('9<span style="font:0/0 a">8</span>7')).toMatchObject({ text: '97' });
    expect(
      await number('<div style="font-size:0"><span style="font-size:12pt">97</span></div>'),
    ).toMatchObject({
      text: '97',
    });
    expect(
      await number('<p style="visibility:hidden">9<span style="visibility:visible">7</span></p>'),
    ).toMatchObject({ text: '7' });
  });

  it('takes white on something coloured for what it is: of the text, the cell, the row or the table', async () => {
    const white = 'color:#fff';
    const cellOf = async (page: string) => grids(await read(page))[0]?.cells[1];
    const table = (start: string, row: string, cell: string, content = '97') =>
      `<table ${start}><tbody><tr ${row}><td>规章</td><td ${cell}>${content}</td></tr></tbody></table>`;
    for (const page of [
      table('', '', '', `<span style="${white};background:#1f4e79">97</span>`),
      table('', '', '', `<font color="#ffffff" style="background:url(x.png)">97</font>`),
      table('', '', `style="${white};background:#1f4e79"`),
      table('', '', `style="${white}" bgcolor="#1f4e79"`),
      table('', 'bgcolor=navy', `style="${white}"`),
      table('', `style="${white};background-color:rgb(31,78,121)"`, ''),
      table(`style="background:#1f4e79;${white}"`, '', ''),
      `<style>.h{background:#1f4e79} .h td{${white}}</style>${table('', 'class=h', '')}`,
      `<div style="background:#1f4e79;${white}">${table('', '', '')}</div>`,
      table('', '', '', `<span style="${white}"><b style="color:#333">97</b></span>`),
    ])
      expect([page, await cellOf(page)]).not.toMatchObject([page, { marks: ['overlapping'] }]);
    for (const page of [
      table('', '', '', `9<font color="white">7</font>`),
      table('', `style="${white}"`, ''),
      table('bgcolor="#1f4e79"', '', 'bgcolor="#ffffff"', `<span style="${white}">97</span>`),
      `<style>.w{${white}}</style>${table('', '', 'class=w')}`,
    ])
      expect([page, await cellOf(page)]).toMatchObject([page, { text: '97', marks: ['overlapping'] }]);
  });

  it('takes the height and width of table parts for the least they have', async () => {
    const rows = '<tr><td>规章</td><td>13</td></tr><tr><td>许可</td><td>0</td></tr>';
    const small = 'height:1px;overflow:hidden';
    for (const page of [
      `<style>td{max-width:0;overflow:hidden;text-overflow:ellipsis}</style><table>${rows}</table>`,
      `<table>${rows.replaceAll('<td', `<td style="${small}"`)}</table>`,
      `<table>${rows.replaceAll('<td', `<th style="width:1px;${small}"`)}</table>`,
      `<table>${rows.replaceAll('<tr', `<tr style="${small}"`)}</table>`,
      `<table style="${small}">${rows}</table>`,
      `<table><tbody style="${small}">${rows}</tbody></table>`,
    ])
      for (const cell of grids(await read(page))[0]?.cells ?? [])
        expect([page, cell]).not.toMatchObject([page, { marks: ['overlapping'] }]);
    expect(await number(`<div style="${small}">98</div>`)).toMatchObject({ marks: ['overlapping'] });
    const beyond = '<table><tr><td>规章</td><td style="text-indent:-9999px">13</td></tr></table>';
    expect(grids(await read(beyond))[0]?.cells[1]).toMatchObject({ marks: ['overlapping'] });
  });

  it('takes the ground of a page or table for unknown where it is not white', async () => {
    const table = (start: string, cell: string, row = '') =>
      `<table ${start}><tr ${row}><td ${cell}>规章</td><td ${cell}>13</td></tr></table>`;
    const black = 'style="color:black"';
    for (const page of [
      `<html><body bgcolor="#000000"><div class=box>${table('', black)}</div></body></html>`,
      `<html style="background:#000"><body>${table('', black)}</body></html>`,
      `<style>table{background:#000} table>tbody>tr>td{background:#fff}</style>${table('', black)}`,
      `<style>tr:nth-child(n){background:#fff}</style>${table('bgcolor=black', '', black)}`,
      table('bgcolor=black', 'style="color:#fff"'),
    ])
      for (const cell of grids(await read(page))[0]?.cells ?? [])
        expect([page, cell]).not.toMatchObject([page, { marks: ['overlapping'] }]);
    const white = 'style="color:#fff"';
    for (const page of [
      `<body bgcolor="#000000">${table('bgcolor=white', white)}</body>`,
      `<body bgcolor="#ffffff">${table('', white)}</body>`,
      table('bgcolor=white', '', black.replace('black', 'black;background:#000')),
      `<body bgcolor="#000000">${table('', 'style="color:black;background:#000"')}</body>`,
      `<div style="background:#000">${table('', black)}</div>`,
    ])
      expect([page, grids(await read(page))[0]?.cells[1]]).toMatchObject([page, { marks: ['overlapping'] }]);
  });

  it('lets the rule hold that names more, and any that is important, before the last', async () => {
    const page = (rules: string) =>
      `<style>${rules}</style><div id=zoom class=article_con><table><tr><td class=c>规章</td><td class=c>13</td></tr><tr><td>许可</td><td>0</td></tr></table></div>`;
    const cell = async (rules: string) => grids(await read(page(rules)))[0]?.cells[1];
    const shown = 'color:#333';
    const white = 'color:#fff';
    const pairs = [
      ['.article_con td', 'table td'],
      ['#zoom td', '.article_con .c'],
      ['td[class]', 'table tr td'],
      ['table td', 'td'],
    ];
    for (const [more, less] of pairs) {
      expect([more, await cell(`${more}{${shown}} ${less}{${white}}`)]).not.toMatchObject([
        more,
        { marks: ['overlapping'] },
      ]);
      expect([more, await cell(`${more}{${white}} ${less}{${shown}}`)]).toMatchObject([
        more,
        { marks: ['overlapping'] },
      ]);
    }
    for (const rules of [
      `td{${shown}!important} td{${white}}`,
      `td{${shown} ! important} #zoom td{${white}}`,
      `td{${shown}!important;${white}}`,
      `td{${white}} td{${shown}}`,
    ])
      expect([rules, await cell(rules)]).not.toMatchObject([rules, { marks: ['overlapping'] }]);
    for (const rules of [
      `td{${white}!important} td{${shown}}`,
      `td{${shown}!important} td{${white}!important}`,
      `td{${shown}} td{${white}}`,
      'td{position:absolute!important;left:-9999px} td{color:red}',
    ])
      expect([rules, await cell(rules)]).toMatchObject([rules, { marks: ['overlapping'] }]);
  });

  /** Four cells in two rows with labels, of which `c` has all that a selector may ask for. */
  const four = (own = '') =>
    `<div id=zoom class=art><table class=t><tr><th>甲</th><th>乙</th><th>丙</th></tr><tr class=r><td>规章</td><td class="n c" data-k="a-b" lang=zh>97</td><td class=n>98</td></tr><tr class=r><td>许可</td><td class=n ${own}>12</td><td class=n>13</td></tr></table></div>`;
  /** `-` for a number that is read, `m` for one that is marked, `.` for one that is left out. */
  const fateOf = async (rules: string, body = four()) => {
    const document = await read(
      `<!DOCTYPE html><html><head><style>${rules}</style></head><body>${body}</body></html>`,
    );
    const cells = grids(document).flatMap((grid) => grid.cells);
    return ['97', '98', '12', '13']
      .map((text) => cells.find((cell) => cell.text === text))
      .map((cell) => (cell === undefined ? '.' : cell.marks ? 'm' : '-'))
      .join('');
  };

  // As Chromium lays these pages out.
  it.each([
    ['td:nth-child(2)', 'm-m-'],
    ['td:nth-last-child(2)', 'm-m-'],
    ['td:last-child', '-m-m'],
    ['tbody td:last-child', '-m-m'],
    ['table.t > tbody > tr > td:nth-of-type(3)', '-m-m'],
    ['.t > tr > td', '----'],
    ['tr:nth-child(2) td', 'mm--'],
    ['tr:nth-child(even) > td:nth-child(odd)', '-m--'],
    ['td:not(:first-child)', 'mmmm'],
    ['td:not([data-k])', '-mmm'],
    ['.t td:not(.n)', '----'],
    ['td:only-child', '----'],
    ['td:empty', '----'],
    ['*', 'mmmm'],
    ['body > div td.c', 'm---'],
    [':root .c', 'm---'],
    ['tr > td + td', 'mmmm'],
    ['td.c ~ td', '-m--'],
    ['tr.r + tr.r td.n', '--mm'],
    ['[data-k^=a]', 'm---'],
    ['td[data-k="A-B"]', '----'],
    ['td[data-k="A-B" i]', 'm---'],
    ['td:is(.c, .x), p:where(.y)', 'm---'],
    ['tr:has(td.c) .n', 'mm--'],
    ['.T td.C', '----'],
    ['td:hover', '----'],
    ['td:focus, td::selection, td::-webkit-scrollbar', '----'],
    ['td:not(:hover).n', 'mmmm'],
    ['td::first-letter', 'mmmm'],
    ['td:read-only', 'mmmm'],
    // Those that cannot be judged mark what they may find.
    ['td:lang(zh)', 'mmmm'],
    ['td:nth-child(2 of .n)', 'mmmm'],
    ['td:not(.c ~ td)', 'mmmm'],
    ['td:-moz-unknown, td.c', 'm---'],
  ])('finds what a browser finds by %s', async (selector, fate) => {
    expect(await fateOf(`${selector}{color:#fff}`)).toBe(fate);
    expect(await fateOf(`${selector}{font-size:0}`)).toBe(fate);
  });

  it('takes cells out that a structural rule removes, and puts none back but by a heavier one', async () => {
    expect(await fateOf('tr > td:nth-child(3){display:none}')).toBe('-.-.');
    expect(await fateOf('td.n{display:none} td.n:nth-child(2){display:table-cell}')).toBe('-.-.');
    expect(await fateOf('td.n:nth-child(2){display:table-cell} td.n{display:none}')).toBe('-.-.');
    expect(await fateOf('.t td.n:last-child{display:none} td.n{display:table-cell}')).toBe('-.-.');
    expect(await fateOf('td.n{display:none} td.n:lang(zh){display:table-cell}')).toBe('mmmm');
    expect(await fateOf('', four('hidden'))).toBe('--.-');
    expect(await fateOf('', four('hidden style="display:table-cell"'))).toBe('----');
    expect(await fateOf('td[hidden]{display:table-cell}', four('hidden'))).toBe('----');
  });

  it('lets an important rule prevail over what an element says itself, unless that is important', async () => {
    const own = 'style="display:table-cell;color:#333"';
    expect(await fateOf('td.n:nth-child(2){display:none!important}', four(own))).toBe('.-.-');
    expect(await fateOf('td.n{color:#fff!important}', four(own))).toBe('mmmm');
    expect(await fateOf('td.n{color:#fff}', four(own))).toBe('mm-m');
    expect(await fateOf('td.n{color:#fff!important}', four('style="color:#333!important"'))).toBe('mm-m');
  });

  it('reads what a rule shows again of an element that hides itself', async () => {
    const gone = 'style="display:none"';
    expect(await fateOf('td.n{display:table-cell}', four(gone))).toBe('--.-');
    expect(await fateOf('td.n{display:table-cell!important}', four(gone))).toBe('----');
    expect(await fateOf('td.n{display:table-cell!important}', four('style="display:none!important"'))).toBe(
      '--.-',
    );
    const unseen = (style: string) => four(`style="${style}"`).replace('>12<', '><b>12</b><');
    for (const [style, rule] of [
      ['visibility:hidden', 'b{visibility:visible}'],
      ['font-size:0', 'b{font-size:12px}'],
    ] as const) {
      expect([style, await fateOf('', unseen(style))]).toEqual([style, '--.-']);
      expect([style, await fateOf(rule, unseen(style))]).toEqual([style, '----']);
    }
  });

  it('marks text in the colour of its ground, where rules say the one or the other', async () => {
    expect(await fateOf('td.c{background:#1f4e79;color:#1f4e79}')).toBe('m---');
    expect(await fateOf('td{background:#1f4e79} .c{color:#1f4e79}')).toBe('m---');
    expect(await fateOf('tr:nth-child(3){background:#1f4e79}', four('style="color:#1f4e79"'))).toBe('--m-');
    expect(await fateOf('tr:nth-child(2){background:#1f4e79} tr:nth-child(2)>td{color:#fff}')).toBe('----');
    expect(await fateOf('td.c{background:#000}')).toBe('m---');
    // A sheet that is not known may make it white.
    const linked = `<link rel=stylesheet href=a.css>${four()}`;
    expect(await fateOf('td.c{background:#000}', linked)).toBe('----');
  });

  it('marks cells beside whose number a rule writes more', async () => {
    expect(await fateOf('td.c::before{content:"1"}')).toBe('m---');
    expect(await fateOf('td.c:after{content:"\\4E07"}')).toBe('m---');
    expect(await fateOf('td.c::before{content:counter(n)}')).toBe('m---');
    expect(await fateOf('td.c::before{content:"";display:table} td.n:after{content:"\\e601"}')).toBe('----');
    expect(await fateOf('td.c::before{content:"1";display:none}')).toBe('----');
    const floats = 'content:".";display:block;height:0;clear:both;visibility:hidden';
    expect(await fateOf(`td.n:after{${floats}}`)).toBe('----');
    expect(await fateOf('td.c::before{content:"1"} table td.c::before{content:none}')).toBe('----');
    expect(await number('<bdo dir=rtl>97</bdo>')).toMatchObject({ marks: ['overlapping'] });
  });

  it('reads the rules for screens in blocks and after strings, and those in other rules', async () => {
    for (const rules of [
      '@media screen{td.c{color:#fff}}',
      '@media only screen and (min-width:300px){td.c{color:#fff}}',
      '@media (max-width:1440px){td.c{color:#fff}}',
      '@supports (display:grid){td.c{color:#fff}}',
      '@layer a{td.c{color:#fff}}',
      '.t{td.c{color:#fff}}',
      '.t{color:#333;& td.c{color:#fff}}',
      'a::before{content:"{"} td.c{color:#fff}',
      "a::before{content:'}'} td.c{color:#fff}",
      'td.c{color:#fff',
    ])
      expect([rules, await fateOf(rules)]).toEqual([rules, 'm---']);
    for (const rules of [
      '@media print{td.c{color:#fff}}',
      '@media screen and (max-width:768px){td.c{color:#fff}}',
      '@media (prefers-color-scheme:dark){td.c{color:#fff}}',
      '@keyframes a{from{opacity:0}}',
    ])
      expect([rules, await fateOf(rules)]).toEqual([rules, '----']);
  });

  describe('with style sheets of its page', () => {
    const gone = '.h{display:none}';
    /** The text of a cell of a 1 and a 2 in an element of the class `h`, after `!` where it is marked. */
    const cellWith = async (head: string, inner = '1<i class=h>2</i>') => {
      const table = `<table><tr><td>规章</td><td>${inner}</td></tr><tr><td>许可</td><td>0</td></tr></table>`;
      const page = `<!DOCTYPE html><html><head>${head}</head><body>${table}</body></html>`;
      const cell = grids(await read(page))[0]?.cells[1];
      return cell && (cell.marks ? '!' : '') + cell.text;
    };

    it('follows those for screens, each for itself', async () => {
      const styles = (...sheets: [attributes: string, css: string][]) =>
        sheets.map(([attributes, css]) => `<style ${attributes}>${css}</style>`).join('');
      for (const head of [
        styles(['', gone], ['media=print', '.h{display:inline}']),
        styles(['media=screen', gone]),
        styles(['media="Print, SCREEN"', gone]),
        styles(['type="Text/CSS"', gone]),
        styles(['', '/* a'], ['', gone]),
        styles(['', '@media print{.x{color:red}'], ['', gone]),
        styles(['', gone], ['', '.x{color:red'], ['media=print', '.h{display:inline}']),
        `${styles(['', gone])}<noscript>${styles(['', '.h{display:inline}'])}</noscript>`,
      ])
        expect([head, await cellWith(head)]).toEqual([head, '1']);
      for (const head of [
        styles(['media=print', gone]),
        styles(['media=print', 'td{display:none}']),
        styles(['media="(max-width:600px)"', gone]),
        styles(['media=print', 'body *{visibility:hidden}#p,#p *{visibility:visible}']),
        styles(['type="text/less"', gone]),
        `<noscript>${styles(['', gone])}</noscript>`,
        `<template>${styles(['', gone])}</template>`,
      ])
        expect([head, await cellWith(head)]).toEqual([head, '12']);
      const wide = styles(['media="(min-width:1440px)"', gone]);
      expect(await cellWith(wide)).toBe('!12');
    });

    it('does not believe a rule of which browsers may not know a selector', async () => {
      for (const unknown of ['.ie:-ms-input-placeholder', '.ie::-moz-meter-bar'])
        for (const display of ['none', 'inline']) {
          const rule = `${unknown}, .h{display:${display}}`;
          expect([rule, await cellWith(`<style>${gone} ${rule}</style>`)]).toEqual([
            rule,
            display === 'none' ? '1' : '!12',
          ]);
          expect([rule, await cellWith(`<style>${rule}</style>`)]).toEqual([
            rule,
            display === 'none' ? '!12' : '12',
          ]);
        }
    });

    it('sees what lies behind a colour through it', async () => {
      const cell = (td: string, around = '', inner = '') =>
        cellWith(`<style>tr{${around}} td{${td}} td b{${inner}}</style>`, '<b>12</b>');
      for (const thin of ['rgba(0,0,0,.05)', '#0000000a', 'hsla(0,0%,0%,.1)', 'rgb(0 0 0 / 5%)', '#0001'])
        expect([thin, await cell(`background:${thin}`)]).toEqual([thin, '12']);
      const striped = '<style>table tr:nth-of-type(odd){background-color:rgba(0,0,0,.05)}</style>';
      expect(await cellWith(striped, '12')).toBe('12');
      expect(await cell('background:rgba(0,0,0,.95)')).toBe('!12');
      // White: on paper, and on what a tint leaves white; on a dark ground below a tint it shows.
      expect(await cell('color:#fff;background:rgba(0,0,0,.02)')).toBe('!12');
      expect(await cell('color:#fff;background:rgba(255,255,255,.1)', 'background:#036')).toBe('12');
      expect(await cell('color:#fff;background:rgba(255,255,255,.98)', 'background:#036')).toBe('!12');
      expect(await cell('color:rgba(255,255,255,.5)')).toBe('!12');
      expect(await cell('color:rgba(0,0,0,.01)')).toBe('!12');
      expect(await cell('color:#00000005')).toBe('!12');
      expect(await cell('color:rgba(0,0,0,.65)')).toBe('12');
    });

    it('knows what letters are filled with, and colours by all their names', async () => {
      for (const [rules, shown] of [
        ['.h{-webkit-text-fill-color:#fff}', '!12'],
        ['.h{-webkit-text-fill-color:transparent;color:#333}', '!12'],
        ['td{-webkit-text-fill-color:#fff} .h{-webkit-text-fill-color:currentcolor}', '!12'],
        ['.h{color:#fff;-webkit-text-fill-color:#333}', '12'],
        ['td{color:blue;background:blue}', '!12'],
        ['td{color:#000080} .h{background:navy}', '!12'],
        ['td{color:grey;background:lightgrey}', '12'],
      ] as const)
        expect([rules, await cellWith(`<style>${rules}</style>`)]).toEqual([rules, shown]);
    });

    it('sees through an element whose ground is taken away', async () => {
      const dark = 'td{color:#fff;background:#036}';
      for (const none of ['none', 'transparent', '0 0', 'none repeat scroll 0 0 transparent', 'initial']) {
        const table = `<table><tr><td>规章</td><td class=k>12</td></tr></table>`;
        const page = `<!DOCTYPE html><html><head><style>${dark} .k{background:${none}}</style></head><body>${table}</body></html>`;
        expect([none, grids(await read(page))[0]?.cells[1]]).toMatchObject([
          none,
          { marks: ['overlapping'] },
        ]);
      }
      const table = `<table style="color:#fff"><tr style="background:#036"><td>规章</td><td style="background:none">12</td></tr></table>`;
      expect(grids(await read(table))[0]?.cells[1]).not.toHaveProperty('marks');
    });

    // What Chromium shows of a 1 and a 2 that may be hidden; `!` where another window or browser may show it otherwise.
    it.each([
      ['.h{display:none} @layer u{.h{display:inline}}', '1'],
      ['@layer a,b; @layer b{.h{display:none}} @layer a{.h{display:inline}}', '1'],
      ['@layer b{.h{display:none}} @layer a{.h{display:inline}}', '12'],
      ['@layer a{.h{display:none} @layer b{#t .h{display:inline}}}', '1'],
      ['@layer a.b{.h{display:inline}} @layer a{.h{display:none}}', '1'],
      ['@layer u{.h{display:none!important}} .h{display:inline!important}', '1'],
      [".a{background:url(it's.png)} .h{display:none} .b{content:'x'}", '1'],
      [".a{content:'/*'} .h{display:none} .b{content:'*/'}", '1'],
      ['.a{background:url(a/*.png)} .h{display:none} .b{background:url(b*/c.png)}', '1'],
      ['.a{background:url("a}b;{")} .h{display:none}', '1'],
      [".a{content:'x} .h{display:inline}\n} .h{display:none}", '1'],
      ['.h{@media screen{display:none}}', '1'],
      ['.h{color:red;@media screen{display:none}}', '1'],
      ['.h{@supports (color:red){@media screen{display:none}}}', '1'],
      ['.h{@media print{display:none}}', '12'],
      ['.h{@media (min-width:1440px){display:none}}', '!12'],
      ['[title=";"]{display:none}', '1'],
      ['@import url(a.css;b); .h{display:none}', '1'],
      ['.a{color:red};.h{display:none}', '12'],
      ['.h{display:none} .a{color:red}; .h{display:inline}', '1'],
      ['@media (hover:hover){.h{display:none}}', '!12'],
      ['@media (hover:none) and (pointer:coarse){.h{display:none}}', '12'],
      ['@media screen and (orientation:landscape){.h{display:none}}', '!12'],
      ['@media (min-height:100px){.h{display:none}}', '1'],
      ['@media (max-height:300px){.h{display:none}}', '12'],
      ['@media (min-height:800px){.h{display:none}}', '!12'],
      ['@media (min-device-width:800px){.h{display:none}}', '1'],
      ['@media not all and (max-width:600px){.h{display:none}}', '1'],
      ['@media not screen and (max-width:600px){.h{display:none}}', '1'],
      ['@media not (max-width:600px){.h{display:none}}', '1'],
      ['@media not print{.h{display:none}}', '1'],
      ['@media not screen{.h{display:none}}', '12'],
      ['@media speech, handheld{.h{display:none}}', '12'],
      ['@media (scripting:none){.h{display:none}}', '!12'],
      ['@media (min-width:800px) or (color){.h{display:none}}', '!12'],
      ['@media screen and (-webkit-min-device-pixel-ratio:0){.h{display:none}}', '1'],
      ['@media \\0screen{.h{display:none}}', '12'],
      ['@supports not (display:foo){.h{display:none}}', '!12'],
      ['@supports (display:grid) and (not (display:foo)){.h{display:none}}', '!12'],
    ])('reads %s as browsers do', async (rules, shown) => {
      const inner = '1<i class=h title=";">2</i>';
      expect(await cellWith(`<style>${rules}</style>`, inner)).toBe(shown);
    });

    it('knows the colour of text where only sheets for print are not in it', async () => {
      const black = '<style>td{background:#000}</style>';
      expect(await cellWith(`<link rel=stylesheet href=a.css media=print>${black}`, '12')).toBe('!12');
      expect(await cellWith(`<link rel=stylesheet href=a.css media=screen>${black}`, '12')).toBe('12');
    });
  });

  it('compares names without regard to case where the page has no document type', async () => {
    const page = `<style>.GONE{display:none}</style><table><tr><td>规章</td><td class=gone>9</td><td>7</td></tr></table>`;
    expect(texts(grids(await read(page))[0])).toEqual(['规章', '7']);
    expect(texts(grids(await read(`<!doctype html>${page}`))[0])).toEqual(['规章', '9', '7']);
  });

  it('does not mark words in white, nor a headline, and marks a sentence of which a number is white', async () => {
    const marksOf = async (html: string) => {
      const [block] = (await read(html)).blocks;
      return block?.kind === 'paragraph' ? (block.marks ?? []) : null;
    };
    const white = 'style="color:#fff"';
    expect(await marksOf(`<h1 ${white}>某某局2024年政府信息公开工作年度报告</h1>`)).toEqual([]);
    expect(await marksOf(`<p><span ${white}>收到</span>申请若干件。</p>`)).toEqual([]);
    expect(await marksOf(`<p>收到申请<span ${white}>1</span>97件。</p>`)).toEqual(['overlapping']);
    expect(await marksOf(`<p ${white}>收到申请197件。</p>`)).toEqual(['overlapping']);
  });

  it('marks a digit that Word has raised by a position, and none where the whole line is moved', async () => {
    const raised = 'position:relative;top:-4.0pt;mso-text-raise:4.0pt';
    expect(await number(`97<span style="${raised}">1</span>`)).toMatchObject({ marks: ['superscript'] });
    expect(await number(`97<span style="vertical-align:-4px">1</span>`)).toMatchObject({
      marks: ['subscript'],
    });
    expect(await number(`<span style="${raised}">97</span>`)).not.toHaveProperty('marks');
  });

  it('survives properties and colours with the names of what every object has', async () => {
    const odd = '__proto__:1;constructor:2;color:__proto__;background:constructor;toString:3';
    expect(await number(`9<span style="${odd}">7</span>`)).toMatchObject({ text: '97' });
  });

  it('is blank for a cell of non-breaking spaces, and as printed otherwise', async () => {
    expect((await number('&nbsp;'))?.text).toBe('');
    expect((await number('1&nbsp;295'))?.text).toBe('1\u00a0295');
    expect((await number(' 3.35\n  万元 '))?.text).toBe('3.35 万元');
  });

  it('holds no scripts, styles or comments', async () => {
    expect(
      (
        await number(
          '<script>write(5)</script><style>x</style><!-- 9 --><!--[if gte mso 9]><b>8</b><![endif]-->4',
        )
      )?.text,
    ).toBe('4');
  });

  it('marks what shows a figure that is no text: controls, drawings, embedded pages', async () => {
    for (const shown of [
      '<input value="97">',
      '<input type="TEXT" value="97">',
      '<textarea>97</textarea>',
      '<select><option>97</option></select>',
      '<button>97</button>',
      '<svg><text>97</text></svg>',
      '<math><msup><mn>9</mn><mn>7</mn></msup></math>',
      '<object data="97.svg">1</object>',
      '<embed src="97.svg">',
      '<iframe src="97.html"></iframe>',
      '<canvas></canvas>',
      '<video src="97.mp4"></video>',
      '<audio controls></audio>',
      '<meter value="97" max="100">1</meter>',
      '<progress value="97" max="100"></progress>',
      '<span><input value="97"></span>',
    ])
      expect([shown, await number(shown)]).toMatchObject([shown, { text: '', marks: ['picture'] }]);
    expect(await number('9<input value="7">')).toMatchObject({ text: '9', marks: ['picture'] });
  });

  it('sees nothing in what does not show', async () => {
    for (const hidden of [
      '<input type="hidden" value="97">',
      '<input type=" Hidden " value="97">',
      '<input style="display:none" value="97">',
      '<svg hidden><text>97</text></svg>',
      '<span style="display:none"><canvas></canvas></span>',
      '<span style="visibility:hidden"><textarea>97</textarea></span>',
      '<iframe style="visibility:hidden"></iframe>',
      '<iframe width="1" height="1" src="count.html"></iframe>',
      '<audio src="97.mp3"></audio>',
      '<script>97</script><template>97</template><noscript>97</noscript>',
    ]) {
      expect([hidden, await number(`8${hidden}`)]).toMatchObject([hidden, { text: '8' }]);
      expect((await number(`8${hidden}`))?.marks).toBeUndefined();
    }
  });

  it('marks a picture in the place of a figure', async () => {
    expect((await number('<img src="4.png">'))?.marks).toEqual(['picture']);
    expect((await number('4<img src="spacer.gif" width=1 height=1>'))?.marks).toBeUndefined();
  });
});

const ARTICLE = `<p>某某街道2024年政府信息公开工作年度报告</p><h2>一、总体情况</h2><p>收到申请4件。</p><p>二、主动公开政府信息情况</p>
<table><tr><td>规章</td><td>13</td></tr><tr><td>许可</td><td>0</td></tr></table><p>三、收到和处理政府信息公开申请情况</p><p>四、政府信息公开行政复议、行政诉讼情况</p><p>五、存在的主要问题及改进情况</p><p>六、其他需要报告的事项</p><p>无</p>`;

function portalPage(body: string): string {
  return `<html><head><meta name="SiteName"content="某某县人民政府"><META NAME='PubDate' CONTENT=''><meta name="PubDate" content="2025-01-20 10:00"><title>年报-某某县</title></head>
  <body><ul><li>首页</li><li>政务公开</li></ul><table class="xxgk_table"><tr><th>索 引 号：</th><td>000/2025-1</td><th>发布机构：</th><td>某某街道办事处</td></tr><tr><th>生成日期：</th><td>2025-01-20</td><th>文号：</th><td></td></tr></table><h1>年报标题</h1><div>来源：某某街道　　发布时间：2025-01-20 10:00　　浏览次数：12</div>${body}<div class="footer">备案号 12345 主办</div></body></html>`;
}

describe('a portal page', () => {
  it.each([
    ['by the place of its system', `<div id="zoom">${ARTICLE}</div>`],
    ['by its class', `<div class="x TRS_Editor y">${ARTICLE}</div>`],
    ['by comments around it', `<div><!--<$[信息内容]>begin-->${ARTICLE}<!--<$[信息内容]>end--></div>`],
  ])('gives the article alone, found %s', async (_, body) => {
    const document = await read(portalPage(body));
    expect(lines(document)[0]).toBe('某某街道2024年政府信息公开工作年度报告');
    expect(lines(document).at(-1)).toBe('无');
    expect(grids(document).map(texts)).toEqual([['规章', '13', '许可', '0']]);
    expect(grids(document)[0]?.location).toBe('table=2');
  });

  it('is read whole where the article is cut into several elements', async () => {
    const [first, second] = ARTICLE.split('<p>三、');
    const document = await read(
      portalPage(`<div class="TRS_Editor">${first}</div><div class="TRS_Editor"><p>三、${second}</div>`),
    );
    expect(lines(document)).toContain('六、其他需要报告的事项');
    expect(lines(document)).toContain('首页');
  });

  it('does not take another element of a known name for the article', async () => {
    const document = await read(
      portalPage(`<div id="zoom">${'导读文字。'.repeat(80)}</div><div class="own">${ARTICLE}</div>`),
    );
    expect(lines(document)).toContain('六、其他需要报告的事项');
  });

  it('gives what the page says of itself as metadata', async () => {
    const { metadata } = await read(portalPage(`<div id="zoom">${ARTICLE}</div>`));
    const value = (name: string) => metadata.find((each) => each.name === name)?.value;
    expect(value('sitename')).toBe('某某县人民政府');
    expect(value('pubdate')).toBe('2025-01-20 10:00');
    expect(value('title')).toBe('年报-某某县');
    expect(value('headline')).toBe('年报标题');
    expect(value('info.索引号')).toBe('000/2025-1');
    expect(value('info.发布机构')).toBe('某某街道办事处');
    expect(value('info.生成日期')).toBe('2025-01-20');
    expect(value('info.文号')).toBeUndefined();
    expect(value('info.来源')).toBe('某某街道');
    expect(value('info.发布时间')).toBe('2025-01-20 10:00');
  });

  it.each([
    [
      'a property of a configuration object, escaped as JSON',
      `<div id="app"></div><script>window._CONFIG = { A: '"', DETAIL: {"title":"年报","content":${JSON.stringify(ARTICLE).replaceAll('<', '\\u003C').replaceAll('/', '\\/')}} };</script>`,
    ],
    [
      'document.write, in pieces',
      `<script>${ARTICLE.match(/[\s\S]{1,90}/g)
        ?.map((piece) => `document.write('${piece.replaceAll("'", "\\'").replaceAll('\n', '\\n')}');`)
        .join('\n')}</script>`,
    ],
    [
      'a string put together with +',
      `<script>var c = ${ARTICLE.match(/[\s\S]{1,90}/g)
        ?.map((piece) => JSON.stringify(piece))
        .join(' +\n ')};</script>`,
    ],
    ['a template element', `<script type="text/template">${ARTICLE}</script>`],
  ])('gives the article that stands in %s', async (_, body) => {
    const document = await read(portalPage(body));
    expect(document.reader).toBe('html/script');
    expect(grids(document).map(texts)).toEqual([['规章', '13', '许可', '0']]);
    expect(grids(document)[0]?.location).toBe('script=1;table=1');
    expect(lines(document)).toContain('六、其他需要报告的事项');
    expect(document.metadata.find((each) => each.name === 'info.发布机构')?.value).toBe('某某街道办事处');
  });

  it('gives tables that only a script would show, and says so', async () => {
    const document = await read(portalPage(`<div class="tab" style="display:none">${ARTICLE}</div>`));
    expect(grids(document).map(texts)).toContainEqual(['规章', '13', '许可', '0']);
    expect(document.notes.map((note) => note.code)).toContain('hidden_content');
  });

  it('gives the visible one of two versions of the article', async () => {
    const old = ARTICLE.replace('13', '99');
    const document = await read(`<body><div>${ARTICLE}</div><div style="display:none">${old}</div></body>`);
    expect(grids(document).map(texts)).toEqual([['规章', '13', '许可', '0']]);
  });
});

describe('a JSON answer that holds the article in a string', () => {
  const table = ARTICLE.replace(
    '<tr><td>规章</td><td>13</td></tr>',
    '<tr><td rowspan="2">规章</td><td>13</td></tr>\n<tr><td>14</td></tr>',
  );
  const post = { id: 7, title: '某某街道2024年政府信息公开工作年度报告', content: table, attachment: [] };
  const answers: [string, string][] = [
    ['as JSON.stringify writes it', JSON.stringify(post)],
    [
      'with escaped slashes and Chinese, as PHP writes it',
      JSON.stringify(post)
        .replaceAll('/', '\\/')
        .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    [
      'with escaped angle brackets',
      JSON.stringify(post).replaceAll('<', '\\u003C').replaceAll('>', '\\u003E'),
    ],
    [
      'with entities',
      JSON.stringify({
        ...post,
        content: table.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
      }),
    ],
    ['as JSONP, deep inside', `success({"data":{"results":[${JSON.stringify(post)}]}});`],
    ['as JSON within a string of JSON', JSON.stringify({ code: 200, data: JSON.stringify(post) })],
    [
      'beside a summary and a mobile copy of it',
      JSON.stringify({
        ...post,
        summary: '<p>一、总体情况</p>',
        mobile: table.replaceAll('<td', '<td class="m"'),
      }),
    ],
  ];

  it.each(answers)('is read from it: %s', async (_, text) => {
    const document = await readDocument({ bytes: new TextEncoder().encode(text), name: '7.json' });
    expect(document.container).toBe('html');
    expect(document.reader).toBe('html/json');
    expect(grids(document).map(shape)).toEqual([
      ['0,0 2×1 规章', '0,1 1×1 13', '1,1 1×1 14', '2,0 1×1 许可', '2,1 1×1 0'],
    ]);
    expect(grids(document)[0]?.location).toBe('script=1;table=1');
    expect(lines(document)[0]).toBe('某某街道2024年政府信息公开工作年度报告');
    expect(document.metadata).toContainEqual({ name: 'title', value: post.title });
  });

  it('is refused where it holds several reports', async () => {
    const other = { ...post, content: table.replace('13', '99') };
    const text = JSON.stringify({ articles: [post, other] });
    expect(await failureOfPromise(readDocument(source(text)))).toBe('unsupported');
  });

  it('is refused where it was cut off', async () => {
    const text = JSON.stringify(post);
    expect(await failureOfPromise(readDocument(source(text.slice(0, text.indexOf('许可')))))).toBe('corrupt');
  });

  it('is nested as deep as it likes', async () => {
    const text = `${'{"a":'.repeat(50_000)}${JSON.stringify(post)}${'}'.repeat(50_000)}`;
    await failureOfPromise(readHtml(source(text)));
  });
});

describe('a page in another wrapping', () => {
  const word = `<html xmlns:o="urn:schemas-microsoft-com:office:office">${ARTICLE}</html>`;

  it('is read from MHTML, in quoted-printable and in base64', async () => {
    const quoted = [...new TextEncoder().encode(word)]
      .map((byte) =>
        byte > 126 || byte === 61 || byte < 32
          ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
          : String.fromCharCode(byte),
      )
      .join('')
      .replace(/(.{1,70}(?![0-9A-F]{1,2}$))(?=.)/g, '$1');
    for (const [encoding, content] of [
      ['quoted-printable', quoted],
      ['base64', Buffer.from(word).toString('base64').replace(/.{76}/g, '$&\r\n')],
    ]) {
      const mhtml = `MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="----=_Next"\r\n\r\n------=_Next\r\nContent-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${content}\r\n------=_Next--\r\n`;
      const document = await readDocument(source(mhtml));
      expect(document.container).toBe('html');
      expect(grids(document).map(texts)).toEqual([['规章', '13', '许可', '0']]);
    }
  });

  it('is known for HTML whatever its name', async () => {
    const document = await readDocument({ bytes: new TextEncoder().encode(word), name: '报告.doc' });
    expect(document.container).toBe('html');
  });

  it('lists its pictures, with the bytes of those that stand in the page', async () => {
    const document = await read(
      '<p>报告见图</p><img src="data:image/png;base64,iVBORw0KGgo="><img src="/a.jpg" width="800" height="1100">',
    );
    expect(document.pictures).toMatchObject([
      { mime: 'image/png', location: 'picture=1' },
      { source: '/a.jpg', width: 800, height: 1100 },
    ]);
    expect(document.pictures[0]?.bytes).toHaveLength(8);
  });
});

describe('hostile and damaged pages', () => {
  it.each([
    ['200,000 nested elements', '<div>'.repeat(200_000)],
    ['more cells than are allowed', `<table>${'<tr><td>1<td>2'.repeat(110_000)}</table>`],
    ['tables nested without end', '<table><tr><td>'.repeat(50_000)],
  ])('are refused: %s', async (_, html) => {
    expect(await failureOfPromise(read(html))).toBe('too_large');
  });

  it.each([
    ['declared on the table', '<table style="margin-left:-9999px">'],
    ['ruled for tables', '<style>table{visibility:hidden}</style><table>'],
  ])('are read in time that grows with their rows, out of sight or hidden: %s', async (_, table) => {
    const rows = 30_000;
    const document = await read(`${table}${'<tr><td>1<td>2'.repeat(rows)}</table>`);
    expect(grids(document)[0]?.rows).toBe(rows);
  });

  it.each([45, 6, 2])(
    'do not take long where rules of %i parts each would be looked up for deep elements',
    async (parts) => {
      const numbers = Array.from({ length: 100 }, (_, index) => index);
      const rules = numbers.map((n) => `${'div '.repeat(parts - 2)}.z${n} b{color:#fff}`).join('');
      const classes = numbers.map((n) => `z${n}`).join(' ');
      const deep = `${'<div>'.repeat(480)}${'<b>1</b>'.repeat(60_000)}${'</div>'.repeat(480)}`;
      const page = `<style>${rules}</style><i class="${classes}"></i>${deep}`;
      // To leave a rule out would read what it hides.
      expect(await failureOfPromise(read(page))).toBe('too_large');
    },
  );

  it.each([
    'b:nth-child(2n+1)',
    'b:last-of-type ~ b',
    'i ~ b ~ b ~ b:not(:only-child)',
    'b:has(> i) ~ b:nth-last-of-type(odd)',
  ])('are refused, or read in time, where %s is asked of all children of an element', async (selector) => {
    const page = `<style>${selector}{opacity:0}</style><div>${'<b>1</b>'.repeat(60_000)}</div>`;
    expect(await failureOfPromise(read(page))).toBe('too_large');
  });

  it('are refused where too many rules say of hidden elements that they show', async () => {
    const page = (rules: number, others: number, hidden: number) =>
      `<style>.h{display:none}${'p{display:block}'.repeat(rules)}</style>${'<b class=h>1</b>'.repeat(hidden)}${'<p>2</p>'.repeat(others)}`;
    expect(await failureOfPromise(read(page(20_001, 1, 1)))).toBe('too_large');
    expect(await failureOfPromise(read(page(10_000, 20_000, 20_000)))).toBe('too_large');
    // One hidden element is all that is looked at.
    expect(lines(await read(page(10_000, 20_000, 1)))).toHaveLength(20_000);
  });

  it('do not take long where a media query is long or deep', async () => {
    const rule = '.h{display:none}';
    for (const query of [
      `(min-width:${' '.repeat(1_000_000)}x`,
      `${'not ('.repeat(200_000)}a${')'.repeat(200_000)}`,
    ]) {
      const page = `<style>@media ${query}{${rule}}</style><table><tr><td>12</td><td class=h>3</td></tr></table>`;
      expect(texts(grids(await read(page))[0])).toEqual(['12', '3']);
    }
  });

  it('are refused when nothing is left of them', async () => {
    expect(await failureOfPromise(read('<!-- cut'))).toBe('corrupt');
  });

  it('never end in another error, wherever they are cut', async () => {
    const whole = new TextEncoder().encode(
      portalPage(`<div id="zoom">${ARTICLE}</div><script>var x="${'a'.repeat(500)}`),
    );
    for (let at = 1; at < whole.length; at += 11)
      await failureOfPromise(readDocument({ bytes: whole.subarray(0, at), name: 'cut.html' }));
  });
});

describe.skipIf(corpus === null)('saved pages', () => {
  const reports = path.join(corpus ?? '', 'reports');

  it('of 平潭 2019: three tables, the label 三、本年度办理结果 twice', async () => {
    const document = await readDocument({
      bytes: readFileSync(path.join(reports, 'pingtan-2019/page_transcribed.html')),
      name: 'x',
    });
    expect(grids(document).map((grid) => [grid.rows, grid.columns])).toEqual([
      [18, 4],
      [26, 10],
      [4, 15],
    ]);
    expect(
      grids(document)[0]
        ?.cells.filter((cell) => cell.row === 17)
        .map((cell) => cell.text),
    ).toEqual(['政府集中采购', '135', '75394432.52元']);
    expect(grids(document)[1]?.cells.filter((cell) => cell.text === '三、本年度办理结果')).toHaveLength(2);
    expect(document.metadata).toContainEqual({ name: 'pubdate', value: '2020-01-20 15:22' });
  });

  it('of 上海市政府办公厅 2019: blank cells stay blank', async () => {
    const document = await readDocument({
      bytes: readFileSync(path.join(reports, 'shzfbgt-2019-js/cleaned.html')),
      name: 'x',
    });
    const received = grids(document)[1]
      ?.cells.filter((cell) => cell.row === 3)
      .map((cell) => cell.text.trim());
    expect(received).toEqual(['一、本年新收政府信息公开申请数量', '821', '35', '', '', '2', '1', '859']);
  });

  it('of ordinary articles: read without error', async () => {
    const folder = path.join(corpus as string, 'portals/articles');
    for (const name of readdirSync(folder)) {
      const document = await readDocument({ bytes: readFileSync(path.join(folder, name)), name });
      expect(document.container).toBe('html');
    }
  });
});
