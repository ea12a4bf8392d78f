import { sql } from 'kysely';
import type { Verdict } from '../check/finding.ts';
import type { TableId } from '../form/form.ts';
import type { Session } from './dialect.ts';
import { sqlStore } from './sql-store.ts';
import type { DecisionState, FindingsChange, Store } from './store.ts';
import type { Tables } from './tables.ts';

/** Findings as a list that people filter, sort and leaf through; fast whatever their number. */

/** Severities as people see them: what is our own doubt stands apart from what is held against an office. */
export const GRAVITIES = ['error', 'warning', 'info', 'doubt'] as const;
export type Gravity = (typeof GRAVITIES)[number];

export interface FindingFilter {
  readonly gravities?: readonly Gravity[];
  readonly states?: readonly (DecisionState | 'open')[];
  readonly verdict?: Verdict;
  readonly year?: number;
  readonly rule?: string;
  /** Beginning of a division code: `33` is a province, `3301` a city, `330105` a district. */
  readonly region?: string;
  readonly agencyKey?: string;
  readonly table?: TableId;
  /** Words in the message, the name of the body or the id; all of them must occur. */
  readonly text?: string;
  /** Decisions that no longer count because the numbers changed. */
  readonly lapsed?: boolean;
}

export const FINDING_ORDERS = ['gravity', 'agency', 'year', 'rule'] as const;
export type FindingOrder = (typeof FINDING_ORDERS)[number];

export interface ListedFinding {
  readonly findingId: string;
  readonly gravity: Gravity;
  readonly rule: string;
  readonly verdict: Verdict | null;
  readonly table: TableId | null;
  readonly agency: string | null;
  readonly agencyKey: string;
  readonly regionCode: string | null;
  readonly year: number | null;
  readonly state: DecisionState | 'open';
  readonly lapsed: boolean;
  readonly messageZh: string;
  readonly messageEn: string;
}

export interface FindingPage {
  readonly rows: readonly ListedFinding[];
  /** To be handed in as `after`; null on the last page. */
  readonly next: string | null;
  /** To be handed in as `before`; null on the first page. */
  readonly previous: string | null;
}

type Row = Tables['finding_list'];
type SortColumn = 'gravity' | 'sort_key' | 'year' | 'rule' | 'finding_id';

/** The columns of each order; years run from the newest. */
const ORDERS: Readonly<Record<FindingOrder, readonly { column: SortColumn; descending?: boolean }[]>> = {
  gravity: [{ column: 'gravity' }, { column: 'sort_key' }, { column: 'finding_id' }],
  agency: [{ column: 'sort_key' }, { column: 'gravity' }, { column: 'finding_id' }],
  year: [
    { column: 'year', descending: true },
    { column: 'gravity', descending: true },
    { column: 'sort_key', descending: true },
    { column: 'finding_id', descending: true },
  ],
  rule: [{ column: 'rule' }, { column: 'gravity' }, { column: 'sort_key' }, { column: 'finding_id' }],
};

export interface FindingPageWish {
  readonly filter: FindingFilter;
  readonly order: FindingOrder;
  readonly limit: number;
  readonly after?: string;
  readonly before?: string;
}

/** One page, found by the key of its neighbour: the thousandth costs what the first costs. */
export function findingPage(store: Store, wish: FindingPageWish): Promise<FindingPage> {
  return sqlStore(store).database.read((session) => pageOf(session, wish));
}

async function pageOf(session: Session, wish: FindingPageWish): Promise<FindingPage> {
  const backwards = wish.before !== undefined;
  const key = decodeKey(wish.before ?? wish.after, wish.order);
  const columns = ORDERS[wish.order];
  let query = filtered(session, wish.filter)
    .selectAll('finding_list')
    .limit(wish.limit + 1);
  for (const { column, descending } of columns) {
    query = query.orderBy(column, (descending ?? false) !== backwards ? 'desc' : 'asc');
  }
  if (key) {
    query = query.where((e) => {
      // (a, b, c) > (x, y, z), written out: not every index is used for row values of mixed direction.
      const alternatives = columns.map(({ column, descending }, i) =>
        e.and([
          ...columns.slice(0, i).map((c, j) => e(c.column, '=', key[j] as never)),
          e(column, (descending ?? false) !== backwards ? '<' : '>', key[i] as never),
        ]),
      );
      return e.or(alternatives);
    });
    const first = columns[0] as (typeof columns)[number];
    // Bounds the walk through the index, which an `or` alone does not.
    query = query.where(
      first.column,
      (first.descending ?? false) !== backwards ? '<=' : '>=',
      key[0] as never,
    );
  }
  const rows = await query.execute();
  const more = rows.length > wish.limit;
  const shown = rows.slice(0, wish.limit);
  if (backwards) shown.reverse();
  const first = shown[0];
  const last = shown.at(-1);
  return {
    rows: shown.map(listed),
    next: last && (backwards || more) ? encodeKey(last, wish.order) : null,
    previous: first && (backwards ? more : key !== null) ? encodeKey(first, wish.order) : null,
  };
}

export async function countFindings(store: Store, filter: FindingFilter): Promise<number> {
  return sqlStore(store).database.read(async (session) => {
    const row = await filtered(session, filter)
      .select((e) => e.fn.countAll().as('n'))
      .executeTakeFirst();
    return Number(row?.n ?? 0);
  });
}

/** All that match, page by page, in the order of the list: for spreadsheets. */
export async function* eachFinding(
  store: Store,
  filter: FindingFilter,
  order: FindingOrder,
): AsyncGenerator<ListedFinding> {
  let after: string | undefined;
  for (;;) {
    const page = await findingPage(store, {
      filter,
      order,
      limit: 500,
      ...(after === undefined ? {} : { after }),
    });
    yield* page.rows;
    if (page.next === null) return;
    after = page.next;
  }
}

/** The findings before and after one of them in a list. */
export async function neighboursOf(
  store: Store,
  findingId: string,
  filter: FindingFilter,
  order: FindingOrder,
): Promise<{ readonly previous: string | null; readonly next: string | null }> {
  return sqlStore(store).database.read(async (session) => {
    const row = await session.query
      .selectFrom('finding_list')
      .selectAll()
      .where('finding_id', '=', findingId)
      .executeTakeFirst();
    if (!row) return { previous: null, next: null };
    const at = encodeKey(row, order);
    const [before, after] = [
      await pageOf(session, { filter, order, limit: 1, before: at }),
      await pageOf(session, { filter, order, limit: 1, after: at }),
    ];
    return { previous: before.rows[0]?.findingId ?? null, next: after.rows[0]?.findingId ?? null };
  });
}

/** Numbers of findings by everything that can be filtered by. */
export interface FindingCounts {
  readonly gravity: Gravity;
  readonly state: DecisionState | 'open';
  readonly rule: string;
  readonly year: number | null;
  readonly count: number;
}

export async function findingCounts(store: Store): Promise<readonly FindingCounts[]> {
  return sqlStore(store).database.read(async (session) => {
    const rows = await session.arrays(
      `select gravity, state, rule, year, count(*) as n from finding_list
       group by gravity, state, rule, year order by gravity, state, rule, year`,
      [],
    );
    return rows.map(([gravity, state, rule, year, n]) => ({
      gravity: GRAVITIES[gravity as number] as Gravity,
      state: state as FindingCounts['state'],
      rule: rule as string,
      year: year === 0 ? null : (year as number),
      count: Number(n),
    }));
  });
}

/** Errors and warnings by division code, and the reports that they are out of. */
export interface RegionCounts {
  readonly regionCode: string | null;
  readonly findings: number;
  readonly reports: number;
}

export async function findingsByRegion(store: Store): Promise<readonly RegionCounts[]> {
  return sqlStore(store).database.read(async (session) => {
    const findings = await session.arrays(
      'select region_code, count(*) as n from finding_list where gravity <= 1 group by region_code',
      [],
    );
    // Grouped by the columns of an index: a condition on the outcome would make SQLite read the rows themselves.
    const reports = await session.arrays(
      'select region_code, outcome, count(*) as n from report_list group by region_code, outcome order by region_code',
      [],
    );
    const found = new Map(findings.map(([code, n]) => [code as string | null, Number(n)]));
    const read = new Map<string | null, number>();
    for (const [code, outcome, n] of reports) {
      if (outcome !== 'complete' && outcome !== 'partial') continue;
      read.set(code as string | null, (read.get(code as string | null) ?? 0) + Number(n));
    }
    return [...read].map(([code, n]) => ({ regionCode: code, findings: found.get(code) ?? 0, reports: n }));
  });
}

/** The ids of all findings that stand in the dataset. */
export async function currentFindings(store: Store): Promise<ReadonlySet<string>> {
  return sqlStore(store).database.read(async (session) => {
    const rows = await session.arrays(
      `select findings.finding_id from findings join reports on reports.primary_reading = findings.reading_id`,
      [],
    );
    return new Set(rows.map(([id]) => id as string));
  });
}

/** Notes under a run which findings it brought and which it ended. */
export async function noteFindingChanges(
  store: Store,
  run: number,
  change: Pick<FindingsChange, 'added' | 'gone'>,
): Promise<void> {
  const rows = [...change.added.map((id) => [run, id, 1]), ...change.gone.map((id) => [run, id, -1])];
  if (rows.length === 0) return;
  await sqlStore(store).database.write((session) =>
    session.insertMany('finding_changes', ['run_id', 'finding_id', 'change'], rows, 'ignore'),
  );
}

/** When a finding was first noted, from the runs that brought it. */
export async function firstSeen(store: Store, findingId: string): Promise<string | null> {
  return sqlStore(store).database.read(async (session) => {
    const rows = await session.arrays(
      `select runs.started_at from finding_changes join runs on runs.id = finding_changes.run_id
       where finding_changes.finding_id = ? and finding_changes.change = 1 order by runs.id limit 1`,
      [findingId],
    );
    return (rows[0]?.[0] as string | undefined) ?? null;
  });
}

function filtered(session: Session, filter: FindingFilter) {
  let query = session.query.selectFrom('finding_list');
  const { gravities, states, verdict, year, rule, region, agencyKey, table, text, lapsed } = filter;
  if (gravities && gravities.length > 0) {
    const numbers = gravities.map((g) => GRAVITIES.indexOf(g));
    query = query.where('gravity', 'in', numbers);
  }
  if (states && states.length > 0) query = query.where('state', 'in', [...states]);
  if (verdict) query = query.where('verdict', '=', verdict);
  if (year !== undefined) query = query.where('year', '=', year);
  if (rule) query = query.where('rule', '=', rule);
  if (region) {
    query = query.where('region_code', '>=', region).where('region_code', '<', `${region}~`);
  }
  if (agencyKey !== undefined) query = query.where('agency_key', '=', agencyKey);
  if (table) query = query.where('table_id', '=', table);
  if (lapsed) query = query.where('lapsed', '=', 1);
  for (const word of words(text)) {
    const pattern = `%${word.replace(/[\\%_]/gu, '\\$&')}%`;
    query = query.where((e) =>
      e.or([
        contains('message_zh', pattern),
        // Half the text to look through, and none of it can hold a Chinese word.
        ...(/[a-z]/iu.test(word) ? [contains('message_en', pattern)] : []),
        contains('agency', pattern),
        e('finding_id', '=', word),
      ]),
    );
  }
  return query;
}

/**
 * Every row is looked at, some 50 ms of work for a hundred thousand. An index of trigrams would not find the usual Chinese
 * word, which has two characters.
 */
function contains(column: 'message_zh' | 'message_en' | 'agency', pattern: string) {
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`;
}

function words(text: string | undefined): string[] {
  return (text ?? '')
    .trim()
    .split(/\s+/u)
    .filter((w) => w !== '')
    .slice(0, 5);
}

function encodeKey(row: { readonly [k in SortColumn]: unknown }, order: FindingOrder): string {
  const key = ORDERS[order].map(({ column }) => row[column] as string | number);
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Null for anything that this program did not write: the list then begins at its beginning. */
function decodeKey(text: string | undefined, order: FindingOrder): (string | number)[] | null {
  if (text === undefined) return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const columns = ORDERS[order];
    if (!Array.isArray(key) || key.length !== columns.length) return null;
    const fits = columns.every(
      ({ column }, i) => typeof key[i] === (column === 'gravity' || column === 'year' ? 'number' : 'string'),
    );
    return fits ? (key as (string | number)[]) : null;
  } catch {
    return null;
  }
}

function listed(row: { [k in keyof Row]: unknown }): ListedFinding {
  return {
    findingId: row.finding_id as string,
    gravity: GRAVITIES[row.gravity as number] as Gravity,
    rule: row.rule as string,
    verdict: row.verdict as Verdict | null,
    table: row.table_id as TableId | null,
    agency: row.agency as string | null,
    agencyKey: row.agency_key as string,
    regionCode: row.region_code as string | null,
    year: row.year === 0 ? null : (row.year as number),
    state: row.state as ListedFinding['state'],
    lapsed: row.lapsed === 1,
    messageZh: row.message_zh as string,
    messageEn: row.message_en as string,
  };
}
