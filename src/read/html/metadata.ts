import type { Block, Metadata } from '../document.ts';
import type { Document } from './tree.ts';
import { elementsOf, textOf } from './tree.ts';

const LONGEST = 500;

/**
 * What a page says of itself: meta tags under their lower-cased names (the first that is not empty), `title`, and the
 * first headline as `headline`.
 */
export function readMetaTags(document: Document): Metadata[] {
  const values = new Map<string, string>();
  const add = (name: string, value: string | undefined) => {
    const trimmed = (value ?? '').replace(/\s+/g, ' ').trim().slice(0, LONGEST);
    if (name !== '' && trimmed !== '' && !values.has(name)) values.set(name, trimmed);
  };
  for (const element of elementsOf(document)) {
    if (element.name === 'meta') {
      const name = element.attribs['name'] ?? element.attribs['property'];
      if (name) add(name.trim().toLowerCase(), element.attribs['content']);
    } else if (element.name === 'title') add('title', textOf(element));
    else if (element.name === 'h1') add('headline', textOf(element));
  }
  return [...values].map(([name, value]) => ({ name, value }));
}

/** Labels of the information table that regulations prescribe beside every published document, and of its date line. */
const LABELS =
  '索引号|信息索引号|组配分类|发布机构|公开机构|公开责任部门|公开主体|责任部门|责任单位|生成日期|成文日期|发文日期|发布日期|公开日期|发布时间|公开时间|更新时间|时间|日期|文件编号|文号|发文字号|有效性|主题分类|体裁分类|公开方式|信息来源|来源|作者|名称|标题|信息名称|内容概述|主题词|关键词|栏目|原文链接';
const LABEL = new RegExp(`^(?:${LABELS})$`);
const LABELLED = new RegExp(`(?:^|[\\s\\u00a0\\u3000|【\\[（(])(${LABELS})\\s*[：:]`, 'g');

/**
 * `label：value` pairs around the article, as `info.发布机构`: from table cells beside each other and from short lines.
 * The first value of a label is kept.
 */
export function readInfoPairs(blocks: readonly Block[]): Metadata[] {
  const values = new Map<string, string>();
  const add = (label: string, value: string) => {
    const trimmed = value
      .replace(/[\s\u00a0\u3000]+/g, ' ')
      .trim()
      .slice(0, LONGEST);
    if (trimmed !== '' && !values.has(label)) values.set(label, trimmed);
  };
  for (const block of blocks) {
    if (block.kind === 'paragraph') pairsInLine(block.text, add);
    else if (block.kind === 'grid') {
      for (let index = 0; index < block.cells.length; index++) {
        const cell = block.cells[index];
        const next = block.cells[index + 1];
        if (!cell) continue;
        const label = cell.text.replace(/[\s\u00a0\u3000：:]/g, '');
        if (LABEL.test(label)) {
          if (next && next.row === cell.row && !LABEL.test(next.text.replace(/[\s\u00a0\u3000：:]/g, '')))
            add(label, next.text);
        } else pairsInLine(cell.text, add);
      }
    }
  }
  return [...values].map(([name, value]) => ({ name: `info.${name}`, value }));
}

/** What follows the value on the same line and is no part of it. */
const TAIL =
  /[\s\u00a0\u3000]{2,}.*$|[\s\u00a0\u3000【[（(]*(?:字号|字体|浏览|阅读|点击|访问|打印|分享|保护视力|责任编辑|收藏)(?:次数|数|量|大小)?\s*[：:[【（(\d\s】].*$|\s\|.*$/;

function pairsInLine(line: string, add: (label: string, value: string) => void): void {
  if (line.length > 300) return;
  // Labels are spread to equal width: `文　　号`, `索 引 号`.
  const text = line.replace(
    /([索引组配发布生成公开文标主有])[ \u00a0\u3000]+(?=[引号配分布机成日开题效称][^：:]{0,4}[：:])/g,
    '$1',
  );
  const found = [...text.matchAll(LABELLED)];
  for (let index = 0; index < found.length; index++) {
    const match = found[index] as RegExpExecArray;
    const start = match.index + match[0].length;
    const end = found[index + 1]?.index ?? text.length;
    add(
      match[1] as string,
      text
        .slice(start, end)
        .trim()
        .replace(TAIL, '')
        .replace(/[\]】）)]$/, ''),
    );
  }
}
