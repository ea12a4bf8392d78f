import type { Cell, Session } from './dialect.ts';
import { storable } from './packing.ts';
import { noteChange, settleReports } from './save.ts';
import type { Said, SourceProbe, SourceRecord, SourceVerdict } from './store.ts';
import type { Tables } from './tables.ts';
import { transcriptionMarks } from './transcriptions.ts';

/** Which documents must be read again, and which are no longer there. */

const GROUP = 1000;

export async function knownSources(
  session: Session,
  probes: readonly SourceProbe[],
): Promise<SourceVerdict[]> {
  const verdicts: SourceVerdict[] = [];
  for (let at = 0; at < probes.length; at += GROUP) {
    const group = probes.slice(at, at + GROUP);
    const rows = await session.arrays(
      `select document, sha256, size, mtime, extractor_version, transcriptions, said_agency_id, said_agency,
         (select superseded_by from readings where readings.id = sources.reading_id) as withdrawn
       from sources
       where document in (${group.map(() => '?').join(',')})`,
      group.map((p): Cell => storable(p.document)),
    );
    const known = new Map(rows.map((row) => [row[0] as string, row]));
    const marks = await transcriptionMarks(
      session,
      rows.map((row) => ({ document: row[0] as string, sha256: row[1] as string })),
    );
    const markOf = new Map(rows.map((row, i) => [row[0] as string, marks[i] as string]));
    for (const probe of group) {
      const document = storable(probe.document);
      const row = known.get(document);
      if (!row) {
        verdicts.push('new');
        continue;
      }
      const [, sha256, size, mtime, extractorVersion, transcriptions, saidId, saidName, withdrawn] = row;
      const sameBytes =
        probe.sha256 !== null
          ? probe.sha256 === sha256
          : probe.size === size && probe.mtime > 0 && Math.trunc(probe.mtime) === mtime;
      if (!sameBytes) verdicts.push(probe.sha256 === null ? 'hash_needed' : 'changed');
      else if (
        extractorVersion !== probe.extractorVersion ||
        transcriptions !== markOf.get(document) ||
        withdrawn !== null ||
        saysOther(probe.said, saidId, saidName)
      ) {
        verdicts.push('outdated');
      } else verdicts.push('unchanged');
    }
  }
  return verdicts;
}

/** The name counts where the register had no such body. */
function saysOther(said: Said | undefined, agencyId: Cell | undefined, agency: Cell | undefined): boolean {
  if (said === undefined) return false;
  return said.agencyId === null ? agencyId === null && said.agency !== agency : said.agencyId !== agencyId;
}

export async function touchSources(
  session: Session,
  sources: readonly { readonly document: string; readonly size: number; readonly mtime: number }[],
): Promise<void> {
  for (const source of sources) {
    await session.query
      .updateTable('sources')
      .set({ mtime: Math.trunc(source.mtime) })
      .where('document', '=', storable(source.document))
      .where('size', '=', source.size)
      .execute();
  }
}

export async function markMissing(
  session: Session,
  roots: readonly string[],
  seen: Iterable<string>,
  unseen: readonly string[],
): Promise<string[]> {
  const present = new Set<string>();
  for (const document of seen) present.add(storable(document));
  const covered = new Set(roots.map(storable));
  const passed = new Set(unseen.map(storable));
  const gone: { id: number; document: string }[] = [];
  const back: number[] = [];
  let after = 0;
  for (;;) {
    const rows = await session.query
      .selectFrom('sources')
      .select(['id', 'document', 'missing', 'said_by'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(5000)
      .execute();
    for (const row of rows) {
      after = row.id;
      if (present.has(row.document)) {
        if (row.missing === 1) back.push(row.id);
      } else if (
        row.missing === 0 &&
        // What a person brought in lies in no folder, whatever a folder was called by an earlier version.
        row.said_by !== 'person' &&
        isUnder(row.document, covered, !isUrl(row.document)) &&
        !passed.has(row.document) &&
        !isUnder(row.document, passed, false)
      ) {
        gone.push(row);
      }
    }
    if (rows.length < 5000) break;
  }
  await flag(
    session,
    gone.map((g) => g.id),
    1,
  );
  await flag(session, back, 0);
  return gone.map((g) => g.document).sort();
}

export async function markReplaced(
  session: Session,
  gone: Iterable<string>,
  present: Iterable<string>,
): Promise<void> {
  const named = [...present].map(storable);
  const stored = await storedOf(session, named);
  const left = new Set([...gone].map(storable));
  for (const document of named) left.delete(document);
  const members = await membersOf(
    session,
    named.filter((document) => !stored.has(document)),
  );
  const there = new Set([...stored, ...members].filter((document) => !left.has(document)));
  for (const [documents, missing] of [
    [left, 1],
    [there, 0],
  ] as const) {
    const ids: number[] = [];
    for (const group of chunks([...documents]))
      for (const { id } of await session.query
        .selectFrom('sources')
        .select('id')
        .where('document', 'in', group)
        .where('missing', '<>', missing)
        .execute())
        ids.push(id);
    await flag(session, ids, missing);
  }
}

/**
 * With what is stored of that which was in them when they were archives. An archive that could not be read is a document
 * itself, and what was in it before or after is stored beside it.
 */
export async function membersToo(session: Session, documents: readonly string[]): Promise<string[]> {
  const names = documents.map(storable);
  return [...names, ...(await membersOf(session, names))];
}

async function storedOf(session: Session, names: readonly string[]): Promise<ReadonlySet<string>> {
  const stored = new Set<string>();
  for (const group of chunks(names))
    for (const { document } of await session.query
      .selectFrom('sources')
      .select('document')
      .where('document', 'in', group)
      .execute())
      stored.add(document);
  return stored;
}

async function membersOf(session: Session, names: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const name of names) {
    const beginning = `${name}/`;
    const begins = (column: string) => `substr(${column}, 1, ${[...beginning].length})`;
    // A member has the address of its archive; what has one below that of a page is a document of its own.
    const rows = await session.arrays(
      `select document from sources
       where ${begins('document')} = ? and (url is null or ${begins('url')} <> ?) order by document`,
      [beginning, beginning],
    );
    all.push(...rows.map(([document]) => document as string));
  }
  return all;
}

/**
 * The reading of a document's present bytes is superseded only here, so that this says that the document was withdrawn.
 */
export async function withdraw(session: Session, documents: Iterable<string>): Promise<string[]> {
  const found = new Map<number, string>();
  for (const document of new Set([...documents].map(storable))) {
    const members = `${document}/`;
    const rows = await session.arrays(
      `select sources.id, sources.document from sources join readings on readings.id = sources.reading_id
       where readings.superseded_by is null
         and (sources.document = ? or substr(sources.document, 1, ${[...members].length}) = ?)`,
      [document, members],
    );
    for (const [id, name] of rows) found.set(id as number, name as string);
  }
  const ids = [...found.keys()];
  for (const group of chunks(ids)) {
    await session.query
      .updateTable('readings')
      .set((e) => ({ superseded_by: e('version', '+', 1) }))
      .where('source_id', 'in', group)
      .where('superseded_by', 'is', null)
      .execute();
  }
  await flag(session, ids, 1);
  return [...found.values()].sort();
}

function* chunks<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += GROUP) yield all.slice(at, at + GROUP);
}

async function flag(session: Session, ids: readonly number[], missing: 0 | 1): Promise<void> {
  for (let at = 0; at < ids.length; at += GROUP) {
    const group = ids.slice(at, at + GROUP);
    await session.query.updateTable('sources').set({ missing }).where('id', 'in', group).execute();
    const reports = await session.query
      .selectFrom('readings')
      .select('report_id')
      .distinct()
      .where('source_id', 'in', group)
      .execute();
    await settleReports(
      session,
      reports.map((r) => r.report_id),
    );
  }
  if (ids.length > 0) await noteChange(session);
}

/** `all`: a root without a name covers it too. */
function isUnder(document: string, roots: ReadonlySet<string>, all: boolean): boolean {
  if ((all && roots.has('')) || roots.has(document)) return true;
  for (let at = document.indexOf('/'); at >= 0; at = document.indexOf('/', at + 1))
    if (roots.has(document.slice(0, at + 1))) return true;
  return false;
}

function isUrl(document: string): boolean {
  return /^https?:\/\//i.test(document);
}

export async function sourceRecord(session: Session, document: string): Promise<SourceRecord | null> {
  const row = await session.query
    .selectFrom('sources')
    .select(['document', 'url', 'attachment_of', 'sha256', 'size', 'mtime'])
    .select(['said_agency_id', 'said_agency', 'said_by'])
    .where('document', '=', storable(document))
    .executeTakeFirst();
  if (!row) return null;
  return {
    document: row.document,
    url: row.url,
    attachmentOf: row.attachment_of,
    sha256: row.sha256,
    size: Number(row.size),
    mtime: Number(row.mtime),
    ...(row.said_by === null ? {} : { said: saidOf(row) }),
  };
}

/** Null where nobody said anything. */
export function saidOf(
  row: Pick<Tables['sources'], 'said_agency_id' | 'said_agency' | 'said_by'>,
): Said | null {
  if (row.said_by === null) return null;
  return { agencyId: row.said_agency_id, agency: row.said_agency, by: row.said_by as Said['by'] };
}
