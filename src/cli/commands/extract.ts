import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { Severity } from '../../check/finding.ts';
import { memoryOf, type RunResult, runExtraction } from '../../run/extraction.ts';
import type { IngestSummary } from '../../run/ingest.ts';
import { findPaths, nameInputs, type Walking } from '../../run/inputs.ts';
import { NO_MEMORY } from '../../run/naming.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { jsonText } from '../json.ts';
import { OUTCOME_TEXT } from '../outcome-text.ts';
import { progress } from '../progress.ts';
import {
  type CommonFlags,
  isPostgres,
  nextCommand,
  openSession,
  readingStore,
  type Session,
  withStore,
} from '../session.ts';
import { counted, printable, truncate } from '../terminal.ts';

interface ExtractFlags extends CommonFlags {
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly archive?: boolean;
}

export function extractCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('extract')
    .summary('read reports, check them, write the dataset')
    .description(
      'Reads the reports in the files and folders given (recursively; archives too), checks them and writes the dataset.\nRun it again at any time: unchanged documents are not read again, and a run that was stopped goes on.',
    )
    .argument('<paths...>', 'files, folders or globs; “-” reads a list of paths from standard input')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--processes <n>', 'parser processes (default: one per core)')
    .option('--timeout <seconds>', 'longest time for one document (default: 60)')
    .option('--memory <MiB>', 'most memory for one document (default: 1024)')
    .option('--archive', 'keep a copy of every original in <output>/archive')
    .option('--fail-on <severity>', 'end with status 1 on findings at or above: error, warning, info')
    .option('--dry-run', 'list the documents that would be read, write nothing')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      `
Examples:
  gongkai extract reports/                     everything below reports/, into output/
  gongkai extract 2024.zip 'more/*.docx' -o district
  find /data -name '*.pdf' | gongkai extract -
  gongkai extract reports/ --fail-on error     status 1 when an error was found`,
    )
    .action(async (paths: string[], flags: ExtractFlags, command: Command) => {
      end(await extract(paths, { ...command.optsWithGlobals(), ...flags }));
    });
}

async function extract(paths: readonly string[], flags: ExtractFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { terminal } = session;
  const given = paths.includes('-') ? [...paths.filter((p) => p !== '-'), ...(await listFromStdin())] : paths;
  if (given.length === 0) throw new UsageError('No paths were given on standard input.');
  const found = await findPaths(given);
  const walk = new WalkReport(session);
  const { output, store: location } = session.settings;
  if (flags.dryRun) {
    const inputs =
      isPostgres(location) || existsSync(location)
        ? await readingStore(session, async (store) =>
            nameInputs(found, await memoryOf(store), walk.listeners),
          )
        : await nameInputs(found, NO_MEMORY, walk.listeners);
    let count = 0;
    for await (const input of inputs.files) {
      terminal.out(printable(input.document));
      count += 1;
    }
    terminal.say(
      `${counted(count, 'document')} would be read${walk.skipped > 0 ? `; ${counted(walk.skipped, 'other file')} would be left out` : ''}. What is in archives is counted when they are read.`,
    );
    return EXIT.done;
  }
  const bar = progress(terminal, 'Reading', 'documents');
  const writing = progress(terminal, 'Writing', 'reports');
  const result = await withStore(session, 'extract', async (store) => {
    const inputs = await nameInputs(found, await memoryOf(store), walk.listeners);
    for (const { absolute, name, insteadOf } of inputs.named)
      if (insteadOf !== null)
        terminal.say(
          printable(`${absolute} is called “${name}” in the dataset, to tell it from ${insteadOf}.`),
        );
    return runExtraction(store, inputs, {
      register: session.register,
      processes: session.settings.processes,
      limits: session.settings.limits,
      output,
      formats: session.settings.formats ?? undefined,
      archive: flags.archive === true,
      signal: session.signal,
      onProgress: (done, total, document) => bar.update(done, total, truncate(printable(document), 40)),
      onStage: (stage) => {
        bar.stop();
        terminal.say(stage);
      },
      onWritten: (reports, of) => writing.update(reports, of),
    });
  });
  bar.stop();
  writing.stop();
  if (flags.json) terminal.out(jsonText(summaryOf(result, walk)));
  else printSummary(session, result, walk);
  // With --quiet there is no summary; which documents cannot be read is a problem.
  if (terminal.quiet && !flags.json) for (const line of unreadableLines(result)) terminal.warn(line);
  return statusOf(result, walk, session.settings.failOn);
}

/** What the walk through the folders left out. */
class WalkReport {
  skipped = 0;
  readonly unseen: { readonly folder: string; readonly reason: string }[] = [];
  readonly listeners: Walking;

  constructor({ settings, terminal }: Session) {
    this.listeners = {
      output: settings.output,
      onIgnored: () => {
        this.skipped += 1;
      },
      onUnseen: (folder, reason) => {
        this.unseen.push({ folder, reason });
        terminal.warn(`${printable(folder)}: cannot be read (${reason}) and was left out`);
      },
    };
  }
}

async function listFromStdin(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    // `find -print0` ends each with a null; an editor on Windows begins with a mark and ends with a carriage return.
    for (const path of line
      .replace(/^\ufeff/u, '')
      .split('\0')
      .map((p) => p.replace(/\r$/u, '')))
      if (path.trim() !== '') lines.push(path);
  }
  return lines;
}

function statusOf(result: RunResult, walk: WalkReport, failOn: Severity | null): ExitStatus {
  if (result.ingest.aborted) return EXIT.interrupted;
  const order: Severity[] = ['error', 'warning', 'info'];
  if (failOn && order.slice(0, order.indexOf(failOn) + 1).some((s) => (result.findings[s] ?? 0) > 0))
    return EXIT.failed;
  return result.unreadable.length > 0 || walk.unseen.length > 0 ? EXIT.unreadable : EXIT.done;
}

/** What the run did with the documents it met, what of them it could not read, and what it changed of the findings. */
function summaryOf(result: RunResult, walk: WalkReport): object {
  const { documents, unchanged, changes, outcomes, aborted } = result.ingest;
  return {
    documents,
    added: changes.new,
    updated: changes.revised,
    reread: changes.reread + changes.unchanged,
    unchanged,
    unreadable: result.unreadable,
    missing: result.missing,
    unseen: walk.unseen,
    otherFiles: walk.skipped,
    outcomes,
    findings: result.findings,
    findingsAdded: result.change.added,
    findingsGone: result.change.gone,
    files: result.files,
    aborted,
  };
}

function printSummary(session: Session, result: RunResult, { skipped }: WalkReport): void {
  const { terminal, settings } = session;
  const { ingest } = result;
  const c = terminal.colors;
  const out = terminal.say;
  out('');
  if (ingest.documents === 0 && !ingest.aborted) out(c.yellow('No document was found in what was given.'));
  else out(c.bold(`${counted(ingest.documents, 'document')}: ${whatBecame(ingest)}`));
  for (const [outcome, text] of Object.entries(OUTCOME_TEXT)) {
    const n = ingest.outcomes[outcome as keyof IngestSummary['outcomes']];
    if (n) out(`  ${String(n).padStart(6)}  ${text}`);
  }
  if (skipped > 0) out(`  ${String(skipped).padStart(6)}  other files left out (not documents)`);
  const { unreadable } = result;
  if (unreadable.length > 0) {
    out(c.yellow(`${unreadable.length} could not be read:`));
    for (const line of unreadableLines(result)) out(`  ${line}`);
  }
  if (result.missing.length > 0)
    out(
      `${counted(result.missing.length, 'document')} of earlier runs no longer there (kept, marked missing).`,
    );
  const { error = 0, warning = 0, info = 0 } = result.findings;
  out(
    c.bold(
      `Findings: ${counted(error, 'error')}, ${counted(warning, 'warning')}, ${counted(info, 'note')} in the whole dataset`,
    ),
  );
  for (const finding of result.worst) {
    const mark = finding.severity === 'error' ? c.red('error  ') : c.yellow('warning');
    const text = settings.lang === 'zh' ? finding.messageZh : finding.messageEn;
    out(`  ${mark}  ${c.dim(finding.findingId.slice(0, 8))}  ${printable(text)}`);
  }
  if (error + warning > result.worst.length)
    out(`  … and ${error + warning - result.worst.length} more: ${nextCommand(session, 'findings')}`);
  const worst = result.worst[0];
  if (worst)
    out(
      `One of them in full, with its table: ${nextCommand(session, `explain ${worst.findingId.slice(0, 8)}`)}`,
    );
  for (const file of result.files) out(`${c.dim('→')} ${file}`);
  if (ingest.aborted) out(c.yellow('Stopped before the end; run the same command again to go on.'));
}

function whatBecame({ changes, unchanged }: IngestSummary): string {
  const parts = [
    [changes.new, 'new'],
    [changes.revised, 'changed'],
    [changes.reread + changes.unchanged, 'read again'],
    [unchanged, 'unchanged since the last run'],
  ];
  return parts.flatMap(([n, text]) => (n ? [`${n} ${text}`] : [])).join(', ') || 'none was read to its end';
}

function unreadableLines({ unreadable }: RunResult): string[] {
  const lines = unreadable
    .slice(0, 20)
    .map(
      ({ document, outcome, reason }) =>
        `${printable(document)}: ${outcome} — ${truncate(printable(firstLine(reason)), 160)}`,
    );
  if (unreadable.length > 20)
    lines.push(`… and ${unreadable.length - 20} more; see reports.csv, column outcome`);
  return lines;
}

function firstLine(text: string | null): string {
  return (text ?? '').split('\n')[0] ?? '';
}
