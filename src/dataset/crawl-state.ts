/** What the crawl remembers between runs. */
export interface CrawlState {
  readonly kind: 'crawl_state';
}
