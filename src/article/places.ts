/** Where on a page a system puts an article: an element by its id, the beginning of its id, its class, or a form's name. */
export interface ArticlePlace {
  readonly by: 'id' | 'id_prefix' | 'class' | 'form_name';
  readonly name: string;
}

const id = (name: string): ArticlePlace => ({ by: 'id', name });
const className = (name: string): ArticlePlace => ({ by: 'class', name });

/**
 * Where the content-management systems of Chinese portals put the article, in the order in which they are tried
 * (Hanweb, TRS, VSB, Kaipu, EsoGov and local systems). Found in saved pages and public crawlers; `gkwz_contnet` and
 * `newscontnet` are spelled so.
 */
export const ARTICLE_PLACES: readonly ArticlePlace[] = [
  id('ivs_content'),
  id('zoom'),
  id('Zoom'),
  id('UCAP-CONTENT'),
  { by: 'form_name', name: '_newscontent_fromname' },
  // One element for each pasted part: vsb_content, vsb_content_501 …
  { by: 'id_prefix', name: 'vsb_content' },
  className('v_news_content'),
  className('TRS_Editor'),
  className('TRS_UEDITOR'),
  className('trs_editor_view'),
  className('Custom_UnionStyle'),
  className('wzcon'),
  className('j-fontContent'),
  id('J_content'),
  className('article-content'),
  className('article_con'),
  className('article_content'),
  className('bt-content'),
  className('bt_content'),
  className('detail-news'),
  className('pages_content'),
  className('zwxl-article'),
  className('main-txt'),
  id('zoomcon'),
  className('news_cont_d_wrap'),
  className('tyxxy_main'),
  className('Article_content'),
  className('xxgk_content'),
  className('zw-content'),
  className('art_con'),
  className('wenzhang_main'),
  className('gkwz_contnet'),
  className('newscontnet'),
];

/** Fewer Chinese characters are no article, unless a file or a picture stands among them. */
export const ENOUGH_CHINESE = 200;

/** The texts of two comments between which an article stands; `around: 'print'` may hold more than the article. */
export interface ArticleFence {
  readonly begin: string;
  readonly end: string;
  readonly around: 'text' | 'print';
}

/** Comments with which some systems fence the article. */
export const ARTICLE_FENCES: readonly ArticleFence[] = [
  { begin: 'ZJEG_RSS.content.begin', end: 'ZJEG_RSS.content.end', around: 'text' },
  { begin: '<$[信息内容]>begin', end: '<$[信息内容]>end', around: 'text' },
  { begin: 'startprint', end: 'endprint', around: 'print' },
  { begin: 'startprint1', end: 'endprint1', around: 'print' },
  { begin: 'Start||content', end: 'End||content', around: 'print' },
];
