import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { perform } from '../../src/run/parsing/parse.ts';
import type { ToChild } from '../../src/run/parsing/protocol.ts';

/**
 * A parser process that behaves as its documents tell it to: `!hang`, `!memory`, `!heap`, `!crash`, `!exit`,
 * `!program` at the beginning of the file. Every other document it reads as the real one does. The watchdog is the
 * real one. With `UNRULY_START_MS` it takes that long to start.
 */
const behaviours: Readonly<Record<string, () => void>> = {
  '!hang': () => {
    for (;;);
  },
  '!memory': () => {
    const held: Buffer[] = [];
    for (;;) held.push(Buffer.alloc(2 ** 24, held.length));
  },
  '!heap': () => {
    const held: object[] = [];
    for (;;) held.push({ a: held.length, b: [held.length] });
  },
  '!crash': () => process.abort(),
  '!exit': () => process.exit(7),
  '!program': () => {
    spawn('sleep', ['3600'], { stdio: 'ignore' });
    for (;;);
  },
};

const startMs = Number(process.env.UNRULY_START_MS ?? 0);
if (startMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, startMs);
process.on('message', (message: ToChild) => {
  const first = readFileSync(message.job.file).subarray(0, 20).toString('latin1').split(/\s/)[0] ?? '';
  const behave = behaviours[first];
  // Once round the event loop, so that what was started is running.
  if (behave) setTimeout(behave, 10);
  else void perform(message.job).then((reply) => process.send?.({ id: message.id, reply }));
});
process.on('disconnect', () => process.exit(0));
const { Worker } = await import('node:worker_threads');
new Worker(new URL('../../src/run/parsing/watchdog.ts', import.meta.url), {
  workerData: process.ppid,
}).unref();
process.send?.({ ready: true });
