import type { Session } from './dialect.ts';
import { findingIds } from './identity.ts';
import { relistReports } from './lists.ts';
import { addChecks, addFindings, noteChange, type Rows } from './save.ts';
import { type FindingsChange, type FindingsOf, StoreError } from './store.ts';

/**
 * Puts the results of the rules in the place of the earlier ones. What is the same stays untouched, so that running
 * the rules twice changes nothing.
 */
export async function replaceFindings(
  session: Session,
  items: readonly FindingsOf[],
  run: number | null,
): Promise<FindingsChange> {
  const added: string[] = [];
  const gone: string[] = [];
  let unchanged = 0;
  if (items.length === 0) return { added, gone, unchanged };
  const reports = await session.query
    .selectFrom('reports')
    .select(['id', 'report_id', 'primary_reading'])
    .where(
      'report_id',
      'in',
      items.map((i) => i.reportId),
    )
    .execute();
  const byId = new Map(reports.map((r) => [r.report_id, r]));
  const readings = reports.flatMap((r) => (r.primary_reading === null ? [] : [r.primary_reading]));
  const stored = await storedRows(session, readings);
  const rows: Rows = {};
  const emptied: number[] = [];
  for (const item of items) {
    const report = byId.get(item.reportId);
    if (!report || report.primary_reading === null) {
      throw new StoreError('unknown_report', `no current report ${item.reportId} in the store`);
    }
    const reading = report.primary_reading;
    const fresh: Rows = {};
    addChecks(fresh, reading, item.checks);
    addFindings(fresh, reading, item.reportId, item.findings);
    const before = stored.get(reading);
    const ids = findingIds(item.reportId, item.findings);
    const known = new Set(before?.findingIds ?? []);
    for (const id of ids) {
      if (known.has(id)) unchanged += 1;
      else added.push(id);
    }
    const now = new Set(ids);
    for (const id of known) if (!now.has(id)) gone.push(id);
    if (
      fingerprint(fresh.checks?.rows, fresh.findings?.rows) === (before?.fingerprint ?? fingerprint([], []))
    )
      continue;
    emptied.push(reading);
    for (const table of ['checks', 'findings'] as const) {
      const part = fresh[table];
      if (!part) continue;
      rows[table] ??= { columns: part.columns, rows: [] };
      rows[table].rows.push(...part.rows);
    }
  }
  if (emptied.length > 0) {
    await session.query.deleteFrom('checks').where('reading_id', 'in', emptied).execute();
    await session.query.deleteFrom('findings').where('reading_id', 'in', emptied).execute();
    for (const table of ['checks', 'findings'] as const) {
      const part = rows[table];
      if (part) await session.insertMany(table, part.columns, part.rows);
    }
    const changed = new Set(emptied);
    await relistReports(
      session,
      reports.flatMap((r) => (r.primary_reading !== null && changed.has(r.primary_reading) ? [r.id] : [])),
    );
    await noteChange(session);
  }
  await session.query
    .updateTable('reports')
    .set({ unchecked: 0 })
    .where(
      'id',
      'in',
      reports.map((r) => r.id),
    )
    .where('unchecked', '=', 1)
    .execute();
  if (run !== null && added.length + gone.length > 0) {
    await session.insertMany(
      'finding_changes',
      ['run_id', 'finding_id', 'change'],
      [...added.map((id) => [run, id, 1]), ...gone.map((id) => [run, id, -1])],
      'ignore',
    );
  }
  return { added, gone, unchanged };
}

async function storedRows(
  session: Session,
  readings: readonly number[],
): Promise<Map<number, { fingerprint: string; findingIds: string[] }>> {
  const list = [...readings, -1].join(',');
  const checks = await session.arrays(
    `select reading_id, seq, rule, target, outcome, lhs, rhs from checks where reading_id in (${list})
     order by reading_id, seq`,
    [],
  );
  const findings = await session.arrays(
    `select reading_id, finding_id, seq, rule, rule_version, severity, verdict, table_id, cells, discriminator,
       message_zh, message_en, lhs, rhs, difference, culprit, suggested, evidence, operands, operands_hash
     from findings where reading_id in (${list}) order by reading_id, seq`,
    [],
  );
  const checksOf = Map.groupBy(checks, (row) => row[0] as number);
  const findingsOf = Map.groupBy(findings, (row) => row[0] as number);
  return new Map(
    readings.map((reading) => [
      reading,
      {
        fingerprint: fingerprint(checksOf.get(reading), findingsOf.get(reading)),
        findingIds: (findingsOf.get(reading) ?? []).map((row) => row[1] as string),
      },
    ]),
  );
}

function fingerprint(
  checks: readonly unknown[] | undefined,
  findings: readonly unknown[] | undefined,
): string {
  return JSON.stringify([checks ?? [], findings ?? []]);
}
