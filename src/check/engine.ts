import type { Report } from '../extract/report.ts';
import { cellsOf, tableForm } from '../form/editions.ts';
import { type CellKey, TABLE_IDS } from '../form/form.ts';
import type { AgencyHistory, Copies, RegionYear } from './across.ts';
import { CATALOGUE, FAMILIES } from './catalogue.ts';
import type { Check, Finding } from './finding.ts';
import type { AcrossInstance, Instance, ReportContext, Rule } from './rule.ts';
import { capOf, isDoubtful, isReadingSlip, lower } from './severity.ts';
import { cellOf, type ReportView, viewOf } from './view.ts';

export interface CheckResult {
  /** Every rule instance, whatever its outcome, in the order of the catalogue. */
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
}

/** A check or finding of a rule that looks at several reports. */
export interface Located {
  /** The id of the view that it is about; null where a report is missing. */
  readonly report: string | null;
  readonly agencyId: string | null;
  readonly year: number | null;
}

export interface AcrossResult {
  readonly checks: readonly (Check & Located)[];
  readonly findings: readonly (Finding & Located)[];
}

/** Runs every rule that needs one report. Same input, same output, to the byte. */
export function checkReport(report: Report, context: ReportContext = {}): CheckResult {
  return checkView(viewOf(report), context);
}

/** The same for several reports, each on its own. */
export function checkReports(reports: readonly Report[]): CheckResult[] {
  return reports.map((report) => checkReport(report));
}

/** The same for a report that comes from a store. */
export function checkView(view: ReportView, context: ReportContext = {}): CheckResult {
  if (view.outcome !== 'complete' && view.outcome !== 'partial') return { checks: [], findings: [] };
  const checks: Check[] = [];
  const findings: Finding[] = [];
  for (const family of FAMILIES) {
    if (family.over !== 'report') continue;
    for (const instance of family.run(view, context)) {
      checks.push(checkOf(instance));
      const finding = findingOf(instance, view);
      if (finding) findings.push(finding);
    }
  }
  return { checks: inOrder(checks), findings: distinct(inOrder(findings)) };
}

export interface AcrossInput {
  readonly histories?: readonly AgencyHistory[];
  readonly regions?: readonly RegionYear[];
  readonly copies?: readonly Copies[];
}

/** Runs the rules over years, agencies and copies. Each history, region and set of copies is checked by itself. */
export function checkAcross(input: AcrossInput): AcrossResult {
  const checks: (Check & Located)[] = [];
  const findings: (Finding & Located)[] = [];
  const take = (instances: Iterable<AcrossInstance>, reports: readonly ReportView[]) => {
    const views = new Map(reports.map((r) => [r.id, r]));
    for (const instance of instances) {
      const where: Located = {
        report: instance.report,
        agencyId: instance.agencyId,
        year: instance.year,
      };
      checks.push({ ...checkOf(instance), ...where });
      const view = instance.report === null ? null : (views.get(instance.report) ?? null);
      const finding = findingOf(instance, view);
      if (finding) findings.push({ ...finding, ...where });
    }
  };
  for (const family of FAMILIES) {
    if (family.over === 'history') {
      for (const history of input.histories ?? []) take(family.run(history), history.reports);
    } else if (family.over === 'region') {
      for (const region of input.regions ?? []) {
        const bodies = region.bodies.flatMap((b) => (b.report ? [b.report] : []));
        take(family.run(region), region.aggregate ? [region.aggregate, ...bodies] : bodies);
      }
    } else if (family.over === 'copies') {
      for (const copies of input.copies ?? []) take(family.run(copies), copies.reports);
    }
  }
  return { checks, findings: distinct(findings) };
}

function checkOf(instance: Instance): Check {
  const { rule, target, outcome, left, right } = instance;
  return { rule, target, outcome, left, right };
}

const RULES = new Map(CATALOGUE.map((rule, i) => [rule.id, { rule, place: i }]));

function placeOf(id: string): { rule: Rule; place: number } {
  const found = RULES.get(id);
  if (!found) throw new Error(`rule ${id} is not in the catalogue`);
  return found;
}

function findingOf(instance: Instance, view: ReportView | null): Finding | null {
  const draft = instance.finding;
  if (!draft) return null;
  const { rule } = placeOf(instance.rule);
  const cells = inFormOrder(draft.cells);
  const left = draft.left ?? instance.left;
  const right = draft.right ?? instance.right;
  const slip = view !== null && isReadingSlip(view, cells, left, right);
  const cap = slip ? 'info' : view ? capOf(view, cells) : 'error';
  const doubtful = slip || (view !== null && rule.id !== 'BLANK' && isDoubtful(view, cells));
  const own = view ? cells.map((cell) => ({ cell: cell as string, raw: cellOf(view, cell)?.raw ?? '' })) : [];
  const where = view ? reportName(view) : { zh: '', en: '' };
  return {
    rule: rule.id,
    ruleVersion: rule.version,
    severity: lower(lower(draft.severity ?? rule.severity, rule.severity), cap),
    verdict: doubtful ? 'suspect_extraction' : (draft.verdict ?? null),
    table: draft.table,
    cells,
    discriminator: draft.discriminator ?? '',
    messageZh: where.zh + draft.zh,
    messageEn: where.en + draft.en,
    left,
    right,
    difference: draft.difference ?? differenceOf(instance),
    culprit: doubtful ? [] : (draft.culprit ?? []),
    suggested: doubtful ? [] : (draft.suggested ?? []),
    evidence: draft.evidence ?? [],
    operands: [...own, ...(draft.operands ?? [])],
  };
}

/** A message is passed on alone: it begins with whose report of which year it speaks of. */
function reportName(view: ReportView): { zh: string; en: string } {
  if (!view.agency && !view.year) {
    const title = view.title?.trim();
    const file = view.document.split('/').slice(-2).join('/');
    return title
      ? { zh: `《${title}》，`, en: `“${title}”: ` }
      : { zh: `文件“${file}”，`, en: `File “${file}”: ` };
  }
  const year = view.year === null ? '' : `${view.year}年度报告`;
  return {
    zh: `${view.agency ?? ''}${year || '报告'}，`,
    en: `${view.agency ?? 'Report'}${view.year === null ? '' : ` ${view.year}`}: `,
  };
}

function differenceOf(instance: Instance): number | null {
  if (instance.left === null || instance.right === null) return null;
  // Shares have decimals; a difference of 0.1 must not come out as 0.10000000000000142.
  return Number((instance.left - instance.right).toFixed(6));
}

const FORM_ORDER = new Map<CellKey, number>();
for (const table of TABLE_IDS) {
  for (const id of ['2019', '2021'] as const) {
    for (const cell of cellsOf(tableForm(id, table))) {
      if (!FORM_ORDER.has(cell.key)) FORM_ORDER.set(cell.key, FORM_ORDER.size);
    }
  }
}

export function inFormOrder(cells: readonly CellKey[]): CellKey[] {
  return [...new Set(cells)].sort((a, b) => (FORM_ORDER.get(a) ?? 0) - (FORM_ORDER.get(b) ?? 0));
}

/** A paragraph printed twice says the same twice: one finding. */
function distinct<T extends Finding & { readonly report?: string | null }>(findings: readonly T[]): T[] {
  const seen = new Set<string>();
  return findings.filter((f) => {
    const key = JSON.stringify([f.report ?? null, f.rule, f.cells, f.discriminator]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function inOrder<T extends { readonly rule: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => placeOf(a.rule).place - placeOf(b.rule).place);
}
