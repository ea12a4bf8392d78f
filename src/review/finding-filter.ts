import type { Verdict } from '../check/finding.ts';
import {
  FINDING_ORDERS,
  type FindingFilter,
  type FindingOrder,
  GRAVITIES,
} from '../dataset/finding-queries.ts';
import type { TableId } from '../form/form.ts';
import { TABLE_IDS } from '../form/form.ts';

/** A list of findings as its address says it: what is filtered, how it is ordered. */
export interface Listing {
  readonly filter: FindingFilter;
  readonly order: FindingOrder;
}

const STATES = ['open', 'confirmed', 'false_positive', 'corrected', 'accepted'] as const;
const VERDICTS: readonly Verdict[] = ['unique', 'preferred', 'localised', 'suspect_extraction'];

/** Reads the query of an address; what is not understood is left out. */
export function listingOf(query: URLSearchParams): Listing {
  const known = <T extends string>(all: readonly T[], name: string): T[] =>
    all.filter((each) => query.getAll(name).includes(each));
  const text = (name: string) => (query.get(name) ?? '').trim().slice(0, 200);
  const gravities = known(GRAVITIES, 'gravity');
  const states = known(STATES, 'state');
  const [verdict] = known(VERDICTS, 'verdict');
  const [table] = known<TableId>(TABLE_IDS, 'table');
  const [order] = known(FINDING_ORDERS, 'order');
  const year = /^(?:19|20)\d\d$/u.test(text('year')) ? Number(text('year')) : undefined;
  const region = /^\d{2,12}$/u.test(text('region')) ? text('region') : undefined;
  return {
    filter: {
      ...(gravities.length > 0 ? { gravities } : {}),
      ...(states.length > 0 ? { states } : {}),
      ...(verdict ? { verdict } : {}),
      ...(table ? { table } : {}),
      ...(year === undefined ? {} : { year }),
      ...(region === undefined ? {} : { region }),
      ...(text('rule') ? { rule: text('rule') } : {}),
      ...(text('body') ? { agencyKey: text('body') } : {}),
      ...(text('q') ? { text: text('q') } : {}),
      ...(query.get('lapsed') === '1' ? { lapsed: true } : {}),
    },
    order: order ?? 'gravity',
  };
}

/** The query that says this listing: the other way round of `listingOf`. */
export function queryOf(listing: Listing): Record<string, string | readonly string[] | undefined> {
  const { filter, order } = listing;
  return {
    gravity: filter.gravities,
    state: filter.states,
    verdict: filter.verdict,
    table: filter.table,
    year: filter.year === undefined ? undefined : String(filter.year),
    region: filter.region,
    rule: filter.rule,
    body: filter.agencyKey,
    q: filter.text,
    lapsed: filter.lapsed ? '1' : undefined,
    order: order === 'gravity' ? undefined : order,
  };
}
