import { withChildColumns } from './child-columns.ts';
import { hanweb } from './hanweb.ts';
import type { FamilyName, Page, PortalFamily } from './portal.ts';
import { staticPager } from './static-pager.ts';

/** Every family by name. */
export const families = {
  hanweb: withChildColumns(hanweb),
  static_pager: withChildColumns(staticPager),
} as Readonly<Record<FamilyName, PortalFamily>>;

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
