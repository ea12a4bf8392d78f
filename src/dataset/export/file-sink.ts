import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { StoreError } from '../store.ts';

/** What the data package says of a file. */
export interface WrittenFile {
  /** Relative to the dataset folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const CHUNK = 1 << 18;
/** Where text becomes bytes; used again for every piece, since writing is synchronous. */
let scratch: Buffer | null = null;

/** A file written from front to back in large pieces, hashed on the way: memory does not grow with the file. */
export class FileSink {
  readonly #name: string;
  readonly #file: string;
  readonly #descriptor: number;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #pending: string[] = [];
  #length = 0;
  #closed = false;

  constructor(file: string, name: string) {
    this.#file = file;
    this.#name = name;
    this.#descriptor = guard(file, () => openSync(file, 'wx'));
  }

  text(piece: string): void {
    this.#pending.push(piece);
    this.#length += piece.length;
    if (this.#length >= CHUNK) this.flush();
  }

  binary(piece: Uint8Array): void {
    this.flush();
    this.#write(piece);
  }

  flush(): void {
    if (this.#length === 0) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#length = 0;
    // No character of UTF-16 takes more than three bytes of UTF-8.
    if (scratch === null || scratch.length < text.length * 3) scratch = Buffer.allocUnsafe(text.length * 3);
    this.#write(scratch.subarray(0, scratch.write(text, 'utf8')));
  }

  close(): WrittenFile {
    this.flush();
    guard(this.#file, () => fsyncSync(this.#descriptor));
    closeSync(this.#descriptor);
    this.#closed = true;
    return { path: this.#name, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Lets go of the file without finishing it. */
  abandon(): void {
    this.#pending = [];
    this.#length = 0;
    if (!this.#closed) closeSync(this.#descriptor);
    this.#closed = true;
  }

  #write(piece: Uint8Array): void {
    this.#hash.update(piece);
    this.#bytes += piece.length;
    let at = 0;
    while (at < piece.length) at += guard(this.#file, () => writeSync(this.#descriptor, piece, at));
  }
}

/** Runs a file operation and says in a sentence what the machine refused. */
export function guard<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new StoreError(
        'disk_full',
        `no space left to write ${file}; the dataset that was there before is untouched. Free some space and run gongkai export again`,
        { cause: error },
      );
    }
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      throw new StoreError('read_only', `${file} cannot be written; check the permissions of its folder`, {
        cause: error,
      });
    }
    throw error;
  }
}
