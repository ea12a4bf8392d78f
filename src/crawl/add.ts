import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { archiveExtension } from './archive/extension.ts';
import { servedName } from './attachment-fetch.ts';
import { iso, systemClock } from './clock.ts';
import type { CrawlConfig, PortalConfig } from './config/config.ts';
import type { CrawledReport } from './crawled.ts';
import type { CrawlDeps } from './deps.ts';
import { documentName, isPath, namedFiles } from './document-name.ts';
import { CrawlError } from './error.ts';
import { isHtml } from './http/challenge.ts';
import { PortalHttp } from './http/client.ts';
import { HostGroups } from './http/host-group.ts';
import { Resolver } from './http/resolver.ts';
import { sha } from './incremental/body.ts';
import { reportKey } from './incremental/revision.ts';
import { checkAttachment } from './portals/attachment-check.ts';
import { replacedFiles } from './replaced.ts';
import type { Exchange, ReportVersion, VersionFile } from './state.ts';

/** Above the number of any version, and still a whole number to every database. */
const ALL = 2_147_483_647;

/** The portal under which the state keeps what people brought in. */
export const byHand = 'manual';

/** One report as a person brings it in: all sources are copies of it. */
export interface AddRequest {
  /** A name or an id of the register. */
  readonly agency: string;
  /** Report year. */
  readonly year: number;
  /** Files, folders (all files in them) and http(s) addresses. */
  readonly sources: readonly string[];
  readonly agencyId?: string;
  readonly regionCode?: string;
  /** Where a file came from, when it was fetched with a browser. */
  readonly cameFrom?: string;
  readonly addedBy?: string;
}

/**
 * Brings in what the crawl could not reach, with the same archive, provenance and state as what it did. Addresses are
 * asked for under the same rules as in a crawl, but at any hour. Bringing in the same bytes again changes nothing; other
 * bytes for the same agency and year become a new version, and what was brought in before is the report no longer.
 * Returns the report to read.
 */
export async function addReport(
  request: AddRequest,
  config: CrawlConfig | null,
  userAgent: string,
  deps: CrawlDeps,
): Promise<CrawledReport> {
  const clock = deps.clock ?? systemClock;
  const now = iso(clock.now());
  const run = `add-${now.replace(/[:.]/g, '-')}`;
  const files: VersionFile[] = [];
  const exchanges: Exchange[] = [];
  await deps.archive.prepare(clock.now());
  const groups = deps.groups ?? new HostGroups();
  try {
    for (const source of await expand(request.sources)) {
      if (source.kind === 'file') {
        const bytes = await readFile(source.file);
        if (bytes.length === 0) throw new RangeError(`${source.file} is empty`);
        files.push(
          await keep(
            deps,
            bytes,
            path.basename(source.file),
            request.cameFrom ?? pathToFileURL(source.file).href,
            null,
          ),
        );
        continue;
      }
      const portal = portalFor(source.url, config, userAgent);
      const http = new PortalHttp(portal, {
        clock,
        state: deps.state,
        groups,
        resolver: new Resolver(deps.network),
        run,
        ...(deps.signal ? { signal: deps.signal } : {}),
        ...(deps.onRequest ? { onRequest: deps.onRequest } : {}),
      });
      const page = await http.fetch({ url: source.url, expect: 'attachment' });
      if (page.status >= 400)
        throw new CrawlError(
          'not_found',
          `${source.url} answers with status ${page.status}; fetch it with a browser and add the file`,
          {
            url: source.url,
            status: page.status,
          },
        );
      const html = isHtml(page.text);
      if (!html) {
        const verdict = checkAttachment(page.bytes, source.url);
        if (!verdict.ok) throw new CrawlError('not_a_file', verdict.reason, { url: source.url });
      }
      const name = servedName(page.headers['content-disposition']);
      const file = await keep(deps, page.bytes, name, source.url, page.headers['content-type'] ?? null, html);
      files.push(file);
      exchanges.push({
        run,
        portal: byHand,
        url: page.url,
        method: 'GET',
        requestHeaders: page.requestHeaders,
        status: page.status,
        responseHeaders: page.headers,
        fetchedAt: page.fetchedAt,
        sha256: file.sha256,
        path: file.path,
        bytes: file.bytes,
      });
    }
  } finally {
    if (!deps.groups) await groups.close();
  }
  if (files.length === 0)
    throw new RangeError(
      `${request.sources.join(', ')}: no file found; give files, a folder with files, or addresses`,
    );

  const key = `${request.agencyId ?? request.agency}/${request.year}`;
  const url = addressOf(request.agencyId ?? request.agency, request.year);
  const shas = [...new Set(files.map(({ sha256 }) => sha256))].sort();
  const current = await deps.state.currentVersion(byHand, url);
  // Brought in by the body's name, before the register had it.
  const byName = request.agencyId === undefined ? url : addressOf(request.agency, request.year);
  const others = await namesOfOthers(deps, new Set([url, byName]));
  const same =
    current !== null &&
    current.attachmentShas.join() === shas.join() &&
    // Under the name of another body's file it was never read.
    !current.files.some(
      (f) => f.document === undefined && isPath(f.url) && others.has(documentName(current, f)),
    );
  const version: ReportVersion = same
    ? current
    : {
        portal: byHand,
        column: byHand,
        url,
        address: request.cameFrom ?? files[0]?.url ?? url,
        n: (current?.n ?? 0) + 1,
        reportKey: reportKey(request.regionCode ?? null, request.agencyId ?? request.agency, request.year),
        bodySha: sha(''),
        numbersSha: sha(''),
        attachmentShas: shas,
        title: `${request.agency}${request.year}年政府信息公开工作年度报告`,
        publishedOn: null,
        rawSha: files[0]?.sha256 ?? '',
        fetchedAt: now,
        run,
        files: namedFiles(files, key, (name, { sha256 }) => (others.get(name) ?? sha256) !== sha256),
        hints: {
          regionCode: request.regionCode ?? null,
          agencies: [{ from: 'person', value: request.agency }],
          agencyId: request.agencyId ?? null,
          year: request.year,
          indexNumber: null,
        },
        supersededBy: null,
        taken: false,
      };
  if (!same)
    await deps.state.commit({
      versions: [version],
      exchanges,
      ...(current ? { supersede: [{ portal: byHand, url, n: current.n, by: String(version.n) }] } : {}),
    });
  const named = (v: ReportVersion): ReportVersion => ({
    ...v,
    files: v.files.map((file) => ({ ...file, document: documentName(v, file) })),
  });
  // Of all earlier versions, whichever run they came in: one that was killed has marked none of them.
  const before = [
    ...(await deps.state.replacedBy(byHand, url, version.n)),
    ...(byName === url ? [] : await deps.state.replacedBy(byHand, byName, ALL)),
  ];
  return {
    group: `${byHand} ${url}`,
    version: version.n,
    change: same ? 'again' : current ? 'revised' : 'new',
    portal: byHand,
    portalName: request.addedBy ? `brought in by ${request.addedBy}` : 'brought in by hand',
    column: byHand,
    url,
    address: version.address,
    title: version.title,
    publishedOn: null,
    hints: version.hints,
    fetchedAt: version.fetchedAt,
    documents: version.files.map((file) => ({ ...file, file: deps.archive.absolute(file.path) })),
    event: null,
    replaced: replacedFiles(named(version), before.map(named)).filter(
      ({ document = '' }) => !others.has(document),
    ),
  };
}

async function keep(
  deps: CrawlDeps,
  bytes: Uint8Array,
  name: string | null,
  url: string,
  mediaType: string | null,
  html = /\.html?$/i.test(name ?? ''),
): Promise<VersionFile> {
  const archived = await deps.archive.put(bytes, archiveExtension(bytes, [name, url], html));
  return {
    role: 'attachment',
    url,
    name,
    mediaType,
    sha256: archived.sha256,
    bytes: archived.bytes,
    path: archived.path,
  };
}

type Source =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'url'; readonly url: string };

async function expand(sources: readonly string[]): Promise<Source[]> {
  const all: Source[] = [];
  for (const source of sources) {
    if (/^https?:\/\//i.test(source)) {
      all.push({ kind: 'url', url: source });
      continue;
    }
    const about = await stat(source).catch(() => null);
    if (about === null) throw new RangeError(`${source} is neither a file, a folder nor an http address`);
    if (!about.isDirectory()) {
      all.push({ kind: 'file', file: path.resolve(source) });
      continue;
    }
    const names = (await readdir(source, { withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
    for (const name of names) all.push({ kind: 'file', file: path.resolve(source, name) });
  }
  return all;
}

/** Under which the state keeps a report that people brought in. */
export function addressOf(agency: string, year: number): string {
  return `//${byHand}/${encodeURIComponent(agency)}/${year}`;
}

/** What the files of other reports that people brought in are known by, and their bytes. */
async function namesOfOthers(
  deps: CrawlDeps,
  own: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for await (const version of deps.state.versions(byHand))
    if (!own.has(version.url) && version.supersededBy === null)
      for (const file of version.files) names.set(documentName(version, file), file.sha256);
  return names;
}

/** The portal that an address belongs to, or rules for its host alone; asked for by a person, so at any hour. */
function portalFor(url: string, config: CrawlConfig | null, userAgent: string): PortalConfig {
  if (!URL.canParse(url)) throw new RangeError(`${url} is no address`);
  const { hostname, origin } = new URL(url);
  const configured = config?.portals.find(({ allowedHosts }) => allowedHosts.includes(hostname));
  if (configured) return { ...configured, politeness: { ...configured.politeness, window: null } };
  return {
    id: byHand,
    name: byHand,
    regionCode: null,
    baseUrl: origin,
    allowedHosts: [hostname],
    hostGroup: null,
    tls: 'default',
    charset: null,
    agencies: [],
    enabled: true,
    timezone: 'Asia/Shanghai',
    userAgent,
    schedule: { cron: '15 22 1 * *', seasons: [], jitterMinutes: 0 },
    politeness: {
      minDelayMs: 3000,
      maxDelayMs: 60_000,
      delayFactor: 5,
      window: null,
      maxBytesPerRun: 2e9,
      maxRequestsPerRun: Number.POSITIVE_INFINITY,
      timeoutMs: 30_000,
      retries: 2,
    },
    robots: { overrideReason: null, cacheHours: 24 },
    limits: { pageBytes: 15e6, attachmentBytes: 100e6, redirects: 5, pagesMax: 1 },
    blocked: { notify: false, cooldownDays: 7 },
    years: { from: 2019, to: 'auto' },
    recheck: { newDays: 90, newEveryDays: 7, laterEveryDays: 90, oldEveryDays: 365 },
    columns: [],
  };
}
