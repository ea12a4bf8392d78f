/**
 * The stages of gongkai as typed functions, so that one can be used without the rest:
 * bytes → `readDocument` → `Document` → `extractReport` → `Report` → `checkReport` → findings.
 */

export type * from './check/across.ts';
export {
  type AcrossInput,
  type AcrossResult,
  type CheckResult,
  checkAcross,
  checkReport,
  checkReports,
  checkView,
} from './check/engine.ts';
export type * from './check/finding.ts';
export { type ReportView, viewOf } from './check/view.ts';
export { EXTRACTOR_VERSION, type ExtractOptions, extractReport } from './extract/extract.ts';
export type * from './extract/report.ts';
export { EDITIONS, edition, editionForYear } from './form/editions.ts';
export type * from './form/form.ts';
export type * from './read/document.ts';
export { readDocument } from './read/read.ts';
