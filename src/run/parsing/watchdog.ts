import { workerData } from 'node:worker_threads';

/**
 * Runs in a thread of its own beside the parser, which may loop and then sees neither a message nor a closed channel:
 * when the program that started it is gone, it ends itself with all that it started.
 */
const LOOK_EVERY_MS = 1000;
const parent = workerData as number;

setInterval(() => {
  if (process.ppid === parent && isAlive(parent)) return;
  try {
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
  } catch {
    // It leads no group.
  }
  process.kill(process.pid, 'SIGKILL');
}, LOOK_EVERY_MS);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
