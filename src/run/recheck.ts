import type { Register, RegisteredAgency } from '../agencies/register.ts';
import type { AgencyEntry, AgencyHistory, RegionYear } from '../check/across.ts';
import { type AcrossResult, checkAcross, checkView } from '../check/engine.ts';
import type { Check, Finding } from '../check/finding.ts';
import type { ReportContext } from '../check/rule.ts';
import { type ReportView, viewOf } from '../check/view.ts';
import type { FindingsChange, FindingsOf, Store, StoredReport } from '../dataset/store.ts';
import { MemoryKeeper } from './memory.ts';

/**
 * Runs all rules over what is stored. Only the agencies named are looked at, with the bodies above and below them,
 * so that one new report does not recheck the nation. What the rules say of a report that is not there (A.MISSING) has
 * no report to belong to and is not stored: the list of bodies without a report is worked out from the register.
 */
export async function recheck(
  store: Store,
  register: Register,
  agencyKeys: Iterable<string>,
  options: {
    readonly run?: number;
    readonly onAgency?: (done: number, of: number) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<FindingsChange> {
  const affected = withRelatives(new Set(agencyKeys), register);
  const added: string[] = [];
  const gone: string[] = [];
  let unchanged = 0;
  let done = 0;
  const regions = new RegionResults(store, register);
  const memory = new MemoryKeeper();
  for (const key of [...affected].sort()) {
    if (options.signal?.aborted) break;
    const reports = await loadReports(store, key);
    const items = await checkAgency(key, reports, register, regions);
    const change = await store.replaceFindings(items, options.run);
    added.push(...change.added);
    gone.push(...change.gone);
    unchanged += change.unchanged;
    done += 1;
    memory.worked(items.length);
    options.onAgency?.(done, affected.size);
  }
  return { added, gone, unchanged };
}

/** An aggregate report is compared with its bodies, and each body with the aggregate. */
function withRelatives(keys: ReadonlySet<string>, register: Register): Set<string> {
  const all = new Set(keys);
  for (const key of keys) {
    const agency = register.get(key);
    if (!agency) continue;
    if (agency.parent) all.add(agency.parent);
    for (const child of register.childrenOf(key)) all.add(child.id);
  }
  return all;
}

interface Loaded {
  readonly stored: StoredReport;
  readonly view: ReportView;
}

async function loadReports(store: Store, agencyKey: string): Promise<Loaded[]> {
  const loaded: Loaded[] = [];
  for await (const stored of store.reports({ agencies: [agencyKey] })) {
    loaded.push({ stored, view: viewOf(stored.report, { id: stored.reportId, agencyId: stored.agencyId }) });
  }
  return loaded;
}

async function checkAgency(
  key: string,
  loaded: readonly Loaded[],
  register: Register,
  regions: RegionResults,
): Promise<FindingsOf[]> {
  const agency = register.get(key);
  const entry = agency ? entryOf(agency) : null;
  const history: AgencyHistory = { agency: entry, reports: loaded.map((l) => l.view) };
  const copies = loaded
    .map(({ view, stored: { reportId, agencyId, missing, copies } }) => ({
      reports: [
        view,
        // A file that is no longer published contradicts nothing, least of all the one that corrects it.
        ...copies
          .filter((c) => !c.missing || missing)
          .map((c) => viewOf(c.report, { id: `${reportId}#${c.document}`, agencyId })),
      ],
    }))
    .filter(({ reports }) => reports.length > 1);
  // Bodies without a name cannot be chained: their reports have nothing in common but that.
  const across = checkAcross({ histories: key === '' ? [] : [history], copies });
  const ofRegions = agency ? await regions.about(agency) : { checks: [], findings: [] };
  return loaded.map(({ stored, view }) => {
    const own = checkView(view, contextOf(view, loaded, entry));
    const about = (located: { readonly report: string | null }) => located.report === stored.reportId;
    return {
      reportId: stored.reportId,
      checks: [
        ...own.checks,
        ...strip(across.checks.filter(about)),
        ...strip(ofRegions.checks.filter(about)),
      ],
      findings: [
        ...own.findings,
        ...strip(across.findings.filter(about)),
        ...strip(ofRegions.findings.filter(about)),
      ],
    };
  });
}

/** The reports of the years before and after may decide between candidates for a wrong cell. */
function contextOf(view: ReportView, loaded: readonly Loaded[], agency: AgencyEntry | null): ReportContext {
  const ofYear = (year: number) =>
    loaded.find(
      (l) => l.view.year === year && scopeKey(l.view) === scopeKey(view) && l.view.kind === view.kind,
    )?.view;
  const previous = view.year === null || view.agency === null ? undefined : ofYear(view.year - 1);
  const next = view.year === null || view.agency === null ? undefined : ofYear(view.year + 1);
  return { ...(agency ? { agency } : {}), ...(previous ? { previous } : {}), ...(next ? { next } : {}) };
}

/** Nothing said of the scope is the body's own report, as in the report's id. */
function scopeKey(view: ReportView): ReportView['scope'] {
  return view.scope === 'unknown' ? 'own' : view.scope;
}

function strip<T extends Check | Finding>(
  list: readonly (T & { report: string | null; agencyId: string | null; year: number | null })[],
): T[] {
  return list.map(({ report: _r, agencyId: _a, year: _y, ...rest }) => rest as unknown as T);
}

export function entryOf(agency: RegisteredAgency): AgencyEntry {
  return {
    id: agency.id,
    name: agency.name,
    kind: agency.kind,
    parent: agency.parent,
    validFrom: agency.firstYear,
    validTo: agency.lastYear,
  };
}

/** Results of the rules over a body and those below it, worked out once per body. */
class RegionResults {
  readonly #store: Store;
  readonly #register: Register;
  readonly #done = new Map<string, AcrossResult>();

  constructor(store: Store, register: Register) {
    this.#store = store;
    this.#register = register;
  }

  async about(agency: RegisteredAgency): Promise<AcrossResult> {
    const own = await this.#under(agency.id);
    const above = agency.parent ? await this.#under(agency.parent) : { checks: [], findings: [] };
    return { checks: [...own.checks, ...above.checks], findings: [...own.findings, ...above.findings] };
  }

  async #under(parentId: string): Promise<AcrossResult> {
    const known = this.#done.get(parentId);
    if (known) return known;
    const parent = this.#register.get(parentId);
    const children = this.#register.childrenOf(parentId);
    const result =
      parent && children.length > 0 ? await this.#check(parent, children) : { checks: [], findings: [] };
    this.#done.set(parentId, result);
    return result;
  }

  async #check(parent: RegisteredAgency, children: readonly RegisteredAgency[]): Promise<AcrossResult> {
    const own = await loadReports(this.#store, parent.id);
    const bodies = new Map<string, Loaded[]>();
    for (const child of children) bodies.set(child.id, await loadReports(this.#store, child.id));
    const years = new Set(
      [...own, ...[...bodies.values()].flat()].flatMap((l) => (l.view.year === null ? [] : [l.view.year])),
    );
    const regions = [...years].sort().map((year): RegionYear => {
      const valid = children.filter((c) => (c.firstYear ?? year) <= year && year <= (c.lastYear ?? year));
      return {
        year,
        parent: entryOf(parent),
        aggregate:
          own.find((l) => l.view.year === year && (l.view.scope === 'region' || l.view.scope === 'system'))
            ?.view ?? null,
        bodies: valid.map((child) => ({
          agency: entryOf(child),
          report: bodies.get(child.id)?.find((l) => l.view.year === year)?.view ?? null,
        })),
      };
    });
    return checkAcross({ regions });
  }
}

/** Keys of all bodies that have reports in the store. */
export async function allAgencyKeys(store: Store): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const summary of store.summaries()) keys.add(summary.agencyKey);
  return keys;
}
