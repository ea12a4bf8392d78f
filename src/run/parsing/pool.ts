import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import PQueue from 'p-queue';
import pidusage from 'pidusage';
import { descendants } from '../../read/program.ts';
import { scratchFolder } from '../scratch.ts';
import type { ParseLimits } from './limits.ts';
import type { Failed, FromChild, Job, Reply, ToChild } from './protocol.ts';

/** How often the memory of the parser processes is looked at. A process can take about 1 GB in this time. */
const MEMORY_POLL_MS = 200;
/** Looks between two searches for programs that a parser started. */
const PROGRAMS_EVERY = 5;
/**
 * A process that has not said by then that it is ready never will. Starting is not reading: on a busy machine it takes
 * seconds, which must not count against the document that happens to be first.
 */
const START_MS = 60_000;
/** Characters of standard error that are kept. V8 writes a page or two when it runs out of heap. */
const LAST_WORDS = 16_384;
/** Nobody began to read the document, or it took its first process down and was not tried again. */
export interface Stopped {
  readonly kind: 'stopped';
}

/** The parser of this project. */
const PARSER = new URL(`./child${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

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
  readonly #parser: URL;
  /** Temporary files of the parsers and of programs that they start; a parser that is killed cannot remove its own. */
  readonly #scratch = scratchFolder();
  #poll: NodeJS.Timeout | null = null;
  #looks = 0;
  #started = 0;
  #closed = false;

  /** @param parser program of the parser processes; it speaks the protocol of `protocol.ts` */
  constructor(processes: number, limits: ParseLimits, parser: URL = PARSER) {
    this.#limits = limits;
    this.#parser = parser;
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

  /**
   * Never rejects: a document that cannot be read is a `failed` reply. When the signal is aborted what is being read is
   * read to its end, and what waits is `stopped`.
   */
  run(job: Job): Promise<Reply>;
  run(job: Job, signal: AbortSignal): Promise<Reply | Stopped>;
  run(job: Job, signal?: AbortSignal): Promise<Reply | Stopped> {
    return this.#queue.add(() => this.#attempt(job, signal)) as Promise<Reply | Stopped>;
  }

  async #attempt(job: Job, signal: AbortSignal | undefined): Promise<Reply | Stopped> {
    let last: Failed = { kind: 'failed', failure: 'crashed', message: '' };
    for (let attempt = 1; attempt <= this.#limits.attempts; attempt += 1) {
      if (signal?.aborted) return { kind: 'stopped' };
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
    this.#started += 1;
    const worker = new Worker(this.#parser, path.join(this.#scratch, String(this.#started)));
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
    this.#looks += 1;
    const busy = [...this.#all].filter((w) => w.busy && w.pid !== undefined);
    for (const worker of busy) {
      const pid = worker.pid as number;
      this.#judge(worker, await residentBytes([pid]), '');
      if (this.#looks % PROGRAMS_EVERY === 0)
        this.#judge(worker, await residentBytes(descendants(pid)), ' in a program that it started');
    }
  }

  #judge(worker: Worker, bytes: number, where: string): void {
    if (bytes <= this.#limits.memoryBytes) return;
    const mib = (n: number) => Math.round(n / 2 ** 20);
    worker.kill({
      kind: 'failed',
      failure: 'too_large',
      message: `reading it took ${mib(bytes)} MiB of memory${where}; the limit (memoryBytes) is ${mib(this.#limits.memoryBytes)} MiB`,
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.onIdle();
    if (this.#poll) clearInterval(this.#poll);
    const ended = [...this.#all].map((worker) => worker.ended);
    for (const worker of this.#all) worker.stop();
    this.#all.clear();
    pidusage.clear();
    await Promise.all(ended);
    rmSync(this.#scratch, { recursive: true, force: true });
  }
}

/** 0 for processes that ended between two looks. */
async function residentBytes(pids: readonly number[]): Promise<number> {
  let sum = 0;
  for (const pid of pids) {
    const usage = await pidusage(pid).catch(() => null);
    sum += usage?.memory ?? 0;
  }
  return sum;
}

class Worker {
  readonly #child: ChildProcess;
  #settle: ((reply: Reply) => void) | null = null;
  #verdict: Failed | null = null;
  /** The end of what it wrote to standard error. */
  #lastWords = '';
  #ready = false;
  #onReady: (() => void) | null = null;
  #nextId = 1;
  served = 0;
  alive = true;
  /** Resolves when the process is gone and its temporary files are removed. */
  readonly ended: Promise<void>;

  constructor(entry: URL, scratch: string) {
    mkdirSync(scratch, { recursive: true });
    this.#child = fork(fileURLToPath(entry), [], {
      serialization: 'advanced',
      // A group of its own: programs that a reader started (soffice, tesseract) are killed with it.
      detached: process.platform !== 'win32',
      execArgv: ['--max-old-space-size=2048', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, TMPDIR: scratch, TMP: scratch, TEMP: scratch },
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString('latin1')).slice(-LAST_WORDS);
    });
    this.#child.on('message', (message: FromChild) => {
      if ('reply' in message) {
        this.#finish(message.reply);
        return;
      }
      this.#ready = true;
      this.#onReady?.();
    });
    this.#child.on('error', (error) => this.#gone(error.message));
    this.ended = new Promise((resolve) => {
      const settle = (how: string) => {
        // A parser that crashed leaves its programs behind.
        this.#killGroup();
        this.#gone(how);
        rmSync(scratch, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
        resolve();
      };
      this.#child.on('exit', (code, signal) => settle(signal ? `killed by ${signal}` : `exit code ${code}`));
      this.#child.on('error', (error) => this.#child.pid === undefined && settle(error.message));
    });
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
      let timer: NodeJS.Timeout | undefined;
      const killAfter = (ms: number, failure: Failed['failure'], message: string) => {
        clearTimeout(timer);
        timer = setTimeout(() => this.kill({ kind: 'failed', failure, message }), ms);
      };
      const read = () =>
        killAfter(wallMs, 'timed_out', `reading it took longer than ${wallMs / 1000} s (wallMs)`);
      if (this.#ready) read();
      else {
        killAfter(START_MS, 'crashed', `the process did not start within ${START_MS / 1000} s`);
        this.#onReady = read;
      }
      this.#settle = (reply) => {
        clearTimeout(timer);
        this.#onReady = null;
        resolve(reply);
      };
      const message: ToChild = { id: this.#nextId, job };
      this.#nextId += 1;
      if (!this.alive) this.#gone('the process was gone');
      else this.#child.send(message, (error) => error && this.#gone(error.message));
    });
  }

  /** The first verdict stands: a process full of memory takes a while to go, and meanwhile its time may run out too. */
  kill(verdict: Failed): void {
    this.#verdict ??= verdict;
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
    // V8 aborts a process that runs out of heap, and says so; other aborts are crashes.
    const outOfHeap = /out of memory|allocation failed/i.test(this.#lastWords);
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
