import path from 'node:path';
import type { Command } from 'commander';
import { backupStore } from '../../dataset/maintenance.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { type CommonFlags, openSession, readingStore } from '../session.ts';

export function backupCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('backup')
    .summary('copy the store while it is in use')
    .description(
      'Copies the store to a new file, complete and consistent even while another command writes to it.',
    )
    .argument('[file]', 'name of the copy (default: gongkai-<date>.sqlite beside the store)')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--dry-run', 'say where the copy would be made')
    .addHelpText(
      'after',
      `
Examples:
  gongkai backup /backup/gongkai-2025-03-31.sqlite
  gongkai findings --store /backup/gongkai-2025-03-31.sqlite     look into a copy

To restore: while no command runs, take gongkai.sqlite, gongkai.sqlite-wal and gongkai.sqlite-shm out of the output folder,
copy the backup there as gongkai.sqlite, and run “gongkai check”. The archive/ of a crawl is copied with any program;
its files never change.`,
    )
    .action(async (file: string | undefined, flags: CommonFlags & { dryRun?: boolean }, command: Command) => {
      const session = await openSession({ ...command.optsWithGlobals(), ...flags });
      const stamp = new Date().toISOString().slice(0, 19).replace(/[:T]/gu, '-');
      const target = path.resolve(file ?? path.join(session.settings.output, `gongkai-${stamp}.sqlite`));
      // A store in Postgres is refused, dry or not.
      if (!flags.dryRun || session.settings.store.startsWith('postgres'))
        await readingStore(session, (store) => backupStore(store, target));
      session.terminal.say(`→ ${target}`);
      end(EXIT.done);
    });
}
