import { systemClock } from './clock.ts';
import { columnConfig, isReportColumn } from './column-walk.ts';
import type { CrawlColumn, CrawlConfig, PortalConfig } from './config/config.ts';
import type { CrawlDeps } from './deps.ts';
import { CrawlError } from './error.ts';
import { PortalHttp } from './http/client.ts';
import { HostGroups } from './http/host-group.ts';
import { Resolver } from './http/resolver.ts';
import { chooseRow } from './incremental/rows.ts';
import { detectFamily } from './portals/families.ts';
import type { FamilyName, Page, PortalFamily } from './portals/portal.ts';

export interface Probe {
  readonly portal: string;
  readonly column: string;
  readonly url: string;
  /** What the page looks like; null when it could not be had. */
  readonly recognised: FamilyName | null;
  /** 0 to 1. */
  readonly score: number;
  /** What portals.yaml says. */
  readonly configured: FamilyName | 'auto';
  readonly status: number | null;
  /** Rows of the first list page, and how many have the title of an annual report; null where more requests tell. */
  readonly rows: { readonly all: number; readonly reports: number } | null;
  /** What is wrong, in a sentence; null when nothing is. */
  readonly problem: string | null;
}

/**
 * One polite request for each column (and one for robots.txt): does it answer, and what family is it? At any hour, since
 * it is a handful of requests that a person waits for. Nothing is stored but robots.txt.
 */
export async function* probePortals(
  config: CrawlConfig,
  deps: Pick<CrawlDeps, 'state' | 'clock' | 'signal' | 'network' | 'onRequest'>,
  portals?: readonly string[],
): AsyncGenerator<Probe, void, void> {
  const groups = new HostGroups();
  try {
    for (const portal of config.portals) {
      if (portals ? !portals.includes(portal.id) : !portal.enabled) continue;
      const http = new PortalHttp(
        { ...portal, politeness: { ...portal.politeness, window: null, retries: 0 } },
        {
          clock: deps.clock ?? systemClock,
          state: deps.state,
          groups,
          resolver: new Resolver(deps.network),
          run: 'probe',
          ...(deps.signal ? { signal: deps.signal } : {}),
          ...(deps.onRequest ? { onRequest: deps.onRequest } : {}),
        },
      );
      for (const column of portal.columns) {
        const about = { portal: portal.id, column: column.id, url: column.url, configured: column.adapter };
        try {
          const page = await http.fetch({ url: column.url, expect: 'page' });
          const { family, score } = detectFamily(page);
          const rows = page.status >= 400 ? null : await firstRows(family, portal, column, page);
          const problem =
            page.status >= 400
              ? `the column page answers with status ${page.status}`
              : column.adapter !== 'auto' && column.adapter !== family.name && score > 0
                ? `configured as ${column.adapter}, but the page looks like ${family.name}`
                : rows?.all === 0
                  ? 'no row of a list was recognised on it'
                  : rows?.reports === 0
                    ? `none of its ${rows.all} rows has the title of an annual report on information disclosure; is it the right column? (a page that collects reports under the names of their bodies needs adapter: single_page)`
                    : null;
          yield { ...about, recognised: family.name, score, status: page.status, rows, problem };
        } catch (error) {
          if (!(error instanceof CrawlError)) throw error;
          yield {
            ...about,
            recognised: null,
            score: 0,
            status: error.status,
            rows: null,
            problem: `${error.code}: ${error.message}`,
          };
        }
      }
    }
  } finally {
    await groups.close();
  }
}

class OneRequestOnly extends Error {}

/** What the column page holds of the list by itself. */
async function firstRows(
  family: PortalFamily,
  portal: PortalConfig,
  column: CrawlColumn,
  page: Page,
): Promise<Probe['rows']> {
  const years = { from: 2000, to: 2100 };
  const walk = family.walk(columnConfig(portal, column, years), page, {
    fetch: async () => {
      throw new OneRequestOnly();
    },
  });
  const filter = {
    titleInclude: column.titleInclude,
    titleExclude: column.titleExclude,
    years,
    columnOfReports: isReportColumn(page),
  };
  try {
    const step = await walk.next();
    // A page without rows may lead to sub-columns, or load its list.
    if (step.done) return column.followChildColumns === null ? { all: 0, reports: 0 } : null;
    const { rows } = step.value;
    return { all: rows.length, reports: rows.filter((row) => chooseRow(row, filter).wanted).length };
  } catch (error) {
    if (error instanceof OneRequestOnly) return null;
    throw error;
  }
}
