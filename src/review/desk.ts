import { createHash } from 'node:crypto';
import { coverage, isAnnualReport } from '../agencies/coverage.ts';
import { divisionName } from '../agencies/divisions.ts';
import { cellName } from '../check/naming.ts';
import {
  countFindings,
  findingCounts,
  findingPage,
  findingsByRegion,
  firstSeen,
  neighboursOf,
} from '../dataset/finding-queries.ts';
import { operandsHash } from '../dataset/identity.ts';
import { type ReadingOf, readingsOf } from '../dataset/reading-queries.ts';
import {
  agenciesWithoutYear,
  agenciesWithReports,
  type CoverageCounts,
  coverageCounts,
  listRevision,
  publishedReports,
  reportCounts,
  reportsWithOutcome,
  yearFigures,
} from '../dataset/report-queries.ts';
import type { Store, StoredFinding, StoredReport } from '../dataset/store.ts';
import type { Outcome } from '../extract/report.ts';
import { type ColumnKey, cellKey, T3_COLUMNS } from '../form/form.ts';
import { pictureSize } from '../read/picture-size.ts';
import { archivesOf } from './brought-in.ts';
import { sentenceOf } from './components/finding-parts.ts';
import { printedText } from './components/statutory-table.ts';
import type { Listing } from './finding-filter.ts';
import { type Language, SET_ASIDE, sayIn, UNREADABLE } from './language.ts';
import { Originals } from './originals/locate.ts';
import { type Place, pageBox } from './originals/place.ts';
import { Rendering } from './originals/rendering.ts';
import type { BodiesData, BodyData } from './pages/body.ts';
import type { FindingData } from './pages/finding.ts';
import type { FindingsList } from './pages/findings.ts';
import type { MissingData } from './pages/missing.ts';
import type { OriginalView } from './pages/original-panel.ts';
import type { Overview } from './pages/overview.ts';
import type { ReportData } from './pages/report.ts';
import { UNREAD_KINDS, type UnreadData, type UnreadKind } from './pages/unread.ts';
import { placeOfCell, placesOf } from './places.ts';

/** A problem that the person who asked is told about, with the HTTP status that goes with it. */
export class DeskError extends Error {
  override readonly name = 'DeskError';
  readonly status: 403 | 404 | 410 | 413 | 422;
  constructor(status: DeskError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

const PAGE = 50;
/**
 * While others write, sums over the whole store are made anew so seldom that they take no more than a hundredth of the
 * time, but at least this often.
 */
const FRESH_MS = 15_000;
const COST_SHARE = 100;
/** The register changes when a person changes it, however much is read meanwhile. */
const REGISTER_MS = 60_000;
/** A scan is taken to show one page of this width; the same as its reader does. */
const PAGE_INCHES = 8.27;
const PIXELS_PER_POINT = 2;

/** Gets together what the pages show. Knows the store and the originals; nothing of HTTP. */
export class ReviewDesk {
  readonly #store: Store;
  readonly #originals: Originals;
  readonly #rendering = new Rendering();
  readonly #language: Language;
  readonly #kept = new Map<string, { revision: number; at: number; cost: number; value: unknown }>();

  constructor(store: Store, output: string, language: Language) {
    this.#store = store;
    this.#originals = new Originals(store, output);
    this.#language = language;
  }

  close(): Promise<void> {
    return this.#rendering.close();
  }

  /** A decision was made here: the one who made it sees its effect at once. */
  changed(): void {
    this.#kept.clear();
  }

  async overview(): Promise<Overview> {
    const sums = await this.#keep('overview', async () => ({
      reports: await reportCounts(this.#store),
      findings: await findingCounts(this.#store),
      regions: await findingsByRegion(this.#store),
      figures: await yearFigures(this.#store),
      coverage: await this.#coverageByYear(),
    }));
    const worst = await findingPage(this.#store, {
      filter: { gravities: ['error', 'warning'], states: ['open'] },
      order: 'gravity',
      limit: 10,
    });
    return {
      ...sums,
      runs: await this.#store.runs(8),
      worst: worst.rows,
      regionName: await this.#regionNames(sums.regions.map((r) => r.regionCode)),
    };
  }

  async findings(
    listing: Listing,
    after: string | undefined,
    before: string | undefined,
  ): Promise<Omit<FindingsList, 'notice'>> {
    const { filter, order } = listing;
    const total = await this.#keep(`count ${JSON.stringify(filter)}`, () =>
      countFindings(this.#store, filter),
    );
    // Looking for nothing in the order of the list takes longer than counting it.
    const page =
      total === 0
        ? { rows: [], next: null, previous: null }
        : await findingPage(this.#store, {
            filter,
            order,
            limit: PAGE,
            ...(before !== undefined ? { before } : after !== undefined ? { after } : {}),
          });
    const choices = await this.#keep('choices', async () => {
      const counts = await findingCounts(this.#store);
      const regions = await findingsByRegion(this.#store);
      return {
        years: [...new Set(counts.flatMap((c) => (c.year === null ? [] : [c.year])))].toSorted(
          (a, b) => b - a,
        ),
        rules: [...new Set(counts.map((c) => c.rule))].toSorted(),
        codes: [
          ...new Set(regions.flatMap((r) => (r.regionCode === null ? [] : [r.regionCode.slice(0, 6)]))),
        ].toSorted(),
      };
    });
    const name = await this.#regionNames(choices.codes);
    return {
      listing,
      page,
      total,
      years: choices.years,
      rules: choices.rules,
      regions: choices.codes.map((code) => ({ code, name: name(code) })),
      bodyName: filter.agencyKey === undefined ? null : (page.rows[0]?.agency ?? filter.agencyKey),
    };
  }

  async finding(
    id: string,
    listing: Listing,
    cell: string | undefined,
  ): Promise<Omit<FindingData, 'notice'>> {
    const say = sayIn(this.#language);
    const finding = await this.#store.finding(id);
    if (!finding)
      throw new DeskError(
        404,
        say(
          '没有这个问题：可能已随新的读取消失。',
          'There is no such finding; it may be gone since the documents were read again.',
        ),
      );
    const readings = await readingsOf(this.#store, finding.reportId);
    const primary = readings[0];
    if (!primary) throw new DeskError(404, say('没有这份报告。', 'There is no such report.'));
    const chosen = cell !== undefined && /^t[234]\//u.test(cell) ? cell : undefined;
    const history = await this.#store.decisionHistory(finding.findingId);
    return {
      finding,
      primary,
      original: await this.#originalView(finding.reportId, primary, placesOf(finding, primary, chosen), {
        finding: finding.findingId,
        cell: chosen,
      }),
      history,
      firstSeen: await firstSeen(this.#store, finding.findingId),
      listing,
      neighbours: await neighboursOf(this.#store, finding.findingId, listing.filter, listing.order),
      otherYears: await this.#sameInOtherYears(finding),
      otherReadings: otherReadings(finding, readings, this.#language),
      seen: seenOf(finding, history.length),
    };
  }

  async #sameInOtherYears(finding: StoredFinding): Promise<FindingData['otherYears']> {
    if (finding.agencyKey === '') return [];
    const { rows } = await findingPage(this.#store, {
      filter: { agencyKey: finding.agencyKey, rule: finding.rule },
      order: 'agency',
      limit: 30,
    });
    return rows
      .filter((r) => r.findingId !== finding.findingId && r.year !== finding.year)
      .map((r) => ({
        findingId: r.findingId,
        year: r.year,
        sentence: sentenceOf(r, this.#language),
        state: r.state,
        lapsed: r.lapsed,
      }));
  }

  async report(id: string, cell: string | undefined): Promise<Omit<ReportData, 'mayWithdraw' | 'notice'>> {
    const say = sayIn(this.#language);
    const readings = await readingsOf(this.#store, id);
    const [primary, ...others] = readings;
    if (!primary) throw new DeskError(404, say('没有这份报告。', 'There is no such report.'));
    const findings: StoredFinding[] = [];
    for await (const f of this.#store.findings({ reportIds: [id] })) findings.push(f);
    const chosen = cell !== undefined && /^t[234]\//u.test(cell) ? cell : undefined;
    const stored = await this.#store.report(id);
    const byHand = new Set<string>();
    for (const { document } of readings)
      if ((await this.#store.source(document))?.said?.by === 'person') byHand.add(document);
    return {
      reportId: id,
      agencyKey: stored?.agencyKey ?? '',
      readings: [primary, ...others],
      byHand,
      archives: await archivesOf(this.#store, [...byHand]),
      findings,
      original: await this.#originalView(id, primary, chosen ? placeOfCell(primary, chosen) : [], {
        cell: chosen,
      }),
    };
  }

  async body(key: string, column: string | undefined): Promise<BodyData> {
    const say = sayIn(this.#language);
    const reports: StoredReport[] = [];
    for await (const report of this.#store.reports({ agencies: [key] })) {
      reports.push(report);
      if (reports.length >= 100) break;
    }
    const agency = (await this.#agencies()).get(key);
    if (reports.length === 0 && !agency)
      throw new DeskError(404, say('没有这个单位。', 'There is no such body.'));
    const findings: StoredFinding[] = [];
    for await (const f of this.#store.findings({ reportIds: reports.map((r) => r.reportId) }))
      findings.push(f);
    const years = reports.flatMap((r) => (r.year === null || !isAnnualReport(r) ? [] : [r.year]));
    const first = agency?.firstYear ?? Math.min(...years);
    const last = agency?.lastYear ?? Math.max(...years);
    const missing: number[] = [];
    for (let year = first; year <= last && missing.length < 60; year++)
      if (!years.includes(year)) missing.push(year);
    return {
      agencyKey: key,
      name: agency?.name ?? reports.at(-1)?.agency ?? say('单位未定', 'Body unknown'),
      reports,
      findings: findings.toSorted((a, b) => (b.year ?? 0) - (a.year ?? 0)),
      missingYears: missing,
      column: T3_COLUMNS.includes(column as (typeof T3_COLUMNS)[number]) ? (column as ColumnKey) : 'total',
    };
  }

  async bodies(text: string, region: string, after: string | undefined): Promise<BodiesData> {
    const wanted = text.trim().slice(0, 100);
    const page = await agenciesWithReports(this.#store, {
      ...(wanted ? { text: wanted } : {}),
      ...(/^\d{2,12}$/u.test(region) ? { region } : {}),
      ...(after === undefined ? {} : { after }),
      limit: 100,
    });
    return {
      text: wanted,
      region,
      ...page,
      regionName: await this.#regionNames(page.rows.map((r) => r.regionCode)),
    };
  }

  async missing(year: string | undefined, region: string, thisYear: number): Promise<MissingData> {
    const counts = await this.#keep('report counts', () => reportCounts(this.#store));
    const known = counts.flatMap((c) => (c.year === null ? [] : [c.year]));
    const years = [
      ...new Set([...known.filter((y) => y >= 2019), ...(known.length === 0 ? [thisYear - 1] : [])]),
    ].toSorted((a, b) => b - a);
    const wanted = year !== undefined && /^20\d\d$/u.test(year) ? Number(year) : (years[0] ?? thisYear - 1);
    const agencies = await this.#agencies();
    const list = await this.#keep(`coverage ${wanted}`, async () => {
      const order = (a: { divisionCode: string | null; name: string }) =>
        `${a.divisionCode ?? '~'} ${a.name}`;
      const bodies = [...agencies.values()].toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
      return coverage(bodies, await publishedReports(this.#store, wanted), [wanted]);
    });
    return {
      year: wanted,
      years: years.includes(wanted) ? years : [wanted, ...years],
      coverage: list,
      region: /^\d{2,12}$/u.test(region) ? region : '',
      lapsed: agencies.size === 0 ? await agenciesWithoutYear(this.#store, wanted, 2000) : [],
      regionName: await this.#regionNames([...agencies.values()].map((a) => a.divisionCode)),
    };
  }

  async unread(wanted: string | undefined, after: string | undefined): Promise<UnreadData> {
    const outcomes: Readonly<Record<UnreadKind, readonly Outcome[]>> = {
      unreadable: UNREADABLE,
      partial: ['partial'],
      aside: SET_ASIDE,
    };
    const all = await this.#keep('report counts', () => reportCounts(this.#store));
    const count = (kind: UnreadKind) =>
      all.reduce((n, r) => (outcomes[kind].includes(r.outcome) ? n + r.count : n), 0);
    const counts = { unreadable: count('unreadable'), partial: count('partial'), aside: count('aside') };
    const kind =
      UNREAD_KINDS.find((k) => k === wanted) ??
      (counts.unreadable === 0 && counts.partial > 0 ? 'partial' : 'unreadable');
    const page = await reportsWithOutcome(this.#store, outcomes[kind], {
      limit: 100,
      ...(after === undefined ? {} : { after }),
    });
    return { kind, counts, ...page };
  }

  async originalFile(reportId: string, sha256: string): Promise<{ bytes: Uint8Array; name: string }> {
    const original = await this.#originals.open(await this.#readingOf(reportId, sha256));
    if (original.state !== 'found') throw this.#gone();
    return original;
  }

  async rendition(
    reportId: string,
    sha256: string,
    about: { readonly finding: string | undefined; readonly cell: string | undefined },
  ): Promise<string> {
    const reading = await this.#readingOf(reportId, sha256);
    const { bytes, name } = await this.originalFile(reportId, sha256);
    let places: readonly Place[] = [];
    const finding = about.finding === undefined ? null : await this.#store.finding(about.finding);
    if (finding?.reportId === reportId) places = placesOf(finding, reading, about.cell);
    else if (about.cell !== undefined) places = placeOfCell(reading, about.cell);
    const reply = await this.#rendering.run(`rendition ${sha256} ${JSON.stringify(places)}`, () => ({
      kind: 'rendition',
      bytes,
      name,
      container: reading.report.container,
      reader: reading.report.reader,
      places,
      language: this.#language,
    }));
    if (reply.kind !== 'rendition') throw this.#notShown(reply.kind === 'failed' ? reply.reason : '');
    return reply.body;
  }

  async pdfPage(reportId: string, sha256: string, page: number): Promise<Uint8Array> {
    const reply = await this.#renderPage(reportId, sha256, page);
    if (reply.kind !== 'page') throw this.#notShown(reply.kind === 'failed' ? reply.reason : '');
    return reply.png;
  }

  async picture(reportId: string, sha256: string): Promise<{ bytes: Uint8Array; mime: string }> {
    const { bytes } = await this.originalFile(reportId, sha256);
    const size = pictureSize(bytes);
    if (!size || !/^image\/(?:png|jpeg)$/u.test(size.mime)) throw this.#notShown('');
    return { bytes, mime: size.mime };
  }

  async #renderPage(reportId: string, sha256: string, page: number) {
    const { bytes } = await this.originalFile(reportId, sha256);
    return this.#rendering.run(`page ${sha256} ${page}`, () => ({
      kind: 'page',
      bytes,
      page,
      scale: PIXELS_PER_POINT,
    }));
  }

  async #originalView(
    reportId: string,
    reading: ReadingOf,
    places: readonly Place[],
    about: OriginalView['about'],
  ): Promise<OriginalView> {
    const original = await this.#originals.open(reading);
    const { container } = reading.report;
    const pages = new Map<number, { width: number; height: number; boxes: boolean }>();
    let picture: OriginalView['picture'] = null;
    if (original.state === 'found' && container === 'picture') {
      const size = pictureSize(original.bytes);
      if (size)
        picture = {
          width: size.width,
          height: size.height,
          dpi: Math.min(size.width, size.height) / PAGE_INCHES,
        };
    }
    if (original.state === 'found' && container === 'pdf') {
      const wanted = new Set(places.flatMap((p) => pageBox(p.location)?.page ?? []));
      for (const page of [...(wanted.size > 0 ? wanted : [1])].slice(0, 3)) {
        const reply = await this.#renderPage(reportId, reading.sha256, page);
        if (reply.kind === 'page')
          pages.set(page, {
            width: reply.width / PIXELS_PER_POINT,
            height: reply.height / PIXELS_PER_POINT,
            boxes: reply.boxes,
          });
      }
    }
    // Only an archive that a person brought in is known to be kept.
    const archive =
      original.state === 'gone'
        ? (await archivesOf(this.#store, [reading.document])).get(reading.document)
        : undefined;
    return {
      archive: archive ?? null,
      reportId,
      sha256: reading.sha256,
      document: reading.document,
      container,
      url: reading.url,
      state: original.state,
      places,
      about,
      picture,
      pages,
    };
  }

  async #readingOf(reportId: string, sha256: string): Promise<ReadingOf> {
    const reading = (await readingsOf(this.#store, reportId)).find((r) => r.sha256 === sha256);
    if (!reading) throw this.#gone();
    return reading;
  }

  #gone(): DeskError {
    return new DeskError(
      410,
      sayIn(this.#language)(
        '原文件已不在原处，或已被改动。',
        'The original is no longer there, or was changed.',
      ),
    );
  }

  #notShown(reason: string): DeskError {
    return new DeskError(
      422,
      sayIn(this.#language)(
        `原件无法显示，请下载后查看。${reason}`,
        `The original cannot be shown; download it. ${reason}`,
      ),
    );
  }

  async #coverageByYear(): Promise<readonly CoverageCounts[]> {
    const known = (await reportCounts(this.#store)).flatMap((c) =>
      c.year === null || c.year < 2019 ? [] : [c.year],
    );
    if (known.length === 0) return [];
    const first = Math.min(...known);
    const years = Array.from({ length: Math.max(...known) - first + 1 }, (_, i) => first + i);
    const counts = await coverageCounts(this.#store, years);
    // Nobody is due in any year where there is no register.
    return counts.some((c) => c.published + c.unreadable + c.missing > 0) ? counts : [];
  }

  async #agencies() {
    return this.#keep(
      'agencies',
      async () => new Map((await this.#store.agencies()).map((a) => [a.id, a])),
      REGISTER_MS,
    );
  }

  /** A district by its official name, else by its government in the register, else by its code. */
  async #regionNames(codes: Iterable<string | null>): Promise<(code: string) => string> {
    // Most stores need the register for no name, and it is long.
    if ([...codes].every((code) => code === null || divisionName(code) !== '')) return divisionName;
    const governments = await this.#keep(
      'governments',
      async () => {
        const names = new Map<string, string>();
        for (const a of (await this.#agencies()).values()) {
          if (a.divisionCode && a.kind?.endsWith('_government') && !names.has(a.divisionCode))
            names.set(a.divisionCode, a.name.replace(/人民政府$/u, ''));
        }
        return names;
      },
      REGISTER_MS,
    );
    return (code) => divisionName(code) || governments.get(code) || governments.get(code.slice(0, 6)) || code;
  }

  /** Kept until the store changes, and for a moment longer while it changes all the time. */
  async #keep<T>(name: string, make: () => Promise<T>, atLeastMs = 0): Promise<T> {
    const kept = this.#kept.get(name);
    const now = performance.now();
    const revision = await listRevision(this.#store);
    const fresh = kept && now - kept.at < Math.max(atLeastMs, Math.min(FRESH_MS, kept.cost * COST_SHARE));
    if (kept && (fresh || kept.revision === revision)) return kept.value as T;
    const value = await make();
    this.#kept.delete(name);
    const at = performance.now();
    this.#kept.set(name, { revision, at, cost: at - now, value });
    if (this.#kept.size > 200) this.#kept.delete(this.#kept.keys().next().value as string);
    return value;
  }
}

/** What a person has before their eyes when they decide: the numbers, and what was decided so far. */
function seenOf(finding: StoredFinding, decisions: number): string {
  return createHash('sha256')
    .update(JSON.stringify([operandsHash(finding.operands), decisions]))
    .digest('base64url')
    .slice(0, 22);
}

const MOST_CELLS = 8;

function otherReadings(
  finding: StoredFinding,
  readings: readonly ReadingOf[],
  language: Language,
): FindingData['otherReadings'] {
  const say = sayIn(language);
  const cells = (finding.culprit.length > 0 ? finding.culprit : finding.cells).slice(0, MOST_CELLS);
  if (cells.length === 0 || readings.length < 2) return [];
  return readings.map((reading) => {
    const facts = new Map(
      reading.report.tables.flatMap((t) =>
        t.facts.map((f) => [cellKey(f.table, f.row, f.column), f] as const),
      ),
    );
    return {
      name: `${reading.document}${reading.supersededBy === null ? '' : say(`（旧版 ${reading.version}）`, ` (old version ${reading.version})`)}`,
      values: cells.flatMap((cell) => {
        const fact = facts.get(cell);
        return fact ? [[cellName(fact.edition, cell, language), printedText(fact, say)] as const] : [];
      }),
    };
  });
}
