import path from 'node:path';
import type { Register, RegisteredAgency } from '../agencies/register.ts';
import { byHand } from '../crawl/add.ts';
import { Archive } from '../crawl/archive/store.ts';
import { Channel } from '../crawl/channel.ts';
import type { CrawledDocument, CrawledReport } from '../crawl/crawled.ts';
import type { CrawlDeps, ResolveAgency } from '../crawl/deps.ts';
import { documentName, isPath } from '../crawl/document-name.ts';
import type { ReportHints } from '../crawl/state.ts';
import { currentReportIds, withMembers } from '../dataset/reading-queries.ts';
import type { Said, Store } from '../dataset/store.ts';
import type { Outcome } from '../extract/report.ts';
import { isArchiveName } from '../read/archive/archive-kind.ts';
import { type Arrival, type IngestOptions, type IngestSummary, ingest, type ReadingStore } from './ingest.ts';
import { type RevisedReport, type Revision, revisionsOf } from './revisions.ts';

/** Arrivals that wait for a parser before the crawl waits too. */
const WAITING = 64;

/** Without a table in page and attachments, the pictures of a report may hold it. */
const WITHOUT_TABLES: ReadonlySet<Outcome> = new Set([
  'no_tables',
  'needs_ocr',
  'not_a_report',
  'unsupported',
]);

export interface CrawlReader {
  /** Hands a crawled report to the parsers; resolves when there is room for the next. */
  take(report: CrawledReport): Promise<void>;
  /** No more reports: resolves when all are read and committed. */
  finish(): Promise<IngestSummary>;
  /** After `finish`: the reports taken that replaced an earlier version, and which of their cells changed. */
  revisions(): Promise<readonly Revision[]>;
}

/** Where a crawled report is committed to: the store, or what collects for one transaction. */
export type CrawlSink = ReadingStore &
  Pick<Store, 'markReplaced'> & { readonly crawl: Pick<Store['crawl'], 'commit'> };

/**
 * Reads what a crawl brings while it goes on. The page and its attachments are copies of one report; a report is marked
 * as taken in the crawl state only when all its copies are committed, so that a killed run hands it on again.
 */
export function readCrawled(
  store: Store,
  options: Pick<
    IngestOptions,
    'register' | 'processes' | 'limits' | 'signal' | 'onEvent' | 'pool' | 'saveAtOnce'
  > & { readonly into?: CrawlSink },
): CrawlReader {
  const into = options.into ?? store;
  const channel = new Channel<Arrival>(WAITING);
  const open = new Map<string, OpenReport>();
  const revised: RevisedReport[] = [];
  let ended = false;
  const endWhenDone = () => {
    if (ended && open.size === 0) channel.end();
  };
  const settle = async (report: OpenReport): Promise<void> => {
    open.delete(report.key);
    const { portal, url, version: n, replaced, documents } = report.crawled;
    const name = (file: Pick<CrawledDocument, 'url' | 'name' | 'document'>) =>
      documentNameOf(report.crawled, file);
    const present = withoutArchives(documents.map(name), report.contents);
    const archives = documents.filter((file) => report.contents.has(name(file)) || isArchive(file));
    if (replaced.length > 0 || archives.length > 0) {
      const others = await withMembers(store, replaced.map(name));
      const gone = portal === byHand ? await sameReports(store, others, present) : others;
      // Of one name there is one archive: whatever else is stored under it was another, or that which could not be read.
      const before = await withMembers(store, archives.map(name));
      await into.markReplaced([...gone, ...before], present);
    }
    await into.crawl.commit({ taken: [{ portal, url, n }] });
    endWhenDone();
  };
  const done = (document: string, outcome: Outcome | null): void => {
    for (const report of [...open.values()]) {
      if (!report.waiting.delete(document)) continue;
      if (outcome !== null && !WITHOUT_TABLES.has(outcome)) report.hasTables = true;
      if (report.waiting.size > 0) continue;
      const pictures = report.hasTables ? [] : report.pictures.splice(0);
      if (pictures.length === 0) report.settled = settle(report);
      else {
        for (const picture of pictures) report.waiting.add(picture.document);
        void pushAll(channel, pictures);
      }
    }
  };
  const expanded = (archive: string, members: readonly string[]): void => {
    for (const report of open.values())
      if (report.waiting.has(archive)) {
        report.contents.set(archive, members);
        for (const member of members) report.waiting.add(member);
      }
    done(archive, null);
  };
  // What waits is not read any more, and nobody says so: it is handed on again by the next run.
  const stop = () => channel.end();
  options.signal?.addEventListener('abort', stop);
  if (options.signal?.aborted) stop();
  const reading = ingest(into, channel, {
    ...options,
    lookUp: 1,
    onEvent: (event) => {
      options.onEvent?.(event);
      if (event.kind === 'unchanged') done(event.document, null);
    },
    onSaved: (saved, report) => done(saved.document, report.outcome),
    onExpanded: expanded,
  });
  // Its failure is reported by `finish`; until then it must not count as unhandled.
  reading
    .catch((error: unknown) => channel.fail(error))
    // A worker has many readers, one after the other, and one signal.
    .finally(() => options.signal?.removeEventListener('abort', stop));
  return {
    take: async (crawled) => {
      const arrivals = arrivalsOf(crawled, options.register);
      const report: OpenReport = {
        key: `${crawled.group} ${crawled.version}`,
        crawled,
        waiting: new Set(arrivals.read.map((a) => a.document)),
        pictures: [...arrivals.pictures],
        contents: new Map(),
        hasTables: false,
        settled: null,
      };
      open.set(report.key, report);
      const { event, change, version, documents, replaced } = crawled;
      const isRevision = event?.kind === 'report_revised' || event?.kind === 'report_republished';
      if (isRevision || replaced.length > 0 || (change === 'again' && version > 1)) {
        const name = (file: Pick<CrawledDocument, 'url' | 'name' | 'document'>) =>
          documentNameOf(crawled, file);
        revised.push({ crawled, documents: documents.map(name), replaced: replaced.map(name) });
      }
      if (arrivals.read.length === 0) await settle(report);
      await pushAll(channel, arrivals.read);
    },
    finish: async () => {
      ended = true;
      endWhenDone();
      return reading;
    },
    revisions: () => revisionsOf(store, revised),
  };
}

/**
 * Where a portal has other files they are what it publishes. What a person brought in for a body and turned out to be the
 * report of another stays that, whatever they bring in next.
 */
async function sameReports(
  store: Store,
  gone: readonly string[],
  present: readonly string[],
): Promise<readonly string[]> {
  const known = await currentReportIds(store, [...gone, ...present]);
  const ids = new Set(present.map((document) => known.get(document)));
  return gone.filter((document) => known.has(document) && ids.has(known.get(document)));
}

interface OpenReport {
  readonly key: string;
  readonly crawled: CrawledReport;
  readonly waiting: Set<string>;
  readonly pictures: Arrival[];
  /** Of each archive that was unpacked, in an archive too. */
  readonly contents: Map<string, readonly string[]>;
  hasTables: boolean;
  settled: Promise<void> | null;
}

/** What was in archives, down to the last, takes their place. */
function withoutArchives(
  documents: readonly string[],
  contents: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  return documents.flatMap((document) => {
    const members = contents.get(document);
    return members === undefined ? [document] : withoutArchives(members, contents);
  });
}

function isArchive(file: Pick<CrawledDocument, 'path' | 'name'>): boolean {
  return isArchiveName(file.path) || isArchiveName(file.name ?? '');
}

async function pushAll(channel: Channel<Arrival>, arrivals: readonly Arrival[]): Promise<void> {
  for (const arrival of arrivals) await channel.push(arrival);
}

/** What a file of a crawled report, or of one that it replaced, is called in the dataset. */
export function documentNameOf(
  { title, documents }: Pick<CrawledReport, 'title' | 'documents'>,
  file: Pick<CrawledDocument, 'url' | 'name' | 'document'>,
): string {
  return documentName({ title, files: documents }, file);
}

/** The files of a crawled report as they are to be read; its pictures apart, which are read where nothing else has tables. */
export function arrivalsOf(
  crawled: CrawledReport,
  register: Register,
): { readonly read: Arrival[]; readonly pictures: Arrival[] } {
  const { hints } = crawled;
  const registered = hints.agencyId === null ? undefined : register.get(hints.agencyId);
  const fixed = hints.agencies.find((h) => h.from === 'fixed')?.value;
  const byPerson = hints.agencies.find((h) => h.from === 'person')?.value;
  const agency = registered?.name ?? fixed ?? byPerson;
  const said = saidOf(hints, agency, register);
  const address = isPath(crawled.address) ? null : crawled.address;
  const page = crawled.documents.find((d) => d.role === 'article');
  const arrival = (d: CrawledDocument): Arrival => ({
    file: d.file,
    document: documentNameOf(crawled, d),
    size: d.bytes,
    mtime: 0,
    sha256: d.sha256,
    ...(isPath(d.url) ? {} : { url: d === page ? crawled.address : d.url }),
    from: registered ? 'register' : fixed === undefined && byPerson !== undefined ? 'person' : 'configured',
    ...(d === page || address === null ? {} : { attachmentOf: address }),
    ...(d.mediaType === null ? {} : { contentType: d.mediaType }),
    ...(agency === undefined ? {} : { agency }),
    ...(said === null ? {} : { said }),
    ...(hints.year === null ? {} : { year: hints.year }),
    ...(crawled.publishedOn === null ? {} : { publishedOn: crawled.publishedOn }),
  });
  return {
    read: crawled.documents.filter((d) => d.role !== 'image').map(arrival),
    pictures: crawled.documents.filter((d) => d.role === 'image').map(arrival),
  };
}

function saidOf(hints: ReportHints, agency: string | undefined, register: Register): Said | null {
  if (hints.agencyId === null && agency === undefined) return null;
  const from = (name: string) => hints.agencies.some((h) => h.from === name);
  const ofPage = hints.agencies.some(({ value }) =>
    namedBy(value, register).some(({ id }) => id === hints.agencyId),
  );
  return {
    agencyId: hints.agencyId,
    agency: agency ?? null,
    by: from('person') ? 'person' : from('fixed') || !ofPage ? 'configured' : 'meta',
  };
}

/** The register decides which body a hint of a portal names; a hint that fits several names nobody. */
export function agencyResolver(register: Register): ResolveAgency {
  return ({ hints, among, indexNumber }) => {
    const allowed = (id: string) => among.length === 0 || among.includes(id);
    const code = /^([0-9A-Z]{18})(?:[/\-_]|$)/u.exec(indexNumber ?? '')?.[1];
    const byCode = code === undefined ? undefined : register.byUscc(code);
    if (byCode && allowed(byCode.id)) return byCode.id;
    const titled = hints.find(({ from }) => from === 'title_prefix')?.value;
    for (const hint of hints) {
      const [body, ...others] = namedBy(hint.value, register).filter(({ id }) => allowed(id));
      if (!body || others.length > 0) continue;
      // The publisher beside the text is often the government whose portal it is; the title names who reports.
      if (hint.from === 'fixed' || titled === undefined || register.canMean(titled, body)) return body.id;
    }
    const [only, ...others] = among;
    if (only === undefined || others.length > 0) return null;
    const body = register.get(only);
    const isOther = ({ value }: { readonly value: string }) => !body || !register.canMean(value, body);
    return hints.some((hint) => namesBody(hint) && isOther(hint)) ? null : only;
  };
}

/** Bodies of the register that an id or a whole name stands for. */
function namedBy(hint: string, register: Register): readonly RegisteredAgency[] {
  const direct = register.get(hint);
  if (direct) return [direct];
  const match = register.match(hint, null);
  return match.kind === 'certain' ? [match.agency] : match.kind === 'ambiguous' ? match.agencies : [];
}

/** 节能处, 办公室 or 本站编辑 beside a text are no names of bodies that report. */
function namesBody({ from, value }: { readonly from: string; readonly value: string }): boolean {
  return (
    from === 'title_prefix' ||
    from === 'fixed' ||
    /(?:政府|局|厅|委|委员会|管委会|街道|办事处|镇|乡|学院|大学|医院|公司)$/u.test(value.trim())
  );
}

export function crawlDeps(
  store: Store,
  output: string,
  register: Register,
  more: Pick<CrawlDeps, 'signal' | 'onProgress' | 'clock' | 'network'>,
): CrawlDeps {
  return {
    state: store.crawl,
    archive: new Archive(path.join(output, 'archive')),
    ...(register.agencies.length > 0 ? { resolveAgency: agencyResolver(register) } : {}),
    ...more,
  };
}
