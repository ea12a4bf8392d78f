import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import PQueue from 'p-queue';
import pidusage from 'pidusage';
import type { ParseLimits } from './limits.ts';
import type { Failed, FromChild, Job, Reply, ToChild } from './protocol.ts';

/** How often the memory of the parser processes is looked at. A process can take about 1 GB in this time. */
const MEMORY_POLL_MS = 200;

/**
 * Parser processes with p-queue in front. Every document is parsed in a process of its own kind: one that hangs, takes
 * all memory or dies is killed from outside (a timer in the same thread never fires while a parser loops) and costs
 * nothing but itself.
 */
export class ParserPool {
  readonly #limits: ParseLimits;
  readonly #queue: PQueue;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  #poll: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(processes: number, limits: ParseLimits) {
    this.#limits = limits;
    this.#queue = new PQueue({ concurrency: processes });
  }

  /** Jobs waiting and running: the feeder waits while this is high, so that memory stays flat. */
  get pending(): number {
    return this.#queue.size + this.#queue.pending;
  }

  /** Resolves when fewer than `n` jobs wait. */
  async room(n: number): Promise<void> {
    await this.#queue.onSizeLessThan(n);
  }

  /** Never rejects: a document that cannot be read is a `failed` reply. */
  run(job: Job): Promise<Reply> {
    return this.#queue.add(() => this.#attempt(job)) as Promise<Reply>;
  }

  async #attempt(job: Job): Promise<Reply> {
    let last: Failed = { kind: 'failed', failure: 'crashed', message: '' };
    for (let attempt = 1; attempt <= this.#limits.attempts; attempt += 1) {
      if (this.#closed) return { kind: 'failed', failure: 'crashed', message: 'the run was stopped' };
      const worker = this.#take();
      const reply = await worker.perform(job, this.#limits.wallMs);
      if (worker.alive && worker.served < this.#limits.documentsPerProcess) this.#idle.push(worker);
      else this.#drop(worker);
      if (reply.kind !== 'failed' || reply.failure !== 'crashed' || worker.alive) return reply;
      last = reply;
    }
    return {
      ...last,
      message: `it took its parser process down ${this.#limits.attempts} times and was set aside (${last.message})`,
    };
  }

  #take(): Worker {
    const idle = this.#idle.pop();
    if (idle?.alive) return idle;
    const worker = new Worker();
    this.#all.add(worker);
    this.#poll ??= setInterval(() => void this.#watchMemory(), MEMORY_POLL_MS).unref();
    return worker;
  }

  #drop(worker: Worker): void {
    worker.stop();
    this.#all.delete(worker);
  }

  /** The heap limit does not hold buffers and strings outside the heap; resident memory does. */
  async #watchMemory(): Promise<void> {
    const busy = [...this.#all].filter((w) => w.busy && w.pid !== undefined);
    for (const worker of busy) {
      try {
        const { memory } = await pidusage(worker.pid as number);
        if (memory > this.#limits.memoryBytes) {
          const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
          worker.kill({
            kind: 'failed',
            failure: 'too_large',
            message: `reading it took ${mib(memory)} MiB of memory; the limit (memoryBytes) is ${mib(this.#limits.memoryBytes)} MiB`,
          });
        }
      } catch {
        // The process ended between two looks.
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.onIdle();
    if (this.#poll) clearInterval(this.#poll);
    for (const worker of this.#all) worker.stop();
    this.#all.clear();
    pidusage.clear();
  }
}

class Worker {
  readonly #child: ChildProcess;
  #settle: ((reply: Reply) => void) | null = null;
  #verdict: Failed | null = null;
  #nextId = 1;
  served = 0;
  alive = true;

  constructor() {
    const entry = fileURLToPath(
      new URL(`./child${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
    );
    this.#child = fork(entry, [], {
      serialization: 'advanced',
      // A group of its own: programs that a reader started (soffice, tesseract) are killed with it.
      detached: process.platform !== 'win32',
      execArgv: ['--max-old-space-size=2048', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child.on('message', (message: FromChild) => {
      if ('reply' in message) this.#finish(message.reply);
    });
    this.#child.on('error', (error) => this.#gone(error.message));
    this.#child.on('exit', (code, signal) =>
      this.#gone(signal ? `killed by ${signal}` : `exit code ${code}`),
    );
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get busy(): boolean {
    return this.#settle !== null;
  }

  perform(job: Job, wallMs: number): Promise<Reply> {
    this.served += 1;
    return new Promise<Reply>((resolve) => {
      const timer = setTimeout(() => {
        this.kill({
          kind: 'failed',
          failure: 'timed_out',
          message: `reading it took longer than ${wallMs / 1000} s (wallMs)`,
        });
      }, wallMs);
      this.#settle = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
      const message: ToChild = { id: this.#nextId, job };
      this.#nextId += 1;
      if (!this.alive) this.#gone('the process was gone');
      else this.#child.send(message, (error) => error && this.#gone(error.message));
    });
  }

  kill(verdict: Failed): void {
    this.#verdict = verdict;
    this.#killGroup();
  }

  stop(): void {
    this.alive = false;
    if (this.busy) this.#killGroup();
    else if (this.#child.connected) this.#child.disconnect();
  }

  #killGroup(): void {
    const pid = this.#child.pid;
    try {
      if (pid !== undefined && process.platform !== 'win32') process.kill(-pid, 'SIGKILL');
      else this.#child.kill('SIGKILL');
    } catch {
      this.#child.kill('SIGKILL');
    }
  }

  #finish(reply: Reply): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(reply);
  }

  #gone(how: string): void {
    this.alive = false;
    // V8 ends a process that runs out of heap with SIGABRT.
    const outOfHeap = how.includes('SIGABRT') || how.includes('134');
    this.#finish(
      this.#verdict ??
        (outOfHeap
          ? {
              kind: 'failed',
              failure: 'too_large',
              message: 'reading it took more memory than a process may have',
            }
          : { kind: 'failed', failure: 'crashed', message: how }),
    );
  }
}
