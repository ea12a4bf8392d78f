import { countSectionTitles } from '../article/section-titles.ts';
import { archiveExtension } from './archive/extension.ts';
import { exchangeOf, type FetchedFile, type FileLink, fetchFile, fileKey } from './attachment-fetch.ts';
import { iso } from './clock.ts';
import type { CrawlProgress } from './crawled.ts';
import { CrawlError } from './error.ts';
import { decodePage } from './http/charset.ts';
import type { FetchedPage } from './http/client.ts';
import { type BodyDigest, digestBody, sha } from './incremental/body.ts';
import { nextCheck } from './incremental/recheck.ts';
import { changedParts, couldBeTemplate, eventId, reportKey, sameContent } from './incremental/revision.ts';
import { rowSignature, yearInTitle } from './incremental/rows.ts';
import type { FoundRow, PortalPass } from './portal-pass.ts';
import { addressKey, isDocumentAddress } from './portals/addresses.ts';
import { signatureOf } from './portals/attachment-check.ts';
import { isCutTitle } from './portals/list-rows.ts';
import { isMissingPage } from './portals/missing-page.ts';
import type { Article, Page } from './portals/portal.ts';
import type {
  Exchange,
  ReportEvent,
  ReportHints,
  ReportVersion,
  RevisionPart,
  StateChange,
  UrlState,
  VersionFile,
} from './state.ts';

type VisitResult = Extract<CrawlProgress, { kind: 'article' }>['result'];

/** A changed text that a new page template may explain; decided when the whole portal is seen. */
export interface HeldRevision {
  readonly before: ReportVersion;
  readonly after: ReportVersion;
  readonly event: ReportEvent;
  readonly urls: readonly UrlState[];
  readonly exchanges: readonly Exchange[];
}

/** Pictures of one article that are fetched at most. */
const mostImages = 40;
/** With fewer tables than the form has, the report's tables may be pictures. */
const tablesOfTheForm = 3;
const halfDay = 12 * 3_600_000;

/**
 * Fetches an article with its attachments and notes what it finds, in one commit. `missing`: the row is gone from the
 * list, and the question is whether the page is. Throws what ends the portal; other failures are noted.
 */
export async function visitArticle(pass: PortalPass, url: UrlState, missing: boolean): Promise<VisitResult> {
  const { portal, state, clock } = pass;
  const found = pass.rowOf(url);
  const current = await state.currentVersion(portal.id, url.url);
  try {
    const document = isDocumentAddress(url.address) || wasDocument(current);
    if (document && missing) {
      const status = await statusOf(pass, url, found);
      if (status === 404 || status === 410) return await absent(pass, url, current, status, missing);
    }
    const fetched = document ? null : await fetchPage(pass, url, found, current, missing);
    // Download scripts and redirects lead to a document under an address that does not say so.
    const page = fetched && signatureOf(fetched.bytes) === null ? fetched : null;
    if (page !== null && isGone(page, url.address))
      return await absent(pass, url, current, page.status, missing);
    if (missing) {
      const article = page === null ? null : await found.family.article(page, found.row, pass.http);
      return article !== null && isEmptied(article, digestBody(article.bodyHtml, article.title))
        ? await absent(pass, url, current, 200, missing)
        : await unlisted(pass, url, current);
    }
    return await compare(pass, url, found, current, page);
  } catch (error) {
    if (!(error instanceof CrawlError)) throw error;
    if (error.policy === 'stop_portal' || error.policy === 'stop_run' || error.policy === 'stop_host')
      throw error;
    if (missing) return 'failed';
    await pass.failedRequest(error);
    // A report that was read before has moved: nobody may take that for its end, or for a row that never was one.
    const external = error.code === 'host_not_allowed' && current === null;
    const failures = url.failures + 1;
    const refused = error.code === 'robots_disallowed' || error.code === 'address_refused';
    const patience = failures >= 3 || refused ? portal.recheck.laterEveryDays * 86_400_000 : 1;
    if (!external) pass.failures.push({ url: url.address, reason: `${error.code}: ${error.message}` });
    await state.commit({
      urls: [
        {
          ...url,
          role: external ? 'external' : url.role,
          status: external ? 'external' : current ? url.status : 'failed',
          httpStatus: error.status,
          failures,
          reason: `${error.code}: ${error.message}`,
          nextCheck: external ? null : iso(clock.now() + patience),
        },
      ],
    });
    return external ? 'external' : 'failed';
  }
}

/** The report was a file at the address of its row. */
function wasDocument(current: ReportVersion | null): boolean {
  return current?.files.every(({ role }) => role === 'attachment') ?? false;
}

async function fetchPage(
  pass: PortalPass,
  url: UrlState,
  found: FoundRow,
  current: ReportVersion | null,
  missing: boolean,
): Promise<FetchedPage> {
  const request = { url: url.address, referer: found.column.url, expect: 'page' } as const;
  // A weak ETag alone proves nothing on portals that rebuild their pages, and a shell nothing of the text it loads.
  const shell = (current?.files.filter(({ role }) => role === 'article').length ?? 0) > 1;
  const usable = !shell && (url.lastModified !== null || (url.etag !== null && !url.etag.startsWith('W/')));
  return current && usable && !missing
    ? await pass.http.fetch(request, { etag: url.etag, lastModified: url.lastModified })
    : await pass.http.fetch(request);
}

/** Some systems keep the frame of a page whose report was deleted. */
function isEmptied(article: Article, digest: BodyDigest): boolean {
  return (
    digest.tables === 0 &&
    digest.chineseLetters < 100 &&
    article.attachments.length === 0 &&
    article.images.length === 0
  );
}

/** Of a document, without loading it where the server can do so. */
async function statusOf(pass: PortalPass, url: UrlState, found: FoundRow): Promise<number> {
  const request = { url: url.address, referer: found.column.url, expect: 'attachment' } as const;
  const { status } = await pass.http.fetch({ ...request, method: 'HEAD' });
  const told = status < 400 || status === 404 || status === 410;
  return told ? status : (await pass.http.fetch(request)).status;
}

/** Some shells hold their text where only the readers find it, in strings of a script. */
function mayHoldMore(page: Page): boolean {
  return countSectionTitles(page.text) >= 2 || /\\u[0-9a-f]{4}/i.test(page.text);
}

/** A login or a notice of maintenance says nothing of whether the report is still there. */
function isForTheTime(page: Page): boolean {
  return /type\s*=\s*["']?password|(?:系统|网站|平台|服务器?).{0,8}(?:维护|升级)/i.test(page.text);
}

/**
 * A login, a notice of maintenance or a firewall's page in place of a report that was there: nothing that a report is
 * made of is left, although the archived version has it. A new version would end the numbers of the good one.
 */
async function hasLostReport(pass: PortalPass, current: ReportVersion, article: Article): Promise<boolean> {
  if (article.attachments.length > 0 || article.images.length > 0) return false;
  if (countSectionTitles(article.bodyHtml ?? '') > 1) return false;
  if (current.files.some(({ role }) => role !== 'article')) return true;
  for (const file of current.files) {
    const bytes = await pass.deps.archive.read(file.path);
    if (countSectionTitles(decodePage(bytes, file.mediaType, pass.portal.charset).text) >= 4) return true;
  }
  return false;
}

/** Sent on to the home page: how many systems say that an article does not exist. */
function isHomeInstead(page: FetchedPage, asked: string): boolean {
  const isHome = (address: string) => /^\/(?:index\.\w{3,5})?$/i.test(new URL(address).pathname);
  return isHome(page.url) && new URL(page.url).search === '' && !isHome(asked);
}

function isGone(page: FetchedPage, asked: string): boolean {
  if (page.notModified) return false;
  if (page.status === 404 || page.status === 410) return true;
  if (page.status >= 400)
    throw new CrawlError('not_found', `status ${page.status}`, { url: page.url, status: page.status });
  return isMissingPage(page) || isHomeInstead(page, asked);
}

/** The page answers 404 or 410, or says with status 200 that it does not exist. */
async function absent(
  pass: PortalPass,
  url: UrlState,
  current: ReportVersion | null,
  httpStatus: number,
  missing: boolean,
): Promise<VisitResult> {
  const { portal, state, clock } = pass;
  const now = clock.now();
  const failures = url.failures + 1;
  const reason =
    httpStatus === 200
      ? `the page holds no report${current ? ' any more' : ''}`
      : `status ${httpStatus}: the page does not exist`;
  // A single 404 of a page that still stands in the list may be a fault of the hour.
  if (!current || (!missing && failures < 2)) {
    pass.failures.push({ url: url.address, reason });
    const patience = failures >= 3 ? portal.recheck.laterEveryDays * 86_400_000 : 1;
    const status = current ? url.status : 'failed';
    await state.commit({
      urls: [{ ...url, status, failures, httpStatus, reason, nextCheck: iso(now + patience) }],
    });
    return 'failed';
  }
  const elsewhere = current.reportKey
    ? (await state.versionsByKey(current.reportKey)).find(
        (each) => each.portal === portal.id && each.url !== url.url,
      )
    : undefined;
  const event: ReportEvent = {
    id: eventId('report_gone', portal.id, url.url, current.n),
    kind: 'report_gone',
    portal: portal.id,
    url: url.url,
    reportKey: current.reportKey,
    run: pass.run,
    at: iso(now),
    what: [],
    oldVersion: current.n,
    newVersion: null,
    detail: `${current.title}: ${reason}; the archived files are kept`,
  };
  await state.commit({
    urls: [
      {
        ...url,
        status: 'gone',
        httpStatus,
        failures: 0,
        reason: elsewhere ? `moved to ${elsewhere.address}` : reason,
        nextCheck: null,
        lastChecked: iso(now),
      },
    ],
    ...(elsewhere ? {} : { events: [event] }),
  });
  pass.counts.gone++;
  return 'gone';
}

async function unlisted(
  pass: PortalPass,
  url: UrlState,
  current: ReportVersion | null,
): Promise<VisitResult> {
  const at = iso(pass.clock.now());
  const event: ReportEvent = {
    id: eventId('report_unlisted', pass.portal.id, url.url, url.lastSeen),
    kind: 'report_unlisted',
    portal: pass.portal.id,
    url: url.url,
    reportKey: current?.reportKey ?? null,
    run: pass.run,
    at,
    what: [],
    oldVersion: current?.n ?? null,
    newVersion: null,
    detail: `${current?.title ?? url.listTitle ?? url.url}: no longer in the list, but still served`,
  };
  await pass.state.commit({
    urls: [{ ...url, status: 'unlisted', lastChecked: at, reason: 'no longer in the list' }],
    events: [event],
  });
  pass.counts.unlisted++;
  return 'unlisted';
}

/** Reads the article, brings its files up to date and compares all with the last version. */
async function compare(
  pass: PortalPass,
  url: UrlState,
  found: FoundRow,
  current: ReportVersion | null,
  page: FetchedPage | null,
): Promise<VisitResult> {
  const { portal, state, deps, clock } = pass;
  const { row, family } = found;
  const now = clock.now();
  let article: Article | null = null;
  const answers = new Map<Page, FetchedPage>();
  if (page !== null && !page.notModified) {
    answers.set(page, page);
    article = await family.article(page, row, {
      fetch: async (request) => {
        const answer = await pass.http.fetch(request);
        answers.set(answer, answer);
        return answer;
      },
    });
    if (article.linkOnly !== null) return await followLink(pass, url, article.linkOnly);
  }
  const digest = article ? digestBody(article.bodyHtml, article.title) : null;
  if (page !== null && article && digest) {
    const empty = isEmptied(article, digest) && (current !== null || !mayHoldMore(page));
    if ((empty && isForTheTime(page)) || (current && !empty && (await hasLostReport(pass, current, article))))
      throw new CrawlError('not_found', 'another page stands in place of the report', { url: url.address });
    if (empty) return await absent(pass, url, current, 200, false);
  }
  const unchangedPage = page?.notModified === true && current !== null;
  const title = unchangedPage ? current.title : (article?.title ?? row.title);
  const publishedOn = unchangedPage ? current.publishedOn : (article?.publishedOn ?? row.date);

  const files: FetchedFile[] = [];
  for (const link of await fileLinks(pass, url, found, current, article, digest?.tables ?? 0, page === null))
    files.push(await fetchFile(pass, link, url.url, url.column));

  const [only] = files;
  const refused = page === null ? only?.state.httpStatus : null;
  if (refused === 404 || refused === 410) return await absent(pass, url, current, refused, false);

  const exchanges: Exchange[] = files.flatMap(({ exchange }) => (exchange ? [exchange] : []));
  const versionFiles: VersionFile[] = [];
  let rawSha = current?.rawSha ?? '';
  if (page !== null && article !== null) {
    for (const each of [page, ...article.parts]) {
      const answer = answers.get(each);
      if (!answer) throw new Error(`${family.name} made a part of ${each.url} that it did not fetch`);
      const archived = await deps.archive.put(answer.bytes, archiveExtension(answer.bytes, [], true));
      if (answer === page) rawSha = archived.sha256;
      exchanges.push(exchangeOf(pass, answer, archived));
      versionFiles.push({
        role: 'article',
        url: answer.url,
        name: title,
        sha256: archived.sha256,
        bytes: archived.bytes,
        path: archived.path,
        mediaType: answer.headers['content-type'] ?? null,
      });
    }
  } else if (unchangedPage) versionFiles.push(...current.files.filter(({ role }) => role === 'article'));
  for (const { file, state: fileState } of files) {
    const kept = file ?? current?.files.find((each) => fileKey(each.url) === fileState.url);
    if (kept) versionFiles.push(kept);
  }
  if (versionFiles.length === 0)
    throw new CrawlError('not_found', files[0]?.state.reason ?? 'nothing could be fetched', {
      url: url.address,
    });
  if (page === null) rawSha = versionFiles[0]?.sha256 ?? '';

  const hints = reportHints(pass, found, article, title, current);
  const again = files.some((file) => file.again);
  const due = again
    ? now + halfDay
    : nextCheck(
        portal.recheck,
        { firstSeen: Date.parse(url.firstSeen), year: hints.year },
        now,
        pass.currentYear,
      );
  const articleState: UrlState = {
    ...url,
    status: 'current',
    httpStatus: page?.status ?? 200,
    etag: page && !page.notModified ? (page.headers['etag'] ?? null) : url.etag,
    lastModified: page && !page.notModified ? (page.headers['last-modified'] ?? null) : url.lastModified,
    contentLength: page && !page.notModified ? page.bytes.length : url.contentLength,
    sha256: rawSha || null,
    lastChecked: iso(now),
    nextCheck: iso(due),
    listSig: pass.rows.has(url.url) ? rowSignature(row) : url.listSig,
    listTitle: row.title,
    listDate: row.date,
    failures: 0,
    reason: null,
  };
  const urls = [articleState, ...files.map((file) => file.state)];
  const next: ReportVersion = {
    portal: portal.id,
    column: url.column,
    url: url.url,
    address: url.address,
    n: (current?.n ?? 0) + 1,
    reportKey: keyOf(hints),
    bodySha: digest?.bodySha ?? current?.bodySha ?? sha(''),
    numbersSha: digest?.numbersSha ?? current?.numbersSha ?? sha(''),
    attachmentShas: [
      ...new Set(versionFiles.filter(({ role }) => role !== 'article').map(({ sha256 }) => sha256)),
    ].sort(),
    title,
    publishedOn,
    rawSha,
    fetchedAt: iso(now),
    run: pass.run,
    files: versionFiles,
    hints,
    supersededBy: null,
    taken: false,
  };
  if (!current) return await firstVersion(pass, url, next, urls, exchanges);

  if (page !== null) pass.counts.compared++;
  const parts = withListChanges(changedParts(current, next), url, row, pass.rows.has(url.url));
  const completed = arrivedLate(current, next, files);
  const real = completed ? parts.filter((part) => part !== 'attachment') : parts;
  if (parts.length === 0) {
    await state.commit({ urls });
    pass.counts.unchanged++;
    return 'unchanged';
  }
  const supersede = [{ portal: portal.id, url: url.url, n: current.n, by: String(next.n) }];
  if (real.length === 0) {
    await state.commit({ urls, exchanges, versions: [next], supersede });
    await pass.hand(next, 'completed', null);
    return 'unchanged';
  }
  const event = revisedEvent(pass, current, next, real);
  if (couldBeTemplate(current, next) && real.length === 1) {
    pass.held.push({ before: current, after: next, event, urls, exchanges });
    return 'held';
  }
  await state.commit({ urls, exchanges, versions: [next], supersede, events: [event] });
  pass.counts.revised++;
  await pass.hand(next, 'revised', event);
  return 'revised';
}

/** Decides about the texts that changed alone: a new template of the portal, revisions, or (null) on the next run. */
export async function settleHeld(pass: PortalPass, template: boolean | null): Promise<void> {
  if (template === null) {
    pass.held.length = 0;
    return;
  }
  for (const { before, after, event, urls, exchanges } of pass.held.splice(0)) {
    const { portal, url, n } = before;
    if (template) {
      // Only what later visits are compared with is renewed; the report as archived stays the current version.
      const renewed = { ...before, bodySha: after.bodySha, numbersSha: after.numbersSha };
      await pass.state.commit({ urls, versions: [renewed] });
      pass.counts.template++;
      continue;
    }
    const change: StateChange = {
      urls,
      exchanges,
      versions: [after],
      supersede: [{ portal, url, n, by: String(after.n) }],
      events: [event],
    };
    await pass.state.commit(change);
    pass.counts.revised++;
    await pass.hand(after, 'revised', event);
  }
  if (template && pass.counts.template > 0)
    pass.notice(
      `${pass.counts.template} pages changed at once while their numbers stayed: taken for a new page template, no revisions`,
    );
}

async function firstVersion(
  pass: PortalPass,
  url: UrlState,
  next: ReportVersion,
  urls: readonly UrlState[],
  exchanges: readonly Exchange[],
): Promise<VisitResult> {
  const { state, portal } = pass;
  const replaced = await republicationOf(pass, url, next);
  const event: ReportEvent | null = replaced && {
    id: eventId('report_republished', portal.id, url.url, replaced.url),
    kind: 'report_republished',
    portal: portal.id,
    url: url.url,
    reportKey: next.reportKey,
    run: pass.run,
    at: next.fetchedAt,
    what: [],
    oldVersion: replaced.n,
    newVersion: next.n,
    detail: `${next.title}: published anew in place of ${replaced.address}, with other content`,
  };
  await state.commit({
    urls,
    exchanges,
    versions: [next],
    ...(replaced
      ? {
          supersede: [{ portal: portal.id, url: replaced.url, n: replaced.n, by: `${portal.id} ${url.url}` }],
        }
      : {}),
    ...(event ? { events: [event] } : {}),
  });
  pass.counts.new++;
  await pass.hand(next, 'new', event);
  return 'new';
}

/**
 * The report of the same agency and year, at another address of this portal, that this one replaces. Rows that were
 * there together from the beginning are cross-postings; so is the same content.
 */
async function republicationOf(
  pass: PortalPass,
  url: UrlState,
  next: ReportVersion,
): Promise<ReportVersion | null> {
  if (next.reportKey === null) return null;
  const runs = await pass.state.columnRuns(pass.portal.id, url.column, 8);
  const later = runs.some(
    (run) => run.outcome === 'complete' && run.endedAt !== null && run.endedAt < url.firstSeen,
  );
  if (!later) return null;
  const others = (await pass.state.versionsByKey(next.reportKey)).filter(
    (each) => each.portal === pass.portal.id && each.url !== url.url,
  );
  if (others.some((other) => sameContent(other, next))) return null;
  return others.at(-1) ?? null;
}

/** A page that only sends its reader on: to a document of the portal, or to where the crawl does not go. */
async function followLink(pass: PortalPass, url: UrlState, target: string): Promise<VisitResult> {
  const { portal, state } = pass;
  const allowed = portal.allowedHosts.includes(new URL(target).hostname);
  const at = iso(pass.clock.now());
  const followed = addressKey(target);
  const hops = url.address !== url.url && addressKey(url.address) !== url.url;
  if (!allowed || followed === url.url || hops) {
    await state.commit({
      urls: [
        {
          ...url,
          role: 'external',
          status: 'external',
          lastChecked: at,
          nextCheck: null,
          reason: `leads to ${target}`,
        },
      ],
    });
    return 'external';
  }
  return await visitArticle(pass, { ...url, address: target }, false);
}

async function fileLinks(
  pass: PortalPass,
  url: UrlState,
  found: FoundRow,
  current: ReportVersion | null,
  article: Article | null,
  tables: number,
  document: boolean,
): Promise<FileLink[]> {
  if (document)
    return [{ url: url.address, name: found.row.title, referer: found.column.url, role: 'attachment' }];
  if (!article) return await knownLinks(pass, url, current);
  const links: FileLink[] = article.attachments.map((link) => ({ ...link, role: 'attachment' }));
  if (tables < tablesOfTheForm)
    for (const image of article.images.slice(0, mostImages))
      if (!links.some((link) => link.url === image.url))
        links.push({ url: image.url, name: null, referer: article.url, role: 'image' });
  return links;
}

/** The files of a page that did not change: those of its version, and those that could not be had so far. */
async function knownLinks(
  pass: PortalPass,
  url: UrlState,
  current: ReportVersion | null,
): Promise<FileLink[]> {
  const referer = url.address;
  const links = (current?.files ?? []).flatMap((file) =>
    file.role === 'article' ? [] : [{ url: file.url, name: file.name, referer, role: file.role }],
  );
  for await (const file of pass.state.urls(pass.portal.id, { parent: url.url, status: ['failed'] }))
    if (
      (file.role === 'attachment' || file.role === 'image') &&
      !links.some(({ url }) => url === file.address)
    )
      links.push({ url: file.address, name: file.listTitle, referer, role: file.role });
  return links;
}

function reportHints(
  pass: PortalPass,
  found: FoundRow,
  article: Article | null,
  title: string,
  current: ReportVersion | null,
): ReportHints {
  if (!article && current) return { ...current.hints, year: yearInTitle(title) };
  const { portal, deps } = pass;
  const { column } = found;
  const given = article?.agencyHints ?? [];
  const agencies = column.agencyFrom.flatMap((from) =>
    from === 'fixed'
      ? column.agency === null
        ? []
        : [{ from, value: column.agency }]
      : given.filter((hint) => hint.from === from),
  );
  const indexNumber = article?.indexNumber ?? null;
  return {
    regionCode: portal.regionCode,
    agencies,
    agencyId:
      deps.resolveAgency?.({
        regionCode: portal.regionCode,
        hints: agencies,
        among: portal.agencies,
        indexNumber,
      }) ?? null,
    year: yearInTitle(title),
    indexNumber,
  };
}

/** ContentSource is often an internal office, so only the title, the register or the operator make a key. */
function keyOf(hints: ReportHints): string | null {
  const strong = hints.agencies.find(({ from }) => from === 'fixed' || from === 'title_prefix');
  return reportKey(hints.regionCode, hints.agencyId ?? strong?.value ?? null, hints.year);
}

/** A changed title or date in the list counts even where the article kept its own. */
function withListChanges(
  parts: readonly RevisionPart[],
  url: UrlState,
  row: { readonly title: string; readonly date: string | null; readonly titleCut: boolean },
  seenNow: boolean,
): RevisionPart[] {
  const all = new Set(parts);
  if (seenNow && url.listTitle !== null && !row.titleCut && !isCutTitle(url.listTitle)) {
    const same = url.listTitle.normalize('NFKC').trim() === row.title.normalize('NFKC').trim();
    if (!same) all.add('title');
  }
  if (seenNow && url.listDate !== null && row.date !== null && url.listDate !== row.date) all.add('date');
  return [...all].sort();
}

/** Did only files come that could not be had before? */
function arrivedLate(before: ReportVersion, after: ReportVersion, files: readonly FetchedFile[]): boolean {
  const late = new Set(files.flatMap(({ file, late }) => (late && file ? [file.sha256] : [])));
  return (
    late.size > 0 &&
    before.attachmentShas.every((each) => after.attachmentShas.includes(each)) &&
    after.attachmentShas.every((each) => before.attachmentShas.includes(each) || late.has(each))
  );
}

const named: Readonly<Record<RevisionPart, string>> = {
  attachment: 'its files',
  body: 'its text',
  date: 'its date',
  title: 'its title',
};

function revisedEvent(
  pass: PortalPass,
  before: ReportVersion,
  after: ReportVersion,
  what: readonly RevisionPart[],
): ReportEvent {
  return {
    id: eventId('report_revised', after.portal, after.url, after.n),
    kind: 'report_revised',
    portal: after.portal,
    url: after.url,
    reportKey: after.reportKey ?? before.reportKey,
    run: pass.run,
    at: after.fetchedAt,
    what,
    oldVersion: before.n,
    newVersion: after.n,
    detail: `${after.title}: changed ${what.map((part) => named[part]).join(', ')}`,
  };
}
