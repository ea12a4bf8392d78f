import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { perform } from './parse.ts';
import type { FromChild, ToChild } from './protocol.ts';

/** Entry of a parser process: one job at a time until the pool lets go of it. */
const send = (message: FromChild) => process.send?.(message);

process.on('message', (message: ToChild) => {
  void perform(message.job).then((reply) => send({ id: message.id, reply }));
});
// The pool is gone: nobody waits for an answer any more.
process.on('disconnect', () => process.exit(0));
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
new Worker(new URL(`./watchdog${extension}`, import.meta.url), {
  workerData: process.ppid,
  resourceLimits: { maxOldGenerationSizeMb: 16 },
}).unref();
// When the machine runs out of memory the kernel ends a process of its choice: it shall be the one that reads a
// document (and what that started), not the one that keeps count of them.
try {
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // No Linux, or not allowed.
}
// The pool decides when a document is given up; an interrupt at the terminal must not cut one short.
process.on('SIGINT', () => {});
send({ ready: true });
