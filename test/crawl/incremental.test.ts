import { describe, expect, test } from 'vitest';
import { digestBody } from '../../src/crawl/incremental/body.ts';
import { mayStopEarly } from '../../src/crawl/incremental/early-stop.ts';
import { nextCheck } from '../../src/crawl/incremental/recheck.ts';
import {
  changedParts,
  couldBeTemplate,
  isTemplateChange,
  reportKey,
} from '../../src/crawl/incremental/revision.ts';
import { chooseRow, namesReportColumn, rowSignature, yearInTitle } from '../../src/crawl/incremental/rows.ts';
import type { ListRow } from '../../src/crawl/portals/portal.ts';
import type { ColumnRun } from '../../src/crawl/state.ts';

const day = 86_400_000;

describe('the digest of a body', () => {
  const body =
    '<div id="zoom"><p>本年收到申请21件。</p><table><tr><td>本年新收</td><td>21</td></tr></table><img src="/a/W01.jpg"></div>';
  const same = (other: string) =>
    expect(digestBody(other, null).bodySha).toBe(digestBody(body, null).bodySha);
  const differs = (other: string) =>
    expect(digestBody(other, null).bodySha).not.toBe(digestBody(body, null).bodySha);

  test.each([
    [
      'classes, styles and ids',
      body.replace('id="zoom"', 'class="new" style="color:red" id="x"').replace('<td>', '<td class="c">'),
    ],
    [
      'white space and full-width digits',
      body.replace('<p>', '<p>\n   ').replace('收到申请21件', '收到申请２１件'),
    ],
    [
      'scripts, styles and comments',
      body.replace('<table>', '<script>var t=1</script><style>p{}</style><!-- Maketime 2026 --><table>'),
    ],
    [
      'visit counters and buttons',
      body.replace('<table>', '<p>浏览次数：123</p><p>【打印】 【关闭】</p><table>'),
    ],
    ['wrappers', `<section><div>${body}</div></section>`],
    ['the folder of a picture', body.replace('/a/W01', '/b/c/W01')],
  ])('%s do not count', (_, other) => same(other));

  test.each([
    ['a word', body.replace('收到', '受理')],
    ['a number in a table', body.replace('<td>21', '<td>22')],
    ['the boundary between two cells', body.replace('本年新收</td><td>21', '本年新收2</td><td>1')],
    ['the name of a picture', body.replace('W01', 'W02')],
    ['an attachment that comes', body.replace('</div>', '<a href="/x/P01.docx">附件</a></div>')],
  ])('%s counts', (_, other) => differs(other));

  test('the numbers of the tables have a digest of their own', () => {
    const numbers = digestBody(body, null).numbersSha;
    expect(digestBody(body.replace('收到', '受理'), null).numbersSha).toBe(numbers);
    expect(digestBody(body.replace('<td>21', '<td>-21'), null).numbersSha).not.toBe(numbers);
    expect(digestBody(body.replace('本年新收</td><td>21', '本年新收2</td><td>1'), null).numbersSha).not.toBe(
      numbers,
    );
  });

  test('a title at the beginning of the body is left to the title', () => {
    const titled = (title: string) => digestBody(`<h1>${title}</h1>${body}`, title).bodySha;
    expect(titled('某某局2023年年报')).toBe(titled('某某局2023年年报（更正）'));
  });

  test('nothing at all has a digest', () => {
    expect(digestBody(null, null)).toMatchObject({ tables: 0, chineseLetters: 0 });
  });
});

describe('rows', () => {
  const row = (title: string, more: Partial<ListRow> = {}): ListRow => ({
    url: 'https://www.moumou.gov.cn/art/1.html',
    title,
    titleCut: false,
    date: '2025-01-20',
    publisher: null,
    attachments: [],
    ...more,
  });
  const filter = {
    titleInclude: /(政府)?(信息|政务)公开(工作)?.{0,6}(年度报告|年报|情况报告)/u,
    titleExclude: /网站(工作|监管)?.{0,6}年度?报|解读|图解|一图读懂|法治政府建设|通知|部门(预|决)算/u,
    years: { from: 2019, to: 2024 },
    columnOfReports: false,
  };

  test.each([
    ['某某县财政局2024年政府信息公开工作年度报告', true],
    ['某某县审计局2024年度政务公开年报', true],
    ['某某县统计局 2024 年政府信息公开工作年度报告', true],
    ['某某镇2019年政府信息公开情况报告', true],
    ['某某县2018年政府信息公开工作年度报告', false],
    ['某某县2025年政府信息公开工作年度报告', false],
    ['某某县政府信息公开工作年度报告', true],
    ['某某县人民政府网站工作年度报表（2024年度）', false],
    ['一图读懂某某县2024年政府信息公开工作年度报告', false],
    ['某某县2024年法治政府建设年度报告', false],
    ['关于编制2024年政府信息公开工作年度报告的通知', false],
    ['某某县财政局2024年部门决算公开', false],
    ['某某县2024年工作报告', false],
  ])('%s: %s', (title, wanted) => {
    expect(chooseRow(row(title), filter).wanted).toBe(wanted);
  });

  test('in a column that is named 年报 the title need not say 信息公开, and a cut title is wanted', () => {
    const inColumn = { ...filter, columnOfReports: true };
    expect(chooseRow(row('某某局2024年年报'), filter).wanted).toBe(false);
    expect(chooseRow(row('某某局2024年年报'), inColumn).wanted).toBe(true);
    expect(chooseRow(row('某某县某某镇人民政府2024年政府信...', { titleCut: true }), inColumn).wanted).toBe(
      true,
    );
    expect(namesReportColumn(['政府信息公开年报', null])).toBe(true);
    expect(namesReportColumn(['通知公告', undefined])).toBe(false);
  });

  test.each([
    ['某某局2024年政府信息公开工作年度报告', 2024],
    ['2023年度某某局政府信息公开工作年度报告', 2023],
    ['某某局２０２２年年报', 2022],
    ['某某局二〇二一年政府信息公开工作年度报告', 2021],
    ['某某局2020-2024年政府信息公开工作汇编', null],
    ['某某局2019年、2020年政府信息公开年报', null],
    ['某某局政府信息公开工作年度报告', null],
    ['某某局120245年报', null],
  ])('the year of %s is %j', (title, year) => {
    expect(yearInTitle(title)).toBe(year);
  });

  test('the signature of a row changes with title, date and address, but not with the scheme', () => {
    const signature = rowSignature(row('甲'));
    expect(rowSignature(row('甲', { url: 'http://www.moumou.gov.cn/art/1.html' }))).toBe(signature);
    expect(rowSignature(row('乙'))).not.toBe(signature);
    expect(rowSignature(row('甲', { date: '2025-01-21' }))).not.toBe(signature);
    expect(rowSignature(row('甲', { url: 'https://www.moumou.gov.cn/art/2.html' }))).not.toBe(signature);
  });
});

describe('early stop', () => {
  const run = (outcome: ColumnRun['outcome'], full: boolean, total: number | null = null) =>
    ({ outcome, full, total }) as ColumnRun;
  const full = run('complete', true);
  const short = run('complete', false);

  test.each([
    ['nothing was ever complete', [], false],
    ['the last run was a full one', [full], true],
    ['two short ones since', [short, short, full], true],
    ['three short ones since: the fourth is full', [short, short, short, full], false],
    ['the last run was partial', [run('partial', false), full], false],
    ['the last run was killed', [run(null, false), full], false],
    ['the last run was blocked', [run('blocked', false), full], false],
    ['no full run is remembered', [short, short], false],
  ] as const)('%s', (_, runs, expected) => {
    expect(mayStopEarly(runs, false, null)).toBe(expected);
  });

  test('a row that was missing, and another total, want a full walk', () => {
    expect(mayStopEarly([full], true, null)).toBe(false);
    expect(mayStopEarly([run('complete', true, 138)], false, 137)).toBe(false);
    expect(mayStopEarly([run('complete', true, 138)], false, 138)).toBe(true);
  });
});

describe('revisions', () => {
  const before = {
    bodySha: 'b',
    numbersSha: 'n',
    attachmentShas: ['a'],
    title: '某某局2024年报告',
    publishedOn: '2025-01-20',
  };

  test('every part is told apart', () => {
    expect(changedParts(before, before)).toEqual([]);
    expect(changedParts(before, { ...before, title: '某某局 2024年报告' })).toEqual([]);
    expect(
      changedParts(before, {
        bodySha: 'c',
        numbersSha: 'n',
        attachmentShas: ['d'],
        title: 'x',
        publishedOn: '2025-01-21',
      }),
    ).toEqual(['attachment', 'body', 'date', 'title']);
  });

  test('a template can only explain text: not numbers, files or titles', () => {
    expect(couldBeTemplate(before, { ...before, bodySha: 'c' })).toBe(true);
    expect(couldBeTemplate(before, { ...before, bodySha: 'c', numbersSha: 'm' })).toBe(false);
    expect(couldBeTemplate(before, { ...before, bodySha: 'c', attachmentShas: [] })).toBe(false);
    expect(couldBeTemplate(before, { ...before, bodySha: 'c', title: 'x' })).toBe(false);
    expect(couldBeTemplate(before, before)).toBe(false);
  });

  test.each([
    [30, 100, false],
    [31, 100, true],
    [3, 9, true],
    [2, 2, false],
    [0, 0, false],
  ])('%i of %i at once: template %s', (changed, compared, expected) => {
    expect(isTemplateChange(changed, compared)).toBe(expected);
  });

  test('a report has a key only when agency and year are known', () => {
    expect(reportKey('330105', 'x', 2024)).toBe('330105|x|2024|annual');
    expect(reportKey('330105', null, 2024)).toBeNull();
    expect(reportKey('330105', 'x', null)).toBeNull();
  });
});

test.each([
  ['new: weekly', 10, 2024, 7],
  ['still new on the 89th day', 89, 2024, 7],
  ['later: every quarter', 91, 2024, 90],
  ['an old year, once it is no longer new: yearly', 91, 2020, 365],
  ['the last two years stay quarterly', 200, 2024, 90],
  ['without a year: quarterly', 200, null, 90],
])('recheck, %s', (_, age, year, days) => {
  const calendar = { newDays: 90, newEveryDays: 7, laterEveryDays: 90, oldEveryDays: 365 };
  expect(nextCheck(calendar, { firstSeen: 0, year }, age * day, 2026) - age * day).toBe(days * day);
});
