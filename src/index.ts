/**
 * The stages of gongkai as typed functions, so that one can be used without the rest:
 * bytes → `readDocument` → `Document` → `extractReport` → `Report` → `checkReport` → findings.
 */
export { EXTRACTOR_VERSION, type ExtractOptions, extractReport } from './extract/extract.ts';
export type * from './extract/report.ts';
export { EDITIONS, edition, editionForYear } from './form/editions.ts';
export type * from './form/form.ts';
export type * from './read/document.ts';
export { readDocument } from './read/read.ts';
