import type { Check, Finding } from '../check/finding.ts';
import type { Report } from '../extract/report.ts';
import { CHECK_OUTCOMES, decode, SEVERITIES } from './codes.ts';
import type { Cell, Session } from './dialect.ts';
import { compare } from './identity.ts';
import {
  type CellIds,
  cellOfCode,
  FACT_CODE,
  type Layout,
  type PackedFact,
  type PackedTable,
  unpackBody,
  unpackLayout,
  unpackTable,
} from './packing.ts';
import {
  type FindingSelection,
  type ReportSelection,
  type ReportSummary,
  type StoredFinding,
  type StoredReport,
  StoreError,
} from './store.ts';
import type { Tables } from './tables.ts';

/** Reports for one query; two hundred facts each. */
const PAGE = 50;
/** What the number of a reading's table is multiplied with, so that it stands above the code of a fact. */
const PART = 2 ** 22;

/** What is known of a reading as a whole: one row of the dataset's reports. */
export interface ReadingRecord extends ReportSummary {
  readonly readingId: number;
  readonly container: string;
  readonly reader: string;
  readonly extractorVersion: string;
  readonly agencyFrom: Report['agencyFrom'];
  readonly yearFrom: Report['yearFrom'];
  readonly period: Report['period'];
  readonly conflicts: Report['conflicts'];
  readonly size: number;
  readonly attachmentOf: string | null;
  readonly displaced: boolean;
}

/** A report row with its readings: the primary first, then the copies, then (if asked for) the superseded ones. */
export interface ReportGroup {
  readonly sortKey: string;
  readonly primary: ReadingRecord | null;
  readonly copies: readonly ReadingRecord[];
  readonly superseded: readonly ReadingRecord[];
}

/** What a reading holds besides its tables. */
export interface ReadingLists {
  readonly refusals: Report['refusals'];
  readonly extras: Report['extras'];
  readonly statements: Report['statements'];
  readonly charts: Report['charts'];
}

/** Everything that makes a `Report` of a reading, the texts left deflated. */
export interface ReadingParts extends ReadingLists {
  readonly tables: readonly PackedTable[];
  readonly body: Uint8Array;
}

/** All columns of a reading but its texts, which are most of what the store holds. */
const READING_COLUMNS = [
  'id',
  'report_id',
  'version',
  'superseded_by',
  'displaced',
  'sha256',
  'size',
  'container',
  'reader',
  'extractor_version',
  'outcome',
  'outcome_reason',
  'title',
  'agency',
  'agency_from',
  'agency_id',
  'region_code',
  'year',
  'year_from',
  'scope',
  'kind',
  'published_on',
  'needs_review',
  'period',
  'conflicts',
] as const satisfies readonly (keyof Tables['readings'])[];

/** Reads the store in the order of the reports' sort keys. One per session; holds a cache of layouts. */
export class StoreReader {
  readonly #session: Session;
  readonly cells: CellIds;
  readonly #layouts = new Map<number, Layout>();
  readonly #places = new WeakMap<Layout, readonly number[]>();

  constructor(session: Session, cells: CellIds) {
    this.#session = session;
    this.cells = cells;
  }

  async *groups(selection: ReportSelection = {}): AsyncGenerator<ReportGroup[]> {
    let after = '';
    for (;;) {
      let query = this.#session.query
        .selectFrom('reports')
        .select(['id', 'report_id', 'sort_key', 'agency_key', 'primary_reading'])
        .where('sort_key', '>', after)
        .orderBy('sort_key')
        .limit(PAGE);
      if (selection.agencies) query = query.where('agency_key', 'in', [...selection.agencies, '\u0001none']);
      if (selection.reportIds) query = query.where('report_id', 'in', [...selection.reportIds, '\u0001none']);
      if (selection.year !== undefined) query = query.where('year', '=', selection.year);
      if (!selection.allVersions) query = query.where('primary_reading', 'is not', null);
      const reports = await query.execute();
      if (reports.length === 0) return;
      after = (reports.at(-1) as (typeof reports)[number]).sort_key;

      let readings = this.#session.query
        .selectFrom('readings')
        .innerJoin('sources', 'sources.id', 'readings.source_id')
        .select(READING_COLUMNS.map((c) => `readings.${c}` as const))
        .select(['sources.document', 'sources.url', 'sources.attachment_of', 'sources.missing'])
        .where(
          'readings.report_id',
          'in',
          reports.map((r) => r.id),
        );
      if (!selection.allVersions) readings = readings.where('readings.superseded_by', 'is', null);
      const rows = await readings.execute();
      const byReport = Map.groupBy(rows, (row) => row.report_id);
      yield reports.map((report) => {
        const of = (byReport.get(report.id) ?? []).sort(
          (a, b) => compare(a.document, b.document) || a.version - b.version || a.id - b.id,
        );
        const current = of.filter((r) => r.superseded_by === null);
        const sources = [...new Set(current.filter((r) => r.displaced === 0).map((r) => r.document))];
        const record = (r: (typeof of)[number]): ReadingRecord => ({
          readingId: r.id,
          reportId: report.report_id,
          agencyKey: report.agency_key,
          agency: r.agency,
          agencyId: r.agency_id,
          regionCode: r.region_code,
          scope: r.scope as Report['scope'],
          kind: r.kind as Report['kind'],
          year: r.year,
          title: r.title,
          publishedOn: r.published_on,
          outcome: r.outcome as Report['outcome'],
          outcomeReason: r.outcome_reason,
          needsReview: r.needs_review === 1,
          document: r.document,
          url: r.url ?? (/^https?:\/\//.test(r.document) ? r.document : null),
          sha256: r.sha256,
          version: r.version,
          supersededBy: r.superseded_by,
          sources: sources.length > 0 ? sources : [r.document],
          missing: r.missing === 1 || r.displaced === 1,
          container: r.container,
          reader: r.reader,
          extractorVersion: r.extractor_version,
          agencyFrom: r.agency_from as Report['agencyFrom'],
          yearFrom: r.year_from as Report['yearFrom'],
          period: r.period === null ? null : (JSON.parse(r.period) as Report['period']),
          conflicts: JSON.parse(r.conflicts) as Report['conflicts'],
          size: r.size,
          attachmentOf: r.attachment_of,
          displaced: r.displaced === 1,
        });
        const primary = current.find((r) => r.id === report.primary_reading);
        return {
          sortKey: report.sort_key,
          primary: primary ? record(primary) : null,
          copies: current.filter((r) => r !== primary).map(record),
          superseded: of.filter((r) => r.superseded_by !== null).map(record),
        };
      });
      if (reports.length < PAGE) return;
    }
  }

  async *summaries(selection: ReportSelection = {}): AsyncGenerator<ReportSummary> {
    for await (const page of this.groups(selection)) {
      for (const group of page) {
        if (group.primary) yield summaryOf(group.primary);
        for (const old of group.superseded) yield summaryOf(old);
      }
    }
  }

  async *reports(selection: ReportSelection = {}): AsyncGenerator<StoredReport> {
    for await (const page of this.groups(selection)) {
      const readings = page.flatMap((g) => [...(g.primary ? [g.primary] : []), ...g.copies, ...g.superseded]);
      const parts = await this.parts(readings.map((r) => r.readingId));
      const whole = (r: ReadingRecord) => this.report(r, parts.get(r.readingId) as ReadingParts);
      for (const group of page) {
        if (group.primary) {
          const copies = group.copies.map((c) => ({
            document: c.document,
            report: whole(c),
            missing: c.missing,
          }));
          yield { ...summaryOf(group.primary), report: whole(group.primary), copies };
        }
        for (const old of group.superseded) yield { ...summaryOf(old), report: whole(old), copies: [] };
      }
    }
  }

  report(reading: ReadingRecord, parts: ReadingParts): Report {
    return {
      document: reading.document,
      container: reading.container,
      reader: reading.reader,
      extractorVersion: reading.extractorVersion,
      outcome: reading.outcome,
      outcomeReason: reading.outcomeReason,
      title: reading.title,
      agency: reading.agency,
      agencyFrom: reading.agencyFrom,
      year: reading.year,
      yearFrom: reading.yearFrom,
      scope: reading.scope,
      kind: reading.kind,
      period: reading.period,
      publishedOn: reading.publishedOn,
      conflicts: reading.conflicts,
      tables: parts.tables.map((t) => unpackTable(t, this.cells)),
      refusals: parts.refusals,
      extras: parts.extras,
      statements: parts.statements,
      charts: parts.charts,
      needsReview: reading.needsReview,
      ...unpackBody(parts.body),
    };
  }

  /** All that makes reports of many readings. */
  async parts(readingIds: readonly number[]): Promise<Map<number, ReadingParts>> {
    if (readingIds.length === 0) return new Map();
    const tables = await this.tables(readingIds);
    const lists = await this.lists(readingIds);
    const bodies = await this.#session.arrays(
      `select id, body from readings where id in (${readingIds.join(',')})`,
      [],
    );
    return new Map(
      bodies.map(([id, body]) => [
        id as number,
        {
          tables: tables.get(id as number) ?? [],
          ...(lists.get(id as number) as ReadingLists),
          body: body as Uint8Array,
        },
      ]),
    );
  }

  /** The tables of many readings, in the order of their documents. */
  async tables(readingIds: readonly number[]): Promise<Map<number, PackedTable[]>> {
    const tables = new Map<number, PackedTable[]>(readingIds.map((id) => [id, []]));
    if (readingIds.length === 0) return tables;
    for (const [id, table] of await this.#tables(readingIds)) tables.get(id)?.push(table);
    return tables;
  }

  /** What many readings hold besides tables, one query a list. */
  async lists(readingIds: readonly number[]): Promise<Map<number, ReadingLists>> {
    const parts = new Map<number, { -readonly [k in keyof ReadingLists]: ReadingLists[k][number][] }>();
    for (const id of readingIds) parts.set(id, { refusals: [], extras: [], statements: [], charts: [] });
    if (readingIds.length === 0) return parts;
    const of = (id: number) => parts.get(id) as NonNullable<ReturnType<typeof parts.get>>;
    const q = this.#session.query;
    const order = ['reading_id', 'seq'] as const;
    for (const r of await q
      .selectFrom('refusals')
      .selectAll()
      .where('reading_id', 'in', readingIds)
      .orderBy(order[0])
      .orderBy(order[1])
      .execute()) {
      of(r.reading_id).refusals.push({
        table: r.table_id as Report['refusals'][number]['table'],
        code: r.code,
        reason: r.reason,
        location: r.location,
      });
    }
    for (const r of await q
      .selectFrom('extras')
      .selectAll()
      .where('reading_id', 'in', readingIds)
      .orderBy(order[0])
      .orderBy(order[1])
      .execute()) {
      of(r.reading_id).extras.push({
        table: r.table_id as Report['extras'][number]['table'],
        kind: r.kind as Report['extras'][number]['kind'],
        code: r.code,
        label: r.label,
        raw: r.raw,
        value: r.value,
        location: r.location,
      });
    }
    for (const r of await q
      .selectFrom('statements')
      .selectAll()
      .where('reading_id', 'in', readingIds)
      .orderBy(order[0])
      .orderBy(order[1])
      .execute()) {
      of(r.reading_id).statements.push({
        kind: r.kind as Report['statements'][number]['kind'],
        value: r.value,
        unit: r.unit,
        about: r.about as Report['statements'][number]['about'],
        words: r.words,
        scope: JSON.parse(r.scope) as string[],
        year: r.year,
        text: r.text,
        start: r.start,
        length: r.length,
        section: r.section,
        location: r.location,
      });
    }
    for (const r of await q
      .selectFrom('charts')
      .selectAll()
      .where('reading_id', 'in', readingIds)
      .orderBy(order[0])
      .orderBy(order[1])
      .execute()) {
      of(r.reading_id).charts.push({
        title: r.title,
        categories: JSON.parse(r.categories) as string[],
        values: JSON.parse(r.values) as (number | null)[],
        location: r.location,
      });
    }
    return parts;
  }

  async #tables(readingIds: readonly number[]): Promise<[number, PackedTable][]> {
    const list = readingIds.join(',');
    const heads = await this.#session.arrays(
      `select reading_id, part, table_id, edition, method, used_identities, layout_id from table_readings
       where reading_id in (${list}) order by reading_id, part`,
      [],
    );
    const layouts = await this.#layoutsOf(new Set(heads.map((h) => h[6] as number)));
    const facts = await this.#session.arrays(
      `select cast(part as bigint) * ${PART} + ${FACT_CODE}, value, value_wan, raw, alternatives from facts
       where reading_id in (${list}) order by reading_id, part, cell_id`,
      [],
    );
    let at = 0;
    const read = heads.map((head): [number, PackedTable] => {
      const [readingId, part, table, edition, method, used, layoutId] = head as [
        number,
        number,
        string,
        string,
        string,
        string,
        number,
      ];
      const layout = layouts.get(layoutId) as Layout;
      // The rows come in the order of their cells, the layout has them in that of the report.
      const places = this.#placesOf(layout);
      const inOrder = new Array<PackedFact>(places.length);
      for (let i = 0; i < places.length; i++, at++) {
        const row = facts[at] as Cell[] | undefined;
        const code = ((row?.[0] ?? -1) as number) - part * PART;
        const place = places[i] as number;
        // A row that is missing shifts all after it: none may be taken for its neighbour.
        if (!row || cellOfCode(code) !== layout.cells[place]) throw this.#incomplete(readingId);
        row[0] = code;
        inOrder[place] = row as unknown as PackedFact;
      }
      const packed: PackedTable = {
        table: table as PackedTable['table'],
        edition: edition as PackedTable['edition'],
        method: method as PackedTable['method'],
        usedIdentities: JSON.parse(used) as string[],
        layout,
        facts: inOrder,
      };
      return [readingId, packed];
    });
    if (at !== facts.length) throw this.#incomplete(readingIds[0] as number);
    return read;
  }

  #incomplete(readingId: number): StoreError {
    return new StoreError(
      'corrupt',
      `a table in the store (reading ${readingId} or one near it) lacks cells that were written; run gongkai doctor --store`,
    );
  }

  /** For each cell in the order of the cells' numbers, its place in the layout. */
  #placesOf(layout: Layout): readonly number[] {
    let places = this.#places.get(layout);
    if (!places) {
      places = layout.cells
        .map((_, i) => i)
        .sort((a, b) => (layout.cells[a] as number) - (layout.cells[b] as number));
      this.#places.set(layout, places);
    }
    return places;
  }

  async #layoutsOf(ids: ReadonlySet<number>): Promise<ReadonlyMap<number, Layout>> {
    const missing = [...ids].filter((id) => !this.#layouts.has(id));
    if (this.#layouts.size + missing.length > 400) this.#layouts.clear();
    const wanted = [...ids].filter((id) => !this.#layouts.has(id));
    if (wanted.length > 0) {
      const rows = await this.#session.arrays(
        `select id, body from layouts where id in (${wanted.join(',')})`,
        [],
      );
      for (const [id, body] of rows) this.#layouts.set(id as number, unpackLayout(body as Uint8Array));
    }
    return this.#layouts;
  }

  async checks(readingIds: readonly number[]): Promise<Map<number, Check[]>> {
    const rows = await this.#session.arrays(
      `select reading_id, rule, target, outcome, lhs, rhs from checks where reading_id in (${[...readingIds, -1].join(',')})
       order by reading_id, seq`,
      [],
    );
    const checks = new Map<number, Check[]>(readingIds.map((id) => [id, []]));
    for (const [id, rule, target, outcome, left, right] of rows) {
      checks.get(id as number)?.push({
        rule: rule as string,
        target: target as string,
        outcome: decode(CHECK_OUTCOMES, outcome as number),
        left: left as number | null,
        right: right as number | null,
      });
    }
    return checks;
  }

  /** Most severe first, then in the order of the reports. */
  async *findings(selection: FindingSelection = {}): AsyncGenerator<StoredFinding> {
    for (const severity of selection.severities ?? SEVERITIES) {
      let after = '';
      let afterId = '';
      for (;;) {
        let query = this.#findingQuery()
          .where('findings.severity', '=', SEVERITIES.indexOf(severity))
          .where((e) =>
            e.or([
              e('reports.sort_key', '>', after),
              e.and([e('reports.sort_key', '=', after), e('findings.finding_id', '>', afterId)]),
            ]),
          )
          .orderBy('reports.sort_key')
          .orderBy('findings.finding_id')
          .limit(1000);
        if (selection.reportIds)
          query = query.where('reports.report_id', 'in', [...selection.reportIds, '\u0001none']);
        if (selection.year !== undefined) query = query.where('reports.year', '=', selection.year);
        const rows = await query.execute();
        for (const row of rows) {
          const finding = storedFinding(row);
          if (!selection.states || selection.states.includes(finding.state)) yield finding;
        }
        const last = rows.at(-1);
        if (!last || rows.length < 1000) break;
        after = last.sort_key;
        afterId = last.finding_id;
      }
    }
  }

  /** Findings of these readings, in the order that the rules gave them. */
  async findingsOf(readingIds: readonly number[]): Promise<Map<number, StoredFinding[]>> {
    const findings = new Map<number, StoredFinding[]>(readingIds.map((id) => [id, []]));
    if (readingIds.length === 0) return findings;
    const rows = await this.#findingQuery()
      .where('findings.reading_id', 'in', readingIds)
      .orderBy('findings.reading_id')
      .orderBy('findings.finding_id')
      .execute();
    for (const row of rows) findings.get(row.reading_id)?.push(storedFinding(row));
    return findings;
  }

  async finding(findingId: string): Promise<StoredFinding | null> {
    if (!/^f[0-9a-f]+$/u.test(findingId)) return null;
    const rows = await this.#findingQuery()
      .where('findings.finding_id', 'like', `${findingId}%`)
      .orderBy('findings.finding_id')
      .limit(2)
      .execute();
    const [first, second] = rows;
    // A beginning that two findings share names neither; a whole id is the beginning of nothing else.
    if (!first || (second && first.finding_id !== findingId)) return null;
    return storedFinding(first);
  }

  #findingQuery() {
    return this.#session.query
      .selectFrom('findings')
      .innerJoin('reports', 'reports.primary_reading', 'findings.reading_id')
      .innerJoin('readings', 'readings.id', 'findings.reading_id')
      .innerJoin('sources', 'sources.id', 'readings.source_id')
      .leftJoin('decisions', (join) =>
        join.onRef('decisions.finding_id', '=', 'findings.finding_id').on('decisions.latest', '=', 1),
      )
      .selectAll('findings')
      .select([
        'reports.sort_key',
        'reports.report_id',
        'reports.agency_key',
        'readings.agency',
        'readings.region_code',
        'readings.year',
        'sources.document',
        'decisions.state as decision',
        'decisions.note as decision_note',
        'decisions.person',
        'decisions.at as decided_at',
        'decisions.operands_hash as decided_on',
      ]);
  }
}

/** A row of `#findingQuery`, as far as it is shown. */
interface FindingRow {
  finding_id: string;
  rule: string;
  rule_version: number;
  severity: number;
  verdict: string | null;
  table_id: string | null;
  cells: string;
  discriminator: string;
  message_zh: string;
  message_en: string;
  lhs: number | null;
  rhs: number | null;
  difference: number | null;
  culprit: string;
  suggested: string;
  evidence: string;
  operands: string;
  operands_hash: string;
  report_id: string;
  agency_key: string;
  agency: string | null;
  region_code: string | null;
  year: number | null;
  document: string;
  decision: string | null;
  decision_note: string | null;
  person: string | null;
  decided_at: string | null;
  decided_on: string | null;
}

function storedFinding(row: FindingRow): StoredFinding {
  const decided = row.decision !== null && row.decision !== 'open';
  const lapsed = decided && row.decided_on !== row.operands_hash;
  const valid = decided && !lapsed;
  return {
    findingId: row.finding_id,
    reportId: row.report_id,
    document: row.document,
    agency: row.agency,
    agencyKey: row.agency_key,
    regionCode: row.region_code,
    year: row.year,
    rule: row.rule,
    ruleVersion: row.rule_version,
    severity: decode(SEVERITIES, row.severity),
    verdict: row.verdict as Finding['verdict'],
    table: row.table_id as Finding['table'],
    cells: JSON.parse(row.cells) as Finding['cells'],
    discriminator: row.discriminator,
    messageZh: row.message_zh,
    messageEn: row.message_en,
    left: row.lhs,
    right: row.rhs,
    difference: row.difference,
    culprit: JSON.parse(row.culprit) as Finding['culprit'],
    suggested: JSON.parse(row.suggested) as Finding['suggested'],
    evidence: JSON.parse(row.evidence) as Finding['evidence'],
    operands: JSON.parse(row.operands) as Finding['operands'],
    state: valid ? (row.decision as StoredFinding['state']) : 'open',
    decidedBy: decided ? row.person : null,
    decidedAt: decided ? row.decided_at : null,
    note: lapsed ? lapseNote(row) : decided ? row.decision_note : null,
    lapsed,
  };
}

/** Chinese words for the states of a decision. */
export const STATE_WORDS = {
  open: '未处理',
  confirmed: '属实',
  false_positive: '误报',
  corrected: '已更正',
  accepted: '可接受',
} as const satisfies Record<StoredFinding['state'], string>;

function lapseNote(row: Pick<FindingRow, 'decision' | 'decision_note'>): string {
  const word = STATE_WORDS[row.decision as StoredFinding['state']];
  const note = row.decision_note ? `（原备注：${row.decision_note}）` : '';
  return `原处理意见“${word}”所依据的数值已经变化，该意见失效，请重新核对${note}`;
}

function summaryOf(r: ReadingRecord): ReportSummary {
  return {
    reportId: r.reportId,
    agencyKey: r.agencyKey,
    agency: r.agency,
    agencyId: r.agencyId,
    regionCode: r.regionCode,
    scope: r.scope,
    kind: r.kind,
    year: r.year,
    title: r.title,
    publishedOn: r.publishedOn,
    outcome: r.outcome,
    outcomeReason: r.outcomeReason,
    needsReview: r.needsReview,
    document: r.document,
    url: r.url,
    sha256: r.sha256,
    version: r.version,
    supersededBy: r.supersededBy,
    sources: r.sources,
    missing: r.missing,
  };
}
