import type { Command } from 'commander';
import { addCommand } from './commands/add.ts';
import { backupCommand } from './commands/backup.ts';
import { checkCommand } from './commands/check.ts';
import { completionCommand } from './commands/completion.ts';
import { crawlCommand } from './commands/crawl.ts';
import { decideCommand } from './commands/decide.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { exportCommand } from './commands/export.ts';
import { extractCommand } from './commands/extract.ts';
import { findingsCommand } from './commands/findings.ts';
import { fleetCommand } from './commands/fleet.ts';
import { noticeCommand } from './commands/notice.ts';
import { portalsCommand } from './commands/portals.ts';
import { reviewCommand } from './commands/review.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { transcribeCommand } from './commands/transcribe.ts';
import { warcCommand } from './commands/warc.ts';
import { withdrawCommand } from './commands/withdraw.ts';
import { workerCommand } from './commands/worker.ts';
import type { ExitStatus } from './exit.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly ((program: Command, end: (status: ExitStatus) => void) => void)[] = [
  extractCommand,
  checkCommand,
  findingsCommand,
  explainCommand,
  decideCommand,
  reviewCommand,
  noticeCommand,
  exportCommand,
  crawlCommand,
  scheduleCommand,
  workerCommand,
  fleetCommand,
  portalsCommand,
  addCommand,
  withdrawCommand,
  transcribeCommand,
  backupCommand,
  warcCommand,
  doctorCommand,
  completionCommand,
];
