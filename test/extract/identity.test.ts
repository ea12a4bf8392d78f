import { describe, expect, test } from 'vitest';
import { agencyOf, findPeriod, identify, isReportTitle, yearOf } from '../../src/extract/identity.ts';
import { rowsOf } from '../../src/extract/tables/rows.ts';
import type { Block, Document } from '../../src/read/document.ts';

function paragraphs(...texts: string[]): Block[] {
  return texts.map((text, i) => ({
    kind: 'paragraph',
    text,
    location: `paragraph=${i + 1}`,
    reading: 'certain',
  }));
}

function documentOf(texts: string[], metadata: Document['metadata'] = []): Document {
  return {
    container: 'html',
    reader: 'html',
    blocks: paragraphs(...texts),
    charts: [],
    pictures: [],
    metadata,
    notes: [],
    pages: null,
  };
}

function identified(texts: string[], metadata: Document['metadata'] = [], given = {}) {
  const document = documentOf(texts, metadata);
  return identify(document, rowsOf(document.blocks), given);
}

describe('the title', () => {
  test.each([
    ['某某街道2020年度政府信息公开工作年度报告', '某某街道', 2020],
    ['2024年某某市某某局政府信息公开工作年度报告', '某某市某某局', 2024],
    ['某某县某某镇人民政府二〇二二年政府信息公开工作年度报告', '某某县某某镇人民政府', 2022],
    ['某某区教育局政府信息公开工作2023年度报告', '某某区教育局', 2023],
    ['某某区民政局政府信息公开工作年度报告（2021年）', '某某区民政局', 2021],
    ['《某某区财政局2022年政府信息公开年报》', '某某区财政局', 2022],
  ])('%s names %s and %d', (title, agency, year) => {
    expect([isReportTitle(title), agencyOf(title), yearOf(title)]).toEqual([true, agency, year]);
  });

  test('broken over lines is joined, and what merely precedes it is left out', () => {
    expect(identified(['登录 注册', '某某街道2020年度政府信息公开工作', '年度报告', '正文。'])).toMatchObject(
      {
        title: '某某街道2020年度政府信息公开工作年度报告',
        agency: '某某街道',
        agencyFrom: 'title',
        year: 2020,
        yearFrom: 'title',
      },
    );
  });

  test('without a body takes it from the line above', () => {
    expect(identified(['某某区水利局', '2023年政府信息公开工作年度报告'])).toMatchObject({
      agency: '某某区水利局',
    });
  });

  test('at the head of each page is taken where it stands nowhere else', () => {
    const title = '某某街道2020年度政府信息公开工作年度报告';
    const head: Block = {
      ...(paragraphs(title)[0] as Extract<Block, { kind: 'paragraph' }>),
      role: 'header',
    };
    const under = (...texts: string[]) => {
      const document = { ...documentOf([]), blocks: [head, ...paragraphs(...texts)] };
      return identify(document, rowsOf(document.blocks), {});
    };
    expect(under('一、总体情况', '各项工作有序推进。')).toMatchObject({
      title,
      agency: '某某街道',
      year: 2020,
    });
    const own = '某某区教育局2023年政府信息公开工作年度报告';
    expect(under(own, '一、总体情况')).toMatchObject({ title: own, agency: '某某区教育局', year: 2023 });
  });

  test('of a notice about reports names nobody', () => {
    expect(agencyOf('关于做好2023年政府信息公开工作年度报告编制发布工作的通知')).toBeNull();
  });

  test.each([
    '附件：',
    '附件1：',
    '附件一：',
    '附件1.',
    '附件1',
    '附件：1.',
    '附件：《',
    '附件下载：',
    '点击下载：',
    '信息名称：',
    '名称：',
    '1.',
    '1、关于',
    '【图解】',
    '（2023年）',
    '【2023年】',
  ])('behind %s names the same body, and nobody where no body is named', (lead) => {
    expect(agencyOf(`${lead}某丁卯区教育局2023年政府信息公开工作年度报告.docx`)).toBe('某丁卯区教育局');
    expect(agencyOf(`${lead}2023年政府信息公开工作年度报告.docx`)).toBeNull();
  });

  test('that only begins with a mark or names two bodies loses nothing of the name', () => {
    expect(agencyOf('【某某区】教育局2023年政府信息公开工作年度报告')).toBe('【某某区】教育局');
    expect(agencyOf('【某某区教育局】2023年政府信息公开工作年度报告')).toBe('【某某区教育局');
    expect(agencyOf('某某局、某某办2023年政府信息公开工作年度报告')).toBe('某某局、某某办');
  });

  test('with two years names none', () => {
    expect(yearOf('2022年至2023年政府信息公开工作年度报告')).toBeNull();
  });
});

describe('统计期限', () => {
  const period = (text: string) => findPeriod(rowsOf(paragraphs(text)));

  test.each([
    ['本报告所列数据的统计期限自2024年1月1日起至2024年12月31日止。', '2024-01-01', '2024-12-31'],
    ['数据统计期限从2019年1月1日到12月31日止。', '2019-01-01', '2019-12-31'],
    ['本年度报告中所列数据的统计周期为2024 年 1 月 1 日至 12 月 31 日。', '2024-01-01', '2024-12-31'],
  ])('%s', (text, start, end) => {
    expect(period(text)).toMatchObject({ start, end });
  });

  test('cut by the end of a line is read on in the next', () => {
    const lines = paragraphs(
      '本年度报告中所列数据的统计周期',
      '为 2024 年 1 月 1 日至 12 月 31 日。年度报告电子版可以下载。',
    );
    expect(findPeriod(rowsOf(lines))).toMatchObject({ start: '2024-01-01', end: '2024-12-31' });
  });

  test('whose 年 was lost gives no dates, though it is the sentence', () => {
    expect(period('所列数据统计期限自20251月1日至202512月31日截止。')).toMatchObject({
      start: null,
      end: null,
    });
  });

  test('is not read out of a sentence about something else', () => {
    expect(period('自2024年3月1日至5月1日开展专项行动。')).toBeNull();
  });
});

describe('what disagrees', () => {
  test('title and period of different years are a conflict, and the title stands', () => {
    const found = identified([
      '某某街道2021年度政府信息公开工作年度报告',
      '本报告所列数据的统计期限自2020年1月1日至2020年12月31日。',
    ]);
    expect(found.year).toBe(2021);
    expect(found.conflicts).toMatchObject([
      { field: 'year', values: [{ value: '2021' }, { value: '2020' }] },
    ]);
  });

  test('a configured year that the document contradicts is kept as a conflict', () => {
    const found = identified(['某某街道2021年度政府信息公开工作年度报告'], [], {
      year: 2022,
      from: 'configured',
    });
    expect([found.year, found.conflicts.length]).toEqual([2021, 1]);
  });

  test('a mention of another year in the narrative is none', () => {
    const found = identified(['某某街道2021年度政府信息公开工作年度报告', '与2020年相比，申请增加3件。']);
    expect(found.conflicts).toEqual([]);
  });
});

test('without any title agency and year are pending, and what a person said stands in', () => {
  expect(identified(['一、总体情况'])).toMatchObject({
    agency: null,
    agencyFrom: 'pending',
    year: null,
    yearFrom: 'pending',
  });
  expect(identified(['一、总体情况'], [], { agency: '某某局', year: 2020, from: 'person' })).toMatchObject({
    agency: '某某局',
    agencyFrom: 'person',
    year: 2020,
    yearFrom: 'person',
  });
});
