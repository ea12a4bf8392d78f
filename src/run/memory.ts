import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Reports after which memory is given back. */
const EVERY = 256;
/** Room for new objects: with more a collection comes later, and all of it stays with the process. */
const NEW_SPACE = 16 * 2 ** 20;

type Collect = (options?: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

let collect: Collect | null = null;

/**
 * Gives back what the reports worked on have left behind. Left to itself the engine lets its heap grow to several
 * times what is in use before it looks at the old part of it, which for a run over many reports is 400 MB where 50 are
 * in use. One collection in 256 reports costs about a thousandth of the time.
 */
export class MemoryKeeper {
  #reports = 0;

  constructor() {
    if (collect) return;
    collect = collector();
    // Starting has made the space for new objects 64 MB and more; only this makes it small again.
    collect({ type: 'major', flavor: 'last-resort' });
  }

  /** So many reports more were worked on. */
  worked(reports: number): void {
    holdNewSpace();
    this.#reports += reports;
    if (this.#reports < EVERY) return;
    this.#reports = 0;
    collect?.();
  }
}

/** Lets the space for new objects grow to what is enough, and no further. */
function holdNewSpace(): void {
  const size = getHeapSpaceStatistics().find((s) => s.space_name === 'new_space')?.space_size ?? 0;
  if (size >= NEW_SPACE) setFlagsFromString('--semi-space-growth-factor=1');
}

function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  return typeof found === 'function' ? (found as Collect) : () => {};
}
