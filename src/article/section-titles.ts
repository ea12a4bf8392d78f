/**
 * Words by which the article is told from the page around it: the titles of the six sections that every report has.
 * Crawl and readers use them for nothing else; what stands in the sections is not their business.
 */
const TITLES: readonly RegExp[] = [
  /[总總][体體]情[况況]/,
  /主[动動]公[开開]政府信息/,
  /收到和[处處]理/,
  /行政[复復複覆][议議].{0,6}行政[诉訴][讼訟]/,
  /主要[问問][题題](?:[及和]|.{0,3}改[进進])/,
  /其他需要[报報]告/,
];

/** How many of the six section titles a text contains. */
export function countSectionTitles(text: string): number {
  let count = 0;
  for (const title of TITLES) if (title.test(text)) count++;
  return count;
}

/** Whether a line is nothing but the title of a section, with or without its ordinal. */
export function isSectionTitle(line: string): boolean {
  const bare = line.trim().replace(/^(?:第?[一二三四五六七八][部分]*|\d+|[|l])?\s*[、.．,，:：]?\s*/u, '');
  return bare.length <= 32 && !/[。；;，,：:]./.test(bare) && TITLES.some((title) => title.test(bare));
}
