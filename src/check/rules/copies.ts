import { type CellKey, TABLE_IDS } from '../../form/form.ts';
import type { Evidence } from '../finding.ts';
import { cellName } from '../naming.ts';
import type { AcrossInstance, CopiesFamily } from '../rule.ts';
import { capOf, lower } from '../severity.ts';
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
    for (const other of others) yield* compare(first, other);
  },
};

function* compare(kept: ReportView, other: ReportView): Generator<AcrossInstance> {
  const differing: { key: CellKey; a: number; b: number }[] = [];
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
  const base = {
    rule: 'F.COPIES_DIFFER',
    target: other.id,
    left: compared,
    right: compared - differing.length,
  };
  const [first] = differing;
  if (!first) {
    yield located({ ...base, outcome: compared > 0 ? 'holds' : 'unverifiable' }, kept);
    return;
  }
  const edition = kept.tables.t3?.edition ?? kept.tables.t2?.edition ?? '2021';
  const cells = differing.map((d) => d.key);
  const sentence = (d: typeof first) => `${cellName(edition, d.key, 'zh')}一处为${d.a}、另一处为${d.b}`;
  const names = namesOf(kept.document, other.document);
  const cap = lower(capOf(kept, cells), capOf(other, cells));
  yield located(
    {
      ...base,
      outcome: 'fails',
      finding: {
        severity: cap,
        verdict: cap === 'info' ? 'suspect_extraction' : null,
        table: null,
        cells,
        discriminator: other.id,
        zh: `同一报告的两个版本数字不同：${differing.slice(0, MOST_NAMED).map(sentence).join('；')}${differing.length > MOST_NAMED ? `；共${differing.length}格不同` : ''}。${names.zh}请核对以哪一版为准。`,
        en: `Two copies of the report differ: ${differing
          .slice(0, MOST_NAMED)
          .map((d) => `${cellName(edition, d.key, 'en')} ${d.a} and ${d.b}`)
          .join(
            '; ',
          )}${differing.length > MOST_NAMED ? ` (${differing.length} cells in all)` : ''}. ${names.en}Settle which one holds.`,
        evidence: differing.map(
          (d): Evidence => ({ kind: 'other_report', report: other.id, text: sentence(d) }),
        ),
        operands: differing.map((d) => ({ cell: `${other.document}:${d.key}`, raw: String(d.b) })),
      },
    },
    kept,
  );
}

/** What tells two documents apart: as many parts from the end of their names as it takes. */
function namesOf(kept: string, other: string): { readonly zh: string; readonly en: string } {
  if (kept === other) return { zh: '', en: '' };
  const a = kept.split('/');
  const b = other.split('/');
  let parts = 1;
  while (
    parts < Math.max(a.length, b.length) &&
    (a.slice(-parts).join('/') === b.slice(-parts).join('/') || a.at(-parts) === '' || b.at(-parts) === '')
  )
    parts += 1;
  const [first, second] = [a, b].map((name) => name.slice(-parts).join('/'));
  return {
    zh: `前者见“${first}”，后者见“${second}”。`,
    en: `The first is in “${first}”, the second in “${second}”. `,
  };
}
