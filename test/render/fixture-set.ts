import { cellsOf, tableForm } from '../../src/form/editions.ts';
import type { CellKey, EditionId, TableId } from '../../src/form/form.ts';
import { cellKey, parseCellKey, T3_ROWS, TABLE_IDS } from '../../src/form/form.ts';
import type { Body } from './bodies.ts';
import { PLAIN_DOCX, renderDocx } from './docx.ts';
import { expectedFacts } from './expected.ts';
import type { Figures } from './figures.ts';
import { inventFigures } from './figures.ts';
import { PLAIN_HTML, renderHtml } from './html.ts';
import type { Habits } from './invent.ts';
import { composeReport, NOTICE } from './invent.ts';
import { setCell } from './mutations.ts';
import { renderOfd } from './ofd.ts';
import { PLAIN_PDF, renderPdf } from './pdf.ts';
import { blank, plain } from './print.ts';
import { Random } from './random.ts';
import type { PrintedCell, RecordTable, ReportRecord } from './record.ts';
import { renderText } from './text.ts';

/** A file of the quickstart set: its bytes, and what a reader must make of it. */
export interface Fixture {
  /** Below `fixtures/`, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** `bytes` are a DOCX file that LibreOffice turns into this one, by this filter; its bytes are its own affair. */
  readonly converted?: string;
  /** What it shows, for the README: one line. */
  readonly shows: string;
  readonly expected: Expected;
}

/** Beside each file as `<path>.expected.json`; written from the record that the file was drawn from. */
export interface Expected {
  readonly outcome: 'complete' | 'blank_form' | 'not_a_report' | 'pre_2019';
  readonly agency: string | null;
  /** Null where the document does not establish it. */
  readonly year: number | null;
  /** `[state, value, unit, raw]` of every cell; empty where no table is to be read. */
  readonly facts: Readonly<Record<string, readonly [string, number | null, string | null, string]>>;
  /** The rules that must fail, with the cells that the planted fault concerns; every other rule of its class holds. */
  readonly planted: readonly Planted[];
}

export interface Planted {
  readonly rule: string;
  readonly target: string;
  /** Where the form's identities name the culprit: the cell, what it prints and what it ought to be. */
  readonly culprit?: { readonly cell: CellKey; readonly printed: number; readonly right: number };
}

const DISTRICT = '某某区';
const body = (name: string, kind: Body['kind'], index: number): Body => ({
  name: `${DISTRICT}${name}`,
  district: DISTRICT,
  kind,
  index,
});

const GOVERNMENT = body('人民政府', 'government', 0);
const EDUCATION = body('教育局', 'department', 1);
const CIVIL_AFFAIRS = body('民政局', 'department', 2);
const JUSTICE = body('司法局', 'department', 3);
const FINANCE = body('财政局', 'department', 4);
const WATER = body('水利局', 'department', 5);
const EMERGENCY = body('应急管理局', 'department', 6);
const PETITIONS = body('信访局', 'department', 7);
const STATISTICS = body('统计局', 'department', 8);
const HEALTH = body('卫生健康局', 'department', 12);
const ARCHIVES = body('档案局', 'department', 13);
const FORESTRY = body('林业局', 'department', 14);
const EAST_STREET = body('东街街道办事处', 'township', 9);
const SOUTH_TOWN = body('南镇人民政府', 'township', 10);
const WEST_STREET = body('西街街道办事处', 'township', 11);

/** All files, in the order of the README. The same bytes in every run. */
export function fixtureSet(): readonly Fixture[] {
  return [
    ...chainOfEducation(),
    ...chainOfGovernment(),
    ...chainOfWestStreet(),
    oneWrongCell(),
    emptyTotals(),
    formerEdition(),
    ...narrativeContradicts(),
    rulesByTownship(),
    placeholders(),
    ...copiesDiffer(),
    fixedLayout(),
    tableFourOff(),
    yearWithoutCharacter(),
    noticeAboutReports(),
    blankForm(),
    beforeTheForm(),
  ];
}

/** A scan: made of a DOCX file by LibreOffice, a rasteriser and what wears paper; its bytes are their affair. */
export interface ScanFixture extends Omit<Fixture, 'bytes' | 'converted'> {
  readonly docx: Uint8Array;
  readonly kind: 'scan' | 'photograph';
}

/** Scans, in a folder that is passed over unless it is named: reading them takes Tesseract, and seconds a page. */
export function scanSet(): readonly ScanFixture[] {
  const scan = (name: string, kind: ScanFixture['kind'], of: Body, shows: string): ScanFixture => {
    const record = briefly(years(of, [2023], 45)[0]!);
    const { expected } = fixture(name, new Uint8Array(0), record, shows);
    return { path: name, kind, docx: renderDocx(record), shows, expected };
  };
  return [
    scan(
      'scans/danganju.pdf',
      'scan',
      ARCHIVES,
      'A PDF of two pages in black and white, laid askew into the scanner.',
    ),
    scan(
      'scans/linyeju.jpg',
      'photograph',
      FORESTRY,
      'A photograph from slightly below, the light from one side.',
    ),
  ];
}

/** Prose takes most of the time of OCR. */
function briefly(record: ReportRecord): ReportRecord {
  return {
    ...record,
    sections: record.sections.map((s) => ({ ...s, paragraphs: s.paragraphs.slice(0, 1) })),
  };
}

// ── what is right, over the years ───────────────────────────────────────────────────────────────────────────────

function chainOfEducation(): Fixture[] {
  const [y2021, y2022, y2023] = years(EDUCATION, [2021, 2022, 2023], 60);
  return [
    fixture(
      '2021/jiaoyuju.html',
      renderHtml(y2021!, { ...PLAIN_HTML, markup: 'word', encoding: 'gbk as gb2312', portal: 'trs' }),
      y2021!,
      'A page pasted from Word, in GBK, inside a portal. Nothing is wrong.',
    ),
    fixture(
      '2022/jiaoyuju.docx',
      renderDocx(y2022!, { ...PLAIN_DOCX, splitRuns: true, numbering: true }),
      y2022!,
      'Numbers split over runs and ordinals numbered by Word. It begins with what 2021 carried over.',
    ),
    fixture('2023/jiaoyuju.html', renderHtml(y2023!), y2023!, 'The year after: nothing is wrong.'),
  ];
}

function chainOfGovernment(): Fixture[] {
  const random = Random.of('fixtures', GOVERNMENT.name);
  const figures2021 = inventFigures(random, GOVERNMENT, editions('2021'), 200, null);
  const figures2022 = inventFigures(random, GOVERNMENT, editions('2021'), 200, figures2021);
  const carried = cellKey('t3', 'carried_out', 'natural_person');
  const carriedTotal = cellKey('t3', 'carried_out', 'total');
  const altered: Figures = {
    ...figures2022,
    cells: {
      ...figures2022.cells,
      [carried]: (figures2022.cells[carried] ?? 0) + 3,
      [carriedTotal]: (figures2022.cells[carriedTotal] ?? 0) + 3,
    },
  };
  const figures2023 = inventFigures(random, GOVERNMENT, editions('2021'), 200, altered);
  const y2021 = composeReport(random, GOVERNMENT, 2021, figures2021, NOTICE);
  const y2022 = composeReport(random, GOVERNMENT, 2022, figures2022, NOTICE);
  const y2023 = composeReport(random, GOVERNMENT, 2023, figures2023, { ...NOTICE, separators: true });
  return [
    {
      ...fixture(
        '2021/quzhengfu.doc',
        renderDocx(y2021),
        y2021,
        'The binary format of Word 97. Nothing is wrong.',
      ),
      converted: 'doc:MS Word 97',
    },
    fixture(
      '2022/quzhengfu.html',
      renderHtml(y2022, { ...PLAIN_HTML, portal: 'hanweb' }),
      y2022,
      'The district government, in a portal page. Nothing is wrong.',
    ),
    fixture(
      '2023/quzhengfu.docx',
      renderDocx(y2023),
      y2023,
      'Carried in: three more requests of natural persons than 2022 carried out.',
      [
        { rule: 'X.CARRY', target: 'natural_person' },
        { rule: 'X.CARRY', target: 'total' },
      ],
    ),
  ];
}

function chainOfWestStreet(): Fixture[] {
  const [y2019, y2020] = years(WEST_STREET, [2019, 2020], 8);
  return [
    fixture(
      '2019/xijie.txt',
      utf8(renderText(y2019!, 'tabbed cells')),
      y2019!,
      'The first edition of the form, as text saved from a word processor.',
    ),
    fixture(
      '2020/xijie.txt',
      utf8(renderText(y2020!, 'bars')),
      y2020!,
      'The same form a year later, one row a line, its cells closed by bars.',
    ),
  ];
}

// ── one fault each ──────────────────────────────────────────────────────────────────────────────────────────────

function oneWrongCell(): Fixture {
  const [right] = years(EMERGENCY, [2022], 90);
  const cell = largest(right!, 't3', isResultOfPersons);
  const value = numberAt(right!, cell);
  const wrong = Number([...String(value)].reverse().join(''));
  const record = setCell(right!, cell, plain(wrong));
  const { row, column } = parseCellKey(cell);
  return fixture(
    '2022/yingjiju.docx',
    renderDocx(record),
    record,
    `Two digits changed places in one cell of table 三: ${wrong} for ${value}. Its row and its column both tell.`,
    [
      { rule: 'T3.ITEMS', target: column, culprit: { cell, printed: wrong, right: value } },
      { rule: 'T3.ROWSUM', target: row, culprit: { cell, printed: wrong, right: value } },
    ],
  );
}

function emptyTotals(): Fixture {
  const [record] = years(CIVIL_AFFAIRS, [2022], 40, { ...NOTICE, zeros: 'blank' });
  const of = record!.tables.t3!;
  const cells = { ...of.cells };
  for (const row of T3_ROWS) {
    const key = cellKey('t3', row, 'total');
    if (cells[key]) cells[key] = blank;
  }
  const emptied: ReportRecord = { ...record!, tables: { ...record!.tables, t3: { ...of, cells } } };
  return fixture(
    '2022/minzhengju.html',
    renderHtml(emptied, { ...PLAIN_HTML, portal: 'esogov' }),
    emptied,
    'The column 总计 of table 三 is blank throughout, and zeros are left blank: one finding, not forty.',
    [{ rule: 'BLANK', target: 't3' }],
  );
}

function formerEdition(): Fixture {
  const random = Random.of('fixtures', JUSTICE.name);
  const figures = inventFigures(random, JUSTICE, editions('2019'), 25, null);
  const record = composeReport(random, JUSTICE, 2022, figures, NOTICE);
  return fixture(
    '2022/sifaju.txt',
    utf8(renderText(record, 'tabbed cells')),
    record,
    'The form of 2019 used for 2022.',
    TABLE_IDS.filter((t) => t !== 't4').map((t) => ({ rule: 'F.EDITION', target: t })),
  );
}

function narrativeContradicts(): Fixture[] {
  const [record, next] = years(FINANCE, [2022, 2023], 50);
  const received = numberAt(record!, cellKey('t3', 'new_received', 'total'));
  const changed = replaceText(
    record!,
    `新收政府信息公开申请${received}件`,
    `新收政府信息公开申请${received + 7}件`,
  );
  return [
    fixture(
      '2022/caizhengju.html',
      renderHtml(changed, { ...PLAIN_HTML, portal: 'vsb' }),
      changed,
      `The text says that ${received + 7} requests came in, table 三 says ${received}.`,
      [{ rule: 'N.RECEIVED', target: 'new_received' }],
    ),
    fixture(
      '2023/caizhengju.pdf',
      renderPdf(next!, { ...PLAIN_PDF, pageNumbers: 'foot' }),
      next!,
      'The year after as a PDF: ruled tables over several pages. Nothing is wrong.',
    ),
  ];
}

function fixedLayout(): Fixture {
  const [record] = years(HEALTH, [2023], 35);
  return fixture(
    '2023/weijianju.ofd',
    renderOfd(record!),
    record!,
    'OFD (GB/T 33190): characters and rules at their places, put together to tables. Nothing is wrong.',
  );
}

function rulesByTownship(): Fixture {
  const [record] = years(EAST_STREET, [2022], 10);
  const changed = setCell(record!, cellKey('t2', 'regulations', 'in_force'), plain(6));
  return fixture(
    '2022/dongjie.docx',
    renderDocx(changed),
    changed,
    'A sub-district office reports six 规章 in force: no township can make any.',
    [{ rule: 'T2.RULES', target: 'regulations' }],
  );
}

function placeholders(): Fixture {
  const [record] = years(SOUTH_TOWN, [2022], 10);
  const published = /主动公开政府信息(\d+)条/.exec(textOf(record!))![1]!;
  const changed = replaceText(
    record!,
    `主动公开政府信息${published}条`,
    '主动公开政府信息  条，发布政策解读××篇',
  );
  return fixture(
    '2022/nanzhen.docx',
    renderDocx(changed),
    changed,
    'Numbers were never filled in: 主动公开政府信息  条, ××篇.',
    [{ rule: 'F.PLACEHOLDER', target: 'section 1' }],
  );
}

function copiesDiffer(): Fixture[] {
  const [record] = years(WATER, [2022], 30);
  const cell = cellKey('t2', 'licensing', 'decisions');
  const changed = setCell(record!, cell, plain(numberAt(record!, cell) + 20));
  return [
    fixture(
      '2022/shuiliju.html',
      renderHtml(record!, { ...PLAIN_HTML, markup: 'font' }),
      record!,
      'The page of a report whose attachment says something else.',
      [{ rule: 'F.COPIES_DIFFER', target: cell }],
    ),
    fixture(
      '2022/shuiliju.docx',
      renderDocx(changed),
      changed,
      'The attachment: 行政许可 differs from the page.',
    ),
  ];
}

function tableFourOff(): Fixture {
  const random = Random.of('fixtures', STATISTICS.name);
  const figures = inventFigures(random, STATISTICS, editions('2021'), 20, null);
  const cells = { ...figures.cells };
  const review = { upheld: 2, corrected: 1, other_result: 0, pending: 0, total: 2 };
  for (const { key, row, column } of cellsOf(tableForm('2021', 't4'))) {
    cells[key] = row.key === 'review' ? review[column.key as keyof typeof review] : 0;
  }
  const changed = composeReport(random, STATISTICS, 2023, { ...figures, cells }, NOTICE);
  return fixture(
    '2023/tongjiju.html',
    renderHtml(changed, { ...PLAIN_HTML, portal: 'gkmlpt' }),
    changed,
    'Table 四: 2 + 1 + 0 + 0 = 3, printed 2. One identity over five cells: the culprit cannot be named. The article stands in a script.',
    [{ rule: 'T4.SUM', target: 'review' }],
  );
}

function yearWithoutCharacter(): Fixture {
  const [record] = years(PETITIONS, [2023], 15);
  const broken: ReportRecord = {
    ...record!,
    preamble: record!.preamble.map((p) => p.replace(/(\d{4})年(?=\d+月)/g, '$1')),
  };
  return fixture(
    '2023/xinfangju.txt',
    utf8(renderText(broken, 'cell lines')),
    broken,
    'The character 年 is missing from the dates of 统计期限 (20231月1日): no year is read from them, only from the title.',
    [{ rule: 'F.PERIOD', target: 'period' }],
  );
}

// ── what is no report ───────────────────────────────────────────────────────────────────────────────────────────

function noticeAboutReports(): Fixture {
  const html = `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>关于做好2022年度政府信息公开工作年度报告编制发布工作的通知</title></head><body>
<h1>关于做好2022年度政府信息公开工作年度报告编制发布工作的通知</h1>
<p>各街道办事处、镇人民政府，区政府各部门：</p>
<p>根据《中华人民共和国政府信息公开条例》第四十九条、第五十条的规定，现就做好2022年度政府信息公开工作年度报告的编制发布工作通知如下。</p>
<p>一、各单位应当于2023年1月31日前向社会公布本单位年度报告，统计期限为2022年1月1日至12月31日。</p>
<p>二、收到和处理政府信息公开申请情况应当与申请台账一致，逐项核对勾稽关系。</p>
<p>三、年度报告一律在门户网站“政府信息公开年报”栏目发布。</p>
<p>某某区人民政府办公室</p><p>2022年12月20日</p></body></html>
`;
  return {
    path: '2022/tongzhi.html',
    bytes: utf8(html),
    shows: 'A notice about annual reports, which is none.',
    expected: { outcome: 'not_a_report', agency: null, year: null, facts: {}, planted: [] },
  };
}

function blankForm(): Fixture {
  const tables: Partial<Record<TableId, RecordTable>> = {};
  for (const table of TABLE_IDS) {
    const cells: Partial<Record<CellKey, PrintedCell>> = {};
    for (const { key } of cellsOf(tableForm('2021', table))) cells[key] = { state: 'blank', text: '\u3000' };
    tables[table] = { edition: '2021', cells, labels: {}, layout: {}, note: null };
  }
  const record: ReportRecord = {
    agency: '',
    year: 2022,
    title: '政府信息公开工作年度报告（格式）',
    publishedOn: null,
    preamble: [],
    sections: [
      { heading: '一、总体情况', paragraphs: ['（文字描述）'], table: null },
      { heading: '二、主动公开政府信息情况', paragraphs: [], table: 't2' },
      { heading: '三、收到和处理政府信息公开申请情况', paragraphs: [], table: 't3' },
      { heading: '四、政府信息公开行政复议、行政诉讼情况', paragraphs: [], table: 't4' },
      { heading: '五、存在的主要问题及改进情况', paragraphs: ['（文字描述）'], table: null },
      { heading: '六、其他需要报告的事项', paragraphs: ['（文字描述）'], table: null },
    ],
    tables,
    charts: [],
  };
  return {
    path: '2022/kongbiao.docx',
    bytes: renderDocx(record),
    shows: 'The form itself, with nothing filled in.',
    expected: { outcome: 'blank_form', agency: null, year: null, facts: {}, planted: [] },
  };
}

function beforeTheForm(): Fixture {
  const text = `某某区教育局2018年政府信息公开工作年度报告
根据《中华人民共和国政府信息公开条例》，编制本报告。所列数据的统计期限自2018年1月1日起至2018年12月31日止。
附表
政府信息公开情况统计表
（2018年度）
统计指标 | 单位 | 统计数 |
一、主动公开情况 | | |
（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条） | 条 | 412 |
其中：主动公开规范性文件数 | 条 | 3 |
制发规范性文件总数 | 件 | 3 |
（二）通过不同渠道和方式公开政府信息的情况 | | |
1．政府公报公开政府信息数 | 条 | 0 |
2．政府网站公开政府信息数 | 条 | 398 |
三、依申请公开情况 | | |
（一）收到申请数 | 件 | 9 |
1．当面申请数 | 件 | 2 |
2．网络申请数 | 件 | 7 |
（二）申请办结数 | 件 | 9 |
1．按时办结数 | 件 | 9 |
四、行政复议数量 | 件 | 0 |
`;
  return {
    path: '2018/jiaoyuju.txt',
    bytes: utf8(text),
    shows: 'The unrelated table in use until 2018: recognised, not read.',
    expected: { outcome: 'pre_2019', agency: EDUCATION.name, year: 2018, facts: {}, planted: [] },
  };
}

// ── help ────────────────────────────────────────────────────────────────────────────────────────────────────────

function years(
  of: Body,
  list: readonly number[],
  size: number,
  habits: Habits = NOTICE,
): readonly ReportRecord[] {
  const random = Random.of('fixtures', of.name);
  let before: Figures | null = null;
  return list.map((year) => {
    const figures: Figures = inventFigures(random, of, editions(year < 2021 ? '2019' : '2021'), size, before);
    before = figures;
    return composeReport(random, of, year, figures, habits);
  });
}

function editions(id: EditionId): Figures['editions'] {
  return { t2: id, t3: id, t4: id };
}

function fixture(
  path: string,
  bytes: Uint8Array,
  record: ReportRecord,
  shows: string,
  planted: readonly Planted[] = [],
): Fixture {
  const facts = Object.fromEntries(
    expectedFacts(record).map((f) => [f.key, [f.state, f.value, f.unit, f.raw] as const]),
  );
  return {
    path,
    bytes,
    shows,
    expected: { outcome: 'complete', agency: record.agency, year: record.year, facts, planted },
  };
}

function numberAt(record: ReportRecord, key: CellKey): number {
  const cell = record.tables[key.slice(0, 2) as TableId]?.cells[key];
  if (cell?.state !== 'number') throw new RangeError(`${key} of ${record.title} is no number`);
  return cell.value;
}

function isResultOfPersons(key: CellKey): boolean {
  const { row, column } = parseCellKey(key);
  return (
    column === 'natural_person' &&
    !['new_received', 'carried_in', 'concluded_total', 'carried_out'].includes(row)
  );
}

/** The first cell, of those asked for, that prints the largest number with two different digits. */
function largest(record: ReportRecord, table: TableId, wanted: (key: CellKey) => boolean): CellKey {
  const candidates = Object.entries(record.tables[table]!.cells).filter(
    ([key, cell]) =>
      wanted(key as CellKey) &&
      cell.state === 'number' &&
      cell.value > 9 &&
      cell.value % 10 !== 0 &&
      new Set(String(cell.value)).size > 1,
  );
  const best = candidates.sort(([, a], [, b]) => Number(b.text) - Number(a.text))[0];
  if (!best) throw new RangeError(`${record.title} has no such cell`);
  return best[0] as CellKey;
}

function textOf(record: ReportRecord): string {
  return record.sections.flatMap((s) => s.paragraphs).join('\n');
}

function replaceText(record: ReportRecord, from: string, to: string): ReportRecord {
  if (!textOf(record).includes(from)) throw new RangeError(`${record.title} does not say ${from}`);
  return {
    ...record,
    sections: record.sections.map((s) => ({
      ...s,
      paragraphs: s.paragraphs.map((p) => p.replace(from, to)),
    })),
  };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
