import { CrawlError } from '../error.ts';
import type { Page, PageRequest, PortalClient } from './portal.ts';

/**
 * Asks for one of several addresses that do not depend on each other. What concerns this address alone (robots.txt, size,
 * a redirect loop) comes back as the error, so that the others are still asked for; everything else is thrown.
 */
export async function fetchSkippable(client: PortalClient, request: PageRequest): Promise<Page | CrawlError> {
  try {
    return await client.fetch(request);
  } catch (error) {
    if (error instanceof CrawlError && error.policy === 'skip') return error;
    throw error;
  }
}
