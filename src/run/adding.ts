import type { Register } from '../agencies/register.ts';
import { type AddRequest, addReport } from '../crawl/add.ts';
import type { CrawlConfig } from '../crawl/config/config.ts';
import type { CrawlDeps } from '../crawl/deps.ts';
import type { Shape } from '../dataset/export/export.ts';
import { readingsOf, reportIdsOf, withMembers } from '../dataset/reading-queries.ts';
import type { Store } from '../dataset/store.ts';
import { crawlDeps, documentNameOf, readCrawled } from './crawling.ts';
import { finishRun, type RunResult } from './extraction.ts';
import type { IngestSummary } from './ingest.ts';
import type { ParseLimits } from './parsing/limits.ts';
import { recheck } from './recheck.ts';

/** A name or an id that fits several bodies of the register. */
export class AmbiguousAgency extends Error {
  override readonly name = 'AmbiguousAgency';
  readonly ids: readonly string[];
  constructor(name: string, ids: readonly string[]) {
    super(`the register has several bodies called “${name}” (${ids.join(', ')}); give the id`);
    this.ids = ids;
  }
}

/** The body that is meant: of the register where it has it, else a name as given. */
export function agencyToAdd(
  register: Register,
  name: string,
  year: number,
): Pick<AddRequest, 'agency' | 'agencyId' | 'regionCode'> {
  const match = register.match(name, year);
  const agency = register.get(name) ?? (match.kind === 'certain' ? match.agency : undefined);
  if (!agency && match.kind === 'ambiguous')
    throw new AmbiguousAgency(
      name,
      match.agencies.map((a) => a.id),
    );
  return {
    agency: agency?.name ?? name,
    ...(agency ? { agencyId: agency.id } : {}),
    ...(agency?.divisionCode ? { regionCode: agency.divisionCode.slice(0, 6) } : {}),
  };
}

export interface AddOptions {
  readonly output: string;
  readonly register: Register;
  readonly processes: number;
  readonly limits: ParseLimits;
  readonly portals: CrawlConfig | null;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly network?: CrawlDeps['network'];
}

/** Brings in a report by hand: archived like a crawled one, read, checked, and the dataset rebuilt. */
export async function addByHand(
  store: Store,
  request: AddRequest,
  options: AddOptions & { readonly formats?: readonly Shape[] | undefined },
): Promise<Omit<RunResult, 'missing' | 'unreadable'> & { readonly contradicted: readonly Contradicted[] }> {
  const { register, signal, output, formats } = options;
  const { ingest, documents } = await readByHand(store, request, options);
  const contradicted = await contradictedOf(store, documents);
  return { ingest, contradicted, ...(await finishRun(store, { register, output, formats, signal })) };
}

/** A document that prints another name than the person gave. */
export interface Contradicted {
  readonly document: string;
  readonly printed: string;
  readonly given: string;
  /** The body that it was filed under, by what it prints; null where the register has no such name. */
  readonly filedUnder: string | null;
}

async function contradictedOf(store: Store, documents: readonly string[]): Promise<Contradicted[]> {
  const found: Contradicted[] = [];
  for (const reportId of await reportIdsOf(store, documents)) {
    const filedUnder = (await store.report(reportId))?.agencyId ?? null;
    for (const { document, report, supersededBy, missing } of await readingsOf(store, reportId)) {
      const [printed, given] = report.conflicts.find((c) => c.field === 'agency')?.values ?? [];
      if (!printed || !given || supersededBy !== null || missing || !documents.includes(document)) continue;
      found.push({ document, printed: printed.value, given: given.value, filedUnder });
    }
  }
  return found;
}

/** The same up to the store: the files of the dataset wait for the next command that writes them. */
export async function checkByHand(
  store: Store,
  request: AddRequest,
  options: AddOptions,
): Promise<{ readonly ingest: IngestSummary; readonly documents: readonly string[] }> {
  const read = await readByHand(store, request, options);
  await recheck(store, options.register, await store.uncheckedAgencies(), { signal: options.signal });
  return read;
}

/** `documents`: their names in the store, those of archives and of what is in them. */
async function readByHand(
  store: Store,
  request: AddRequest,
  options: AddOptions,
): Promise<{ readonly ingest: IngestSummary; readonly documents: readonly string[] }> {
  const { register, signal, output } = options;
  const deps = crawlDeps(store, output, register, {
    signal,
    ...(options.network ? { network: options.network } : {}),
  });
  const report = await addReport(request, options.portals, options.userAgent, deps);
  const reader = readCrawled(store, {
    register,
    processes: options.processes,
    limits: options.limits,
    signal,
  });
  await reader.take(report);
  const ingest = await reader.finish();
  const names = report.documents.map((d) => documentNameOf(report, d));
  return { ingest, documents: await withMembers(store, names) };
}
