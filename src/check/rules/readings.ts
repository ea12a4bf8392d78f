import type { Statement, StatementKind } from '../../extract/report.ts';
import { type CellKey, type ColumnKey, type EditionId, parseCellKey } from '../../form/form.ts';
import { groupCells } from '../amounts.ts';
import { rowName } from '../naming.ts';
import type { ReportView } from '../view.ts';

/** One way to understand a number of the narrative: the cells whose sum it should be. */
export interface ReadingOf {
  readonly zh: string;
  readonly en: string;
  readonly cells: readonly CellKey[];
}

const NEW = { zh: '本年新收', en: 'newly received' };
const NEW_AND_IN = { zh: '本年新收＋上年结转', en: 'newly received + carried in' };
const CONCLUDED = { zh: '办理结果总计', en: 'total concluded' };

const ORGANISATIONS: readonly ColumnKey[] = [
  'enterprise',
  'research',
  'public_interest',
  'legal_service',
  'other_org',
];

/** Every reading that the words of a statement admit, the plainest first. Empty for kinds no table answers. */
export function readingsOf(statement: Statement, view: ReportView): ReadingOf[] {
  const t3 = view.tables.t3;
  const t4 = view.tables.t4;
  if (t3) {
    const readings = applicationReadings(statement, t3.edition);
    if (readings.length > 0) return readings;
  }
  if (t4) return disputeReadings(statement);
  return [];
}

type Readings = { readonly [K in StatementKind]?: readonly ReadingOf[] };

/** Kept by what they depend on: a report has dozens of sentences, and all have the same few lists. */
const kept = new Map<string, Readings>();

function applicationReadings(statement: Statement, edition: EditionId): ReadingOf[] {
  const loose = /办理|处理/u.test(statement.words);
  const people = /公民|个人|群众/u.test(statement.text);
  const name = `${edition}/${loose}/${people}`;
  let readings = kept.get(name);
  if (!readings) {
    readings = applicationReadingsOf(edition, loose, people);
    kept.set(name, readings);
  }
  return [...(readings[statement.kind] ?? [])];
}

/** `loose`: the words admit more than what was concluded. `ofPeople`: the sentence speaks of natural persons. */
function applicationReadingsOf(edition: EditionId, loose: boolean, ofPeople: boolean): Readings {
  const at = (
    row: 'new_received' | 'carried_in' | 'concluded_total' | 'carried_out',
    column: ColumnKey,
  ): CellKey => `t3/${row}/${column}`;
  const received = (column: ColumnKey) => [at('new_received', column)];
  const both = (column: ColumnKey) => [at('new_received', column), at('carried_in', column)];
  const group = (key: string) => groupCells(edition, key, 'total');
  const one = (zh: string, en: string, cells: readonly CellKey[]) => ({ zh, en, cells });
  const people = ofPeople
    ? [one('自然人本年新收', 'newly received from natural persons', received('natural_person'))]
    : [];
  return {
    received: [{ ...NEW, cells: received('total') }, { ...NEW_AND_IN, cells: both('total') }, ...people],
    received_new: [{ ...NEW, cells: received('total') }],
    received_including_carried: [{ ...NEW_AND_IN, cells: both('total') }],
    none_received: [{ ...NEW, cells: received('total') }],
    carried_in: [one('上年结转', 'carried in', [at('carried_in', 'total')])],
    carried_out: [one('结转下年度', 'carried out', [at('carried_out', 'total')])],
    concluded: [
      { ...CONCLUDED, cells: [at('concluded_total', 'total')] },
      ...(loose
        ? [
            { ...NEW, cells: received('total') },
            { ...NEW_AND_IN, cells: both('total') },
          ]
        : []),
      // What was 不予处理 or 其他处理 was concluded without an answer.
      one('予以公开至无法提供之和', 'granted to unavailable', [
        ...group('granted'),
        ...group('partly_granted'),
        ...group('denied'),
        ...group('unavailable'),
      ]),
      one('予以公开至不予处理之和', 'granted to not processed', [
        ...group('granted'),
        ...group('partly_granted'),
        ...group('denied'),
        ...group('unavailable'),
        ...group('not_processed'),
      ]),
    ],
    granted: [
      one('予以公开', 'granted', group('granted')),
      one('予以公开＋部分公开', 'granted + partly granted', [
        ...group('granted'),
        ...group('partly_granted'),
      ]),
    ],
    partly_granted: [one('部分公开', 'partly granted', group('partly_granted'))],
    granted_or_partly: [
      one('予以公开＋部分公开', 'granted + partly granted', [
        ...group('granted'),
        ...group('partly_granted'),
      ]),
    ],
    denied: [one('不予公开各项之和', 'denied', group('denied'))],
    unavailable: [one('无法提供各项之和', 'could not be provided', group('unavailable'))],
    not_processed: [one('不予处理各项之和', 'not processed', group('not_processed'))],
    other_handling: [one('其他处理', 'other handling', group('other_handling'))],
    natural_person: [
      one('自然人本年新收', 'newly received from natural persons', received('natural_person')),
      one('自然人本年新收＋上年结转', 'natural persons, new + carried in', both('natural_person')),
      one('自然人办理结果总计', 'concluded for natural persons', [at('concluded_total', 'natural_person')]),
    ],
    organisation: [
      one('法人或其他组织本年新收', 'newly received from organisations', ORGANISATIONS.flatMap(received)),
      one('法人或其他组织本年新收＋上年结转', 'organisations, new + carried in', ORGANISATIONS.flatMap(both)),
      one(
        '法人或其他组织办理结果总计',
        'concluded for organisations',
        ORGANISATIONS.map((c) => at('concluded_total', c)),
      ),
      ...ORGANISATIONS.map((c) =>
        one('其中一类组织本年新收', 'newly received from one kind of organisation', received(c)),
      ),
    ],
  };
}

/**
 * Smaller sums that a number of results may have been taken from by mistake: the natural persons alone, or one row
 * of its group. They excuse nothing, but tell a clerk where the number comes from.
 */
export function mistakenFor(statement: Statement, view: ReportView): ReadingOf[] {
  const t3 = view.tables.t3;
  const [plain] = readingsOf(statement, view);
  if (!t3 || !plain?.cells[0]?.startsWith('t3/')) return [];
  const alone = plain.cells.map((key): CellKey => key.replace(/\/total$/, '/natural_person') as CellKey);
  return [
    {
      zh: `“自然人”一列的${rowName(t3.edition, 't3', parseCellKey(plain.cells[0]).row, 'zh')}`,
      en: `the natural persons of ${rowName(t3.edition, 't3', parseCellKey(plain.cells[0]).row, 'en')}`,
      cells: alone.slice(0, 1),
    },
    { zh: `“自然人”一列的${plain.zh}`, en: `the natural persons of ${plain.en}`, cells: alone },
    ...plain.cells.map((key) => ({
      zh: `其中“${rowName(t3.edition, 't3', parseCellKey(key).row, 'zh')}”一行`,
      en: `the row ${rowName(t3.edition, 't3', parseCellKey(key).row, 'en')} alone`,
      cells: [key],
    })),
  ];
}

type T4Column = 'upheld' | 'corrected' | 'other_result' | 'pending' | 'total';

const COLUMN: readonly (readonly [RegExp, T4Column, string, string])[] = [
  [/_upheld$/, 'upheld', '结果维持', 'upheld'],
  [/_corrected$/, 'corrected', '结果纠正', 'corrected'],
  [/_pending$/, 'pending', '尚未审结', 'pending'],
  [/^/, 'total', '总计', 'total'],
];

function disputeReadings(statement: Statement): ReadingOf[] {
  const [, column, zh, en] = COLUMN.find(([pattern]) => pattern.test(statement.kind)) ?? COLUMN[3]!;
  const review: CellKey = `t4/review/${column}`;
  const direct: CellKey = `t4/litigation_direct/${column}`;
  const after: CellKey = `t4/litigation_after_review/${column}`;
  if (statement.kind === 'review_and_litigation') {
    return [{ zh: '行政复议＋行政诉讼总计', en: 'reviews + suits', cells: [review, direct, after] }];
  }
  if (statement.kind.startsWith('review')) {
    return [{ zh: `行政复议${zh}`, en: `reviews, ${en}`, cells: [review] }];
  }
  if (!statement.kind.startsWith('litigation')) return [];
  const part = /未经复议|复议后/u.test(statement.text);
  return [
    { zh: `行政诉讼${zh}（两类之和）`, en: `suits, ${en} (both kinds)`, cells: [direct, after] },
    ...(part
      ? [
          { zh: `未经复议直接起诉${zh}`, en: `direct suits, ${en}`, cells: [direct] },
          { zh: `复议后起诉${zh}`, en: `suits after review, ${en}`, cells: [after] },
        ]
      : []),
  ];
}
