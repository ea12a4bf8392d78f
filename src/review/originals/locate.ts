import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Store } from '../../dataset/store.ts';

/** The bytes that a reading was made from, or why they cannot be shown. */
export type Original =
  | { readonly state: 'found'; readonly bytes: Uint8Array; readonly name: string }
  /** Not in the archive and not where it was given. */
  | { readonly state: 'gone' }
  /** Something lies there, but it is not what was read. */
  | { readonly state: 'changed' };

const MOST_BYTES = 256 * 2 ** 20;
/** Runs looked through for the folders that were given. */
const RUNS = 200;

interface Root {
  readonly prefix: string;
  readonly absolute: string;
}

/**
 * Finds originals: in the archive of the output folder under their SHA-256, else in the folders that runs were given.
 * Nothing is shown whose hash is not that of the reading, so that a page never stands beside numbers of another.
 */
export class Originals {
  readonly #store: Store;
  readonly #archive: string;
  #roots: { at: number; roots: readonly Root[] } | null = null;

  constructor(store: Store, output: string) {
    this.#store = store;
    this.#archive = path.join(output, 'archive');
  }

  async open(reading: { readonly document: string; readonly sha256: string }): Promise<Original> {
    const name = nameOf(reading.document);
    const archived = await this.#inArchive(reading.sha256);
    const candidates = archived === null ? [] : [archived];
    for (const root of await this.#rootsOfRuns()) {
      const file = below(root, reading.document);
      if (file !== null) candidates.push(file);
    }
    let changed = false;
    for (const file of candidates) {
      const info = await stat(file).catch(() => null);
      if (!info?.isFile() || info.size > MOST_BYTES) continue;
      const bytes = await readFile(file).catch(() => null);
      if (bytes === null) continue;
      if (createHash('sha256').update(bytes).digest('hex') === reading.sha256)
        return { state: 'found', bytes, name };
      changed = true;
    }
    return { state: changed ? 'changed' : 'gone' };
  }

  async #inArchive(sha256: string): Promise<string | null> {
    if (!/^[0-9a-f]{64}$/u.test(sha256)) return null;
    const folder = path.join(this.#archive, sha256.slice(0, 2));
    const names = await readdir(folder).catch(() => [] as string[]);
    const name = names.find((n) => n === sha256 || n.startsWith(`${sha256}.`));
    return name === undefined ? null : path.join(folder, name);
  }

  /** Newest first. A new run may add some while the page is open. */
  async #rootsOfRuns(): Promise<readonly Root[]> {
    const now = Date.now();
    if (this.#roots && now - this.#roots.at < 5000) return this.#roots.roots;
    const roots = new Map<string, Root>();
    for (const run of await this.#store.runs(RUNS)) {
      const given = run.summary?.['roots'];
      if (!Array.isArray(given)) continue;
      for (const root of given as Partial<Root>[]) {
        if (typeof root.prefix === 'string' && typeof root.absolute === 'string')
          roots.set(`${root.prefix}\0${root.absolute}`, { prefix: root.prefix, absolute: root.absolute });
      }
    }
    this.#roots = { at: now, roots: [...roots.values()] };
    return this.#roots.roots;
  }
}

/** The file that a document was, below what was given; null where the name would lead out of it. */
function below(root: Root, document: string): string | null {
  if (document === root.prefix) return root.absolute;
  if (root.prefix !== '' && !root.prefix.endsWith('/')) return null;
  if (!document.startsWith(root.prefix)) return null;
  const file = path.resolve(root.absolute, ...document.slice(root.prefix.length).split('/'));
  const relative = path.relative(root.absolute, file);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? null : file;
}

function nameOf(document: string): string {
  try {
    const last = /^https?:/iu.test(document) ? new URL(document).pathname : document;
    return decodeURIComponent(last.split('/').at(-1) ?? '') || 'original';
  } catch {
    return document.split('/').at(-1) || 'original';
  }
}
