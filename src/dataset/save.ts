import { createHash } from 'node:crypto';
import type { Check, Finding } from '../check/finding.ts';
import type { Outcome, Report } from '../extract/report.ts';
import { CHECK_OUTCOMES, encode, SEVERITIES } from './codes.ts';
import type { Cell, Session } from './dialect.ts';
import { agencyKey, compare, findingIds, operandsHash, reportId } from './identity.ts';
import { relistReports } from './lists.ts';
import { type CellIds, FACT_COLUMNS, orNull, packBody, packFact, packLayout, storable } from './packing.ts';
import { choosePrimary } from './primary.ts';
import type { AgencyMatch, Saved, SaveItem } from './store.ts';
import type { Tables } from './tables.ts';
import { transcriptionMarks } from './transcriptions.ts';

/** Rows of a transaction, written table by table: one statement for many rows. */
type Rows = { [table in keyof Tables]?: { columns: readonly string[]; rows: Cell[][] } };

const READING_PARTS = [
  'table_readings',
  'facts',
  'refusals',
  'extras',
  'statements',
  'charts',
  'checks',
  'findings',
] as const satisfies readonly (keyof Tables)[];

interface Known {
  sourceId: number;
  readingId: number;
  reportRow: number;
  reportId: string;
  version: number;
  sha256: string;
  contentHash: string;
  size: number;
  mtime: number;
  missing: number;
}

interface Planned {
  readonly item: SaveItem;
  readonly index: number;
  readonly reportId: string;
  readonly contentHash: string;
  readonly transcriptions: string;
  readonly known: Known | null;
  readonly change: 'new' | 'reread' | 'revised';
  readingId: number;
  sourceId: number;
}

/** Stores a batch whose documents are all different. Must run inside one transaction. */
export async function saveDocuments(
  session: Session,
  batch: readonly SaveItem[],
  cells: CellIds,
): Promise<Saved[]> {
  const known = await knownDocuments(session, batch);
  const marks = await transcriptionMarks(
    session,
    batch.map((item) => ({ document: item.source.document, sha256: item.source.sha256 })),
  );
  const saved: Saved[] = [];
  const planned: Planned[] = [];
  const reappeared: Known[] = [];
  batch.forEach((item, index) => {
    const before = known.get(item.source.document) ?? null;
    const id = reportId(item.report, item.agency, item.source.sha256);
    const hash = contentHash(item, marks[index] as string);
    const same = before !== null && before.sha256 === item.source.sha256;
    if (same && before.contentHash === hash && before.reportId === id) {
      saved[index] = {
        document: item.source.document,
        reportId: id,
        version: before.version,
        change: 'unchanged',
        primary: false,
      };
      if (before.missing === 1) reappeared.push(before);
      return;
    }
    const change = before === null ? 'new' : same ? 'reread' : 'revised';
    planned.push({
      item,
      index,
      reportId: id,
      contentHash: hash,
      transcriptions: marks[index] as string,
      known: before,
      change,
      readingId: 0,
      sourceId: 0,
    });
  });

  const affected = new Set<number>(reappeared.map((k) => k.reportRow));
  for (const before of reappeared) {
    await session.query
      .updateTable('sources')
      .set({ missing: 0 })
      .where('id', '=', before.sourceId)
      .execute();
    // What was withdrawn is stored again.
    await session.query
      .updateTable('readings')
      .set({ superseded_by: null })
      .where('id', '=', before.readingId)
      .where('superseded_by', 'is not', null)
      .execute();
  }
  const fresh = planned.filter((p) => p.known === null);
  const sourceIds = await session.nextIds('sources', fresh.length);
  fresh.forEach((p, i) => {
    p.sourceId = sourceIds[i] as number;
  });
  for (const p of planned) if (p.known) p.sourceId = p.known.sourceId;
  const readingIds = await session.nextIds('readings', planned.length);
  planned.forEach((p, i) => {
    p.readingId = readingIds[i] as number;
  });

  if (planned.length > 0) {
    await insertSources(session, fresh);
    const reportRows = await claimReports(
      session,
      planned.map((p) => p.reportId),
    );
    for (const p of planned) {
      affected.add(reportRows.get(p.reportId) as number);
      if (p.known) affected.add(p.known.reportRow);
    }
    const versions = await retireOldReadings(session, planned, reportRows);
    await insertReadings(session, planned, reportRows, versions, cells);
    await updateSources(
      session,
      planned.filter((p) => p.known !== null),
    );
    for (const p of planned) {
      saved[p.index] = {
        document: p.item.source.document,
        reportId: p.reportId,
        version: versions.get(p) as number,
        change: p.change,
        primary: false,
      };
    }
  }
  if (affected.size > 0) {
    await settleReports(session, [...affected]);
    await noteChange(session);
  }
  return markPrimaries(session, saved);
}

/** The revision of the store counts these. */
export async function noteChange(session: Session): Promise<void> {
  await session.query.insertInto('changes').defaultValues().execute();
}

function contentHash(item: SaveItem, transcriptions: string): string {
  const { document: _, ...report } = item.report;
  const parts = [
    report,
    item.agency,
    item.source.url ?? null,
    item.source.attachmentOf ?? null,
    transcriptions,
    // Nothing is added where nobody said anything, so that the hashes of older stores hold.
    ...(item.source.said ? [item.source.said] : []),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

async function knownDocuments(session: Session, batch: readonly SaveItem[]): Promise<Map<string, Known>> {
  const rows = await session.query
    .selectFrom('sources')
    .innerJoin('readings', 'readings.id', 'sources.reading_id')
    .innerJoin('reports', 'reports.id', 'readings.report_id')
    .where(
      'sources.document',
      'in',
      batch.map((item) => storable(item.source.document)),
    )
    .select([
      'sources.document',
      'sources.id as sourceId',
      'sources.reading_id as readingId',
      'readings.report_id as reportRow',
      'reports.report_id as reportId',
      'readings.version',
      'sources.sha256',
      'readings.content_hash as contentHash',
      'sources.size',
      'sources.mtime',
      'sources.missing',
    ])
    .execute();
  return new Map(rows.map(({ document, ...rest }) => [document, rest]));
}

const SAID_COLUMNS = ['said_agency_id', 'said_agency', 'said_by'] as const;

function saidRow({ source: { said } }: SaveItem): Record<(typeof SAID_COLUMNS)[number], string | null> {
  return {
    said_agency_id: orNull(said?.agencyId),
    said_agency: orNull(said?.agency),
    said_by: said?.by ?? null,
  };
}

async function insertSources(session: Session, fresh: readonly Planned[]): Promise<void> {
  await session.insertMany(
    'sources',
    [
      'id',
      'document',
      'url',
      'attachment_of',
      ...SAID_COLUMNS,
      'sha256',
      'size',
      'mtime',
      'missing',
      'reading_id',
      'extractor_version',
      'transcriptions',
    ],
    fresh.map((p) => [
      p.sourceId,
      storable(p.item.source.document),
      orNull(p.item.source.url),
      orNull(p.item.source.attachmentOf),
      ...SAID_COLUMNS.map((c) => saidRow(p.item)[c]),
      p.item.source.sha256,
      p.item.source.size,
      Math.trunc(p.item.source.mtime),
      0,
      p.readingId,
      p.item.report.extractorVersion,
      p.transcriptions,
    ]),
  );
}

async function updateSources(session: Session, planned: readonly Planned[]): Promise<void> {
  for (const p of planned) {
    await session.query
      .updateTable('sources')
      .set({
        url: orNull(p.item.source.url),
        attachment_of: orNull(p.item.source.attachmentOf),
        ...saidRow(p.item),
        sha256: p.item.source.sha256,
        size: p.item.source.size,
        mtime: Math.trunc(p.item.source.mtime),
        missing: 0,
        reading_id: p.readingId,
        extractor_version: p.item.report.extractorVersion,
        transcriptions: p.transcriptions,
      })
      .where('id', '=', p.sourceId)
      .execute();
  }
}

/** Finds or makes the rows of these reports and holds them against other writers, in one order for all of them. */
async function claimReports(session: Session, ids: readonly string[]): Promise<Map<string, number>> {
  const wanted = [...new Set(ids)].sort();
  const rowIds = await session.nextIds('reports', wanted.length);
  await session.insertMany(
    'reports',
    ['id', 'report_id', 'sort_key', 'agency_key', 'unchecked'],
    wanted.map((id, i) => [rowIds[i] as number, id, id, '', 1]),
    'ignore',
  );
  await session.query.updateTable('reports').set({ unchecked: 1 }).where('report_id', 'in', wanted).execute();
  const rows = await session.query
    .selectFrom('reports')
    .select(['id', 'report_id'])
    .where('report_id', 'in', wanted)
    .execute();
  return new Map(rows.map((row) => [row.report_id, row.id]));
}

/**
 * What becomes of the readings that a document had before. Same bytes: the new reading takes the place of the old.
 * Other bytes and the same report (or one that was never identified): the old one is superseded. Another report: the
 * old one stays the current version of its own report, but is no longer there.
 */
async function retireOldReadings(
  session: Session,
  planned: readonly Planned[],
  reportRows: ReadonlyMap<string, number>,
): Promise<Map<Planned, number>> {
  const versions = new Map<Planned, number>();
  for (const p of planned) {
    if (p.known === null) {
      versions.set(p, 1);
      continue;
    }
    const reportRow = reportRows.get(p.reportId) as number;
    if (p.change === 'reread') {
      versions.set(p, p.known.version);
      await deleteReadings(session, [p.known.readingId]);
      continue;
    }
    const earlier = await session.query
      .selectFrom('readings')
      .select(['id', 'report_id', 'version', 'superseded_by'])
      .where('source_id', '=', p.sourceId)
      .execute();
    const unidentified = p.known.reportId.startsWith('d');
    const replaced = earlier.filter(
      (r) =>
        r.superseded_by === null &&
        (r.report_id === reportRow || (unidentified && r.id === p.known?.readingId)),
    );
    const last = earlier
      .filter((r) => r.report_id === reportRow || replaced.includes(r))
      .reduce((highest, r) => Math.max(highest, r.version), 0);
    versions.set(p, last + 1);
    if (replaced.length > 0) {
      await session.query
        .updateTable('readings')
        .set({ superseded_by: last + 1 })
        .where(
          'id',
          'in',
          replaced.map((r) => r.id),
        )
        .execute();
    }
    await session.query
      .updateTable('readings')
      .set({ displaced: 1 })
      .where('source_id', '=', p.sourceId)
      .where('superseded_by', 'is', null)
      .execute();
  }
  return versions;
}

async function deleteReadings(session: Session, ids: readonly number[]): Promise<void> {
  for (const table of READING_PARTS)
    await session.query.deleteFrom(table).where('reading_id', 'in', ids).execute();
  await session.query.deleteFrom('readings').where('id', 'in', ids).execute();
}

async function insertReadings(
  session: Session,
  planned: readonly Planned[],
  reportRows: ReadonlyMap<string, number>,
  versions: ReadonlyMap<Planned, number>,
  cells: CellIds,
): Promise<void> {
  const rows: Rows = {};
  const layouts = new Map<string, () => Uint8Array>();
  const tableRows: { row: Cell[]; hash: string }[] = [];
  for (const p of planned) {
    const { report, agency, source } = p.item;
    add(
      rows,
      'readings',
      readingRow(
        p,
        report,
        agency,
        source.sha256,
        source.size,
        reportRows.get(p.reportId) as number,
        versions.get(p) as number,
      ),
    );
    report.tables.forEach((table, part) => {
      const { hash, body } = packLayout(table, cells);
      layouts.set(hash, body);
      tableRows.push({
        hash,
        row: [
          p.readingId,
          part,
          table.table,
          table.edition,
          table.method,
          JSON.stringify(table.usedIdentities),
        ],
      });
      rows.facts ??= { columns: FACT_COLUMNS, rows: [] };
      for (const fact of table.facts) rows.facts.rows.push(packFact(p.readingId, part, fact, cells));
    });
    addParts(rows, p.readingId, report);
    addChecks(rows, p.readingId, p.item.checks ?? []);
    addFindings(rows, p.readingId, p.reportId, p.item.findings ?? []);
  }
  const layoutIds = await claimLayouts(session, layouts);
  rows.table_readings = {
    columns: ['reading_id', 'part', 'table_id', 'edition', 'method', 'used_identities', 'layout_id'],
    rows: tableRows.map(({ row, hash }) => [...row, layoutIds.get(hash) as number]),
  };
  for (const table of ['readings', ...READING_PARTS] as const) {
    const part = rows[table];
    if (part && part.rows.length > 0) await session.insertMany(table, part.columns, part.rows);
  }
}

function readingRow(
  p: Planned,
  report: Report,
  agency: AgencyMatch | null,
  sha256: string,
  size: number,
  reportRow: number,
  version: number,
): Record<string, Cell> {
  const facts = report.tables.flatMap((t) => t.facts);
  return {
    id: p.readingId,
    source_id: p.sourceId,
    report_id: reportRow,
    version,
    superseded_by: null,
    displaced: 0,
    sha256,
    size,
    content_hash: p.contentHash,
    container: storable(report.container),
    reader: storable(report.reader),
    extractor_version: report.extractorVersion,
    outcome: report.outcome,
    outcome_reason: orNull(report.outcomeReason),
    title: orNull(report.title),
    agency: orNull(report.agency),
    agency_from: report.agencyFrom,
    agency_id: agency?.id ?? null,
    region_code: agency?.regionCode ?? null,
    year: report.year,
    year_from: report.yearFrom,
    scope: report.scope,
    kind: report.kind,
    published_on: orNull(report.publishedOn),
    needs_review: report.needsReview ? 1 : 0,
    period: report.period === null ? null : JSON.stringify(report.period),
    conflicts: JSON.stringify(report.conflicts),
    unsure_cells: facts.filter((f) => f.doubtful || f.confidence === 'ocr' || f.confidence === 'inferred')
      .length,
    body: packBody(report),
  };
}

function addParts(rows: Rows, reading: number, report: Report): void {
  report.refusals.forEach((r, seq) => {
    add(rows, 'refusals', {
      reading_id: reading,
      seq,
      table_id: r.table,
      code: r.code,
      reason: storable(r.reason),
      location: orNull(r.location),
    });
  });
  report.extras.forEach((e, seq) => {
    add(rows, 'extras', {
      reading_id: reading,
      seq,
      table_id: e.table,
      kind: e.kind,
      code: e.code,
      label: storable(e.label),
      raw: storable(e.raw),
      value: e.value,
      location: storable(e.location),
    });
  });
  report.statements.forEach((s, seq) => {
    add(rows, 'statements', {
      reading_id: reading,
      seq,
      kind: s.kind,
      value: s.value,
      unit: orNull(s.unit),
      about: s.about,
      words: storable(s.words),
      scope: JSON.stringify(s.scope),
      year: s.year,
      text: storable(s.text),
      start: s.start,
      length: s.length,
      section: s.section,
      location: storable(s.location),
    });
  });
  report.charts.forEach((c, seq) => {
    add(rows, 'charts', {
      reading_id: reading,
      seq,
      title: orNull(c.title),
      categories: JSON.stringify(c.categories),
      values: JSON.stringify(c.values),
      location: storable(c.location),
    });
  });
}

export function addChecks(rows: Rows, reading: number, checks: readonly Check[]): void {
  checks.forEach((c, seq) => {
    add(rows, 'checks', {
      reading_id: reading,
      seq,
      rule: c.rule,
      target: storable(c.target),
      outcome: encode(CHECK_OUTCOMES, c.outcome),
      lhs: c.left,
      rhs: c.right,
    });
  });
}

export function addFindings(rows: Rows, reading: number, report: string, findings: readonly Finding[]): void {
  const ids = findingIds(report, findings);
  findings.forEach((f, seq) => {
    add(rows, 'findings', {
      reading_id: reading,
      finding_id: ids[seq] as string,
      seq,
      rule: f.rule,
      rule_version: f.ruleVersion,
      severity: encode(SEVERITIES, f.severity),
      verdict: f.verdict,
      table_id: f.table,
      cells: JSON.stringify(f.cells),
      discriminator: storable(f.discriminator),
      message_zh: storable(f.messageZh),
      message_en: storable(f.messageEn),
      lhs: f.left,
      rhs: f.right,
      difference: f.difference,
      culprit: JSON.stringify(f.culprit),
      suggested: JSON.stringify(f.suggested),
      evidence: JSON.stringify(f.evidence),
      operands: JSON.stringify(f.operands),
      operands_hash: operandsHash(f.operands),
    });
  });
}

export type { Rows };

/** Collects a row; the first one of a table fixes the columns. */
function add(rows: Rows, table: keyof Tables, record: Record<string, Cell>): void {
  rows[table] ??= { columns: Object.keys(record), rows: [] };
  rows[table].rows.push(Object.values(record));
}

async function claimLayouts(
  session: Session,
  layouts: ReadonlyMap<string, () => Uint8Array>,
): Promise<Map<string, number>> {
  const hashes = [...layouts.keys()].sort();
  if (hashes.length === 0) return new Map();
  const find = async () =>
    new Map(
      (
        await session.query.selectFrom('layouts').select(['id', 'hash']).where('hash', 'in', hashes).execute()
      ).map((row) => [row.hash, row.id] as const),
    );
  const known = await find();
  const missing = hashes.filter((hash) => !known.has(hash));
  if (missing.length === 0) return known;
  const ids = await session.nextIds('layouts', missing.length);
  await session.insertMany(
    'layouts',
    ['id', 'hash', 'body'],
    missing.map((hash, i) => [ids[i] as number, hash, (layouts.get(hash) as () => Uint8Array)()]),
    'ignore',
  );
  return find();
}

/** Chooses the primaries anew, and takes away reports without a reading. */
export async function settleReports(session: Session, reportRows: readonly number[]): Promise<void> {
  for (let at = 0; at < reportRows.length; at += 500) {
    const group = reportRows.slice(at, at + 500);
    const rows = await session.query
      .selectFrom('readings')
      .innerJoin('sources', 'sources.id', 'readings.source_id')
      .where('readings.report_id', 'in', group)
      .select([
        'readings.id as readingId',
        'readings.report_id as reportRow',
        'readings.superseded_by as supersededBy',
        'readings.displaced',
        'readings.outcome',
        'readings.unsure_cells as unsureCells',
        'readings.published_on as publishedOn',
        'readings.container',
        'readings.agency',
        'readings.agency_id as agencyId',
        'readings.year',
        'readings.scope',
        'readings.kind',
        'sources.document',
        'sources.missing as gone',
      ])
      .execute();
    const reports = await session.query
      .selectFrom('reports')
      .select(['id', 'report_id', 'sort_key', 'primary_reading', 'unchecked', 'agency_key', 'year'])
      .where('id', 'in', group)
      .execute();
    const byReport = Map.groupBy(rows, (row) => row.reportRow);
    // Bodies that lost a report to another: what the rules said across their years may no longer hold.
    const bereft = new Set<string>();
    for (const report of reports) {
      const readings = byReport.get(report.id) ?? [];
      if (readings.length === 0) {
        await session.query.deleteFrom('reports').where('id', '=', report.id).execute();
        bereft.add(report.agency_key);
        continue;
      }
      const primary = choosePrimary(
        readings
          .filter((r) => r.supersededBy === null)
          .map((r) => ({ ...r, outcome: r.outcome as Outcome, missing: r.gone === 1 || r.displaced === 1 })),
      );
      const shown =
        primary ??
        (readings.toSorted(
          (a, b) => compare(a.document, b.document) || a.readingId - b.readingId,
        )[0] as (typeof readings)[number]);
      const key = agencyKey(
        { agency: shown.agency },
        shown.agencyId === null ? null : { id: shown.agencyId, regionCode: null },
      );
      if (report.agency_key !== '' && report.agency_key !== key) bereft.add(report.agency_key);
      const sortKey = [
        key,
        String(shown.year ?? 9999).padStart(4, '0'),
        shown.scope,
        shown.kind,
        report.report_id,
      ].join('\t');
      if (
        report.sort_key === sortKey &&
        report.primary_reading === (primary?.readingId ?? null) &&
        report.agency_key === key &&
        report.year === shown.year &&
        report.unchecked === 1
      ) {
        continue;
      }
      await session.query
        .updateTable('reports')
        .set({
          sort_key: sortKey,
          agency_key: key,
          year: shown.year,
          primary_reading: primary?.readingId ?? null,
          unchecked: 1,
        })
        .where('id', '=', report.id)
        .execute();
    }
    if (bereft.size > 0) {
      await session.query
        .updateTable('reports')
        .set({ unchecked: 1 })
        .where('agency_key', 'in', [...bereft])
        .execute();
    }
    await relistReports(session, group);
  }
}

async function markPrimaries(session: Session, saved: readonly Saved[]): Promise<Saved[]> {
  const rows = await session.query
    .selectFrom('sources')
    .innerJoin('reports', 'reports.primary_reading', 'sources.reading_id')
    .where(
      'sources.document',
      'in',
      saved.map((s) => storable(s.document)),
    )
    .select('sources.document')
    .execute();
  const primaries = new Set(rows.map((row) => row.document));
  return saved.map((s) => ({ ...s, primary: primaries.has(storable(s.document)) }));
}
