import { describe, expect, test } from 'vitest';
import { chineseNumber } from '../../src/extract/statements/numbers.ts';
import { readStatements } from '../../src/extract/statements/statements.ts';

/** `kind value` of every statement in a paragraph of section 一. */
function read(text: string): string[] {
  return readStatements([{ text, location: 'paragraph=1', section: 1 }]).map(
    (s) => `${s.kind} ${s.value ?? '-'}${s.scope.length > 0 ? ` [${s.scope.join(' ')}]` : ''}`,
  );
}

describe('counts of requests', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['全年共收到政府信息公开申请四件，均已办结。', ['received 4', 'all_concluded -']],
    ['本年度受理依申请公开十二条。', ['received 12']],
    ['新收政府信息公开申请两件，上年结转1件。', ['received_new 2', 'carried_in 1']],
    ['共接收政府信息公开申请1,234宗。', ['received 1234']],
    ['收办信息公开申请 ３５ 件。', ['received 35']],
    [
      '受理政府信息公开申请36件（含上年结转2件），已答复35件，1件结转下年度继续办理。',
      ['received_including_carried 36', 'carried_in 2', 'concluded 35', 'carried_out 1'],
    ],
    ['收到政府信息公开申请9件，顺延至下一年度2件。', ['received 9', 'carried_out 2']],
    [
      '收到政府信息公开申请9件，其中自然人申请7件，法人或其他组织申请2件。',
      ['received 9', 'natural_person 7', 'organisation 2'],
    ],
    [
      '收到政府信息公开申请20件，其中予以公开11件，部分公开3件，不予公开2件，无法提供2件，不予处理1件，其他处理1件。',
      [
        'received 20',
        'granted 11',
        'partly_granted 3',
        'denied 2',
        'unavailable 2',
        'not_processed 1',
        'other_handling 1',
      ],
    ],
    ['全区各级行政机关共收到政府信息公开申请70件。', ['received 70 [全区各级]']],
    ['区政府办本级收到政府信息公开申请7件。', ['received 7 [区政府办 本级]']],
    ['收到政府信息公开申请100件，其中通过网上受理60件。', ['received 100', 'received 60 [其中 网上]']],
    [
      '收到政府信息公开申请100件，其中涉及教育收到60件、涉及住房收到40件，办结95件。',
      ['received 100', 'received 60 [其中]', 'received 40 [其中]', 'concluded 95'],
    ],
    [
      '收到政府信息公开申请100件，其中，省厅转来60件，直接收到40件；答复95件。',
      ['received 100', 'count_other 60', 'received 40 [其中]', 'concluded 95'],
    ],
    ['收到政府信息公开申请30余件。', ['received 30']],
    [
      '本机关收到依申请公开信息10条，已办结9条，1条正在办理中。',
      ['received 10', 'concluded 9', 'carried_out 1'],
    ],
    ['共收到依申请公开35件，结转至2025年2件，答复33件。', ['received 35', 'carried_out 2', 'concluded 33']],
    ['共收到书面申请12件，比2023年减少5件，下降29.4%。', ['received 12', 'count_other 5', 'growth -29.4']],
    [
      '收到群众依申请公开政府信息的申请共计3件，其中1件属于信访事项不予处理，其余2件予以公开。',
      ['received 3', 'not_processed 1', 'granted 2'],
    ],
  ];
  for (const [text, statements] of cases) test(text, () => expect(read(text)).toEqual(statements));
});

describe('claims and negations', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['本年度未收到政府信息公开申请。', ['none_received 0']],
    ['2023年，我镇依申请公开实现零申请。', ['none_received 0']],
    ['没有收到依申请公开的申请。', ['none_received 0']],
    ['全年未发生因政府信息公开申请引起的行政复议、行政诉讼。', ['review_and_litigation 0']],
    ['政府信息公开行政复议3件，均获维持。', ['review 3', 'all_upheld -']],
    ['答复政府信息公开申请805件，均在法定期限内予以答复。', ['concluded 805']],
    ['本年度未收取信息处理费。', ['fee_charged 0']],
    ['全镇未发生依申请公开政府信息的收费情况。', ['fee_charged 0']],
    ['未收到因依申请公开引起的投诉举报。', ['complaints 0']],
    [
      '没有收到政府信息公开申请，也没有因政府信息公开引起的行政复议和诉讼。',
      ['none_received 0', 'review_and_litigation 0'],
    ],
    [
      '全年未产生政府信息公开行政复议、行政诉讼案件，无因信息公开被纠错的情况。',
      ['review_and_litigation 0', 'no_correction -'],
    ],
    ['对外公布投诉举报电话，全年未收到相关投诉举报。', ['complaints 0']],
    ['申请人无正当理由逾期不补正的，不再处理其政府信息公开申请。', []],
    ['如未收到答复，申请人可以申请行政复议。', []],
  ];
  for (const [text, statements] of cases) test(text, () => expect(read(text)).toEqual(statements));
});

describe('what is counted elsewhere is not taken for requests', () => {
  for (const text of [
    '办理人大代表建议12件、政协提案8件，办结率100%。',
    '受理12345热线工单386件，全部办结。',
    '根据《政府信息公开条例》第二十条第（一）项，做好公开工作。',
    '高效办成一件事，最多跑一次。',
    '办理行政复议案件120件。',
    '无超期未答复的政府信息公开申请。',
    '申请人未按要求补正申请内容的，不再处理。',
    '收到群众来信4件，均已答复。',
    '学习2024年第3期政府公报。',
  ]) {
    test(text, () => {
      const kinds = readStatements([{ text, location: 'paragraph=1', section: 1 }]).map((s) => s.kind);
      expect(kinds.filter((k) => k !== 'count_other')).toEqual([]);
    });
  }
});

describe('shares and growth', () => {
  test('a share belongs to the count before it', () => {
    const [, share] = readStatements([
      { text: '收到政府信息公开申请，予以公开258件，占33.9%。', location: 'p', section: 1 },
    ]);
    expect(share).toMatchObject({ kind: 'share', value: 33.9, unit: '%', about: 'granted' });
  });
  test('a decline is negative', () => {
    const [, growth] = readStatements([
      { text: '受理政府信息公开申请859件，申请数量较去年回落12.3%。', location: 'p', section: 1 },
    ]);
    expect(growth).toMatchObject({ kind: 'growth', value: -12.3, about: 'received' });
  });
});

test('the place of a number is that in the printed sentence', () => {
  const [s] = readStatements([
    { text: '总体情况良好。全年共 收到 政府信息公开申请 １２ 件。', location: 'p', section: 1 },
  ]);
  expect(s?.text.slice(s.start, s.start + s.length)).toBe('１２');
});

test('traditional characters are read, and quoted as printed', () => {
  const statements = readStatements([
    { text: '全年受理政府信息公開申請１２件，均已辦結。', location: 'p', section: 1 },
  ]);
  expect(statements.map((s) => [s.kind, s.value])).toEqual([
    ['received', 12],
    ['all_concluded', null],
  ]);
  expect(statements[1]?.text.slice(statements[1].start, statements[1].start + statements[1].length)).toBe(
    '均已辦結',
  );
});

test('that all was concluded is said of what stands before it', () => {
  const said = (text: string) =>
    readStatements([{ text, location: 'line=1', section: 1 }])
      .filter((s) => s.kind === 'all_concluded')
      .map((s) => s.scope.join());
  // Of last year's requests nothing can be left: no claim about this year's.
  expect(said('上年结转政府信息公开申请3件已全部办结。')).toEqual([]);
  expect(said('收到政府信息公开申请10件，上年结转的3件均已办结。')).toEqual([]);
  expect(said('收到政府信息公开申请10件，其中信访类申请2件，均已答复。')).toEqual(['其中']);
  expect(said('收到政府信息公开申请10件，上年结转3件，均已办结。')).toEqual(['']);
  expect(said('上年结转政府信息公开申请3件，所有申请均已办结。')).toEqual(['']);
  expect(said('收到政府信息公开申请9件，其中自然人申请7件、组织申请2件，均已办结。')).toEqual(['']);
});

test('requests of every kind are not those of the table', () => {
  const scopes = (text: string) =>
    readStatements([{ text, location: 'line=1', section: 1 }]).map((s) => [s.value, s.scope[0] ?? '']);
  expect(scopes('全年共收到各类申请31件，其中政府信息公开申请11件。')[0]).toEqual([31, '各类申请']);
  expect(scopes('全年共收到各类政府信息公开申请31件。')).toEqual([[31, '']]);
});

test('a sentence broken by the width of a page is read as one', () => {
  const statements = readStatements([
    { text: '全年收到政府信息公开申请 34 件，上年结转政府信息公开', location: 'line=1', section: 1 },
    { text: '申请 2 件，所有申请均已按要求办理完成。', location: 'line=2', section: 1 },
  ]);
  expect(statements.map((s) => [s.kind, s.value, s.location])).toEqual([
    ['received', 34, 'line=1'],
    ['carried_in', 2, 'line=1'],
    ['all_concluded', null, 'line=1'],
  ]);
});

test('Chinese numerals up to the thousands', () => {
  const cases = { 四: 4, 两: 2, 十: 10, 十二: 12, 二十: 20, 一百零五: 105, 两千三百: 2300, 一二: 12 };
  for (const [text, value] of Object.entries(cases)) expect(chineseNumber(text), text).toBe(value);
});

test('text made to be slow is read all the same', () => {
  const hostile = [
    '收到政府信息公开申请1件，'.repeat(30_000),
    '1,111,'.repeat(50_000),
    '1'.repeat(300_000),
    '未收到'.repeat(60_000),
    '一'.repeat(200_000),
    '（'.repeat(200_000),
  ];
  for (const text of hostile) {
    const statements = readStatements([{ text, location: 'p', section: 1 }]);
    expect(statements.every((s) => s.text.slice(s.start, s.start + s.length) !== '')).toBe(true);
  }
  const lines = Array.from({ length: 40_000 }, () => ({
    text: '全年收到政府信息公开申请一批并办理',
    location: 'p',
    section: 1,
  }));
  expect(readStatements(lines)).toEqual([]);
});
