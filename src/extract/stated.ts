import type { Mark } from '../read/document.ts';

/**
 * In such text some of the characters are struck out, are a footnote's number, or belong to something else. Which ones
 * the mark does not say, so that none of its numbers is a claim and none of its words accuses.
 */
const UNSTATED: ReadonlySet<Mark> = new Set([
  'struck',
  'superscript',
  'subscript',
  'overlapping',
  'clipped',
  'boundary_uncertain',
]);

/** Whether the text can be taken at face value: what it says is a statement of the office. */
export function isStated(marks: readonly Mark[]): boolean {
  return !marks.some((m) => UNSTATED.has(m));
}

/** Whether all of the text is shown as valid; a raised mark beside a title leaves it the title. */
export function isShown(marks: readonly Mark[]): boolean {
  return !marks.includes('struck') && !marks.includes('overlapping');
}
