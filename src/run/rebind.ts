import type { Register } from '../agencies/register.ts';
import { checkReport } from '../check/engine.ts';
import type { AgencyMatch, ReportSummary, SaveItem, Store, StoredFinding } from '../dataset/store.ts';
import type { Report } from '../extract/report.ts';

const AT_ONCE = 50;
const DECIDED = ['confirmed', 'false_positive', 'corrected', 'accepted'] as const;

export interface Rebound {
  /** Reports that belong to another body than before. */
  readonly reports: number;
  /** Findings with a decision that could not go along: someone has to decide again. */
  readonly undecided: readonly StoredFinding[];
}

/**
 * Binds the reports that are stored to the bodies of the register as it is now: a register is often written, or mended,
 * after the reports were read, and unchanged documents are not read again. Reads no document. What a portal or a person
 * said of an address stands as long as the register has that body. The ids of reports and findings follow the body:
 * decisions go with them, but for those on findings across years and bodies, which are not known before the next check.
 */
export async function rebind(store: Store, register: Register): Promise<Rebound> {
  const changed: string[] = [];
  for await (const summary of store.summaries()) {
    const before =
      summary.agencyId === null ? null : { id: summary.agencyId, regionCode: summary.regionCode };
    if (!same(before, matchOf(summary, summary, register))) changed.push(summary.reportId);
  }
  const undecided: StoredFinding[] = [];
  for (let at = 0; at < changed.length; at += AT_ONCE) {
    const reportIds = changed.slice(at, at + AT_ONCE);
    const decided: StoredFinding[] = [];
    for await (const finding of store.findings({ reportIds, states: DECIDED })) decided.push(finding);
    const items: SaveItem[] = [];
    for await (const stored of store.reports({ reportIds })) {
      const own = { document: stored.document, report: stored.report };
      for (const { document, report } of [own, ...stored.copies]) {
        const source = await store.source(document);
        // Another document stands under this name by now; what was read of the old one cannot be said anew.
        if (source === null || (document === stored.document && source.sha256 !== stored.sha256)) continue;
        items.push({ source, report, agency: matchOf(report, stored, register), ...checkReport(report) });
      }
    }
    if (items.length === 0) continue;
    const now = new Map((await store.saveBatch(items)).map((s) => [s.document, s.reportId]));
    for (const finding of decided) {
      const reportId = now.get(finding.document);
      if (reportId === undefined || !(await decideAgain(store, finding, reportId))) undecided.push(finding);
    }
  }
  return { reports: changed.length, undecided };
}

/** False where the report does not have this finding, or not yet. */
async function decideAgain(store: Store, decided: StoredFinding, reportId: string): Promise<boolean> {
  const key = (f: StoredFinding) => JSON.stringify([f.rule, f.cells, f.discriminator]);
  for await (const finding of store.findings({ reportIds: [reportId] })) {
    if (key(finding) !== key(decided)) continue;
    await store.decide({
      findingId: finding.findingId,
      state: decided.state,
      note: decided.note,
      person: decided.decidedBy,
      at: decided.decidedAt ?? '',
    });
    return true;
  }
  return false;
}

function matchOf(
  printed: Pick<Report, 'agency' | 'year'>,
  stored: Pick<ReportSummary, 'agencyId' | 'url'>,
  register: Register,
): AgencyMatch | null {
  const match = printed.agency === null ? null : register.match(printed.agency, printed.year);
  const said = stored.agencyId === null || stored.url === null ? undefined : register.get(stored.agencyId);
  const agency = match?.kind === 'certain' ? match.agency : said;
  return agency ? { id: agency.id, regionCode: agency.divisionCode?.slice(0, 6) ?? null } : null;
}

function same(a: AgencyMatch | null, b: AgencyMatch | null): boolean {
  return a?.id === b?.id && (a?.regionCode ?? null) === (b?.regionCode ?? null);
}
