import { checkAcross, checkReport } from '../../src/check/engine.ts';
import type { Check, Finding } from '../../src/check/finding.ts';
import type { RuleExample, RuleFamily } from '../../src/check/rule.ts';
import { viewOf } from '../../src/check/view.ts';
import { buildReport } from './build-report.ts';

/** Runs the rules on an example, in the way that the family asks for. */
export function runExample(
  family: RuleFamily,
  example: RuleExample,
): { checks: readonly Check[]; findings: readonly Finding[] } {
  const views = example.reports.map((r, i) =>
    viewOf(buildReport(r), { id: `r${i}`, agencyId: r.agencyId ?? 'a' }),
  );
  const agencies = example.agencies ?? [];
  switch (family.over) {
    case 'report':
      return checkReport(buildReport(example.reports[0] ?? {}), agencies[0] ? { agency: agencies[0] } : {});
    case 'history':
      return checkAcross({ histories: [{ agency: agencies[0] ?? null, reports: views }] });
    case 'copies':
      return checkAcross({ copies: [{ reports: views }] });
    case 'region': {
      const [parent, ...bodies] = agencies;
      if (!parent) throw new Error('an example of a region names its agencies, the parent first');
      return checkAcross({
        regions: [
          {
            year: views[0]?.year ?? 2024,
            parent,
            aggregate: views.find((v) => v.agencyId === parent.id) ?? null,
            bodies: bodies.map((agency) => ({
              agency,
              report: views.find((v) => v.agencyId === agency.id) ?? null,
            })),
          },
        ],
      });
    }
  }
}
