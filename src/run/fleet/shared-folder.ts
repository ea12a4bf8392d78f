import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Archive } from '../../crawl/archive/store.ts';
import { StoreError } from '../../dataset/store.ts';
import type { FleetDatabase } from './database.ts';

const MARK = '.shared-folder';
const KEY = 'shared_folder';

/**
 * The folder that all workers share, known by a mark in it that the store knows too: a folder that is not mounted is
 * an empty one of the same name, in which every original would be missing and every new one lost.
 */
export class SharedFolder {
  readonly archive: Archive;
  readonly #mark: string;

  private constructor(archive: Archive, mark: string) {
    this.archive = archive;
    this.#mark = mark;
  }

  /** Throws `StoreError` when it is not the folder of this store. The first to open one makes it that. */
  static async open(fleet: FleetDatabase, output: string): Promise<SharedFolder> {
    const archive = new Archive(path.join(output, 'archive'));
    const mark = await fleet.store.database.write(async (session) => {
      await session.arrays('select pg_advisory_xact_lock(?, 2)::text', [fleet.lockKey]);
      const [known] = await session.arrays('select value from meta where key = ?', [KEY]);
      if (known) return String(known[0]);
      const made = (await markOf(archive)) ?? randomUUID();
      await mkdir(archive.folder, { recursive: true });
      await writeFile(path.join(archive.folder, MARK), `${made}\n`);
      await session.arrays('insert into meta (key, value) values (?, ?)', [KEY, made]);
      return made;
    });
    const folder = new SharedFolder(archive, mark);
    if (!(await folder.isThere()))
      throw new StoreError(
        'not_a_store',
        `${archive.folder} is not the shared folder of this store: its file ${MARK} is missing or another. Is it mounted? If the folder was moved, copy it with this file.`,
      );
    await archive.prepare(Date.now());
    return folder;
  }

  /** False while it is not mounted or does not answer as itself. */
  async isThere(): Promise<boolean> {
    return (await markOf(this.archive)) === this.#mark;
  }
}

async function markOf(archive: Archive): Promise<string | null> {
  return await readFile(path.join(archive.folder, MARK), 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}
