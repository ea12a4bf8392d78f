import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export interface Archived {
  readonly sha256: string;
  /** Relative to the archive folder, with `/`: `ab/abcd….pdf`. */
  readonly path: string;
  readonly bytes: number;
  /** The same bytes were there already. */
  readonly known: boolean;
}

const partial = '.partial';

/**
 * Originals as received, under their SHA-256. A file is complete or not there: it is written aside, flushed and then
 * renamed; it is never written again. The same bytes are kept once, whatever name they came under.
 */
export class Archive {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folder, and removes what killed processes left half written a day ago or more. */
  async prepare(now: number): Promise<void> {
    const aside = path.join(this.folder, partial);
    await mkdir(aside, { recursive: true });
    for (const name of await readdir(aside)) {
      const file = path.join(aside, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (now - mtimeMs > 86_400_000) await rm(file, { force: true });
    }
  }

  /** `extension`: without dot, from the content where it can be told. */
  async put(bytes: Uint8Array, extension: string): Promise<Archived> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const known = await this.find(sha256);
    if (known) return { sha256, path: known, bytes: bytes.length, known: true };
    const suffix = /^[a-z0-9]{1,8}$/.test(extension) ? `.${extension}` : '';
    const relative = `${sha256.slice(0, 2)}/${sha256}${suffix}`;
    const target = path.join(this.folder, relative);
    const aside = path.join(this.folder, partial, randomUUID());
    await mkdir(path.dirname(aside), { recursive: true });
    await mkdir(path.dirname(target), { recursive: true });
    const file = await open(aside, 'wx', 0o444);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, target);
    return { sha256, path: relative, bytes: bytes.length, known: false };
  }

  /** The relative path of these bytes, or null. */
  async find(sha256: string): Promise<string | null> {
    const folder = sha256.slice(0, 2);
    const names = await readdir(path.join(this.folder, folder)).catch(() => [] as string[]);
    const name = names.find((each) => each === sha256 || each.startsWith(`${sha256}.`));
    return name === undefined ? null : `${folder}/${name}`;
  }

  async read(relative: string): Promise<Uint8Array> {
    return await readFile(this.absolute(relative));
  }

  absolute(relative: string): string {
    return path.join(this.folder, ...relative.split('/'));
  }
}
