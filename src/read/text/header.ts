import type { Metadata } from '../document.ts';
import type { TextLine } from './lines.ts';

const LABELLED =
  /^[ \u3000]*(标题|发布时间|发布日期|发布机构|文号|栏目|来源|信息来源|原文链接|链接|网址|本地目录|索引号|生成日期|成文日期|主题分类|有效性)\s*[：:]\s*(.*)$/;
const FENCE = /^=+\s*正文\s*=+$/;

/**
 * The lines `标题: …`, `发布时间: …` with which crawlers head the text of a page, as metadata named like those of a web
 * page (`info.发布时间`), and the number of lines they take. A single such line may belong to the text and is left there.
 */
export function readHeader(lines: readonly TextLine[]): { metadata: Metadata[]; length: number } {
  const metadata: Metadata[] = [];
  let labelled = 0;
  let length = 0;
  for (let index = 0; index < Math.min(lines.length, 40); index++) {
    const text = lines[index]?.text.trim() ?? '';
    if (FENCE.test(text)) return { metadata, length: index + 1 };
    const match = LABELLED.exec(text);
    if (match) {
      labelled++;
      length = index + 1;
      const value = (match[2] as string).trim();
      const name = `info.${match[1]}`;
      if (value !== '' && !metadata.some((known) => known.name === name)) metadata.push({ name, value });
    } else if (text !== '' && !fenceFollows(lines, index)) break;
  }
  return labelled >= 2 ? { metadata, length } : { metadata: [], length: 0 };
}

function fenceFollows(lines: readonly TextLine[], from: number): boolean {
  for (let index = from; index < Math.min(lines.length, 40); index++)
    if (FENCE.test(lines[index]?.text.trim() ?? '')) return true;
  return false;
}
