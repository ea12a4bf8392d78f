import type { Page } from './portal.ts';

/**
 * Is this no page at all: an error status, or an error page sent with status 200? Portals answer so for the tail
 * pages that their pager still promises.
 */
export function isMissingPage(page: Page): boolean {
  if (page.status >= 400) return true;
  return (
    page.text.length < 6000 &&
    /页面不存在|页面找不到|找不到(?:该|此|您)?.{0,8}页面|访问的页面.{0,6}(?:不存在|已删除)|404\s*not\s*found|<title>\s*404/i.test(
      page.text,
    )
  );
}

/** The words with which lists say that they hold nothing. */
export function saysEmpty(text: string): boolean {
  return /暂无(?:相关)?(?:信息|数据|内容|记录|消息)|没有(?:找到)?(?:相关|符合条件的)?(?:信息|数据|记录|内容)/.test(
    text,
  );
}
