import { SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.ts';

/** A bar on a terminal; elsewhere a line every few seconds, so that a log shows that something moves. */
export interface Progress {
  update(done: number, total: number, note?: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 10_000;

export function progress(terminal: Terminal, what: string, unit: string): Progress {
  if (terminal.quiet) return { update: () => {}, stop: () => {} };
  if (terminal.interactive) {
    const bar = new SingleBar({
      format: `${what} {bar} {value}/{total} ${unit}  {speed}/s  {note}`,
      barsize: 28,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      stream: process.stderr,
    });
    const began = performance.now();
    let started = false;
    return {
      update: (done, total, note = '') => {
        const seconds = (performance.now() - began) / 1000;
        const payload = { note, speed: seconds > 1 ? Math.round(done / seconds) : '…' };
        if (!started) bar.start(total, done, payload);
        else {
          bar.setTotal(total);
          bar.update(done, payload);
        }
        started = true;
      },
      stop: () => {
        if (started) bar.stop();
      },
    };
  }
  let last = performance.now();
  let shown = { done: 0, total: 0 };
  return {
    update: (done, total) => {
      shown = { done, total };
      if (performance.now() - last < LINE_EVERY_MS) return;
      last = performance.now();
      terminal.say(`${what}: ${shown.done} of ${shown.total} ${unit}`);
    },
    stop: () => {},
  };
}
