import type { Check } from '../check/finding.ts';
import { openCrawlState } from './crawl-state.ts';
import { allDecisions, decide, historyOf, importDecisions } from './decisions.ts';
import type { Database, Session } from './dialect.ts';
import { type CellIds, orNull, storable } from './packing.ts';
import { StoreReader } from './reader.ts';
import { replaceFindings } from './rechecks.ts';
import { noteChange, saveDocuments } from './save.ts';
import { knownSources, markMissing, markReplaced, sourceRecord, touchSources, withdraw } from './sources.ts';
import {
  type Agency,
  type FindingSelection,
  type ReportSelection,
  type Run,
  type Saved,
  type SaveItem,
  type Snapshot,
  type Store,
  type StoredReport,
  StoreError,
} from './store.ts';
import { loadTranscriptions, saveTranscriptions } from './transcriptions.ts';

/** The one implementation of `Store`; which database it is, only `dialect.ts` knows. */
export class SqlStore implements Store {
  readonly database: Database;
  readonly cells: CellIds;
  readonly crawl: Store['crawl'];

  constructor(database: Database, cells: CellIds) {
    this.database = database;
    this.cells = cells;
    this.crawl = openCrawlState(database);
  }

  get location(): string {
    return this.database.location;
  }

  get kind(): Store['kind'] {
    return this.database.kind;
  }

  async knownSource(source: Parameters<Store['knownSource']>[0]) {
    const [verdict] = await this.knownSources([source]);
    return verdict as Awaited<ReturnType<Store['knownSource']>>;
  }

  knownSources: Store['knownSources'] = (sources) => this.database.read((s) => knownSources(s, sources));

  async touchSources(sources: Parameters<Store['touchSources']>[0]): Promise<void> {
    if (sources.length > 0) await this.database.write((s) => touchSources(s, sources));
  }

  async saveBatch(batch: readonly SaveItem[]): Promise<Saved[]> {
    if (batch.length === 0) return [];
    return this.database.write(async (session) => {
      const saved: Saved[] = [];
      // A document that comes twice in one batch was changed in between: one after the other.
      for (const group of withoutRepeats(batch))
        saved.push(...(await saveDocuments(session, group, this.cells)));
      return saved;
    });
  }

  transaction<T>(work: (store: SqlStore) => Promise<T>): Promise<T> {
    return this.database.write((session) => work(new SqlStore(boundTo(session, this.database), this.cells)));
  }

  markMissing: Store['markMissing'] = (roots, seen, unseen = []) =>
    this.database.write((s) => markMissing(s, roots, seen, unseen));

  markReplaced: Store['markReplaced'] = (gone, present) =>
    this.database.write((s) => markReplaced(s, gone, present));

  withdraw: Store['withdraw'] = (documents) => this.database.write((s) => withdraw(s, documents));

  async report(reportId: string): Promise<StoredReport | null> {
    const ids = await this.database.read((s) =>
      s.query
        .selectFrom('reports')
        .select('report_id')
        .where('report_id', '>=', storable(reportId))
        .where('report_id', '<', `${storable(reportId)}~`)
        .where('primary_reading', 'is not', null)
        .orderBy('report_id')
        .limit(2)
        .execute(),
    );
    const [first, second] = ids;
    if (!first || (second && first.report_id !== reportId)) return null;
    for await (const report of this.reports({ reportIds: [first.report_id] })) return report;
    return null;
  }

  async *reports(selection: ReportSelection = {}): AsyncGenerator<StoredReport> {
    yield* new StoreReader(await this.#reading(), this.cells).reports(selection);
  }

  async *summaries(selection: ReportSelection = {}) {
    yield* new StoreReader(await this.#reading(), this.cells).summaries(selection);
  }

  async uncheckedAgencies(): Promise<string[]> {
    const rows = await this.database.read((s) =>
      s.query
        .selectFrom('reports')
        .select('agency_key')
        .distinct()
        .where('unchecked', '=', 1)
        .where('primary_reading', 'is not', null)
        .orderBy('agency_key')
        .execute(),
    );
    return rows.map((row) => row.agency_key);
  }

  replaceFindings: Store['replaceFindings'] = (items, run) =>
    this.database.write((s) => replaceFindings(s, items, run ?? null));

  async *findings(selection: FindingSelection = {}) {
    yield* new StoreReader(await this.#reading(), this.cells).findings(selection);
  }

  finding: Store['finding'] = (id) => this.database.read((s) => new StoreReader(s, this.cells).finding(id));

  async checks(reportId: string): Promise<Check[]> {
    return this.database.read(async (session) => {
      const row = await session.query
        .selectFrom('reports')
        .select('primary_reading')
        .where('report_id', '=', reportId)
        .executeTakeFirst();
      const reading = row?.primary_reading;
      if (reading === null || reading === undefined) return [];
      return (await new StoreReader(session, this.cells).checks([reading])).get(reading) ?? [];
    });
  }

  decide: Store['decide'] = (decision) =>
    this.database.write(async (s) => {
      await decide(s, decision);
      await noteChange(s);
    });

  async *decisions() {
    yield* allDecisions(await this.#reading());
  }

  decisionHistory: Store['decisionHistory'] = (id) => this.database.read((s) => historyOf(s, id));

  importDecisions: Store['importDecisions'] = (decisions) =>
    this.database.write(async (s) => {
      const result = await importDecisions(s, decisions);
      if (result.recorded > 0) await noteChange(s);
      return result;
    });

  source: Store['source'] = (document) => this.database.read((s) => sourceRecord(s, document));

  transcribe: Store['transcribe'] = (document, cells) =>
    this.database.write((s) => saveTranscriptions(s, document, cells));

  transcriptions: Store['transcriptions'] = (document, sha256) =>
    this.database.read((s) => loadTranscriptions(s, document, sha256));

  async loadAgencies(agencies: Iterable<Agency>): Promise<void> {
    const rows = [...agencies].map((a) => ({
      id: storable(a.id),
      name: storable(a.name),
      aliases: JSON.stringify(a.aliases),
      uscc: orNull(a.uscc),
      division_code: orNull(a.divisionCode),
      parent: orNull(a.parent),
      kind: orNull(a.kind),
      first_year: a.firstYear,
      last_year: a.lastYear,
    }));
    const present = await this.agencies();
    if (JSON.stringify(present) === JSON.stringify(rows.map(agency).sort(byId))) return;
    await this.database.write(async (session) => {
      await session.query.deleteFrom('agencies').execute();
      const columns = [
        'id',
        'name',
        'aliases',
        'uscc',
        'division_code',
        'parent',
        'kind',
        'first_year',
        'last_year',
      ] as const;
      await session.insertMany(
        'agencies',
        columns,
        rows.map((row) => columns.map((c) => row[c])),
      );
      await noteChange(session);
    });
  }

  async agencies(): Promise<Agency[]> {
    const rows = await this.database.read((s) => s.query.selectFrom('agencies').selectAll().execute());
    return rows.map(agency).sort(byId);
  }

  async beginRun(command: string, at: string, summary?: Readonly<Record<string, unknown>>): Promise<number> {
    return this.database.write(async (session) => {
      const [id] = await session.nextIds('runs', 1);
      await session.insertMany(
        'runs',
        ['id', 'command', 'started_at', 'summary'],
        [[id as number, command, at, summary === undefined ? null : JSON.stringify(summary)]],
      );
      return id as number;
    });
  }

  async endRun(run: number, at: string, summary: Readonly<Record<string, unknown>>): Promise<void> {
    await this.database.write((s) =>
      s.query
        .updateTable('runs')
        .set({ ended_at: at, summary: JSON.stringify(summary) })
        .where('id', '=', run)
        .execute(),
    );
  }

  async runs(limit = 20): Promise<Run[]> {
    const rows = await this.database.read((s) =>
      s.query.selectFrom('runs').selectAll().orderBy('id', 'desc').limit(limit).execute(),
    );
    return rows.map((row) => ({
      id: row.id,
      command: row.command,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      summary: row.summary === null ? null : (JSON.parse(row.summary) as Record<string, unknown>),
    }));
  }

  snapshot<T>(work: (snapshot: StoreSnapshot) => Promise<T>): Promise<T> {
    return this.database.snapshot((session) => work(new StoreSnapshot(session, this.cells)));
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** Pages are single statements, so a session outside a transaction serves a stream that the caller may write beside. */
  async #reading(): Promise<Session> {
    return this.database.read(async (session) => session);
  }
}

/** The database as it is inside of one transaction. */
function boundTo(session: Session, database: Database): Database {
  const inside = <T>(work: (session: Session) => Promise<T>): Promise<T> => work(session);
  return { ...database, read: inside, write: inside, snapshot: inside, close: async () => {} };
}

/** What the exports read: the reader, and a word for the state of the store. */
export class StoreSnapshot extends StoreReader implements Snapshot {
  readonly session: Session;
  constructor(session: Session, cells: CellIds) {
    super(session, cells);
    this.session = session;
  }

  async fingerprint(): Promise<string> {
    const [store] = await this.session.arrays("select value from meta where key = 'store_id'", []);
    const [changes] = await this.session.arrays('select count(*) as n from changes', []);
    return `${store?.[0]}/${changes?.[0]}`;
  }
}

export function sqlStore(store: Store): SqlStore {
  if (!(store instanceof SqlStore))
    throw new StoreError('not_a_store', 'this function needs a store of openStore()');
  return store;
}

function* withoutRepeats(batch: readonly SaveItem[]): Generator<SaveItem[]> {
  let group: SaveItem[] = [];
  const seen = new Set<string>();
  for (const item of batch) {
    if (seen.has(item.source.document)) {
      yield group;
      group = [];
      seen.clear();
    }
    seen.add(item.source.document);
    group.push(item);
  }
  if (group.length > 0) yield group;
}

function agency(row: {
  id: string;
  name: string;
  aliases: string;
  uscc: string | null;
  division_code: string | null;
  parent: string | null;
  kind: string | null;
  first_year: number | null;
  last_year: number | null;
}): Agency {
  return {
    id: row.id,
    name: row.name,
    aliases: JSON.parse(row.aliases) as string[],
    uscc: row.uscc,
    divisionCode: row.division_code,
    parent: row.parent,
    kind: row.kind,
    firstYear: row.first_year,
    lastYear: row.last_year,
  };
}

function byId(a: Agency, b: Agency): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
