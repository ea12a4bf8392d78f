import type { PortalConfig } from './config/config.ts';
import { civilTime } from './config/window.ts';
import type { Gap } from './crawled.ts';
import type { CrawlState } from './state.ts';

/**
 * Which reports of a portal should be there and are not: for each agency that the configuration names all wanted
 * years, for each other agency seen the years since its first. The last year counts from April on: governments publish
 * by 31 March (条例 第四十九条). `pending`: reports whose agency or year nobody could tell from the portal.
 */
export async function findGaps(
  state: CrawlState,
  portal: PortalConfig,
  years: { readonly from: number; readonly to: number },
  now: number,
): Promise<{ gaps: Gap[]; pending: number }> {
  const seen = new Map<string, Set<number>>();
  let pending = 0;
  for await (const version of state.versions(portal.id)) {
    if (version.supersededBy !== null) continue;
    const [, agency, year] = version.reportKey?.split('|') ?? [];
    if (!agency || !year) {
      pending++;
      continue;
    }
    const known = seen.get(agency) ?? new Set();
    known.add(Number(year));
    seen.set(agency, known);
  }
  const today = civilTime(now, portal.timezone);
  const last = Math.min(years.to, today.month >= 4 ? today.year - 1 : today.year - 2);
  const gaps: Gap[] = [];
  for (const agency of new Set([...portal.agencies, ...seen.keys()])) {
    const known = seen.get(agency) ?? new Set<number>();
    const first = portal.agencies.includes(agency) ? years.from : Math.max(years.from, Math.min(...known));
    for (let year = first; year <= last; year++) if (!known.has(year)) gaps.push({ agency, year });
  }
  return { gaps: gaps.sort((a, b) => a.year - b.year || (a.agency < b.agency ? -1 : 1)), pending };
}
