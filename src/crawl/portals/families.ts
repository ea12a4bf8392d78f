import { withChildColumns } from './child-columns.ts';
import { esogov } from './esogov.ts';
import { gd } from './gd.ts';
import { genericList } from './generic-list.ts';
import { hanweb } from './hanweb.ts';
import { kaipuJson } from './kaipu-json.ts';
import { isNestedTooDeeply } from './nesting.ts';
import type { Article, FamilyName, ListRow, Page, PortalClient, PortalFamily } from './portal.ts';
import { singlePage } from './single-page.ts';
import { staticPager } from './static-pager.ts';
import { vsb } from './vsb.ts';

/** A page whose elements are nested so deeply that parsing it would take for ever. */
class TooDeep extends Error {}

/**
 * The family as it is registered: it follows sub-columns, and a page that is nested too deeply to be parsed is
 * unreadable, not the end of the run.
 */
function register(family: PortalFamily): PortalFamily {
  const inner = withChildColumns(family);
  const parsable = (page: Page): Page => {
    if (isNestedTooDeeply(page.text)) throw new TooDeep(page.url);
    return page;
  };
  return {
    name: inner.name,
    detect: (page) => (isNestedTooDeeply(page.text) ? 0 : inner.detect(page)),
    async *walk(column, first, client) {
      try {
        const guarded: PortalClient = { fetch: async (request) => parsable(await client.fetch(request)) };
        return yield* inner.walk(column, parsable(first), guarded);
      } catch (error) {
        if (!(error instanceof TooDeep)) throw error;
        return { outcome: 'error', reason: `${error.message} is nested too deeply to be read`, total: null };
      }
    },
    article: async (page, row, client) =>
      isNestedTooDeeply(page.text) ? unreadable(page, row) : inner.article(page, row, client),
  };
}

function unreadable(page: Page, row: ListRow | null): Article {
  return {
    url: page.url,
    title: row?.title ?? null,
    publishedOn: row?.date ?? null,
    agencyHints: [],
    indexNumber: null,
    bodyHtml: null,
    attachments: row?.attachments ?? [],
    images: [],
    parts: [],
    linkOnly: null,
  };
}

/** Every family by name. */
export const families: Readonly<Record<FamilyName, PortalFamily>> = {
  hanweb: register(hanweb),
  static_pager: register(staticPager),
  gd: register(gd),
  esogov: register(esogov),
  vsb: register(vsb),
  kaipu_json: register(kaipuJson),
  generic_list: register(genericList),
  single_page: register(singlePage),
};

/** Below this a family is not recognised. */
const sure = 0.3;

/**
 * The family of a column page, and how sure that is. Without any mark of a known system: a page that is a report
 * itself is `single_page`, any other `generic_list`.
 */
export function detectFamily(page: Page): { readonly family: PortalFamily; readonly score: number } {
  let best: { family: PortalFamily; score: number } | null = null;
  for (const family of Object.values(families)) {
    const score = family.detect(page);
    if (score >= sure && score > (best?.score ?? 0)) best = { family, score };
  }
  return best ?? { family: families.generic_list, score: 0 };
}
