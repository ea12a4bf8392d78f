import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkAcross, checkReport, viewOf } from '../../src/index.ts';
import { anyDocxStyle, anyHabits, anyRecipe, reportOf } from '../render/arbitrary.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { renderDocx } from '../render/docx.ts';
import { PLAIN_HTML, renderHtml } from '../render/html.ts';
import { inventYears, NOTICE } from '../render/invent.ts';
import { readBack } from './read-back.ts';

/** In their own edition, for the other one is a fault. */
const habits = anyHabits.map((h) => ({ ...h, otherEdition: false }));

test('A report in which everything is right is accused of nothing but cells left blank.', async () => {
  await fc.assert(
    fc.asyncProperty(anyRecipe(habits), anyDocxStyle, async (recipe, style) => {
      const { findings } = checkReport(await readBack(renderDocx(reportOf(recipe), style)));
      const accusing = findings.filter((f) => f.severity !== 'info' && f.rule !== 'BLANK');
      expect(accusing.map((f) => f.messageZh)).toEqual([]);
    }),
    { seed: 20_190_008, numRuns: 60 },
  );
});

test('Seven years that follow from one another are accused of nothing across the years.', async () => {
  const zeros = ['digit', 'blank', 'dash'] as const;
  for (const [i, of] of zeros.entries()) {
    const body = bodyOf(districtName(i), 20 * i);
    const years = [2019, 2020, 2021, 2022, 2023, 2024, 2025];
    const records = inventYears(i, body, years, () => ({ ...NOTICE, zeros: of }), 60);
    const reports = await Promise.all(
      records.map(async (record) =>
        viewOf(await readBack(renderHtml(record, PLAIN_HTML)), { id: String(record.year) }),
      ),
    );
    const { findings } = checkAcross({ histories: [{ agency: null, reports }] });
    expect(findings.filter((f) => f.severity !== 'info').map((f) => f.messageZh)).toEqual([]);
  }
});

test('The fees of a body stay of about one size over the years, for a leap is what a wrong unit looks like.', () => {
  const years = [2019, 2020, 2021, 2022, 2023, 2024, 2025];
  const leaps: string[] = [];
  for (let i = 0; i < 300; i++) {
    const records = inventYears(i, bodyOf(districtName(i % 60), i), years, () => NOTICE, 60);
    const fees = records.map((record) => {
      const cell = record.tables.t2?.cells['t2/fees/amount'];
      return cell?.state === 'number' ? cell.value : 0;
    });
    fees.forEach((now, y) => {
      const last = fees[y - 1] ?? 0;
      if (now > 0 && last > 0 && Math.max(now / last, last / now) >= 3000) leaps.push(`${last} ${now}`);
    });
  }
  expect(leaps).toEqual([]);
});
