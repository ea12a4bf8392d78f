import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { Store } from '../../dataset/store.ts';
import {
  type AddedDocument,
  addedDocuments,
  findAdded,
  type Withdrawal,
  WithdrawalError,
  withdrawByHand,
} from '../../run/withdrawing.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { jsonLine, jsonText } from '../json.ts';
import {
  type CommonFlags,
  nextCommand,
  openSession,
  readingStore,
  type Session,
  withStore,
} from '../session.ts';
import { padEnd, printable } from '../terminal.ts';
import { didYouMean } from '../values.ts';

interface WithdrawFlags extends CommonFlags {
  readonly list?: boolean;
  readonly by?: string;
  readonly note?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function withdrawCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('withdraw')
    .summary('take back what was brought in by hand')
    .description(
      'Takes files out of the dataset that were brought in with “gongkai add” or through the review page, for instance under a wrong\nbody. What they had taken the place of stands again. The originals stay in the archive, and it is kept who took back what and why;\n“gongkai add” brings a file in again.',
    )
    .argument('[documents...]', 'documents as --list and sources.csv name them')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--list', 'list what was brought in by hand, and change nothing')
    .option('--by <name>', 'who takes it back (default: the user name)')
    .option('--note <text>', 'why; kept with the run')
    .option('--dry-run', 'say what would be taken back, change nothing')
    .option('--json', 'print the result as JSON; with --list an object for each line')
    .addHelpText(
      'after',
      `
Examples:
  gongkai withdraw --list
  gongkai withdraw added/330105003/2024/report.pdf --note '错传：是财政局的报告'
  gongkai add report.pdf --agency 某某区财政局 --year 2024`,
    )
    .action(async (documents: string[], flags: WithdrawFlags, command: Command) => {
      end(await run(documents, { ...command.optsWithGlobals(), ...flags }));
    });
}

async function run(documents: readonly string[], flags: WithdrawFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  if (flags.list) {
    if (documents.length > 0)
      throw new UsageError('--list takes no documents; without it the documents given are taken back');
    return readingStore(session, (store) => list(session, store, flags.json === true));
  }
  if (documents.length === 0)
    throw new UsageError(
      `Give the documents to take back; “${nextCommand(session, 'withdraw --list')}” lists what was brought in by hand.`,
    );
  if (flags.dryRun) {
    return readingStore(session, async (store) => {
      const found = await orUsageError(session, store, findAdded(store, documents));
      if (flags.json) session.terminal.out(jsonText({ withdrawn: found.map(shown) }));
      else
        for (const each of found)
          session.terminal.say(
            each.state === 'withdrawn'
              ? `${named(each)} was taken back before.`
              : `${named(each)} would be taken back.`,
          );
      return EXIT.done;
    });
  }
  const { terminal, settings } = session;
  // Whoever mistypes a name on a folder without a dataset must not be left with an empty one.
  await readingStore(session, async () => {});
  const result = await withStore(session, 'withdraw', (store) =>
    orUsageError(
      session,
      store,
      withdrawByHand(store, documents, {
        output: settings.output,
        register: session.register,
        processes: settings.processes,
        limits: settings.limits,
        person: flags.by ?? os.userInfo().username,
        note: flags.note ?? null,
        now: new Date(),
        formats: settings.formats ?? undefined,
        signal: session.signal,
        onStage: terminal.say,
      }),
    ),
  );
  const { withdrawn, restored, reread, already, change, files } = result;
  if (flags.json)
    terminal.out(
      jsonText({
        withdrawn: withdrawn.map((each) => ({ ...shown(each), insteadNow: each.insteadNow })),
        restored,
        reread: reread.map(({ document, sha256, path: original }) => {
          return { document, sha256, original: `archive/${original}` };
        }),
        already,
        findingsAdded: change.added,
        findingsGone: change.gone,
        files,
      }),
    );
  else say(session, result);
  return session.signal.aborted ? EXIT.interrupted : EXIT.done;
}

function say(
  session: Session,
  { withdrawn, restored, reread, already, files }: Withdrawal & { files: readonly string[] },
): void {
  const { terminal, settings } = session;
  for (const each of withdrawn) {
    terminal.say(`${named(each)} was taken back.`);
    if (each.insteadNow !== null)
      terminal.say(
        `  The numbers of this report are ${each.wasTaken ? 'now' : 'still'} taken from ${printable(each.insteadNow)}.`,
      );
    else if (each.isReport)
      terminal.say('  No other document of this report is there: it is in the dataset no more.');
    terminal.say(`  The original is kept: ${path.join(settings.output, 'archive', each.path)}`);
  }
  for (const document of restored)
    terminal.say(`${printable(document)} stands again: what was taken back had taken its place.`);
  for (const { document, sha256 } of reread)
    terminal.say(
      `${printable(document)}: the file that it had taken the place of, with sha256 ${sha256.slice(0, 12)}, was read again and stands.`,
    );
  for (const document of already) terminal.say(`${printable(document)} was taken back before.`);
  for (const file of files) terminal.say(`→ ${file}`);
}

async function list(session: Session, store: Store, json: boolean): Promise<ExitStatus> {
  const { terminal } = session;
  const added = await addedDocuments(store);
  for (const each of added)
    terminal.out(
      json
        ? jsonLine(shown(each))
        : `${padEnd(each.state, 10)} ${each.addedAt.slice(0, 10)}  ${printable(each.document)}  ${whose(each)}`,
    );
  if (added.length === 0 && !json) terminal.say('Nothing was brought in by hand.');
  return EXIT.done;
}

function shown({ path: original, ...each }: AddedDocument): object {
  const { document, state, agency, year, reportId, addedAt, address, sha256 } = each;
  return {
    document,
    state,
    agency,
    year,
    reportId,
    addedAt,
    address,
    sha256,
    original: `archive/${original}`,
  };
}

function named(each: AddedDocument): string {
  return `${printable(each.document)} (${whose(each)})`;
}

function whose({ agency, year }: AddedDocument): string {
  return `${printable(agency ?? 'body unknown')} ${year ?? 'year unknown'}`;
}

async function orUsageError<T>(session: Session, store: Store, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof WithdrawalError)) throw error;
    const names = (await addedDocuments(store)).map(({ document }) => document);
    const { document, message } = error;
    throw new UsageError(
      `${printable(document)}: ${message}${names.includes(document) ? '' : didYouMean(document, names)}. “${nextCommand(session, 'withdraw --list')}” lists what was.`,
    );
  }
}
