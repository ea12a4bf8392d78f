import { createHash } from 'node:crypto';
import type { Finding } from '../check/finding.ts';
import type { Report } from '../extract/report.ts';
import type { AgencyMatch } from './store.ts';

/** Keys that are the same in every store: made of what a thing is, never of when or in what order it came. */

/** What groups the years of one body: the register's id, else the printed name without spaces, else empty. */
export function agencyKey(report: Pick<Report, 'agency'>, agency: AgencyMatch | null): string {
  return (agency?.id ?? (report.agency ?? '').normalize('NFKC').replace(/\s+/gu, '')).slice(0, 200);
}

/** Agency and year are established, so that another document can be another copy or version of the same report. */
export function isIdentified(report: Report, agency: AgencyMatch | null): boolean {
  return report.outcome !== 'not_a_report' && report.year !== null && agencyKey(report, agency) !== '';
}

/**
 * A body's own report, unless the title says that it is another: nearly no report says what it covers, and what the
 * words of the text suggest differs between a page and its attachment, which would then be two reports.
 */
function keyScope(report: Report): Report['scope'] {
  return /汇总|全(?:省|市|区|县|州|盟|旗|系统)/u.test(report.title ?? '') ? report.scope : 'own';
}

/** `r…` from agency, year, scope and kind; `d…` from the bytes of the document while one of them is unknown. */
export function reportId(report: Report, agency: AgencyMatch | null, sha256: string): string {
  return isIdentified(report, agency)
    ? `r${digest([agencyKey(report, agency), report.year, keyScope(report), report.kind])}`
    : `d${digest([sha256])}`;
}

/**
 * One id per finding, the same in every run. Findings that agree in rule, cells and discriminator are counted, so that
 * none is lost.
 */
export function findingIds(report: string, findings: readonly Finding[]): string[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const id = digest([report, finding.rule, finding.cells, finding.discriminator]);
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    return `f${before === 0 ? id : digest([id, before])}`;
  });
}

/** Stands for the operand values that a decision was made on. */
export function operandsHash(operands: Finding['operands']): string {
  const sorted = operands
    .map((o) => [o.cell, o.raw] as const)
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return digest(sorted);
}

/** 64 bits: among ten million keys a collision has a chance of about one in 400,000. */
function digest(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** By code point, as both databases sort. */
export function compare(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Halves of a character beyond U+FFFF stand before U+E000 by their number and belong after U+FFFF.
    return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
