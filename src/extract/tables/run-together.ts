import { edition as editionOf } from '../../form/editions.ts';
import { foldPhrase } from '../../form/fold.ts';
import {
  type EditionId,
  type RowForm,
  type RowKey,
  T3_COLUMNS,
  T4_COLUMNS,
  T4_ROWS,
} from '../../form/form.ts';
import { type Identity, identitiesOf } from '../../form/identities.ts';
import { Binding, type Refused, refuse } from './binding.ts';

/**
 * Text whose cells run together (`200 000121`). White space in such text stands now between cells, now inside a number,
 * so it is no boundary. A row is split only where the sums of the form leave exactly one way; every cell is `inferred`,
 * and the identities that were used are named, because they can no longer accuse.
 */

/** Longest digit run that is tried; a row of seven counts of a national ministry has about forty. */
const MAX_DIGITS = 42;
/** Combinations of rows tried against the column sums before the table is refused. */
const MAX_COMBINATIONS = 20_000;

interface Segment {
  readonly key: RowKey;
  readonly label: string;
  readonly digits: string;
  /** Nothing but these digits stands between the label and the next one: no unit, dash or word. */
  readonly whole: boolean;
}

/** What may follow a number in its cell, or stand for one: behind such a piece the digits of a row go on. */
const MORE_OF_ROW = /^(?:[件项宗条份个起次万元,，.+\-‐-―−－/]|无|不|N\/A|\d|[(（](?:其中|含|空))/iu;

export function splitThree(text: string, location: string, edition: EditionId): Binding | Refused | null {
  const forms = editionOf(edition).tables.t3.blocks.flatMap((b) => b.rows);
  const segments = findRows(foldPhrase(text), forms);
  if (segments.length < 3) return null;
  if (/小计/u.test(text)) {
    return refuse('t3_run_together', '表三的数字连在一起，又多出“小计”一列，无法分成七个数', location);
  }
  const binding = new Binding('t3', 'split');
  const ways = new Map<RowKey, number[][]>();
  const unbalanced = new Map<RowKey, number[][]>();
  for (const segment of segments) {
    const all = segment.whole ? splits(segment.digits, T3_COLUMNS.length) : null;
    if (all === null || all.length === 0) {
      return refuse(
        't3_run_together',
        `表三“${segment.label}”一行的数字连在一起（${segment.digits.slice(0, 40)}），无法分成七个数`,
        location,
      );
    }
    const balanced = all.filter((n) => sum(n.slice(0, -1)) === n[n.length - 1]);
    const left = all.length === 1 ? all : balanced;
    if (left.length === 0) {
      return refuse(
        't3_run_together',
        `表三“${segment.label}”一行的数字连在一起（${segment.digits.slice(0, 40)}），没有一种分法合计相符`,
        location,
      );
    }
    if (all.length > 1) binding.usedIdentities.add(`T3.ROWSUM:${segment.key}`);
    unbalanced.set(
      segment.key,
      all.filter((numbers) => !left.includes(numbers)),
    );
    ways.set(segment.key, left);
  }
  const open = segments.filter((s) => (ways.get(s.key)?.length ?? 0) > 1);
  if (open.length > 0) {
    const chosen = byColumnSums(
      ways,
      open.map((s) => s.key),
      edition,
    );
    if (!chosen) {
      return refuse(
        't3_run_together',
        `表三“${open.map((s) => s.label).join('”“')}”的数字连在一起，有不止一种分法，无法确定`,
        location,
      );
    }
    for (const [key, numbers] of chosen) ways.set(key, [numbers]);
    binding.usedIdentities.add('T3.FLOW').add('T3.ITEMS');
  }
  const better = betterUnbalanced(ways, unbalanced, edition);
  if (better !== null) {
    const label = segments.find((s) => s.key === better)?.label ?? '';
    return refuse(
      't3_run_together',
      `表三“${label}”一行的数字连在一起，合计相符的分法与各列不符，另有分法与各列相符，无法确定`,
      location,
    );
  }
  for (const segment of segments) {
    const numbers = ways.get(segment.key)?.[0] ?? [];
    T3_COLUMNS.forEach((column, i) => {
      bindNumber(binding, segment, column, numbers[i] as number, location);
    });
  }
  return binding;
}

/**
 * Fifteen counts in one run: three groups of five, each adding up.
 * @param zerosPrinted elsewhere the text prints a number in every cell, so that here, too, none is taken for blank.
 */
export function splitFour(text: string, location: string, zerosPrinted: boolean): Binding | Refused | null {
  const folded = foldPhrase(text);
  const at = folded.search(/行政复议行政诉讼/u);
  if (at < 0) return null;
  const tail = /尚未审结总计[^\d]*?((?:\d|[(（]空[)）])+)(?!\d)/u.exec(
    folded.slice(folded.lastIndexOf('尚未审结总计')),
  );
  const digits = tail?.[1];
  if (digits === undefined || !/^\d+$/u.test(digits)) return null;
  const behind = folded.slice(folded.lastIndexOf(digits) + digits.length);
  const width = T4_COLUMNS.length;
  const forced = digits.length === width * T4_ROWS.length;
  let ways: number[][] = [];
  if (forced) ways = [[...digits].map(Number)];
  else ways = groupsOfFive(digits, T4_ROWS.length);
  const blanksFit = !zerosPrinted && fitsWithBlanks(digits, T4_ROWS.length);
  if (ways.length !== 1 || blanksFit || MORE_OF_ROW.test(behind)) {
    return refuse(
      't4_run_together',
      `表四的数字连在一起（${digits.slice(0, 40)}），无法确定怎样分成十五个数`,
      location,
    );
  }
  const binding = new Binding('t4', 'split');
  if (!forced) binding.usedIdentities.add('T4.SUM');
  T4_ROWS.forEach((row, r) => {
    T4_COLUMNS.forEach((column, c) => {
      bindNumber(binding, { key: row, label: '' }, column, ways[0]?.[r * width + c] as number, location);
    });
  });
  return binding;
}

/** Table 二 has no sums: a row is split only where its digits admit one way, and one open row refuses the table. */
export function splitTwo(text: string, location: string, edition: EditionId): Binding | Refused | null {
  const folded = foldPhrase(text);
  const blocks = editionOf(edition).tables.t2.blocks;
  if (!folded.includes('信息内容')) return null;
  const behind = folded.slice(folded.indexOf('信息内容'));
  const labels = blocks.flatMap((b) => b.rows.flatMap((r) => [r.label, ...r.variants])).map(foldPhrase);
  const binding = new Binding('t2', 'split');
  let seen = 0;
  for (const block of blocks) {
    for (const row of block.rows) {
      const names = [row.label, ...row.variants].map(foldPhrase).sort((a, b) => b.length - a.length);
      const match = new RegExp(
        `(?:${names.map(literal).join('|')})([+\\-\\d.,]*(?:万元|元|万|件|项|宗|条)?)(?![\\d件项宗条元万无不/]|[(（](?:其中|含|空))`,
        'u',
      ).exec(behind);
      if (!match || !endsRow(behind.slice(match.index + match[0].length), labels)) continue;
      seen += 1;
      const digits = match[1] ?? '';
      if (digits === '') continue;
      const cells = splitPrinted(digits, block.columns.length);
      if (!cells) {
        return refuse(
          't2_run_together',
          `表二“${row.label}”一行的数字连在一起（${digits.slice(0, 40)}），没有合计可以核对，无法确定怎样分开`,
          location,
        );
      }
      block.columns.forEach((column, i) => {
        bindText(binding, { key: row.key, label: row.label }, column.key, cells[i] as string, location);
      });
    }
  }
  return seen > 0 && binding.cells.size > 0 ? binding : null;
}

/** Whether a cell ends where this text begins: with the next row, block, section or note. In 3或4 it does not. */
function endsRow(rest: string, labels: readonly string[]): boolean {
  return (
    /^(?:$|信息内容|第[一二三四五六七八九十]|[(（]?[一二三四五六七八九十]+[)）、]|[.。;；]|备?注)/u.test(
      rest,
    ) || labels.some((label) => rest.startsWith(label))
  );
}

function splitPrinted(digits: string, n: number): string[] | null {
  if (n === 1) return [digits];
  // Without sums a blank cell may stand anywhere between other digits: 337 is 3, 3, 7 or 3, nothing, 37.
  return digits.length === n && /^0+$/u.test(digits) ? [...digits] : null;
}

/** Rows in the order of the form: where each label begins and what digits follow it. */
function findRows(text: string, forms: readonly RowForm[]): Segment[] {
  const found: { form: RowForm; start: number; end: number }[] = [];
  let from = 0;
  for (const form of forms) {
    const match = labelPattern(form).exec(text.slice(from));
    if (!match) continue;
    found.push({ form, start: from + match.index, end: from + match.index + match[0].length });
    from += match.index + match[0].length;
  }
  return found.map(({ form, end }, i) => {
    const next = found[i + 1]?.start ?? text.length;
    const printed = text.slice(end, next);
    const digits = /^\d*/u.exec(printed)?.[0] ?? '';
    const whole = !MORE_OF_ROW.test(printed.slice(digits.length));
    return { key: form.key, label: form.label, digits, whole };
  });
}

/** A label with whatever stands before it on the form: group labels and its ordinal belong to no number. */
function labelPattern(form: RowForm): RegExp {
  const ordinal = foldPhrase(form.ordinal);
  const bare = ordinal.replace(/[().、]/gu, '');
  const mark = /^\d/u.test(ordinal) ? `${bare}[.、,，．]` : `[(（]?${bare}[)）]?[、.]?`;
  const short = form.label.length <= 4;
  const names = [form.label, ...form.variants]
    .flatMap((l) => [foldPhrase(l), foldPhrase(l).replace(/\([^)]*\)/gu, '')])
    .filter((l) => l !== '')
    .sort((a, b) => b.length - a.length)
    .map(literal);
  const groups =
    '(?:三、?本年度办理结果)?(?:[(（]?[三四五六][)）]?、?(?:不予公开|无法提供|不予处理|其他处理))?';
  return new RegExp(`${groups}(?:${mark})${short ? '' : '?'}(?:${names.join('|')})`, 'u');
}

/** Every way to cut a run of digits into `n` numbers without leading zeros; null where the run is too long to try. */
export function splits(digits: string, n: number): number[][] | null {
  if (digits.length > MAX_DIGITS) return null;
  const out: number[][] = [];
  // Counts of requests stay below eight digits; amounts are never split.
  const longest = 8;
  const walk = (from: number, left: number, taken: number[]): void => {
    if (left === 0) {
      if (from === digits.length) out.push([...taken]);
      return;
    }
    const rest = digits.length - from;
    if (rest < left || rest > left * longest) return;
    for (let length = 1; length <= longest && from + length <= digits.length; length += 1) {
      if (length > 1 && digits[from] === '0') break;
      taken.push(Number(digits.slice(from, from + length)));
      walk(from + length, left - 1, taken);
      taken.pop();
    }
  };
  walk(0, n, []);
  return out;
}

/**
 * Whether the digits also fit a row in which some cells before the total are blank: then the sums do not leave one way,
 * for blank cells leave no trace in such text.
 */
function hasBlankReading(digits: string, n: number): boolean {
  for (let printed = 2; printed < n; printed += 1) {
    const ways = splits(digits, printed) ?? [];
    if (ways.some((numbers) => sum(numbers.slice(0, -1)) === numbers[numbers.length - 1])) return true;
  }
  return false;
}

/** Whether the digits fit three groups of five of which at least one has blank cells before its total, or is blank. */
function fitsWithBlanks(digits: string, groups: number): boolean {
  let found = false;
  const walk = (from: number, left: number, blanks: boolean): void => {
    if (found) return;
    if (left === 0) {
      if (from === digits.length && blanks) found = true;
      return;
    }
    walk(from, left - 1, true);
    for (let length = 1; from + length <= digits.length && length <= 20; length += 1) {
      const piece = digits.slice(from, from + length);
      if (hasBlankReading(piece, T4_COLUMNS.length)) walk(from + length, left - 1, true);
      const full = splits(piece, T4_COLUMNS.length) ?? [];
      if (full.some((five) => sum(five.slice(0, -1)) === five[4])) walk(from + length, left - 1, blanks);
    }
  };
  walk(0, groups, false);
  return found;
}

function groupsOfFive(digits: string, groups: number): number[][] {
  if (digits.length > MAX_DIGITS) return [];
  const out: number[][] = [];
  const walk = (from: number, left: number, taken: number[]): void => {
    if (out.length > 1) return;
    if (left === 0) {
      if (from === digits.length) out.push([...taken]);
      return;
    }
    for (let length = T4_COLUMNS.length; from + length <= digits.length && length <= 20; length += 1) {
      for (const five of splits(digits.slice(from, from + length), T4_COLUMNS.length) ?? []) {
        if (sum(five.slice(0, -1)) === five[4]) walk(from + length, left - 1, [...taken, ...five]);
      }
    }
  };
  walk(0, groups, []);
  return out;
}

/** The one combination of the open rows under which every column adds up and flows; null if none or several. */
function byColumnSums(
  ways: ReadonlyMap<RowKey, number[][]>,
  open: readonly RowKey[],
  edition: EditionId,
): Map<RowKey, number[]> | null {
  const combinations = open.reduce((n, key) => n * (ways.get(key)?.length ?? 1), 1);
  if (combinations > MAX_COMBINATIONS) return null;
  const identities = identitiesOf(edition, 't3').filter((i) => i.rule !== 'T3.ROWSUM');
  const chosen = new Map<RowKey, number[]>([...ways].map(([key, w]) => [key, w[0] as number[]]));
  const fitting: Map<RowKey, number[]>[] = [];
  const holds = () =>
    identities.every((identity) => {
      const total = (cells: readonly string[]) =>
        cells.reduce((n, cell) => {
          const [, row, column] = cell.split('/');
          const at = (T3_COLUMNS as readonly string[]).indexOf(column ?? '');
          return n + (chosen.get(row as RowKey)?.[at] ?? Number.NaN);
        }, 0);
      return total(identity.left) === total(identity.right);
    });
  const walk = (i: number): void => {
    if (fitting.length > 1) return;
    const key = open[i];
    if (key === undefined) {
      if (holds()) fitting.push(new Map(open.map((k) => [k, chosen.get(k) as number[]])));
      return;
    }
    for (const way of ways.get(key) ?? []) {
      chosen.set(key, way);
      walk(i + 1);
    }
  };
  walk(0);
  return fitting.length === 1 ? (fitting[0] as Map<RowKey, number[]>) : null;
}

/**
 * A row with a wrong number in it may add up when it is cut in the wrong places. The columns tell: a row that another
 * cut, though it does not add up, would fit to more of them, is such a row. Null where there is none.
 */
function betterUnbalanced(
  ways: ReadonlyMap<RowKey, number[][]>,
  unbalanced: ReadonlyMap<RowKey, number[][]>,
  edition: EditionId,
): RowKey | null {
  const columns = identitiesOf(edition, 't3').filter((i) => i.rule !== 'T3.ROWSUM');
  const chosen = new Map<RowKey, number[]>([...ways].map(([key, w]) => [key, w[0] as number[]]));
  const failing = () => columns.filter((identity) => !holdsIn(identity, chosen)).length;
  const now = failing();
  if (now === 0) return null;
  for (const [key, others] of unbalanced) {
    const kept = chosen.get(key) as number[];
    for (const other of others.slice(0, MAX_COMBINATIONS)) {
      chosen.set(key, other);
      if (failing() < now) return key;
    }
    chosen.set(key, kept);
  }
  return null;
}

/** Whether a column adds up; a row that the text lacks counts nothing. */
function holdsIn(identity: Identity, rows: ReadonlyMap<RowKey, readonly number[]>): boolean {
  const total = (cells: readonly string[]) =>
    cells.reduce((n, cell) => {
      const [, row, column] = cell.split('/');
      const at = (T3_COLUMNS as readonly string[]).indexOf(column ?? '');
      return n + (rows.get(row as RowKey)?.[at] ?? 0);
    }, 0);
  return total(identity.left) === total(identity.right);
}

function bindNumber(
  binding: Binding,
  row: { readonly key: RowKey; readonly label: string },
  column: (typeof T3_COLUMNS)[number] | (typeof T4_COLUMNS)[number],
  value: number,
  location: string,
): void {
  bindText(binding, row, column, String(value), location);
}

function bindText(
  binding: Binding,
  row: { readonly key: RowKey; readonly label: string },
  column: Parameters<Binding['bind']>[1],
  text: string,
  location: string,
): void {
  binding.rowLabels.set(row.key, row.label);
  binding.bind(row.key, column, {
    printed: { text, location, reading: 'inferred', marks: [] },
    rowLabel: row.label,
    columnLabel: '',
    inferred: true,
    unreadable: false,
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
}
