import type { Session } from './dialect.ts';
import { relistFindings } from './lists.ts';
import { orNull } from './packing.ts';
import { type Decision, type ImportedDecision, type NewDecision, StoreError } from './store.ts';

/**
 * What people decided about findings. A decision is tied to the operand values of that day: with other numbers it no
 * longer counts, though it stays in the history.
 */

export async function decide(session: Session, decision: NewDecision): Promise<void> {
  const hash = await operandsOf(session, decision.findingId);
  if (hash === null) {
    throw new StoreError(
      'unknown_finding',
      `no finding ${decision.findingId}; gongkai findings lists those of the present run (a finding that is gone needs no decision)`,
    );
  }
  await record(session, decision, hash);
}

export async function* allDecisions(session: Session): AsyncGenerator<Decision> {
  let after = '';
  for (;;) {
    const rows = await session.query
      .selectFrom('decisions')
      .selectAll()
      .where('latest', '=', 1)
      .where('finding_id', '>', after)
      .orderBy('finding_id')
      .limit(500)
      .execute();
    for (const row of rows) yield shown(row, await operandsOf(session, row.finding_id));
    const last = rows.at(-1);
    if (!last) return;
    after = last.finding_id;
  }
}

export async function historyOf(session: Session, findingId: string): Promise<Decision[]> {
  const present = await operandsOf(session, findingId);
  const rows = await session.query
    .selectFrom('decisions')
    .selectAll()
    .where('finding_id', '=', findingId)
    .orderBy('id')
    .execute();
  return rows.map((row) => shown(row, present));
}

export async function importDecisions(
  session: Session,
  decisions: Iterable<ImportedDecision>,
): Promise<{ recorded: number; unchanged: number; unknown: string[] }> {
  const result = { recorded: 0, unchanged: 0, unknown: [] as string[] };
  for (const { operands, ...decision } of decisions) {
    const present = await operandsOf(session, decision.findingId);
    if (present === null) {
      result.unknown.push(decision.findingId);
      continue;
    }
    const hash = operands ?? present;
    const last = await session.query
      .selectFrom('decisions')
      .selectAll()
      .where('finding_id', '=', decision.findingId)
      .where('latest', '=', 1)
      .executeTakeFirst();
    const same =
      last === undefined
        ? decision.state === 'open'
        : last.state === decision.state &&
          last.note === decision.note &&
          last.person === decision.person &&
          last.operands_hash === hash;
    if (same) {
      result.unchanged += 1;
      continue;
    }
    await record(session, decision, hash);
    result.recorded += 1;
  }
  return result;
}

async function record(session: Session, decision: NewDecision, hash: string): Promise<void> {
  await session.query
    .updateTable('decisions')
    .set({ latest: 0 })
    .where('finding_id', '=', decision.findingId)
    .execute();
  const [id] = await session.nextIds('decisions', 1);
  await session.query
    .insertInto('decisions')
    .values({
      id: id as number,
      finding_id: decision.findingId,
      state: decision.state,
      note: orNull(decision.note),
      person: orNull(decision.person),
      at: decision.at,
      operands_hash: hash,
      latest: 1,
    })
    .execute();
  await relistFindings(session, [decision.findingId]);
}

/** Null when no current report has this finding. */
async function operandsOf(session: Session, findingId: string): Promise<string | null> {
  const row = await session.query
    .selectFrom('findings')
    .innerJoin('reports', 'reports.primary_reading', 'findings.reading_id')
    .select('findings.operands_hash')
    .where('findings.finding_id', '=', findingId)
    .executeTakeFirst();
  return row?.operands_hash ?? null;
}

function shown(
  row: {
    finding_id: string;
    state: string;
    note: string | null;
    person: string | null;
    at: string;
    operands_hash: string;
  },
  present: string | null,
): Decision {
  return {
    findingId: row.finding_id,
    state: row.state as Decision['state'],
    note: row.note,
    person: row.person,
    at: row.at,
    operands: row.operands_hash,
    lapsed: present !== null && present !== row.operands_hash,
    gone: present === null,
  };
}
