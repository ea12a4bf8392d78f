import { editionForYear } from '../../form/editions.ts';
import { foldPhrase } from '../../form/fold.ts';
import type { EditionId, TableId } from '../../form/form.ts';
import type { Extra, TableReading, TableRefusal } from '../report.ts';
import { isStated } from '../stated.ts';
import { type Binding, isRefused, type Refused, toExtras, toReading } from './binding.ts';
import { bindFour } from './four.ts';
import { locateTables, type Ranges } from './locate.ts';
import type { Row } from './rows.ts';
import { splitFour, splitThree, splitTwo } from './run-together.ts';
import { editionInWords, editionOfThree } from './three/edition.ts';
import { bindThree } from './three/three.ts';
import { bindTwo, editionOfTwo, namesOnlyDecisions } from './two.ts';

export interface Tables {
  readonly readings: readonly TableReading[];
  readonly refusals: readonly TableRefusal[];
  readonly extras: readonly Extra[];
  /** Row ranges that hold tables: what is not narrative. */
  readonly ranges: Ranges;
}

/**
 * Finds and binds the three tables. Each table is refused on its own. `year` decides the edition only where the
 * printed labels do not.
 */
export function extractTables(rows: readonly Row[], year: number | null): Tables {
  const ranges = locateTables(rows);
  const part = (table: TableId) => {
    const range = ranges[table];
    return range ? rows.slice(range.from, range.to) : [];
  };
  // Lines of text hold several headers each, or a piece of one.
  const two =
    editionOfTwo(part('t2')) ??
    editionOfText(textOf(part('t2'))) ??
    (part('t2').some(namesOnlyDecisions) ? '2021' : null);
  const three = editionOfThree(part('t3'));
  const byYear = year === null ? null : (editionForYear(year)?.id ?? null);
  const joined = runTogetherText(rows);
  const editionsInText = joined ? editionOfText(joined.text) : null;
  const t2Edition = two ?? editionsInText ?? three ?? byYear ?? '2021';
  const threeInText = joined ? editionInWords(foldPhrase(joined.text)) : null;
  const t3Edition = three ?? threeInText ?? editionsInText ?? two ?? byYear ?? '2021';
  const attempts: Record<TableId, { edition: EditionId; result: Binding | Refused | null }> = {
    t2: { edition: t2Edition, result: attempt(part('t2'), (r) => bindTwo(r, t2Edition)) },
    t3: { edition: t3Edition, result: attempt(part('t3'), (r) => bindThree(r, t3Edition)) },
    t4: {
      edition: three ?? two ?? editionsInText ?? byYear ?? '2021',
      result: attempt(part('t4'), (r) => bindFour(r)),
    },
  };
  if (joined) {
    const { text, location } = joined;
    const fallback = (table: TableId, split: (edition: EditionId) => Binding | Refused | null) => {
      const current = attempts[table];
      if (current.result !== null && !isRefused(current.result)) return;
      const result = split(current.edition);
      if (result) attempts[table] = { ...current, result };
    };
    fallback('t3', (edition) => splitThree(text, location, edition));
    const three = attempts.t3.result;
    const zerosPrinted = three !== null && !isRefused(three);
    fallback('t4', () => splitFour(text, location, zerosPrinted));
    // How many numbers stand behind a label is a matter of the edition: only its own headers tell.
    if (two !== null || editionsInText !== null)
      fallback('t2', (edition) => splitTwo(text, location, edition));
  }
  const readings: TableReading[] = [];
  const refusals: TableRefusal[] = [];
  const extras: Extra[] = [];
  for (const table of ['t2', 't3', 't4'] as const) {
    const { edition, result } = attempts[table];
    if (result === null) continue;
    if (isRefused(result)) {
      refusals.push({ table, code: result.code, reason: result.reason, location: result.location });
    } else {
      readings.push(toReading(result, edition));
      extras.push(...toExtras(result));
    }
  }
  return { readings, refusals, extras, ranges };
}

function attempt(
  rows: readonly Row[],
  bind: (rows: readonly Row[]) => Binding | Refused,
): Binding | Refused | null {
  return rows.length === 0 ? null : bind(rows);
}

/** Paragraphs in which labels and digits run together, as one text; null where there are none. */
function runTogetherText(rows: readonly Row[]): { text: string; location: string } | null {
  const paragraphs = rows.filter((r) => r.kind === 'paragraph');
  const at = paragraphs.findIndex(
    (r) =>
      /(?:申请数量|总计|信息内容|规章)\s*\d/u.test(r.cells[0]?.text ?? '') ||
      /勾稽关系.*申请人情况/su.test(r.cells[0]?.text ?? ''),
  );
  if (at < 0) return null;
  return {
    text: paragraphs.map(digitsThatStand).join('\n'),
    location: paragraphs[at]?.location ?? '',
  };
}

/** Some of the digits of a marked paragraph are none of its numbers: none is left of which a number could be made. */
function digitsThatStand({ cells: [cell] }: Row): string {
  if (!cell) return '';
  return isStated(cell.marks) ? cell.text : cell.text.replace(/\p{Nd}/gu, '\ufffd');
}

function textOf(rows: readonly Row[]): string {
  return rows.flatMap((r) => r.cells.filter((c) => !c.spanned).map((c) => c.text)).join('\n');
}

function editionOfText(text: string): EditionId | null {
  const compact = text.replace(/\s+/gu, '');
  const newer = /本年度?制发|现行有效件?数/u.test(compact);
  const older = /本年新(?:制作|公开)|上一?年度?项目数/u.test(compact);
  if (newer === older) return null;
  return newer ? '2021' : '2019';
}
