import type { Statement, StatementKind } from '../../extract/report.ts';
import type { CellKey, TableId } from '../../form/form.ts';
import type { ReportView } from '../view.ts';

/** The rule that a kind of count is held to. */
export const RULE_OF: { readonly [K in StatementKind]?: string } = {
  received: 'N.RECEIVED',
  received_new: 'N.RECEIVED',
  received_including_carried: 'N.RECEIVED',
  none_received: 'N.RECEIVED',
  carried_in: 'N.CARRIED',
  carried_out: 'N.CARRIED',
  concluded: 'N.CONCLUDED',
  granted: 'N.RESULTS',
  partly_granted: 'N.RESULTS',
  granted_or_partly: 'N.RESULTS',
  denied: 'N.RESULTS',
  unavailable: 'N.RESULTS',
  not_processed: 'N.RESULTS',
  other_handling: 'N.RESULTS',
  natural_person: 'N.APPLICANTS',
  organisation: 'N.APPLICANTS',
  review: 'N.REVIEW',
  review_upheld: 'N.REVIEW',
  review_corrected: 'N.REVIEW',
  review_pending: 'N.REVIEW',
  litigation: 'N.REVIEW',
  litigation_upheld: 'N.REVIEW',
  litigation_corrected: 'N.REVIEW',
  litigation_pending: 'N.REVIEW',
  review_and_litigation: 'N.REVIEW',
};

export function doubtOf(s: Statement, view: ReportView): { zh: string; en: string } | null {
  const scope = s.scope.filter((w) => w !== '其中');
  if (scope.length > 0) {
    return {
      zh: `该句提到“${scope.join('”“')}”，请确认与表格统计范围是否一致`,
      en: `The sentence mentions ${scope.join(', ')}: is its scope that of the table?`,
    };
  }
  if (s.scope.includes('其中')) {
    return { zh: '该句说的是其中一部分，请确认口径', en: 'The sentence speaks of a part: of which?' };
  }
  if (s.year !== null && view.year !== null && s.year !== view.year) {
    return {
      zh: `该句写的是${s.year}年，请确认是否指本年度`,
      en: `The sentence names ${s.year}: does it mean the year of the report?`,
    };
  }
  return null;
}

export function tableOf(cells: readonly CellKey[]): TableId | null {
  return (cells[0]?.slice(0, 2) as TableId | undefined) ?? null;
}

export function tableZh(table: TableId | null): string {
  return table === 't2' ? '表二' : table === 't3' ? '表三' : table === 't4' ? '表四' : '';
}

/** Characters of a clause that are quoted before the number, and after it. */
const [BEFORE, AFTER] = [48, 24];

/** The clause around the number, as printed; of a long one what stands next to the number, whole words. */
export function clauseOf(s: Statement): string {
  const number = s.text.slice(s.start, s.start + s.length);
  const before = (
    s.text
      .slice(0, s.start)
      .split(/[，。；：（(]|(?<!\d)[,;:]|[,;:](?!\d)/u)
      .at(-1) ?? ''
  ).trimStart();
  const after = (
    s.text.slice(s.start + s.length).split(/[，。；：（）()、]|[,;:](?!\d)/u)[0] ?? ''
  ).trimEnd();
  const start =
    before.length > BEFORE ? `…${before.slice(wordAfter(before, before.length - BEFORE))}` : before;
  const end = after.length > AFTER ? `${after.slice(0, wordBefore(after, AFTER))}…` : after;
  return joined(`${start}${number}${end}`);
}

/** The first place from `at` on that is not within a word of Latin letters or figures, or a character of two units. */
function wordAfter(text: string, at: number): number {
  let place = at;
  while (place < text.length && isWithinWord(text, place)) place++;
  return place;
}

function wordBefore(text: string, at: number): number {
  let place = at;
  while (place > 0 && isWithinWord(text, place)) place--;
  return place;
}

function isWithinWord(text: string, at: number): boolean {
  return /^(?:[\p{Script=Latin}\d_.@%-]{2}|[\uD800-\uDBFF][\uDC00-\uDFFF])$/u.test(
    text.slice(at - 1, at + 1),
  );
}

/** White space that a page's width left between characters, but not between Latin words. */
function joined(text: string): string {
  return text.replace(/\s+/gu, (space, at: number, all: string) =>
    /[A-Za-z]/u.test(all[at - 1] ?? '') && /[A-Za-z]/u.test(all[at + space.length] ?? '') ? ' ' : '',
  );
}

export function quoted(s: Statement): { cell: string; raw: string } {
  return { cell: `statement:${s.kind}`, raw: s.text.slice(s.start, s.start + s.length) };
}
