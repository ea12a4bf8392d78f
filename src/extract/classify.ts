import { foldPhrase } from '../form/fold.ts';
import type { Document } from '../read/document.ts';
import { isReportTitle } from './identity.ts';
import type { Narrative } from './narrative.ts';
import type { Outcome, TableReading, TableRefusal } from './report.ts';
import type { Row } from './tables/rows.ts';

/** What kind of document this is. Only a document that prints the form, or says that it is the report, is one. */

const ABOUT_REPORTS =
  /解读|图解|一图读懂|图说|通知|通报|评估|考核|公告$|目录|指南|制度|模板|格式|样式|填报说明|培训/u;
const OTHER_REPORTS = /网站(?:工作|监管)?年度报[表告]|法治政府建设|部门[预决]算|政务公开工作要点/u;

export interface Classified {
  readonly outcome: Outcome;
  readonly reason: string | null;
}

export function classify(
  document: Document,
  rows: readonly Row[],
  title: string | null,
  readings: readonly TableReading[],
  refusals: readonly TableRefusal[],
  narrative: Narrative,
): Classified {
  const facts = readings.flatMap((r) => r.facts);
  const printed = facts.filter((f) => f.state !== 'absent');
  const text = foldPhrase(
    rows
      .slice(0, 400)
      .flatMap((r) => r.cells.map((c) => c.text))
      .join(' '),
  );

  const named = title !== null && isReportTitle(title);
  const about = named && ABOUT_REPORTS.test(foldPhrase(title).replace(/《[^》]*》/gu, ''));
  // A notice quotes headings and words of the form; without a single cell they are no table of it.
  if (readings.length === 0 && (refusals.length === 0 || about)) {
    if (isPre2019(text)) {
      return {
        outcome: 'pre_2019',
        reason: '这是2019年以前的统计表（国办发〔2014〕32号），格式不同，不提取',
      };
    }
    const sections = new Set(narrative.sections.map((s) => s.number)).size;
    if ((named && !about && !OTHER_REPORTS.test(title)) || sections >= 4) {
      if (document.pictures.length > 0) {
        return {
          outcome: 'needs_ocr',
          reason: `正文没有表格，有${document.pictures.length}幅图片，表格可能在图片里`,
        };
      }
      return { outcome: 'no_tables', reason: '像是年度报告，但没有找到法定的三张表' };
    }
    return { outcome: 'not_a_report', reason: '没有法定的表格，也没有年度报告的标题和章节' };
  }
  if (
    printed.length > 0 &&
    printed.every((f) => f.state === 'blank' || f.state === 'dash') &&
    refusals.length === 0
  ) {
    return { outcome: 'blank_form', reason: '表格是空白的，没有填写任何数字' };
  }
  const found = completeness(readings, refusals);
  const missing = TABLES.some((t) => ![...readings, ...refusals].some((r) => r.table === t));
  return missing && document.pictures.length > 0
    ? { ...found, reason: `${found.reason}；缺少的表可能在${document.pictures.length}幅图片里` }
    : found;
}

/** `complete` when every cell of all three tables was read, whatever it says; else `partial`, with what is lacking. */
export function completeness(
  readings: readonly TableReading[],
  refusals: readonly TableRefusal[],
): { readonly outcome: 'complete' | 'partial'; readonly reason: string | null } {
  const facts = readings.flatMap((r) => r.facts);
  const missing = TABLES.filter(
    (t) => !readings.some((r) => r.table === t) && !refusals.some((r) => r.table === t),
  );
  const unreadable = facts.filter((f) => f.state === 'unreadable').length;
  const absent = facts.filter((f) => f.state === 'absent').length;
  const reasons = [
    ...refusals.map((r) => r.reason),
    ...missing.map((t) => `没有找到表${NUMBER[t]}`),
    ...(unreadable > 0 ? [`有${unreadable}个格子无法读取`] : []),
    ...(absent > 0 ? [`文件中缺少法定格式的${absent}个格子`] : []),
  ];
  return reasons.length === 0
    ? { outcome: 'complete', reason: null }
    : { outcome: 'partial', reason: reasons.join('；') };
}

const TABLES = ['t2', 't3', 't4'] as const;
const NUMBER = { t2: '二', t3: '三', t4: '四' } as const;

/** The statistics table of 国办发〔2014〕32号: indicator, unit, this year, all years. */
function isPre2019(text: string): boolean {
  const words = [
    /指标名称|统计指标/u,
    /计量单位/u,
    /主动公开(?:政府信息|文件)数/u,
    /历年累计|统计数/u,
    /对申请的?答复总?数|申请答复总?数|申请办结数/u,
    /通过不同渠道和方式公开政府信息/u,
    /制发规范性文件总数/u,
  ];
  return words.filter((w) => w.test(text)).length >= 3;
}
