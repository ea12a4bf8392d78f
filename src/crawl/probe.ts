import { systemClock } from './clock.ts';
import type { CrawlConfig } from './config/config.ts';
import type { CrawlDeps } from './deps.ts';
import { CrawlError } from './error.ts';
import { PortalHttp } from './http/client.ts';
import { HostGroups } from './http/host-group.ts';
import { Resolver } from './http/resolver.ts';
import { detectFamily } from './portals/families.ts';
import type { FamilyName } from './portals/portal.ts';

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
          const problem =
            page.status >= 400
              ? `the column page answers with status ${page.status}`
              : column.adapter !== 'auto' && column.adapter !== family.name && score > 0
                ? `configured as ${column.adapter}, but the page looks like ${family.name}`
                : null;
          yield { ...about, recognised: family.name, score, status: page.status, problem };
        } catch (error) {
          if (!(error instanceof CrawlError)) throw error;
          yield {
            ...about,
            recognised: null,
            score: 0,
            status: error.status,
            problem: `${error.code}: ${error.message}`,
          };
        }
      }
    }
  } finally {
    await groups.close();
  }
}
