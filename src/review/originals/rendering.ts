import { Worker } from 'node:worker_threads';
import type { Language } from '../language.ts';
import type { Place } from './place.ts';

/** What is asked of the rendering thread. */
export type RenderJob =
  | { readonly kind: 'page'; readonly bytes: Uint8Array; readonly page: number; readonly scale: number }
  | {
      readonly kind: 'rendition';
      readonly bytes: Uint8Array;
      readonly name: string;
      readonly container: string;
      /** `html/script`: the article stood in a script of the page. */
      readonly reader: string;
      readonly places: readonly Place[];
      readonly language: Language;
    };

export type RenderReply =
  | {
      readonly kind: 'page';
      readonly png: Uint8Array;
      readonly width: number;
      readonly height: number;
      /** The PDF embeds no font for its text and this machine has none that would do: characters are boxes. */
      readonly boxes: boolean;
    }
  /** The inside of a page's body, made of allowed elements only. `marked`: the place was found on it. */
  | { readonly kind: 'rendition'; readonly body: string; readonly marked: boolean }
  | { readonly kind: 'failed'; readonly reason: string };

const SECONDS = 20;
const MEMORY_MB = 1024;

interface Waiting {
  readonly job: RenderJob;
  readonly resolve: (reply: RenderReply) => void;
}

/**
 * Renders originals in a thread of its own that is ended when it takes too long: a page that makes a parser loop must
 * not stop the server for everybody. One at a time; what was rendered is kept for the next look.
 */
export class Rendering {
  #worker: Worker | null = null;
  readonly #queue: Waiting[] = [];
  #busy = false;
  readonly #cache = new Map<string, Promise<RenderReply>>();

  /** `key` names the job: the same key, the same answer. */
  run(key: string, job: () => RenderJob): Promise<RenderReply> {
    const known = this.#cache.get(key);
    if (known) {
      this.#cache.delete(key);
      this.#cache.set(key, known);
      return known;
    }
    const reply = new Promise<RenderReply>((resolve) => {
      this.#queue.push({ job: job(), resolve });
      this.#next();
    });
    this.#cache.set(key, reply);
    if (this.#cache.size > 40) this.#cache.delete(this.#cache.keys().next().value as string);
    return reply;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #next(): void {
    if (this.#busy) return;
    const waiting = this.#queue.shift();
    if (!waiting) return;
    this.#busy = true;
    const worker = this.#running();
    const onMessage = (reply: RenderReply) => end(reply, false);
    const onError = (error: Error) => end({ kind: 'failed', reason: error.message }, true);
    const onExit = () => end({ kind: 'failed', reason: 'the rendering thread ended' }, true);
    const end = (reply: RenderReply, broken: boolean) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      if (broken) {
        this.#worker = null;
        // A thread that is being ended may still fail; nobody waits for it any more.
        worker.on('error', () => {});
        void worker.terminate();
      } else worker.unref();
      this.#busy = false;
      waiting.resolve(reply);
      this.#next();
    };
    const timer = setTimeout(
      () => end({ kind: 'failed', reason: `it took longer than ${SECONDS} seconds` }, true),
      SECONDS * 1000,
    );
    worker.ref();
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(waiting.job);
  }

  #running(): Worker {
    this.#worker ??= new Worker(
      new URL(`./rendering-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
      { resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } },
    );
    return this.#worker;
  }
}
