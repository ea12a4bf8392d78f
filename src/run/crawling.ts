import path from 'node:path';
import type { Register } from '../agencies/register.ts';
import { Archive } from '../crawl/archive/store.ts';
import { Channel } from '../crawl/channel.ts';
import type { CrawledDocument, CrawledReport } from '../crawl/crawled.ts';
import type { CrawlDeps, ResolveAgency } from '../crawl/deps.ts';
import type { Store } from '../dataset/store.ts';
import type { Outcome } from '../extract/report.ts';
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
    if (replaced.length > 0) {
      const name = (file: Pick<CrawledDocument, 'url' | 'name'>) => documentName(report.crawled, file);
      await into.markReplaced(replaced.map(name), documents.map(name));
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
  const reading = ingest(into, channel, {
    ...options,
    lookUp: 1,
    onEvent: (event) => {
      options.onEvent?.(event);
      if (event.kind === 'unchanged') done(event.document, null);
    },
    onSaved: (saved, report) => done(saved.document, report.outcome),
  });
  // Its failure is reported by `finish`; until then it must not count as unhandled.
  reading.catch((error: unknown) => channel.fail(error));
  return {
    take: async (crawled) => {
      const arrivals = arrivalsOf(crawled, options.register);
      const report: OpenReport = {
        key: `${crawled.group} ${crawled.version}`,
        crawled,
        waiting: new Set(arrivals.read.map((a) => a.document)),
        pictures: [...arrivals.pictures],
        hasTables: false,
        settled: null,
      };
      open.set(report.key, report);
      const { event, change, version, documents, replaced } = crawled;
      const isRevision = event?.kind === 'report_revised' || event?.kind === 'report_republished';
      if (isRevision || replaced.length > 0 || (change === 'again' && version > 1)) {
        const name = (file: Pick<CrawledDocument, 'url' | 'name'>) => documentName(crawled, file);
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

interface OpenReport {
  readonly key: string;
  readonly crawled: CrawledReport;
  readonly waiting: Set<string>;
  readonly pictures: Arrival[];
  hasTables: boolean;
  settled: Promise<void> | null;
}

async function pushAll(channel: Channel<Arrival>, arrivals: readonly Arrival[]): Promise<void> {
  for (const arrival of arrivals) await channel.push(arrival);
}

/**
 * Its address; what a person brought in as a file has none, and its path on their machine is nobody's business. Files
 * that they downloaded from one address keep their names: under one name the last would take the place of the others.
 */
export function documentName(
  crawled: CrawledReport,
  document: Pick<CrawledDocument, 'url' | 'name'>,
): string {
  if (!isPath(document.url)) {
    const shared = crawled.documents.filter((d) => d.url === document.url).length > 1;
    return shared && document.name !== null
      ? `${document.url}#${document.name}`.normalize('NFC')
      : document.url;
  }
  const name = document.name ?? path.posix.basename(new URL(document.url).pathname);
  return `added/${crawled.title}/${name}`.normalize('NFC');
}

function isPath(url: string): boolean {
  return url.startsWith('file:');
}

function arrivalsOf(crawled: CrawledReport, register: Register): { read: Arrival[]; pictures: Arrival[] } {
  const { hints } = crawled;
  const registered = hints.agencyId === null ? undefined : register.get(hints.agencyId);
  const fixed = hints.agencies.find((h) => h.from === 'fixed')?.value;
  const byPerson = hints.agencies.find((h) => h.from === 'person')?.value;
  const agency = registered?.name ?? fixed ?? byPerson;
  const address = isPath(crawled.address) ? null : crawled.address;
  const page = crawled.documents.find((d) => d.role === 'article');
  const arrival = (d: CrawledDocument): Arrival => ({
    file: d.file,
    document: documentName(crawled, d),
    size: d.bytes,
    mtime: 0,
    sha256: d.sha256,
    ...(isPath(d.url) ? {} : { url: d === page ? crawled.address : d.url }),
    from: registered ? 'register' : fixed === undefined && byPerson !== undefined ? 'person' : 'configured',
    ...(d === page || address === null ? {} : { attachmentOf: address }),
    ...(d.mediaType === null ? {} : { contentType: d.mediaType }),
    ...(agency === undefined ? {} : { agency }),
    ...(hints.agencyId === null ? {} : { agencyId: hints.agencyId }),
    ...(hints.year === null ? {} : { year: hints.year }),
    ...(crawled.publishedOn === null ? {} : { publishedOn: crawled.publishedOn }),
  });
  return {
    read: crawled.documents.filter((d) => d.role !== 'image').map(arrival),
    pictures: crawled.documents.filter((d) => d.role === 'image').map(arrival),
  };
}

/** The register decides which body a hint of a portal names; a hint that fits several names nobody. */
export function agencyResolver(register: Register): ResolveAgency {
  return ({ hints, among, indexNumber }) => {
    const allowed = (id: string) => among.length === 0 || among.includes(id);
    const code = /^([0-9A-Z]{18})(?:[/\-_]|$)/u.exec(indexNumber ?? '')?.[1];
    const byCode = code === undefined ? undefined : register.byUscc(code);
    if (byCode && allowed(byCode.id)) return byCode.id;
    for (const hint of hints) {
      const direct = register.get(hint.value);
      if (direct && allowed(direct.id)) return direct.id;
      const match = register.match(hint.value, null);
      if (match.kind === 'certain' && allowed(match.agency.id)) return match.agency.id;
    }
    return among.length === 1 ? (among[0] as string) : null;
  };
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
