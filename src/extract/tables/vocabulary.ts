import { EDITIONS } from '../../form/editions.ts';
import { foldCharacters, foldLabel, foldPhrase } from '../../form/fold.ts';
import type { RowKey, T2Row, T3Column, T3Row, TableId } from '../../form/form.ts';
import { GROUPS, T3_COLUMNS } from '../../form/form.ts';
import { matchColumn, matchGroup, matchRow } from '../../form/labels.ts';

/** What a single printed text can be on the form: used to find the tables before they are bound. */

const ARTICLE = /^第?二十条第?[(（]?[一二三四五六七八九十]{1,2}[)）]?项(?:信息内容)?$/u;

export function isArticleRow(text: string): boolean {
  return ARTICLE.test(foldPhrase(text));
}

export function isInformationHeader(text: string): boolean {
  return /^信息(?:内容|类别)$/u.test(foldPhrase(text));
}

/** The corner of table 三: （本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）. */
export function isCorner(text: string): boolean {
  return /(?:勾稽|钩稽|勾嵇)关系/u.test(foldPhrase(text));
}

/** Headers that stand above others: 申请人情况, 法人或其他组织. */
export function isUpperHeader(text: string): boolean {
  return /^(?:申请人情况|法人(?:或|和|及|与)?(?:其他|其它)?组织)$/u.test(foldPhrase(text)) || isCorner(text);
}

/** Number, dash, blank, or one of the words that stand where a number is due. */
export function isValueText(text: string): boolean {
  const t = foldCharacters(text).replace(/\s+/g, '');
  if (t === '') return true;
  if (/\d/.test(t))
    return (
      /^[+\-−]?(?:[\d,.，]+|(?:增加|减少|增|减|加)[\d.]+).{0,24}$/u.test(t) &&
      !/[\u4e00-\u9fff]{8,}/u.test(t) &&
      !/^\d{1,2}[.．、][^\d]/u.test(t)
    );
  return (
    /^[-‐‑‒–—―−－─/／\\~～*]+$/u.test(t) ||
    /^(?:无|不适用|不涉及|N\/?A|n\/a|不变|无变化|零|没有|未涉及|暂无|不变)$/iu.test(t)
  );
}

/**
 * Something short that stands where a value is due and is none (＃, l2, 见附件): a cell of its row all the same, or the row
 * would seem to end before it. A piece of a label cut over lines is no cell.
 */
export function isOddCell(text: string): boolean {
  const t = foldPhrase(text);
  if (t === '' || t.length > 8 || /[。；;：:]/u.test(t) || isValueText(text)) return false;
  if (isArticleRow(text) || isInformationHeader(text) || isUpperHeader(text) || isFourHeader(text))
    return false;
  if (isTwoRowLabel(text) || isGroupLabel(text) || rowCandidates('t3', text).keys.length > 0) return false;
  if (matchColumn('t2', text).length > 0 || matchColumn('t3', text).length > 0) return false;
  return !LABEL_TEXT.some((label) => label.includes(t));
}

/** Every label of the form, to know a piece of one by. */
const LABEL_TEXT: readonly string[] = [
  ...GROUPS.map((g) => foldPhrase(g.ordinal + g.label)),
  ...EDITIONS.flatMap((e) =>
    Object.values(e.tables).flatMap((table) =>
      table.blocks.flatMap((block) =>
        [...block.rows.map((r) => r.ordinal + r.label), ...block.columns.map((c) => c.label)].map(foldPhrase),
      ),
    ),
  ),
];

/** Rows of a table that a label can mean; a label that carries its group (（三）不予公开1.属于国家秘密) too. */
export function rowCandidates(table: TableId, text: string): { keys: RowKey[]; exact: boolean } {
  let matches = matchRow(table, text);
  if (matches.length === 0) {
    const folded = foldCharacters(text);
    const cut = Math.max(
      folded.search(/\d{1,2}\s*[.．、][^\d]*$/u),
      folded.lastIndexOf('('),
      folded.lastIndexOf('（'),
    );
    if (cut > 0) matches = matchRow(table, folded.slice(cut));
  }
  let keys = matches.map((m) => m.key);
  if (keys.length > 1) {
    // 其他 alone is the third item of （六） in one edition, and （六） itself in the other: its ordinal decides.
    const { ordinal } = foldLabel(text);
    const wanted: Partial<Record<RowKey, RegExp>> = {
      other_handling: /^(?:六|6)$/u,
      'other_handling.other': /^(?:三|3)$/u,
    };
    const byOrdinal = keys.filter((k) => wanted[k]?.test(ordinal));
    if (byOrdinal.length === 1) keys = byOrdinal;
  }
  return { keys, exact: matches.every((m) => m.exact) };
}

/** A label of table 三 that can be nothing else: not 其他, not 总计 alone. */
export function isThreeRowLabel(text: string): boolean {
  const { keys } = rowCandidates('t3', text);
  if (keys.length === 0) return false;
  if (keys.includes('concluded_total')) return foldLabel(text).ordinal !== '';
  // Its ordinal tells 3.其他 from the column 其他.
  const isOther = keys.includes('other_handling') || keys.includes('other_handling.other');
  return (
    !isOther ||
    /其(?:他|它)处理/u.test(foldPhrase(text)) ||
    (keys.length === 1 && foldLabel(text).ordinal !== '')
  );
}

export function isTwoRowLabel(text: string): boolean {
  return matchRow('t2', text).some((m) => m.exact);
}

export function isGroupLabel(text: string): boolean {
  const group = matchGroup(text);
  if (group === null) return false;
  return group !== 'other_handling' || /处理/u.test(text) || foldLabel(text).ordinal !== '';
}

/** Exact only: the short headers of table 三 are near to many words. */
export function threeColumns(text: string): T3Column[] {
  return matchColumn('t3', text)
    .filter((m) => m.exact && (T3_COLUMNS as readonly string[]).includes(m.key))
    .map((m) => m.key as T3Column);
}

/** Distinctive headers of table 四. */
export function isFourHeader(text: string): boolean {
  return /^(?:结果维持|结果纠正|其他结果|尚未审结|未经复议直接起诉|复议后起诉)$/u.test(foldPhrase(text));
}

export type { T2Row, T3Row };
