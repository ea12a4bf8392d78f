import type { parsePortals } from '../../src/crawl/config/load.ts';
import type { CrawlDeps } from '../../src/crawl/deps.ts';
import type { Replica } from '../replicas/server.ts';
import type { TestClock } from './test-clock.ts';

/** portals.yaml for the first host of a replica, with its one column. */
export function onePortal(replica: Replica): string {
  const [host] = [...replica.hosts.values()];
  return JSON.stringify({
    version: 1,
    defaults: { user_agent: 'GongkaiReportBot/1.0 (+https://example.org/bot)' },
    portals: [
      {
        id: 'p',
        base_url: `http://${host?.host}`,
        allowed_hosts: [host?.host],
        columns: [{ id: 'nb', url: host?.columnUrl }],
      },
    ],
  });
}

/** What a process that is to be killed crawls with: hosts at a port of this machine, and a word before each request. */
export function surroundings(
  config: ReturnType<typeof parsePortals>,
  clock: TestClock,
  port: string | undefined,
  onRequest: () => void,
): Pick<CrawlDeps, 'clock' | 'onRequest' | 'network'> {
  return {
    clock,
    onRequest: (phase) => {
      clock.onRequest(phase);
      if (phase === 'start') onRequest();
    },
    network: {
      allowLoopback: true,
      resolve: new Map(
        config.portals.flatMap(({ allowedHosts }) =>
          allowedHosts.map((host) => [host, `127.0.0.1:${port}`] as const),
        ),
      ),
    },
  };
}
