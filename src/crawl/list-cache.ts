import type { Archive } from './archive/store.ts';
import { type Clock, iso } from './clock.ts';
import type { ListCache } from './http/client.ts';
import { addressKey } from './portals/addresses.ts';
import type { CrawlState } from './state.ts';

/** List pages with validators are archived, so that an unchanged one costs the portal a 304 and is still read. */
export function listCache(
  portal: string,
  run: string,
  state: CrawlState,
  archive: Archive,
  clock: Clock,
): ListCache {
  return {
    async get(url) {
      const kept = await state.url(portal, `list ${addressKey(url)}`);
      if (!kept?.sha256 || kept.address !== url) return null;
      // Portals that rebuild their pages send weak tags that say nothing.
      if (kept.lastModified === null && (kept.etag === null || kept.etag.startsWith('W/'))) return null;
      const path = await archive.find(kept.sha256);
      if (path === null) return null;
      return {
        validators: { etag: kept.etag, lastModified: kept.lastModified },
        bytes: await archive.read(path),
      };
    },
    async put(url, page) {
      const now = iso(clock.now());
      const archived = await archive.put(page.bytes, 'html');
      await state.commit({
        urls: [
          {
            portal,
            url: `list ${addressKey(url)}`,
            address: url,
            role: 'list',
            column: '',
            parent: null,
            status: 'current',
            httpStatus: page.status,
            etag: page.headers['etag'] ?? null,
            lastModified: page.headers['last-modified'] ?? null,
            contentLength: archived.bytes,
            sha256: archived.sha256,
            firstSeen: now,
            lastSeen: now,
            lastSeenRun: run,
            lastChecked: now,
            nextCheck: null,
            listSig: null,
            listTitle: null,
            listDate: null,
            missCount: 0,
            failures: 0,
            reason: null,
          },
        ],
      });
    },
  };
}
