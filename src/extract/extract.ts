import type { Document } from '../read/document.ts';
import { classify } from './classify.ts';
import { type Given, identify } from './identity.ts';
import { readNarrative } from './narrative.ts';
import { needsReview } from './needs-review.ts';
import type { Report, ReportChart, ReportKind, Scope } from './report.ts';
import { readStatements } from './statements/statements.ts';
import { rowsOf } from './tables/rows.ts';
import { extractTables } from './tables/tables.ts';

/**
 * Raised whenever the same bytes could now give another report: stored documents are then read again.
 */
export const EXTRACTOR_VERSION = '2';

export interface ExtractOptions extends Given {
  /** Path or URL, as it is to appear in the dataset. */
  readonly document: string;
}

/**
 * Finds the statutory tables and everything that identifies the report. Never throws for what a document contains:
 * a table that cannot be bound safely is refused with its reason, and the others are not affected.
 */
export function extractReport(document: Document, options: ExtractOptions): Report {
  const rows = rowsOf(document.blocks);
  const identity = identify(document, rows, options);
  const tables = extractTables(rows, identity.year);
  const narrative = readNarrative(rows, tables.ranges);
  const { outcome, reason } = classify(
    document,
    rows,
    identity.title,
    tables.readings,
    tables.refusals,
    narrative,
  );
  const isReport = !['not_a_report', 'pre_2019', 'blank_form'].includes(outcome);
  const keepTables = outcome !== 'not_a_report' && outcome !== 'pre_2019';
  return {
    document: options.document,
    container: document.container,
    reader: document.reader,
    extractorVersion: EXTRACTOR_VERSION,
    outcome,
    outcomeReason: reason,
    title: identity.title,
    agency: identity.agency,
    agencyFrom: identity.agencyFrom,
    year: identity.year,
    yearFrom: identity.yearFrom,
    scope: scopeOf(narrative.stated.map((l) => l.text)),
    kind: kindOf(identity.title),
    period: identity.period,
    publishedOn: identity.publishedOn,
    conflicts: identity.conflicts,
    tables: keepTables ? tables.readings : [],
    refusals: tables.refusals,
    extras: tables.extras,
    statements: isReport ? readStatements(narrative.stated) : [],
    charts: isReport ? chartsOf(document) : [],
    sections: narrative.sections,
    needsReview: needsReview({ ...identity, outcome, extras: tables.extras, tables: tables.readings }),
    narrative: narrative.lines,
  };
}

function chartsOf(document: Document): ReportChart[] {
  return document.charts.flatMap((chart) =>
    (chart.series.length > 0 ? chart.series : [{ name: null, values: [] }]).map((series) => ({
      title: chart.title ?? series.name,
      categories: chart.categories,
      values: series.values,
      location: chart.location,
    })),
  );
}

/**
 * Whose numbers these are, only where the report says so in so many words: 全市各级行政机关 are a region's; nothing
 * said stays `unknown`, because a government's own report may be either.
 */
function scopeOf(lines: readonly string[]): Scope {
  const text = lines.slice(0, 200).join('\n');
  if (
    /(?:汇总|包括|含|涵盖|覆盖).{0,16}(?:全[省市区县州镇]|各(?:部门|县|区|街道|乡镇|镇)|所属|下属).{0,24}(?:数据|报告|情况)/u.test(
      text,
    )
  ) {
    return 'region';
  }
  if (/全[省市区县州盟旗](?:各级)?(?:行政机关|政府机关)?(?:共|累计)?(?:收到|受理|新收|收办)/u.test(text))
    return 'region';
  if (/(?:全系统|本系统)(?:共|累计)?(?:收到|受理|新收)/u.test(text)) return 'system';
  if (/本机关|我[局委办厅院中心镇乡]|本[局委办厅院镇乡]|我?街道|办事处/u.test(text)) return 'own';
  return 'unknown';
}

function kindOf(title: string | null): ReportKind {
  return title !== null && /补充|更正|修订版/u.test(title) ? 'supplement' : 'annual';
}
