import os from 'node:os';
import type { Command } from 'commander';
import { finishRun } from '../../run/extraction.ts';
import {
  parseAssignment,
  parseTranscriptionSheet,
  TranscriptionError,
  transcribe,
  transcriptionSheet,
} from '../../run/transcribing.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { decodeSheet, readGiven, writeGiven } from '../files.ts';
import { type CommonFlags, openSession, withStore } from '../session.ts';

interface TranscribeFlags extends CommonFlags {
  readonly export?: string;
  readonly import?: string;
  readonly by?: string;
  readonly note?: string;
  readonly dryRun?: boolean;
}

export function transcribeCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('transcribe')
    .summary('enter cells that could not be read, or correct scanned ones')
    .description(
      'Enters what a person reads off the original, with author and date. The cells are marked “transcribed” and hold for the very\nbytes that were looked at. Published values are entered as printed, errors and all.',
    )
    .argument('[report]', 'report id; its beginning is enough')
    .argument('[cells...]', '<table>/<row>/<column>=<what is printed>; nothing after = is a blank cell')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--export <file.csv>', 'write the cells of the report that need a person as a sheet')
    .option('--import <file.csv>', 'take the cells of a filled-in sheet (“（空）” for a blank cell)')
    .option('--by <name>', 'who read them (default: the user name)')
    .option('--note <text>', 'a remark kept with the cells')
    .option('--dry-run', 'check the cells, store nothing')
    .addHelpText(
      'after',
      `
Examples:
  gongkai transcribe r70f2620b t3/granted/total=4 t3/granted/natural_person=4
  gongkai transcribe r70f2620b --export cells.csv
  gongkai transcribe --import cells.csv --by 张三`,
    )
    .action(async (report: string | undefined, cells: string[], flags: TranscribeFlags, command: Command) => {
      end(
        await run(report, cells, { ...command.optsWithGlobals(), ...flags }).catch((error: unknown) => {
          if (error instanceof TranscriptionError) throw new UsageError(error.message);
          throw error;
        }),
      );
    });
}

async function run(
  id: string | undefined,
  cells: readonly string[],
  flags: TranscribeFlags,
): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { terminal, settings } = session;
  const author = flags.by ?? os.userInfo().username;
  const at = new Date().toISOString().slice(0, 10);
  return withStore(session, 'transcribe', async (store) => {
    if (flags.import) {
      const sheet = decodeSheet(await readGiven('--import', flags.import));
      const lines = parseTranscriptionSheet(sheet, { author, at });
      const documents = [...new Set(lines.map((l) => l.document))];
      if (!flags.dryRun) {
        for (const document of documents) {
          await transcribe(
            store,
            document,
            lines.filter((l) => l.document === document).map(({ document: _, ...cell }) => cell),
          );
        }
        await finishRun(store, {
          register: session.register,
          output: settings.output,
          formats: settings.formats ?? undefined,
          signal: session.signal,
        });
      }
      terminal.say(
        `${lines.length} cells of ${documents.length} documents ${flags.dryRun ? 'would be' : 'were'} entered.`,
      );
      return !flags.dryRun && session.signal.aborted ? EXIT.interrupted : EXIT.done;
    }
    const stored = id === undefined ? null : await store.report(id);
    if (!stored) {
      throw new UsageError(
        `${id ?? '(no report given)'}: no report begins with this. The column report_id of reports.csv has the ids.`,
      );
    }
    if (flags.export) {
      await writeGiven('--export', flags.export, transcriptionSheet(stored));
      terminal.say(`→ ${flags.export}`);
      return EXIT.done;
    }
    if (cells.length === 0)
      throw new UsageError(
        'No cells were given; for instance t3/granted/total=4, or --export a sheet to fill in.',
      );
    const entered = cells.map((text) => ({
      ...parseAssignment(text),
      sha256: stored.sha256,
      author,
      at,
      note: flags.note ?? null,
    }));
    if (!flags.dryRun) {
      await transcribe(store, stored.document, entered);
      await finishRun(store, {
        register: session.register,
        output: settings.output,
        formats: settings.formats ?? undefined,
        signal: session.signal,
      });
    }
    terminal.say(`${entered.length} cells ${flags.dryRun ? 'would be' : 'were'} entered by ${author}.`);
    return !flags.dryRun && session.signal.aborted ? EXIT.interrupted : EXIT.done;
  });
}
