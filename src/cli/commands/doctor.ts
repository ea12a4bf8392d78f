import { existsSync } from 'node:fs';
import os from 'node:os';
import type { Command } from 'commander';
import { verifyStore } from '../../dataset/maintenance.ts';
import { chineseFonts, programs } from '../../run/programs.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { jsonText } from '../json.ts';
import { type CommonFlags, openSession } from '../session.ts';
import { version } from '../version.ts';

interface DoctorFlags extends Omit<CommonFlags, 'store'> {
  /** Given without a location: the store of the output folder. */
  readonly store?: string | true;
  readonly json?: boolean;
}

export function doctorCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('doctor')
    .summary('what is installed, what for, and what is missing')
    .description(
      'Lists the programs that parts of the product use, with what happens without them, and examines the store.',
    )
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--store [location]', 'examine the store: integrity, references, row counts')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExamples:\n  gongkai doctor\n  gongkai doctor --store')
    .action(async (flags: DoctorFlags, command: Command) => {
      end(await doctor({ ...command.optsWithGlobals(), ...flags }));
    });
}

async function doctor(flags: DoctorFlags): Promise<ExitStatus> {
  const { store: given, ...rest } = flags;
  const examine = given !== undefined;
  const session = await openSession(typeof given === 'string' ? { ...rest, store: given } : rest);
  const { terminal, settings } = session;
  const c = terminal.colors;
  const found = programs();
  const fonts = chineseFonts();
  const isFile = !settings.store.startsWith('postgres');
  if (examine && isFile && !existsSync(settings.store)) {
    throw new UsageError(`${settings.store}: no such store. Name the output folder with -o.`);
  }
  const store = examine ? await verifyStore(settings.store) : null;
  const status = store !== null && store.problems.length > 0 ? EXIT.failed : EXIT.done;
  if (flags.json) {
    terminal.out(
      jsonText({
        version: version(),
        node: process.versions.node,
        platform: os.platform(),
        programs: found,
        fonts,
        store,
      }),
    );
    return status;
  }
  terminal.out(
    `gongkai ${version()}, Node ${process.versions.node}, ${os.type()} ${os.release()}, ${os.availableParallelism()} cores`,
  );
  for (const p of found) {
    const mark = p.path === null ? c.yellow('missing') : c.green('found  ');
    terminal.out(`${mark}  ${p.name}: ${p.use}`);
    if (p.path === null) terminal.out(`         without it ${p.without}; ${p.install}`);
    else terminal.out(`         ${p.path}${p.version ? ` (${p.version})` : ''}`);
    if (p.problem) terminal.out(c.yellow(`         ${p.problem}`));
  }
  if (fonts === null) terminal.out('Fonts could not be listed (fontconfig is not installed).');
  else if (fonts.length === 0)
    terminal.out(
      c.yellow('missing  a Chinese font: rendered pages show boxes; apt-get install fonts-noto-cjk'),
    );
  else
    terminal.out(
      `${c.green('found  ')}  Chinese fonts: ${fonts.slice(0, 4).join(', ')}${fonts.length > 4 ? ` and ${fonts.length - 4} more` : ''}`,
    );
  if (store) {
    terminal.out(`Store ${store.location} (${store.kind}, format ${store.format})`);
    for (const [table, rows] of Object.entries(store.counts))
      terminal.out(`  ${String(rows).padStart(12)}  ${table}`);
    if (store.problems.length === 0) terminal.out(c.green('  sound'));
    for (const problem of store.problems) terminal.out(c.red(`  ${problem}`));
    if (store.problems.length > 0) {
      terminal.out(
        'Restore the last backup, or move the store away and run “gongkai extract” again: the originals are all it needs. Decisions are only in the store.',
      );
    }
  }
  return status;
}
