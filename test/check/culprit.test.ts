import { describe, expect, test } from 'vitest';
import { localiseTableThree } from '../../src/check/culprit/table-three.ts';
import {
  asTable,
  changedCells,
  consistentTable,
  MUTATIONS,
  type MutationKind,
  type Numbers,
  SHIFTS,
  seeded,
} from './mutate-table.ts';

const PER_KIND = 480;
const KINDS = Object.keys(MUTATIONS) as MutationKind[];

function causesOf(numbers: Numbers) {
  return localiseTableThree(asTable(numbers));
}

/** Some zeros left blank, as many offices do. */
function withBlanks(numbers: Numbers, random: (below: number) => number, but?: string) {
  const table = asTable(numbers);
  const all = random(3) === 0;
  const cells = new Map(
    [...table.cells].map(([key, cell]) => {
      const blank = cell.value === 0 && key !== but && (all || random(2) === 0);
      return [key, blank ? { ...cell, state: 'blank' as const, value: null, raw: '' } : cell] as const;
    }),
  );
  // One blank at least, wherever zeros are.
  const zero = [...cells].find(([key, cell]) => cell.value === 0 && key !== but);
  if (zero) cells.set(zero[0], { ...zero[1], state: 'blank', value: null, raw: '' });
  return { ...table, cells };
}

test(`the proof covers more than 10,000 mutations`, () => {
  expect(KINDS.length * PER_KIND).toBeGreaterThan(10_000);
});

describe('table three without blanks', () => {
  test('a consistent table has no cause', () => {
    const random = seeded(7);
    for (let i = 0; i < 200; i++)
      expect(causesOf(consistentTable(random, i % 2 ? '2019' : '2021'))).toEqual([]);
  });

  for (const [place, kind] of KINDS.entries()) {
    test(`${kind}: whatever is called unique is right, and one wrong cell always is`, () => {
      const random = seeded(1000 + place);
      const wrong: unknown[] = [];
      for (let i = 0; i < PER_KIND; i++) {
        const edition = random(2) ? '2021' : '2019';
        const before = consistentTable(random, edition);
        const other = consistentTable(random, edition);
        const after = before.map((line) => [...line]);
        MUTATIONS[kind](after, random, other);
        const changes = changedCells(before, after);
        const causes = causesOf(after);
        const unique = causes.filter((c) => c.verdict === 'unique');
        const named = unique[0]?.explanations[0]?.changes[0];
        const [change] = changes;
        const right =
          changes.length === 1
            ? causes.length === 1 && named?.cell === change?.cell && named?.suggested === change?.right
            : unique.length === 0;
        if (!right) wrong.push({ after, changes, causes });
      }
      expect(wrong).toEqual([]);
    });
  }

  for (const kind of SHIFTS) {
    test(`${kind}: numbers displaced as a whole are taken for our misreading`, () => {
      const random = seeded(99);
      for (let i = 0; i < 400; i++) {
        const before = consistentTable(random, '2021');
        const after = before.map((line) => [...line]);
        MUTATIONS[kind](after, random, before);
        const causes = causesOf(after);
        if (changedCells(before, after).length < 2 || causes.length === 0) continue;
        expect(causes.map((c) => c.verdict)).toEqual(['suspect_extraction']);
      }
    });
  }

  test('zeros left blank break nothing', () => {
    const random = seeded(21);
    for (let i = 0; i < 300; i++) {
      expect(localiseTableThree(withBlanks(consistentTable(random, '2021'), random))).toEqual([]);
    }
  });

  test('among blanks one wrong cell is never unique, and the right one is named or nothing is said', () => {
    const random = seeded(22);
    const wrong: unknown[] = [];
    for (let i = 0; i < 1000; i++) {
      const before = consistentTable(random, '2021');
      const after = before.map((line) => [...line]);
      MUTATIONS.one_cell(after, random);
      const [change] = changedCells(before, after);
      const causes = localiseTableThree(withBlanks(after, random, change?.cell));
      const named = causes[0]?.explanations[0]?.changes[0];
      const right =
        causes.length === 0 ||
        (causes[0]?.verdict === 'preferred' &&
          named?.cell === change?.cell &&
          named?.suggested === change?.right);
      if (!right) wrong.push({ after, change, causes });
    }
    expect(wrong).toEqual([]);
  });

  test('the same table gives the same causes, in the same order', () => {
    const random = seeded(3);
    const table = consistentTable(random, '2021');
    MUTATIONS.two_cells(table, random);
    expect(causesOf(table)).toEqual(causesOf(table));
  });
});
