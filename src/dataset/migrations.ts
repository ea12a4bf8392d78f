import { randomUUID } from 'node:crypto';
import { CompiledQuery } from 'kysely';
import { cellsOf, EDITIONS } from '../form/editions.ts';
import { TABLE_IDS } from '../form/form.ts';
import type { Database, SchemaWords, Session } from './dialect.ts';
import { relistAll } from './lists.ts';
import { StoreError } from './store.ts';

/**
 * Steps from an empty database to the present schema, oldest first. A step that was released is never changed: a new
 * one is added. Each runs in one transaction together with the note that it ran.
 */
export const MIGRATIONS: readonly ((words: SchemaWords) => readonly string[])[] = [
  (w) => [
    ...['reports', 'sources', 'readings', 'layouts', 'decisions', 'runs'].flatMap((t) => w.idSource(t)),
    `create table changes (id ${w.serial})`,
    `create table cells (id ${w.int} primary key, key ${w.text} not null unique)`,
    `create table agencies (
      id ${w.text} primary key, name ${w.text} not null, aliases ${w.text} not null, uscc ${w.text},
      division_code ${w.text}, parent ${w.text}, kind ${w.text}, first_year ${w.int}, last_year ${w.int})`,
    `create table reports (
      id ${w.int} primary key, report_id ${w.text} not null unique, sort_key ${w.text} not null unique,
      agency_key ${w.text} not null, year ${w.int}, primary_reading ${w.int}, unchecked ${w.int} not null)`,
    'create index reports_agency on reports (agency_key)',
    `create table sources (
      id ${w.int} primary key, document ${w.text} not null unique, url ${w.text}, attachment_of ${w.text},
      sha256 ${w.text} not null, size ${w.bigint} not null, mtime ${w.bigint} not null, missing ${w.int} not null,
      reading_id ${w.int} not null, extractor_version ${w.text} not null, transcriptions ${w.text} not null)`,
    `create table readings (
      id ${w.int} primary key, source_id ${w.int} not null references sources (id),
      report_id ${w.int} not null references reports (id), version ${w.int} not null, superseded_by ${w.int},
      displaced ${w.int} not null, sha256 ${w.text} not null, size ${w.bigint} not null, content_hash ${w.text} not null,
      container ${w.text} not null, reader ${w.text} not null, extractor_version ${w.text} not null,
      outcome ${w.text} not null, outcome_reason ${w.text}, title ${w.text}, agency ${w.text},
      agency_from ${w.text} not null, agency_id ${w.text}, region_code ${w.text}, year ${w.int},
      year_from ${w.text} not null, scope ${w.text} not null, kind ${w.text} not null, published_on ${w.text},
      needs_review ${w.int} not null, period ${w.text}, conflicts ${w.text} not null, unsure_cells ${w.int} not null,
      body ${w.blob} not null)`,
    'create index readings_report on readings (report_id)',
    'create index readings_source on readings (source_id)',
    `create table layouts (id ${w.int} primary key, hash ${w.text} not null unique, body ${w.blob} not null)`,
    `create table table_readings (
      reading_id ${w.int} not null references readings (id), part ${w.int} not null, table_id ${w.text} not null,
      edition ${w.text} not null, method ${w.text} not null, used_identities ${w.text} not null,
      layout_id ${w.int} not null references layouts (id), primary key (reading_id, part))${w.clustered}`,
    // No foreign key on the rows below: two hundred checks a report cost more than the writing. verifyStore counts orphans.
    `create table facts (
      reading_id ${w.int} not null, part ${w.int} not null, cell_id ${w.int} not null, state ${w.int} not null,
      confidence ${w.int} not null, doubtful ${w.int} not null, value ${w.real}, value_wan ${w.real}, raw ${w.text},
      alternatives ${w.text}, primary key (reading_id, part, cell_id))${w.clustered}`,
    `create table refusals (
      reading_id ${w.int} not null, seq ${w.int} not null, table_id ${w.text} not null, code ${w.text} not null,
      reason ${w.text} not null, location ${w.text}, primary key (reading_id, seq))${w.clustered}`,
    `create table extras (
      reading_id ${w.int} not null, seq ${w.int} not null, table_id ${w.text}, kind ${w.text} not null,
      code ${w.text} not null, label ${w.text} not null, raw ${w.text} not null, value ${w.real},
      location ${w.text} not null, primary key (reading_id, seq))${w.clustered}`,
    `create table statements (
      reading_id ${w.int} not null, seq ${w.int} not null, kind ${w.text} not null, value ${w.real}, unit ${w.text},
      about ${w.text}, words ${w.text} not null, scope ${w.text} not null, year ${w.int}, text ${w.text} not null,
      start ${w.int} not null, length ${w.int} not null, section ${w.int}, location ${w.text} not null,
      primary key (reading_id, seq))${w.clustered}`,
    `create table charts (
      reading_id ${w.int} not null, seq ${w.int} not null, title ${w.text}, categories ${w.text} not null,
      "values" ${w.text} not null, location ${w.text} not null, primary key (reading_id, seq))${w.clustered}`,
    `create table checks (
      reading_id ${w.int} not null, seq ${w.int} not null, rule ${w.text} not null, target ${w.text} not null,
      outcome ${w.int} not null, lhs ${w.real}, rhs ${w.real}, primary key (reading_id, seq))${w.clustered}`,
    `create table findings (
      reading_id ${w.int} not null, finding_id ${w.text} not null, seq ${w.int} not null, rule ${w.text} not null,
      rule_version ${w.int} not null, severity ${w.int} not null, verdict ${w.text}, table_id ${w.text},
      cells ${w.text} not null, discriminator ${w.text} not null, message_zh ${w.text} not null,
      message_en ${w.text} not null, lhs ${w.real}, rhs ${w.real}, difference ${w.real}, culprit ${w.text} not null,
      suggested ${w.text} not null, evidence ${w.text} not null, operands ${w.text} not null,
      operands_hash ${w.text} not null, primary key (reading_id, finding_id))`,
    'create index findings_id on findings (finding_id)',
    `create table finding_changes (
      run_id ${w.int} not null, finding_id ${w.text} not null, change ${w.int} not null,
      primary key (run_id, finding_id))`,
    `create table decisions (
      id ${w.int} primary key, finding_id ${w.text} not null, state ${w.text} not null, note ${w.text},
      person ${w.text}, at ${w.text} not null, operands_hash ${w.text} not null, latest ${w.int} not null)`,
    'create index decisions_finding on decisions (finding_id)',
    `create table transcriptions (
      document ${w.text} not null, sha256 ${w.text} not null, cell ${w.text} not null, raw ${w.text} not null,
      author ${w.text} not null, at ${w.text} not null, note ${w.text}, primary key (document, sha256, cell))`,
    `create table runs (
      id ${w.int} primary key, command ${w.text} not null, started_at ${w.text} not null, ended_at ${w.text},
      summary ${w.text})`,
    `create table exports (target ${w.text} primary key, fingerprint ${w.text} not null)`,
    `create table crawl_urls (
      portal ${w.text} not null, url ${w.text} not null, role ${w.text} not null, column_id ${w.text} not null,
      status ${w.text} not null, parent ${w.text}, next_check ${w.text}, last_seen_run ${w.text} not null,
      miss_count ${w.int} not null, record ${w.text} not null, primary key (portal, url))`,
    `create table crawl_versions (
      portal ${w.text} not null, url ${w.text} not null, n ${w.int} not null, report_key ${w.text},
      fetched_at ${w.text} not null, superseded_by ${w.text}, taken ${w.int} not null, record ${w.text} not null,
      primary key (portal, url, n))`,
    'create index crawl_versions_key on crawl_versions (report_key)',
    `create table crawl_events (
      id ${w.text} primary key, portal ${w.text} not null, run ${w.text} not null, at ${w.text} not null,
      record ${w.text} not null)`,
    `create table crawl_exchanges (
      run ${w.text} not null, url ${w.text} not null, fetched_at ${w.text} not null, portal ${w.text} not null,
      record ${w.text} not null, primary key (run, url, fetched_at))`,
    `create table crawl_column_runs (
      run ${w.text} not null, portal ${w.text} not null, column_id ${w.text} not null, started_at ${w.text} not null,
      record ${w.text} not null, primary key (run, portal, column_id))`,
    'create index crawl_column_runs_column on crawl_column_runs (portal, column_id, started_at)',
    `create table crawl_portal_runs (
      run ${w.text} not null, portal ${w.text} not null, started_at ${w.text} not null, record ${w.text} not null,
      primary key (run, portal))`,
    `create table crawl_robots (origin ${w.text} primary key, record ${w.text} not null)`,
    `create table crawl_blocked (host ${w.text} primary key, record ${w.text} not null)`,
    `create table crawl_locks (portal ${w.text} primary key, owner ${w.text} not null, until ${w.text} not null)`,
    // For people who open the store with an SQL tool; the exports carry labels and locations besides.
    `create view current_facts as
      select reports.report_id, readings.agency, readings.year, cells.key as cell, facts.value, facts.value_wan,
        case facts.state when 0 then 'number' when 1 then 'blank' when 2 then 'dash' when 3 then 'text'
          when 4 then 'absent' else 'unreadable' end as state,
        case facts.confidence when 0 then 'certain' when 1 then 'inferred' when 2 then 'ocr' else 'transcribed' end
          as confidence,
        facts.doubtful
      from reports join readings on readings.id = reports.primary_reading
        join facts on facts.reading_id = readings.id join cells on cells.id = facts.cell_id`,
  ],
  // Findings reach their report by its primary reading, and a body's reports are read in their order: without these two
  // both look through all reports each time.
  () => [
    'create index reports_primary on reports (primary_reading)',
    'drop index reports_agency',
    'create index reports_agency on reports (agency_key, sort_key)',
  ],
  // Lists for people; filled below, whatever the store holds already.
  (w) => [
    `create table report_list (
      report_row ${w.int} primary key, report_id ${w.text} not null, sort_key ${w.text} not null,
      agency_key ${w.text} not null, agency ${w.text}, agency_id ${w.text}, region_code ${w.text}, year ${w.int},
      scope ${w.text} not null, kind ${w.text} not null, outcome ${w.text} not null, outcome_reason ${w.text},
      document ${w.text} not null, title ${w.text}, needs_review ${w.int} not null, gone ${w.int} not null,
      received ${w.real}, carried_in ${w.real}, granted ${w.real}, partly_granted ${w.real}, concluded ${w.real},
      carried_out ${w.real})`,
    'create index report_list_order on report_list (sort_key)',
    'create index report_list_outcome on report_list (outcome, sort_key)',
    'create index report_list_agency_id on report_list (agency_id, year, kind, outcome)',
    // These hold all that the sums of the overview need, so that the rows themselves are not read.
    'create index report_list_sums on report_list (year, outcome, kind, scope)',
    'create index report_list_regions on report_list (region_code, outcome)',
    `create index report_list_figures on report_list (scope, kind, year, region_code, received, carried_in, granted,
      partly_granted, concluded, carried_out)`,
    `create table finding_list (
      finding_id ${w.text} primary key, report_row ${w.int} not null, gravity ${w.int} not null, rule ${w.text} not null,
      verdict ${w.text}, table_id ${w.text}, sort_key ${w.text} not null, agency_key ${w.text} not null,
      agency ${w.text}, region_code ${w.text}, year ${w.int} not null, state ${w.text} not null, lapsed ${w.int} not null,
      message_zh ${w.text} not null, message_en ${w.text} not null)`,
    'create index finding_list_report on finding_list (report_row)',
    'create index finding_list_sums on finding_list (gravity, state, rule, year)',
    'create index finding_list_gravity on finding_list (gravity, sort_key, finding_id)',
    'create index finding_list_order on finding_list (sort_key, gravity, finding_id)',
    'create index finding_list_agency on finding_list (agency_key, sort_key, gravity, finding_id)',
    'create index finding_list_year on finding_list (year, gravity, sort_key, finding_id)',
    'create index finding_list_rule on finding_list (rule, gravity, sort_key, finding_id)',
    'create index finding_list_region on finding_list (region_code, gravity, sort_key, finding_id)',
    'create index finding_list_state on finding_list (state, gravity, sort_key, finding_id)',
  ],
  // Before, what a portal or a person had said of a document was kept only as the body that it was bound to. Whether the
  // portal was configured so or the title decided is not known: it is kept as a hint, which contradicts no known name.
  (w) => [
    ...['said_agency_id', 'said_agency', 'said_by'].map(
      (c) => `alter table sources add column ${c} ${w.text}`,
    ),
    `update sources set
      said_agency_id = (select agency_id from readings where readings.id = sources.reading_id),
      said_by = case when document like 'added/%' then 'person' else 'meta' end
     where (url is not null or document like 'added/%')
       and exists (select 1 from readings where readings.id = sources.reading_id and agency_id is not null)`,
  ],
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings a store to the present schema. Throws `StoreError` (`too_new`) for one that a newer program has written.
 * `target` stops earlier and is for tests of the steps.
 */
export async function migrate(database: Database, target = SCHEMA_VERSION): Promise<void> {
  const present = await schemaVersion(database);
  if (present > SCHEMA_VERSION) throw tooNew(database, present);
  if (present >= target && target !== SCHEMA_VERSION) return;
  await database.write(async (session) => {
    for (const statement of database.words.migrationLock) await run(session, statement);
    await run(
      session,
      `create table if not exists meta (key ${database.words.text} primary key, value ${database.words.text} not null)`,
    );
    // Another process may have done it while this one waited for the lock.
    const version = await metaVersion(session);
    if (version > SCHEMA_VERSION) throw tooNew(database, version);
    for (let step = version; step < target; step++) {
      const migration = MIGRATIONS[step] as (typeof MIGRATIONS)[number];
      for (const statement of migration(database.words)) await run(session, statement);
    }
    if (version < target) {
      await session.insertMany('meta', ['key', 'value'], [['store_id', randomUUID()]], 'ignore');
      await session.query
        .insertInto('meta')
        .values({ key: 'schema_version', value: String(target) })
        .onConflict((c) => c.column('key').doUpdateSet({ value: String(target) }))
        .execute();
    }
    if (target === SCHEMA_VERSION) {
      await addCells(session);
      if (version < target) await relistAll(session);
    }
  });
}

/** 0 for an empty database. */
export async function schemaVersion(database: Database): Promise<number> {
  return database.read(async (session) => {
    const exists = await session.arrays(database.words.tableExists, ['meta']);
    return exists[0]?.[0] === 0 ? 0 : metaVersion(session);
  });
}

async function metaVersion(session: Session): Promise<number> {
  const row = await session.query
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'schema_version')
    .executeTakeFirst();
  return row ? Number(row.value) : 0;
}

function tooNew(database: Database, version: number): StoreError {
  return new StoreError(
    'too_new',
    `the store ${database.location} was written by a newer gongkai (its format is ${version}, this program knows up to ${SCHEMA_VERSION}); install the newer program, or use another output folder`,
  );
}

/** Cells get their number once and keep it, whatever editions come later. */
async function addCells(session: Session): Promise<void> {
  const rows = await session.query.selectFrom('cells').select(['id', 'key']).execute();
  const known = new Set(rows.map((row) => row.key));
  let id = rows.reduce((last, row) => Math.max(last, row.id), 0);
  const added: [number, string][] = [];
  for (const edition of EDITIONS) {
    for (const table of TABLE_IDS) {
      for (const cell of cellsOf(edition.tables[table])) {
        if (known.has(cell.key)) continue;
        known.add(cell.key);
        id += 1;
        added.push([id, cell.key]);
      }
    }
  }
  if (added.length > 0) await session.insertMany('cells', ['id', 'key'], added, 'ignore');
}

async function run(session: Session, statement: string): Promise<void> {
  await session.query.executeQuery(CompiledQuery.raw(statement));
}
