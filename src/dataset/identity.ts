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
 * A page that only carries an attachment says nothing of its scope, and neither do most reports: `unknown` is the
 * body's own report, or a page and its attachment would be two.
 */
function keyScope(scope: Report['scope']): Report['scope'] {
  return scope === 'unknown' ? 'own' : scope;
}

/** `r…` from agency, year, scope and kind; `d…` from the bytes of the document while one of them is unknown. */
export function reportId(report: Report, agency: AgencyMatch | null, sha256: string): string {
  return isIdentified(report, agency)
    ? `r${digest([agencyKey(report, agency), report.year, keyScope(report.scope), report.kind])}`
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
  if (a === b) return 0;
  const x = [...a];
  const y = [...b];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const d = (x[i] as string).codePointAt(0)! - (y[i] as string).codePointAt(0)!;
    if (d !== 0) return d;
  }
  return x.length - y.length;
}
