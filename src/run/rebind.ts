import type { Register } from '../agencies/register.ts';
import { checkReport } from '../check/engine.ts';
import { type BoundDocument, boundDocuments, readingsOf } from '../dataset/reading-queries.ts';
import type { AgencyMatch, SaveItem, Store, StoredFinding } from '../dataset/store.ts';
import type { Conflict } from '../extract/report.ts';
import { bindingOf, withConflict } from './binding.ts';

const AT_ONCE = 50;
const DECIDED = ['confirmed', 'false_positive', 'corrected', 'accepted'] as const;

export interface Rebound {
  /** Reports that belong to another body than before. */
  readonly reports: number;
  /** Findings with a decision that could not go along: someone has to decide again. */
  readonly undecided: readonly StoredFinding[];
}

/**
 * Binds the documents that are stored to the bodies of the register as it is now: a register is often written, or mended,
 * after the reports were read, and unchanged documents are not read again. Reads no document. The rule is that of reading,
 * and what a portal or a person said of a document is remembered with it. The ids of reports and findings follow the body:
 * decisions go with them, but for those on findings across years and bodies, which are not known before the next check.
 */
export async function rebind(store: Store, register: Register): Promise<Rebound> {
  const changed = new Map<string, BoundDocument>();
  const moved = new Set<string>();
  for await (const document of boundDocuments(store)) {
    const { agency, conflict } = bindingOf(document.printed, document.said, register);
    const moves = !same(document.bound, agency);
    if (moves) moved.add(document.reportId);
    if (moves || !says(document.printed.conflicts, conflict)) changed.set(document.document, document);
  }
  const undecided: StoredFinding[] = [];
  const ids = [...new Set([...changed.values()].map(({ reportId }) => reportId))].sort();
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const reportIds = ids.slice(at, at + AT_ONCE);
    const decided: StoredFinding[] = [];
    for await (const finding of store.findings({ reportIds, states: DECIDED })) decided.push(finding);
    const items: SaveItem[] = [];
    for (const reportId of reportIds)
      for (const { document, report: read, sha256, supersededBy } of await readingsOf(store, reportId)) {
        const known = changed.get(document);
        if (known?.reportId !== reportId || supersededBy !== null) continue;
        const source = await store.source(document);
        // A reading of bytes that are no longer there cannot be bound anew under the name of others.
        if (source === null || source.sha256 !== sha256) continue;
        const { agency, conflict } = bindingOf(read, known.said, register);
        const report = withConflict(read, conflict);
        items.push({ source, report, agency, ...checkReport(report) });
      }
    if (items.length === 0) continue;
    // With their decisions: after a kill in between nothing would be left to move, and the decisions on ids of before.
    await store.transaction(async (inside) => {
      const saved = await inside.saveBatch(items);
      // To store a document says that it is there.
      const gone = items.map(({ source }) => source.document).filter((d) => changed.get(d)?.missing);
      if (gone.length > 0) await inside.markReplaced(gone, []);
      const now = new Map(saved.map((s) => [s.document, s.reportId]));
      for (const finding of decided) {
        const reportId = now.get(finding.document);
        // Another document of the report may have moved, or only a conflict gone.
        if (reportId === undefined || reportId === finding.reportId) continue;
        if (!(await decideAgain(inside, finding, reportId))) undecided.push(finding);
      }
    });
  }
  return { reports: moved.size, undecided };
}

function says(conflicts: readonly Conflict[], conflict: Conflict | null): boolean {
  const before = conflicts.filter((c) => c.field === 'agency');
  return JSON.stringify(before) === JSON.stringify(conflict === null ? [] : [conflict]);
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

function same(a: AgencyMatch | null, b: AgencyMatch | null): boolean {
  return a?.id === b?.id && (a?.regionCode ?? null) === (b?.regionCode ?? null);
}
