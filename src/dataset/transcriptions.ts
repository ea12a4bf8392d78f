import { createHash } from 'node:crypto';
import type { CellKey } from '../form/form.ts';
import type { Cell, Session } from './dialect.ts';
import { orNull, storable } from './packing.ts';
import type { Transcription } from './store.ts';

/** Cells that people entered. They belong to a document and the very bytes that the person looked at. */

export async function saveTranscriptions(
  session: Session,
  document: string,
  cells: readonly Transcription[],
): Promise<void> {
  for (const c of cells) {
    const row = {
      document: storable(document),
      sha256: c.sha256,
      cell: c.cell,
      raw: storable(c.raw),
      author: storable(c.author),
      at: c.at,
      note: orNull(c.note),
    };
    await session.query
      .insertInto('transcriptions')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['document', 'sha256', 'cell'])
          .doUpdateSet({ raw: row.raw, author: row.author, at: row.at, note: row.note }),
      )
      .execute();
  }
}

export async function loadTranscriptions(
  session: Session,
  document: string,
  sha256: string,
): Promise<Transcription[]> {
  const rows = await session.query
    .selectFrom('transcriptions')
    .selectAll()
    .where('document', '=', storable(document))
    .where('sha256', '=', sha256)
    .orderBy('cell')
    .execute();
  return rows.map(({ document: _, cell, ...rest }) => ({ ...rest, cell: cell as CellKey }));
}

/** For each pair a fingerprint of what was entered, empty for nothing: a reading is out of date when it differs. */
export async function transcriptionMarks(
  session: Session,
  pairs: readonly { readonly document: string; readonly sha256: string }[],
): Promise<string[]> {
  const some = await session.arrays('select 1 as some from transcriptions limit 1', []);
  if (some.length === 0) return pairs.map(() => '');
  const marks = new Map<string, ReturnType<typeof createHash>>();
  for (let at = 0; at < pairs.length; at += 500) {
    const group = pairs.slice(at, at + 500);
    const rows = await session.arrays(
      `select document, sha256, cell, raw, author, at from transcriptions where document in (${group
        .map(() => '?')
        .join(',')}) order by document, sha256, cell`,
      group.map((p): Cell => storable(p.document)),
    );
    for (const [document, sha256, ...entry] of rows) {
      const key = `${sha256}\t${document}`;
      const hash = marks.get(key) ?? createHash('sha256');
      marks.set(key, hash.update(JSON.stringify(entry)));
    }
  }
  const done = new Map([...marks].map(([key, hash]) => [key, hash.digest('hex').slice(0, 16)]));
  return pairs.map((p) => done.get(`${p.sha256}\t${storable(p.document)}`) ?? '');
}
