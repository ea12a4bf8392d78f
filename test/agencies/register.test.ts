import { describe, expect, test } from 'vitest';
import { coverage } from '../../src/agencies/coverage.ts';
import { divisionName, divisionOf } from '../../src/agencies/divisions.ts';
import type { RegisteredAgency } from '../../src/agencies/register.ts';
import { isCreditCode, parseRegister } from '../../src/agencies/register-file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

const CSV = `\ufeffid,name,aliases,uscc,division_code,parent,kind,first_year,last_year
q,某某区人民政府,某某区政府,,990101,,county_government,,
j,某某区教育局,某某区教委|某某区教育和体育局,,990101,q,department,2019,
o,某某区教育局,,,990102,,department,,2020
`;

describe('agencies.csv', () => {
  test('matches a whole name or alias, whatever its characters’ width and punctuation', () => {
    const register = parseRegister(bytes(CSV));
    expect(register.match('某某区教育和体育局', 2022)).toMatchObject({
      kind: 'certain',
      agency: { id: 'j' },
    });
    expect(register.match(' 某某区 教委 ', 2022)).toMatchObject({ kind: 'certain', agency: { id: 'j' } });
    expect(register.match('教育局', 2022)).toEqual({ kind: 'unknown' });
  });

  test('a name of two bodies names neither, unless the year leaves one', () => {
    const register = parseRegister(bytes(CSV));
    expect(register.match('某某区教育局', 2020)).toMatchObject({ kind: 'ambiguous' });
    expect(register.match('某某区教育局', 2023)).toMatchObject({ kind: 'certain', agency: { id: 'j' } });
    expect(register.match('某某区教育局', 2018)).toMatchObject({ kind: 'certain', agency: { id: 'o' } });
  });

  test.each([
    // printed, name of the register, can it be meant
    ['某某区教育局', '某某区教育局', true],
    ['区教育局', '某某区教育局', true],
    ['教育局', '某某区教育局', true],
    ['甲省乙市某某区教育局', '某某区教育局', true],
    ['某某区', '某某区人民政府', true],
    ['某某区政府', '某某区人民政府', true],
    ['某某区人民政府本级', '某某区人民政府', true],
    ['某某街道', '某某区人民政府某某街道办事处', true],
    ['某某街道办', '某某街道办事处', true],
    ['乙水区某某街道办', '某某街道办事处', true],
    ['某某街道办事处', '某某街道办', true],
    ['某某办', '某某办事处', false],
    ['市政务服务和数据管理局', '甲江市政务服务和数据管理局', true],
    ['市政法委', '甲江市政法委', true],
    ['市政工程处', '某某城市政工程处', false],
    ['某某实验区', '某某实验区管理委员会', true],
    ['某某新区管委会', '某某新区管理委员会', true],
    ['某某区人民政府', '某某区管理委员会', false],
    ['某某区财政局', '某某区教育局', false],
    ['某某区人民政府', '某某区教育局', false],
    ['某某区教育局', '某某区人民政府', false],
    ['某某区人民政府办公室', '某某区人民政府', false],
    ['某某区教委', '某某区教育局', false],
    ['甲区教育局', '乙区教育局', false],
    ['市监督管理局', '某某区药品监督管理局', false],
    ['市场监督管理局', '某某区药品和市场监督管理局', false],
    ['某某镇', '某某区人民政府', false],
    ['人民政府', '某某区人民政府', false],
  ])('%s printed and %s given: %s', (printed, name, expected) => {
    const register = parseRegister(bytes(`id,name\n1,${name}\n`));
    expect(register.canMean(printed, register.agencies[0] as RegisteredAgency)).toBe(expected);
  });

  test('a longer name must begin with the districts that the register has above the body', () => {
    const register = parseRegister(
      bytes('id,name,parent\nc,某甲市人民政府,\nq,某乙区人民政府,c\nz,城关镇人民政府,q\n'),
    );
    const town = register.get('z') as RegisteredAgency;
    for (const name of ['城关镇', '某乙区城关镇人民政府', '某甲市某乙区城关镇人民政府'])
      expect(register.canMean(name, town)).toBe(true);
    for (const name of ['某丙区城关镇人民政府', '某丁市城关镇'])
      expect(register.canMean(name, town)).toBe(false);
  });

  test('is read as Excel saves it: semicolons, GBK, without a byte-order mark', () => {
    const gbk = new Uint8Array([...bytes('id;name\n1;'), 0xc4, 0xb3, 0xc4, 0xb3, 0xcf, 0xd8, 0x0a]);
    expect(parseRegister(gbk).agencies).toMatchObject([{ id: '1', name: '某某县' }]);
  });

  test.each([
    ['nr,name\n1,某某县', /no column “id”/u],
    ['id,name,typ\n1,某某县,x', /unknown column “typ”/u],
    ['id,name\n1,某某县\n1,某某区', /line 3: id “1” was used on line 2/u],
    ['id,name,kind\n1,某某县,county', /line 2: kind “county” is none of/u],
    ['id,name,parent\n1,某某县,9', /parent “9” is the id of no line/u],
    ['id,name,first_year\n1,某某县,19', /first_year “19” is not a year/u],
    ['id,name,uscc\n1,某某县,113301050025034531', /is not a 统一社会信用代码/u],
  ])('%j is refused with its line', (text, message) => {
    expect(() => parseRegister(bytes(text))).toThrow(message);
  });
});

test('a credit code is held to its last character (GB 32100-2015)', () => {
  // The number of a published open-government index in Anhui, and the same with two characters exchanged.
  expect(isCreditCode('11341702486344515H')).toBe(true);
  expect(isCreditCode('11341702486345415H')).toBe(false);
});

test('division codes lead to names down to the county, and a town’s to its county', () => {
  expect(divisionOf('330105')).toEqual({ code: '330105', name: '拱墅区', level: 'county' });
  expect(divisionName('330105008')).toBe('浙江省杭州市拱墅区');
  expect(divisionName('110101')).toBe('北京市东城区');
  expect(divisionOf('990101')).toBeNull();
});

test('coverage tells published, unreadable and missing, only for years in which a body existed', () => {
  const { agencies } = parseRegister(bytes(CSV));
  const states = coverage(
    agencies,
    [
      { agencyId: 'q', year: 2021, readable: false },
      { agencyId: 'j', year: 2020, readable: true },
      { agencyId: null, year: 2021, readable: true },
    ],
    [2020, 2021],
  );
  expect(states.map((s) => `${s.agency.id} ${s.year} ${s.state}`)).toEqual([
    'q 2020 missing',
    'q 2021 unreadable',
    'j 2020 published',
    'j 2021 missing',
    'o 2020 missing',
  ]);
});
