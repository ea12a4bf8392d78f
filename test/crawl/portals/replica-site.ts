import { afterEach } from 'vitest';
import { type Replica, type ReplicaHost, startReplica } from '../../replicas/server.ts';
import type { SiteFamily, SiteOptions } from '../../replicas/site.ts';
import { PlainClient } from './plain-client.ts';

/** A row of the model: what a walk must find. */
export interface ModelRow {
  readonly url: string;
  readonly title: string;
  readonly date: string | null;
}

export interface SiteUnderTest {
  readonly replica: Replica;
  readonly host: ReplicaHost;
  readonly client: PlainClient;
  /** As the list shows them at the time of asking. */
  rows(): ModelRow[];
}

const running: Replica[] = [];

/** Starts one replica site; it is closed after the test. */
export async function replicaSite(
  family: SiteFamily,
  options: Partial<SiteOptions> = {},
): Promise<SiteUnderTest> {
  const name = `${family.replaceAll('_', '-')}.test`;
  const replica = await startReplica({
    sites: [{ host: name, family, agencies: 7, years: { from: 2019, to: 2024 }, ...options }],
  });
  running.push(replica);
  const host = [...replica.hosts.values()][0]!;
  return {
    replica,
    host,
    client: new PlainClient(replica.port),
    rows: () =>
      host.site
        .listed()
        .map((post) => ({ url: host.postUrl(post.id), title: post.title, date: post.published })),
  };
}

afterEach(async () => {
  for (const replica of running.splice(0)) await replica.close();
});

export const bare = (rows: readonly ModelRow[]): ModelRow[] =>
  rows.map(({ url, title, date }) => ({ url, title, date }));
export const sorted = (rows: readonly ModelRow[]): ModelRow[] =>
  bare(rows).sort((a, b) => (a.url < b.url ? -1 : 1));
