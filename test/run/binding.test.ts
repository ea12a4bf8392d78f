import { expect, test } from 'vitest';
import { Register } from '../../src/agencies/register.ts';
import type { Said } from '../../src/dataset/store.ts';
import type { Report } from '../../src/extract/report.ts';
import { bindingOf, withConflict } from '../../src/run/binding.ts';
import { unreadReport } from '../../src/run/unread.ts';
import { buildReport } from '../dataset/build-report.ts';
import { registered } from '../support/registered.ts';

const NAMES = {
  z: '某某区人民政府',
  j: '某某区教育局',
  a1: '某某区统计局',
  a2: '某某区统计局',
  // Called so from 2023 on.
  n: '某某区数据局',
};
const register = new Register(
  Object.entries(NAMES).map(([id, name]) =>
    registered(id, name, {
      aliases: id === 'j' ? ['某某区教委'] : [],
      divisionCode: '330105003',
      firstYear: id === 'n' ? 2023 : null,
    }),
  ),
);
const byPerson = (agencyId: string | null, agency: string | null = null): Said => ({
  agencyId,
  agency,
  by: 'person',
});

test.each<[string, string | null, Said | null, string | null, boolean]>([
  // what it shows, printed, said, bound to, contradicted
  ['the printed name, nothing said', '某某区教育局', null, 'j', false],
  ['an alias, nothing said', '某某区教委', null, 'j', false],
  ['nothing printed, nothing said', null, null, null, false],
  ['nothing printed', null, byPerson('z'), 'z', false],
  ['a name of two bodies, nothing said', '某某区统计局', null, null, false],
  ['a name of two bodies, one of them said', '某某区统计局', byPerson('a2'), 'a2', false],
  ['a name of two bodies, another said', '某某区统计局', byPerson('z'), null, true],
  ['a shorter name', '区教育局', byPerson('j'), 'j', false],
  ['a name of later years', '某某区数据局', byPerson('n'), 'n', false],
  ['a name that the register does not know', '某某区民政局', byPerson('z'), null, true],
  ['the name of the said body behind a label', '附件:某某区教育局', byPerson('j'), 'j', false],
  ['its alias behind a label', '图2_某某区教委', byPerson('j'), 'j', false],
  ['its name behind a label, nothing said', '附件:某某区教育局', null, null, false],
  ['its name behind a label, another said', '附件:某某区教育局', byPerson('z'), null, true],
  ['its name behind other words', '甲乙某某区教育局', byPerson('j'), null, true],
  ['its name behind another body’s', '某某区民政局、某某区教育局', byPerson('j'), null, true],
  ['another body’s name', '某某区教育局', byPerson('z'), 'j', true],
  [
    'another body’s name, where the portal is configured so',
    '某某区教育局',
    { ...byPerson('z'), by: 'configured' },
    'j',
    true,
  ],
  [
    'another body’s name, where the page around it hints so',
    '某某区教育局',
    { ...byPerson('z'), by: 'meta' },
    'j',
    false,
  ],
  [
    'an unknown name, where the page around it hints at a body',
    '某某区民政局',
    { ...byPerson('z'), by: 'meta' },
    null,
    true,
  ],
  ['a body that the register has no more', '某某区民政局', byPerson('gone'), null, false],
  ['a body of which only the name is known', '某某区民政局', byPerson(null, '某某县民政局'), null, true],
  ['the same name in a longer form', '某某区民政局', byPerson(null, '甲市某某区民政局'), null, false],
  ['a registered body by a shorter name', '某某区教育局', byPerson(null, '区教育局'), 'j', false],
])('%s', (_, printed, said, id, contradicted) => {
  const report = buildReport({ agency: printed, year: 2022 });
  const { agency, conflict } = bindingOf(report, said, register);
  expect(agency).toEqual(id === null ? null : { id, regionCode: '330105' });
  expect(conflict !== null).toBe(contradicted);
  if (conflict) expect(conflict.values.map(({ value }) => value)).toContain(printed);
});

test('a document that could not be read is the report of the body that was said', () => {
  const report = unreadReport('a.pdf', 'encrypted', '', { agency: '旧名', year: 2022, from: 'register' });
  expect(bindingOf(report, byPerson('j'), register).agency?.id).toBe('j');
});

test('a contradiction marks a report for review, as long as it stands, and nothing that is no report', () => {
  const report = buildReport({ agency: '某某区民政局' });
  const { conflict } = bindingOf(report, byPerson('z'), register);
  const contradicted = withConflict(report, conflict);
  expect(contradicted).toMatchObject({ needsReview: true, conflicts: [{ field: 'agency' }] });
  expect(withConflict(contradicted, null)).toEqual(report);
  const year = { field: 'year', values: [] } as const;
  const other: Report = { ...contradicted, conflicts: [year, ...contradicted.conflicts] };
  expect(withConflict(other, null)).toMatchObject({ needsReview: true, conflicts: [year] });
  const page: Report = { ...report, outcome: 'not_a_report' };
  expect(withConflict(page, conflict)).toMatchObject({ needsReview: false, conflicts: [conflict] });
});
