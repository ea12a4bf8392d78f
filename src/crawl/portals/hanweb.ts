import { readArticle } from './article.ts';
import { walkJpaas } from './hanweb-jpaas.ts';
import { walkJpage } from './hanweb-jpage.ts';
import { walkAnnualReports, walkXxgk } from './hanweb-xxgk.ts';
import { walkLinkedPages } from './next-link.ts';
import type { ColumnConfig, Page, PortalFamily } from './portal.ts';

type Mode = 'jpage' | 'jpaas' | 'xxgk' | 'annual' | 'plain';

/** 大汉 Hanweb JCMS: Zhejiang, Jiangsu, Shandong counties and many ministries. */
export const hanweb: PortalFamily = {
  name: 'hanweb',

  detect(page) {
    const { text } = page;
    if (/unitbuild\.js|jpaas-publish-server/.test(text)) return 0.95;
    if (/<datastore>|\.jpage\(|\/module\/web\/jpage\//.test(text)) return 0.95;
    if (/\/module\/xxgk\/|xxgkAnnualReport\.jsp|jcms_files/.test(text + page.url)) return 0.9;
    if (/\/col\/col\d+\//.test(page.url)) return 0.7;
    return /hanweb\.css|name=['"]Maketime['"]|\/art\/\d{4}\/\d+\/\d+\/art_\d+_\d+/.test(text) ? 0.5 : 0;
  },

  async *walk(column, first, client) {
    switch (modeOf(column, first)) {
      case 'jpage':
        return yield* walkJpage(column, first, client);
      case 'jpaas':
        return yield* walkJpaas(column, first, client);
      case 'xxgk':
        return yield* walkXxgk(column, first, client);
      case 'annual':
        return yield* walkAnnualReports(column, first, client);
      case 'plain':
        return yield* walkLinkedPages(column, first, client);
    }
  },

  async article(page, row) {
    return readArticle(page, row);
  },
};

function modeOf(column: ColumnConfig, page: Page): Mode {
  const wanted = column.params['mode'];
  if (wanted === 'jpage' || wanted === 'jpaas' || wanted === 'xxgk' || wanted === 'annual') return wanted;
  if (column.params['areas'] !== undefined || /xxgkAnnualReport\.jsp/.test(page.url)) return 'annual';
  if (/<datastore>/i.test(page.text)) return 'jpage';
  if (/unitbuild\.js|jpaas-publish-server[^"']*build\/unit/.test(page.text)) return 'jpaas';
  if (/xxgkAnnualReport\.jsp\?/.test(page.text)) return 'annual';
  return /search\.jsp/.test(page.url + page.text) ? 'xxgk' : 'plain';
}
