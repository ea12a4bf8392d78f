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

/** The clause around the number, as printed. */
export function clauseOf(s: Statement): string {
  const before =
    s.text
      .slice(0, s.start)
      .split(/[，。；：（(；]/u)
      .at(-1) ?? '';
  const after = s.text.slice(s.start + s.length).split(/[，。；：（）()；、]/u)[0] ?? '';
  return `${before}${s.text.slice(s.start, s.start + s.length)}${after}`.replace(/\s+/gu, '').slice(-60);
}

export function quoted(s: Statement): { cell: string; raw: string } {
  return { cell: `statement:${s.kind}`, raw: s.text.slice(s.start, s.start + s.length) };
}
