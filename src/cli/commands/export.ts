import path from 'node:path';
import type { Command } from 'commander';
import { exportDataset, type Shape } from '../../dataset/export/export.ts';
import { publish } from '../../run/publish.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { jsonText } from '../json.ts';
import { progress } from '../progress.ts';
import { type CommonFlags, openSession, readingStore } from '../session.ts';
import { severalOf } from '../values.ts';

interface ExportFlags extends CommonFlags {
  readonly to?: string;
  readonly into?: string;
  readonly allVersions?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const SHAPES: readonly Shape[] = ['csv', 'parquet', 'xlsx', 'jsonl', 'stata'];

export function exportCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('export')
    .summary('write the dataset in other shapes')
    .description(
      'Writes the dataset folder from the store, and what lies beside it for people. It may run while another command writes to the store.',
    )
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--to <shapes>', `separated by commas: ${SHAPES.join(', ')} (default: csv,parquet)`)
    .option('--into <folder>', 'write the dataset there, and nothing beside it, instead of <output>/dataset')
    .option('--all-versions', 'superseded versions of reports too')
    .option('--force', 'write even when nothing changed')
    .option('--dry-run', 'say what would be written')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  gongkai export --to csv,stata\n  gongkai export --to xlsx --into for-the-office',
    )
    .action(async (flags: ExportFlags, command: Command) => {
      end(await exportAll({ ...command.optsWithGlobals(), ...flags }));
    });
}

async function exportAll(flags: ExportFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { terminal, settings } = session;
  const to = flags.to === undefined ? undefined : severalOf('--to', flags.to, SHAPES);
  const own = path.resolve(settings.output, 'dataset');
  const target = flags.into ? path.resolve(flags.into) : own;
  if (flags.dryRun) {
    const reports = await readingStore(session, async (store) => {
      let n = 0;
      for await (const _ of store.summaries()) n += 1;
      return n;
    });
    terminal.say(
      `${reports} reports would be written to ${target} as ${(to ?? ['csv', 'parquet']).join(', ')}.`,
    );
    return EXIT.done;
  }
  const bar = progress(terminal, 'Writing', 'reports');
  const { dataset, papers } = await readingStore(session, async (store) => {
    const options = {
      ...(to ? { to } : {}),
      allVersions: flags.allVersions === true,
      force: flags.force === true,
      onProgress: (reports: number, of: number) => bar.update(reports, of),
      onWait: (words: string) => terminal.say(words),
    };
    // Elsewhere it is a copy of the dataset; here it lies beside what is written for people, which must not say less.
    return target === own
      ? publish(store, settings.output, options)
      : { dataset: await exportDataset(store, target, options), papers: [] };
  });
  bar.stop();
  if (flags.json) terminal.out(jsonText({ ...dataset, papers }));
  else {
    const { folder, reports, files } = dataset;
    if (dataset.written) terminal.say(`${reports} reports, ${files.length} files → ${folder}`);
    else terminal.say(`${folder} is up to date (${reports} reports).`);
    for (const paper of papers) terminal.say(`→ ${paper}`);
  }
  return EXIT.done;
}
