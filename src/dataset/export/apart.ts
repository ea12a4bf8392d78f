import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { addressOf } from '../open-store.ts';
import { type Store, StoreError, type StoreProblem } from '../store.ts';
import type { Part, WriteJob, WrittenTables } from './dataset-writer.ts';

/** What the process that exports tells its writers, and hears from them. */
export interface ToWriter {
  readonly address: string;
  readonly job: WriteJob;
  readonly part: Part;
}
/** Whether both read the same state of the store; if not, both look again. */
export type Verdict = 'write' | 'again';
export type FromWriter =
  | { readonly kind: 'state'; readonly state: string }
  | { readonly kind: 'reports'; readonly reports: number }
  | { readonly kind: 'written'; readonly written: WrittenTables }
  | { readonly kind: 'failed'; readonly problem: StoreProblem | null; readonly message: string };

/** A process that writes the dataset ended before its time, and nobody knows why. */
export class WriterDied extends Error {
  override readonly name = 'WriterDied';
}

const PARTS = ['lines', 'columns'] as const satisfies readonly Part[];
/** Two looks at a store that is being written to see the same state nearly always; a hundred times never would be odd. */
const LOOKS = 100;
/** Characters of standard error that are kept. */
const LAST_WORDS = 4096;
const ENTRY = new URL(`./writer-child${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/**
 * Writes the files in two processes side by side, which read one and the same state of the store: on two cores it takes
 * half of the time, and what they need of memory the process that exports does not. When either fails the other is
 * ended too.
 */
export async function writeApart(
  store: Store,
  job: WriteJob,
  onProgress: (reports: number) => void,
): Promise<WrittenTables> {
  const writers = PARTS.map((part) => new Writer({ address: addressOf(store), job, part }));
  try {
    await agree(writers);
    const [lines, columns] = await Promise.all(
      writers.map((writer) => writer.written(() => onProgress(Math.min(...writers.map((w) => w.reports))))),
    );
    const [one, other] = [lines as WrittenTables, columns as WrittenTables];
    return { state: one.state, reports: one.reports, files: [...one.files, ...other.files] };
  } finally {
    await Promise.all(writers.map((writer) => writer.end()));
  }
}

async function agree(writers: readonly Writer[]): Promise<void> {
  for (let look = 1; ; look++) {
    const states = new Set(await Promise.all(writers.map((writer) => writer.state())));
    const verdict: Verdict = states.size === 1 ? 'write' : 'again';
    for (const writer of writers) writer.tell(verdict);
    if (verdict === 'write') return;
    if (look === LOOKS) {
      throw new StoreError(
        'locked',
        'the store changes too fast to be exported; wait for the command that writes to it, then run gongkai export again',
      );
    }
  }
}

class Writer {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #words = '';
  #listener: ((message: FromWriter) => void) | null = null;
  #reject: ((error: unknown) => void) | null = null;
  #failure: unknown = null;
  /** Written so far. */
  reports = 0;

  constructor(order: ToWriter) {
    this.#child = fork(fileURLToPath(ENTRY), [], {
      // Little is in use at any time; left to itself the heap would grow to many times that, and held tighter (8 MB, 50 %)
      // a fifth of the time goes into collecting: 193 s instead of 154 s for 100,000 reports. No limit is set: a
      // Parquet file lists its row groups at its end, which nothing but the number of reports bounds.
      execArgv: [
        '--max-semi-space-size=32',
        '--heap-growing-percent=200',
        '--disable-warning=ExperimentalWarning',
      ],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      this.#words = (this.#words + piece).slice(-LAST_WORDS);
    });
    this.#child.on('message', (message: FromWriter) => {
      if (message.kind === 'failed') this.#fail(errorOf(message));
      else this.#listener?.(message);
    });
    this.#ended = new Promise((resolve) => {
      const gone = (how: string) => {
        const words = this.#words.trim();
        this.#fail(
          new WriterDied(
            `a process that writes ${order.job.folder} ended before it was done (${how}${words ? `: ${words}` : ''}); the dataset that was there before is untouched. Run gongkai export to write it`,
          ),
        );
        resolve();
      };
      this.#child.on('error', (error) => gone(error.message));
      this.#child.on('close', (code, signal) => gone(signal ? `killed by ${signal}` : `exit code ${code}`));
    });
    this.#child.send(order, () => {});
  }

  tell(verdict: Verdict): void {
    this.#child.send(verdict, () => {});
  }

  state(): Promise<string> {
    return this.#await((message) => (message.kind === 'state' ? message.state : undefined));
  }

  written(onProgress: () => void): Promise<WrittenTables> {
    return this.#await((message) => {
      if (message.kind === 'reports') {
        this.reports = message.reports;
        onProgress();
      }
      return message.kind === 'written' ? message.written : undefined;
    });
  }

  /** Resolves when the process is gone, whatever it was doing. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #await<T>(take: (message: FromWriter) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      this.#reject = reject;
      this.#listener = (message) => {
        try {
          const taken = take(message);
          if (taken !== undefined) resolve(taken);
        } catch (error) {
          reject(error);
        }
      };
    });
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#reject?.(this.#failure);
  }
}

function errorOf({ problem, message }: FromWriter & { kind: 'failed' }): Error {
  return problem === null ? new Error(message) : new StoreError(problem, message);
}
