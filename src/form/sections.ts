import { foldPhrase } from './fold.ts';

/** The six sections that both notices prescribe (总体情况 … 其他需要报告的事项), with the headings met in reports. */
export interface SectionForm {
  readonly number: 1 | 2 | 3 | 4 | 5 | 6;
  readonly title: string;
  /** Tried on the folded heading without its ordinal. */
  readonly pattern: RegExp;
}

export const SECTIONS: readonly SectionForm[] = [
  {
    number: 1,
    title: '总体情况',
    pattern: /^(?:工作)?(?:总体|基本|概述|工作基本)(?:工作)?情况$|^概述$|^(?:政府信息公开)?工作?总体情况$/,
  },
  {
    number: 2,
    title: '主动公开政府信息情况',
    pattern: /^(?:行政机关)?主动公开(?:政府)?信息(?:的)?情况(?:统计表)?$/,
  },
  {
    number: 3,
    title: '收到和处理政府信息公开申请情况',
    pattern: /^(?:行政机关)?收到和处理(?:政府)?信息公开申请(?:的)?情况(?:统计表)?$/,
  },
  {
    number: 4,
    title: '政府信息公开行政复议、行政诉讼情况',
    pattern:
      /^因?(?:政府)?信息公开(?:工作)?(?:被)?(?:申请|提起)?行政复议(?:和|及|、)?(?:被)?(?:提起)?行政诉讼(?:的)?情况(?:统计表)?$/,
  },
  {
    number: 5,
    title: '存在的主要问题及改进情况',
    pattern:
      /^(?:政府信息公开(?:工作)?)?(?:中)?(?:存在的?)?(?:主要)?问题(?:及|和|与|以及)(?:下一步)?(?:的)?(?:主要)?改进(?:情况|措施|打算)?$/,
  },
  {
    number: 6,
    title: '其他需要报告的事项',
    pattern: /^(?:其他|其它)(?:需要|需)?(?:报告|说明)的?(?:事项|情况)$/,
  },
];

const ORDINAL =
  /^[l|｜丨I·•]*(?:第[一二三四五六七八九十]+(?:部分|章|节|、)|[(（]?[一二三四五六七八九十]{1,2}[)）]?[、.．,，:：]?|\d{1,2}[、.．]|[、.．])?/u;

export interface SectionHeading {
  readonly number: SectionForm['number'];
  /** The ordinal as printed (`六`), or empty: ordinals are shifted or lost in real reports. */
  readonly ordinal: string;
}

/** The section that a line opens, or null. Long lines are never headings. */
export function matchSection(text: string): SectionHeading | null {
  if (text.length > 60) return null;
  const line = foldPhrase(text).replace(/[:：。;；]+$/u, '');
  const ordinal = ORDINAL.exec(line)?.[0] ?? '';
  const rest = line.slice(ordinal.length).replace(/["'“”‘’、,，]/gu, '');
  for (const section of SECTIONS) {
    if (section.pattern.test(rest)) return { number: section.number, ordinal };
  }
  return null;
}
