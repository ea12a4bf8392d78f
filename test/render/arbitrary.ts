import * as fc from 'fast-check';
import { bodyOf, districtName } from './bodies.ts';
import type { DocxStyle } from './docx.ts';
import type { HtmlStyle } from './html.ts';
import type { Habits } from './invent.ts';
import { inventReport } from './invent.ts';
import type { ReportRecord } from './record.ts';
import type { TextLayout } from './text.ts';
import { TEXT_LAYOUTS } from './text.ts';

/** Off three times out of four, so that a report differs from the notice in some respects and not in all. */
const sometimes = (): fc.Arbitrary<boolean> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

export const anyHabits: fc.Arbitrary<Habits> = fc.record({
  zeros: fc.constantFrom('digit', 'digit', 'blank', 'dash', 'word', 'mixed'),
  separators: sometimes(),
  fullWidth: sometimes(),
  spaces: sometimes(),
  units: sometimes(),
  zeroWidth: sometimes(),
  variants: sometimes(),
  brokenLabels: sometimes(),
  ordinals: fc.constantFrom('notice', 'notice', 'other', 'none'),
  emptyTotals: sometimes(),
  notes: sometimes(),
  subtotalColumn: sometimes(),
  threeTables: sometimes(),
  resultsCut: sometimes(),
  headerRepeated: fc.boolean(),
  fourHeaderRows: sometimes(),
  traditional: sometimes(),
  extraRow: sometimes(),
  footnote: sometimes(),
  otherEdition: sometimes(),
  charts: sometimes(),
});

/** What a report is made from: a counterexample that fits on a screen, where the report itself does not. */
export interface Recipe {
  readonly seed: number;
  readonly body: number;
  readonly district: number;
  readonly year: number;
  readonly size: number;
  readonly habits: Habits;
}

/**
 * Any valid report of either edition: every identity holds in the figures it was made from. It shrinks towards the
 * notice's own wording and plain digits.
 */
export function anyRecipe(habits: fc.Arbitrary<Habits> = anyHabits): fc.Arbitrary<Recipe> {
  return fc.record({
    seed: fc.nat({ max: 2 ** 31 - 1 }),
    body: fc.nat({ max: 80 }),
    district: fc.nat({ max: 200 }),
    year: fc.integer({ min: 2019, max: 2025 }),
    size: fc.constantFrom(5, 30, 400, 20_000),
    habits,
  });
}

export function reportOf(recipe: Recipe): ReportRecord {
  const body = bodyOf(districtName(recipe.district), recipe.body);
  return inventReport(recipe.seed, body, recipe.year, recipe.habits, recipe.size);
}

export const anyDocxStyle: fc.Arbitrary<DocxStyle> = fc.record({
  splitRuns: fc.boolean(),
  numbering: sometimes(),
  trackedChanges: sometimes(),
  contentControls: sometimes(),
  hiddenRuns: sometimes(),
  footnotes: sometimes(),
  verticalMerge: fc.oneof(fc.constant(true), fc.constant(true), fc.constant(false)),
  textBox: sometimes(),
  nested: sometimes(),
  clutter: fc.boolean(),
  level: fc.constant(1 as const),
});

export const anyHtmlStyle: fc.Arbitrary<HtmlStyle> = fc.record({
  markup: fc.constantFrom('clean', 'word', 'font'),
  encoding: fc.constantFrom(
    'utf-8',
    'utf-8 undeclared',
    'gbk',
    'gbk as gb2312',
    'gbk undeclared',
    'gbk as utf-8',
  ),
  portal: fc.constantFrom('none', 'hanweb', 'trs', 'vsb', 'gkmlpt', 'esogov'),
  hiddenCells: sometimes(),
  missingEnds: sometimes(),
  missingStarts: sometimes(),
  cutTable: sometimes(),
  oneTable: sometimes(),
  nested: sometimes(),
  spansRunOver: sometimes(),
});

export const anyTextLayout: fc.Arbitrary<TextLayout> = fc.constantFrom(...TEXT_LAYOUTS);
