import { RegisterError } from '../agencies/register-file.ts';
import { ConfigError } from '../config/strict-yaml.ts';
import { WriterDied } from '../dataset/export/apart.ts';
import { StoreError, type StoreProblem } from '../dataset/store.ts';
import { InputError } from '../run/inputs.ts';
import { BusyError } from '../run/lock.ts';
import { EXIT, type ExitStatus, UsageError } from './exit.ts';

const OURS = [UsageError, InputError, ConfigError, RegisterError];

const GIVEN: ReadonlySet<StoreProblem> = new Set(['bad_decisions', 'unknown_finding', 'unknown_report']);

/** Mistakes and circumstances in a sentence; a defect of ours with its stack and where to send it. */
export function explainError(error: unknown): string {
  if (
    OURS.some((kind) => error instanceof kind) ||
    error instanceof StoreError ||
    error instanceof BusyError ||
    error instanceof WriterDied
  ) {
    return `gongkai: ${(error as Error).message}`;
  }
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const where = (error as NodeJS.ErrnoException | null)?.path;
  switch (code) {
    case 'ENOSPC':
      return `gongkai: no space left on the device${where ? ` (${where})` : ''}. What was stored before is intact; free some space and run the same command again.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `gongkai: ${where ?? 'a file'} cannot be written (${code}). Give a folder that you may write to with -o.`;
    case 'EEXIST':
    case 'ENOTDIR':
      if (where) return `gongkai: ${where}: a file is where a folder is expected. Give another folder.`;
      break;
    case 'EPIPE':
      return '';
  }
  return `gongkai: an error of the program itself. Please report it with the lines below.\n${
    error instanceof Error ? (error.stack ?? error.message) : String(error)
  }`;
}

export function exitStatusOf(error: unknown): ExitStatus {
  if (OURS.some((kind) => error instanceof kind)) return EXIT.usage;
  if (isFolderInTheWay(error)) return EXIT.usage;
  // A sheet or an id that the user gave; the store itself is sound.
  if (error instanceof StoreError && GIVEN.has(error.problem)) return EXIT.usage;
  return EXIT.aborted;
}

function isFolderInTheWay(error: unknown): boolean {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  return (code === 'EEXIST' || code === 'ENOTDIR') && path !== undefined;
}
