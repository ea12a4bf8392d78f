import { CompiledQuery } from 'kysely';
import type { Session } from './dialect.ts';

/**
 * Two narrow tables for people who look through the store: one row per current report, one per current finding, with
 * everything that is listed, filtered and sorted by. They repeat what stands elsewhere and are brought up to date in
 * the transaction that changes it; the wide tables are only opened for the one report that is looked at.
 */

/** Numbers of table 三 that the overview sums up: column of `report_list` → cell. */
const KEY_FIGURES = {
  received: 't3/new_received/total',
  carried_in: 't3/carried_in/total',
  granted: 't3/granted/total',
  partly_granted: 't3/partly_granted/total',
  concluded: 't3/concluded_total/total',
  carried_out: 't3/carried_out/total',
} as const;

const GROUP = 500;

/** Lists these rows of `reports` anew, with their findings. */
export async function relistReports(session: Session, reportRows: readonly number[]): Promise<void> {
  for (let at = 0; at < reportRows.length; at += GROUP) {
    const group = `(${reportRows.slice(at, at + GROUP).join(',')})`;
    await run(session, `delete from report_list where report_row in ${group}`);
    await run(session, `delete from finding_list where report_row in ${group}`);
    await run(session, reportsSql(group));
    await run(session, findingsSql(`reports.id in ${group}`));
  }
}

/** After a decision: the state of these findings alone. */
export async function relistFindings(session: Session, findingIds: readonly string[]): Promise<void> {
  for (let at = 0; at < findingIds.length; at += GROUP) {
    const group = findingIds.slice(at, at + GROUP);
    const list = `(${group.map(quoted).join(',')})`;
    await run(session, `delete from finding_list where finding_id in ${list}`);
    await run(session, findingsSql(`findings.finding_id in ${list}`));
  }
}

/** Lists everything anew: for a store that was brought to a new format. */
export async function relistAll(session: Session): Promise<void> {
  await run(session, 'delete from report_list');
  await run(session, 'delete from finding_list');
  let after = 0;
  for (;;) {
    const rows = await session.query
      .selectFrom('reports')
      .select('id')
      .where('id', '>', after)
      .orderBy('id')
      .limit(GROUP)
      .execute();
    const last = rows.at(-1);
    if (!last) return;
    await relistReports(
      session,
      rows.map((row) => row.id),
    );
    after = last.id;
  }
}

/** Ids are hashes and never hold a quote; doubled all the same. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function reportsSql(group: string): string {
  const figures = Object.entries(KEY_FIGURES);
  const primaries = `(select primary_reading from reports where id in ${group})`;
  return `insert into report_list (report_row, report_id, sort_key, agency_key, agency, agency_id, region_code, year,
      scope, kind, outcome, outcome_reason, document, title, needs_review, gone, ${figures.map(([column]) => column).join(', ')})
    select reports.id, reports.report_id, reports.sort_key, reports.agency_key, readings.agency, readings.agency_id,
      readings.region_code, readings.year, readings.scope, readings.kind, readings.outcome, readings.outcome_reason,
      sources.document, readings.title, readings.needs_review,
      case when sources.missing = 1 or readings.displaced = 1 then 1 else 0 end,
      ${figures.map(([column]) => `figures.${column}`).join(', ')}
    from reports
      join readings on readings.id = reports.primary_reading
      join sources on sources.id = readings.source_id
      left join (
        select facts.reading_id, ${figures.map(([column, key]) => `max(case when cells.key = ${quoted(key)} then facts.value end) as ${column}`).join(', ')}
        from facts join cells on cells.id = facts.cell_id
        where facts.reading_id in ${primaries} and facts.state = 0 and facts.doubtful = 0
          and cells.key in (${figures.map(([, key]) => quoted(key)).join(', ')})
        group by facts.reading_id
      ) figures on figures.reading_id = readings.id
    where reports.id in ${group}`;
}

/** `gravity`: error, warning, info, and last what is our own doubt. */
function findingsSql(condition: string): string {
  return `insert into finding_list (finding_id, report_row, gravity, rule, verdict, table_id, sort_key, agency_key, agency,
      region_code, year, state, lapsed, message_zh, message_en)
    select findings.finding_id, reports.id,
      case when findings.verdict = 'suspect_extraction' then 3 else findings.severity end,
      findings.rule, findings.verdict, findings.table_id, reports.sort_key, reports.agency_key, readings.agency,
      readings.region_code, coalesce(readings.year, 0),
      case when decisions.state is null or decisions.operands_hash <> findings.operands_hash then 'open'
        else decisions.state end,
      case when decisions.state is not null and decisions.state <> 'open'
        and decisions.operands_hash <> findings.operands_hash then 1 else 0 end,
      findings.message_zh, findings.message_en
    from findings
      join reports on reports.primary_reading = findings.reading_id
      join readings on readings.id = findings.reading_id
      left join decisions on decisions.finding_id = findings.finding_id and decisions.latest = 1
    where ${condition}`;
}

async function run(session: Session, statement: string): Promise<void> {
  await session.query.executeQuery(CompiledQuery.raw(statement));
}
