import { withChildColumns } from './child-columns.ts';
import { esogov } from './esogov.ts';
import { gd } from './gd.ts';
import { genericList } from './generic-list.ts';
import { hanweb } from './hanweb.ts';
import { kaipuJson } from './kaipu-json.ts';
import type { FamilyName, Page, PortalFamily } from './portal.ts';
import { singlePage } from './single-page.ts';
import { staticPager } from './static-pager.ts';
import { vsb } from './vsb.ts';

/** Every family by name. */
export const families: Readonly<Record<FamilyName, PortalFamily>> = {
  hanweb: withChildColumns(hanweb),
  static_pager: withChildColumns(staticPager),
  gd: withChildColumns(gd),
  esogov: withChildColumns(esogov),
  vsb: withChildColumns(vsb),
  kaipu_json: withChildColumns(kaipuJson),
  generic_list: withChildColumns(genericList),
  single_page: withChildColumns(singlePage),
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
