import { type CellKey, TABLE_IDS } from '../../form/form.ts';
import type { Evidence } from '../finding.ts';
import { cellName } from '../naming.ts';
import type { AcrossInstance, CopiesFamily } from '../rule.ts';
import { capOf, higher, lower } from '../severity.ts';
import type { ReportView } from '../view.ts';
import { located } from './chain.ts';

const MOST_NAMED = 3;

export const copies: CopiesFamily = {
  key: 'copies',
  title: { zh: '同一报告的几个版本', en: 'Copies of one report' },
  over: 'copies',
  rules: [
    {
      id: 'F.COPIES_DIFFER',
      version: 1,
      basis: { kind: 'arithmetic', source: 'one report, published twice, has one set of numbers' },
      severity: 'error',
      title: { zh: '同一报告的几个版本数字不一', en: 'Copies with different numbers' },
      terms: 'every number of the page = the same number of the attachment',
      tolerance: '0',
      explanation: {
        zh: '同一报告的网页与附件（或几处发布）数字不同。一方由识别或推断得来时为警告。',
        en: 'Page and attachment differ in a number. A warning where one of them was inferred or read by OCR. A number against a blank is not a difference.',
      },
      examples: [
        {
          name: 'Page and attachment differ in one cell',
          reports: [
            { t4: { 'review/total': 1, 'review/upheld': 1 } },
            { t4: { 'review/total': 2, 'review/upheld': 1 } },
          ],
          expect: {
            outcome: 'fails',
            severity: 'error',
            message: '表四“行政复议”的“总计”一处为1、另一处为2',
          },
        },
        {
          name: 'Three copies of which two differ alike',
          reports: [
            { t4: { 'review/total': 1, 'review/upheld': 1 } },
            { t4: { 'review/total': 2, 'review/upheld': 1 } },
            { t4: { 'review/total': 2, 'review/upheld': 1 } },
          ],
          expect: { outcome: 'fails', message: '同一报告的3个版本数字不同' },
        },
        {
          name: 'Read by OCR on one side',
          reports: [
            { t4: { 'review/total': 1, 'review/upheld': 1 } },
            { confidence: 'ocr', t4: { 'review/total': 2, 'review/upheld': 1 } },
          ],
          expect: { outcome: 'fails', severity: 'warning' },
        },
      ],
    },
  ],
  *run({ reports }) {
    const [first, ...others] = reports;
    if (!first) return;
    // Copies that differ in the same cells by the same numbers tell one story: the finding of the first names them all.
    const alike = Map.groupBy(
      others.map((other) => ({ other, ...differencesOf(first, other) })),
      (c) => (c.differing.length === 0 ? c.other.id : JSON.stringify(c.differing)),
    );
    for (const group of alike.values()) yield* compare(first, group);
  },
};

interface Difference {
  readonly key: CellKey;
  readonly a: number;
  readonly b: number;
}

interface Comparison {
  readonly other: ReportView;
  readonly differing: readonly Difference[];
  /** Cells that are numbers in both. */
  readonly compared: number;
}

function differencesOf(kept: ReportView, other: ReportView): Omit<Comparison, 'other'> {
  const differing: Difference[] = [];
  let compared = 0;
  for (const id of TABLE_IDS) {
    const a = kept.tables[id];
    const b = other.tables[id];
    if (!a || !b || a.edition !== b.edition) continue;
    for (const [key, cell] of a.cells) {
      const theirs = b.cells.get(key);
      if (cell.value === null || theirs === undefined || theirs.value === null) continue;
      compared++;
      if (cell.value !== theirs.value) differing.push({ key, a: cell.value, b: theirs.value });
    }
  }
  return { differing, compared };
}

/** `group`: copies that differ from the one that is kept in the same way. */
function* compare(kept: ReportView, group: readonly Comparison[]): Generator<AcrossInstance> {
  const base = ({ other, compared, differing }: Comparison) => ({
    rule: 'F.COPIES_DIFFER',
    target: other.id,
    left: compared,
    right: compared - differing.length,
  });
  const [lead, ...rest] = group;
  const first = lead?.differing[0];
  if (!lead || !first) {
    for (const c of group)
      yield located({ ...base(c), outcome: c.compared > 0 ? 'holds' : 'unverifiable' }, kept);
    return;
  }
  const { other, differing } = lead;
  const edition = kept.tables.t3?.edition ?? kept.tables.t2?.edition ?? '2021';
  const cells = differing.map((d) => d.key);
  const sentence = (d: Difference) => `${cellName(edition, d.key, 'zh')}一处为${d.a}、另一处为${d.b}`;
  const names = namesOf(
    kept.document,
    group.map((c) => c.other.document),
  );
  // A scan that says what a certain copy says takes nothing from it.
  const theirs = group.map((c) => capOf(c.other, cells)).reduce(higher);
  const cap = lower(capOf(kept, cells), theirs);
  const versions = {
    zh: rest.length === 0 ? '两个版本' : `${group.length + 1}个版本`,
    en: rest.length === 0 ? 'Two copies' : `${group.length + 1} copies`,
  };
  yield located(
    {
      ...base(lead),
      outcome: 'fails',
      finding: {
        severity: cap,
        verdict: cap === 'info' ? 'suspect_extraction' : null,
        table: null,
        cells,
        discriminator: other.id,
        zh: `同一报告的${versions.zh}数字不同：${differing.slice(0, MOST_NAMED).map(sentence).join('；')}${differing.length > MOST_NAMED ? `；共${differing.length}格不同` : ''}。${names.zh}请核对以哪一版为准。`,
        en: `${versions.en} of the report differ: ${differing
          .slice(0, MOST_NAMED)
          .map((d) => `${cellName(edition, d.key, 'en')} ${d.a} and ${d.b}`)
          .join(
            '; ',
          )}${differing.length > MOST_NAMED ? ` (${differing.length} cells in all)` : ''}. ${names.en}Settle which one holds.`,
        evidence: group.flatMap((c) =>
          c.differing.map((d): Evidence => ({ kind: 'other_report', report: c.other.id, text: sentence(d) })),
        ),
        operands: group.flatMap((c) =>
          c.differing.map((d) => ({ cell: `${c.other.document}:${d.key}`, raw: String(d.b) })),
        ),
      },
    },
    kept,
  );
  for (const c of rest) yield located({ ...base(c), outcome: 'fails' }, kept);
}

/** What tells documents apart: as many parts from the end of their names as it takes. */
function namesOf(kept: string, others: readonly string[]): { readonly zh: string; readonly en: string } {
  const named = [...new Set(others)].filter((other) => other !== kept);
  if (named.length === 0) return { zh: '', en: '' };
  const all = [kept, ...named].map((name) => name.split('/'));
  const most = Math.max(...all.map((parts) => parts.length));
  let parts = 1;
  const ends = () => all.map((name) => name.slice(-parts).join('/'));
  while (parts < most && (new Set(ends()).size < all.length || all.some((name) => name.at(-parts) === '')))
    parts += 1;
  const [first, ...rest] = ends();
  const shown = rest.slice(0, MOST_NAMED);
  const more = rest.length - shown.length;
  return {
    zh: `前者见“${first}”，后者见${shown.map((name) => `“${name}”`).join('、')}${more > 0 ? `等${rest.length}份` : ''}。`,
    en: `The first is in “${first}”, the second in ${shown.map((name) => `“${name}”`).join(', ')}${more > 0 ? ` and ${more} more` : ''}. `,
  };
}
