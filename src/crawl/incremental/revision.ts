import type { ReportVersion, RevisionPart } from '../state.ts';
import { sha } from './body.ts';

/** What two versions of a report are compared by. */
export interface Comparable {
  readonly bodySha: string;
  readonly numbersSha: string;
  readonly attachmentShas: readonly string[];
  readonly title: string;
  readonly publishedOn: string | null;
}

/** What changed between two visits, sorted; empty when nothing did. */
export function changedParts(before: Comparable, after: Comparable): RevisionPart[] {
  const parts: RevisionPart[] = [];
  if (before.attachmentShas.join() !== after.attachmentShas.join()) parts.push('attachment');
  if (before.bodySha !== after.bodySha) parts.push('body');
  if (before.publishedOn !== after.publishedOn) parts.push('date');
  if (sameText(before.title) !== sameText(after.title)) parts.push('title');
  return parts;
}

/** Could this change come from a new page template alone? Text changed, but no number in a table and no attachment. */
export function couldBeTemplate(before: Comparable, after: Comparable): boolean {
  const parts = changedParts(before, after);
  return parts.length === 1 && parts[0] === 'body' && before.numbersSha === after.numbersSha;
}

/** More than this share of a portal's reports at once is no revision. */
const templateShare = 0.3;
/** Fewer changed reports than this cannot show a change of template. */
const templateLeast = 3;

/**
 * Did the portal change its template? `compared`: reports whose body was fetched and compared in this run; `changed`:
 * those of them whose text alone changed, their table numbers being equal.
 */
export function isTemplateChange(changed: number, compared: number): boolean {
  return changed >= templateLeast && changed > templateShare * compared;
}

/** With so many pages compared, this many changed ones are too few for a new template. */
export function enoughToAcquit(changed: number): number {
  return Math.ceil(changed / templateShare);
}

/** The same change seen again, after a kill or a second run, has the same id. */
export function eventId(kind: string, portal: string, url: string, mark: string | number | null): string {
  return sha([kind, portal, url, String(mark ?? '')].join('\n')).slice(0, 32);
}

/** `region|agency|year|annual`; null while agency or year is pending. */
export function reportKey(
  regionCode: string | null,
  agency: string | null,
  year: number | null,
): string | null {
  return agency === null || year === null ? null : [regionCode ?? '', agency, year, 'annual'].join('|');
}

/** Is it the same publication at another address, rather than another edition of the report? */
export function sameContent(one: ReportVersion, other: Comparable): boolean {
  return one.bodySha === other.bodySha && one.attachmentShas.join() === other.attachmentShas.join();
}

const sameText = (text: string): string => text.normalize('NFKC').replace(/\s+/g, '');
