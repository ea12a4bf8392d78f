import { Command, CommanderError, Option } from 'commander';
import { exitStatusOf, explainError } from './errors.ts';
import { EXIT, type ExitStatus, UsageError } from './exit.ts';
import { didYouMean } from './values.ts';
import { version } from './version.ts';

/** The whole command line; each command is one file and calls `end` with its exit status. */
export async function buildProgram(end: (status: ExitStatus) => void): Promise<Command> {
  const program = new Command('gongkai');
  program
    .description(
      'Turns the annual reports that Chinese public bodies publish on government information disclosure\n(政府信息公开工作年度报告) into checked, structured records.',
    )
    .version(version())
    .addHelpText(
      'after',
      `
“gongkai <command> --help” shows options and examples. Settings come from flags, then from the environment
(GONGKAI_OUTPUT, GONGKAI_STORE …), then from gongkai.yaml; see docs/commands.md.
Exit status: 0 done; 1 findings at or above --fail-on; 2 wrong usage; 3 some documents could not be read; 4 aborted; 130 interrupted.`,
    )
    .showHelpAfterError('(“gongkai <command> --help” shows options and examples)')
    .showSuggestionAfterError(true)
    .exitOverride();

  const { COMMANDS } = await import('./commands.ts');
  for (const command of COMMANDS) command(program, end);
  for (const command of program.commands) finishCommand(command);
  return program;
}

/** Runs one command line. Sets the exit status and prints mistakes as sentences; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  watchProcess();
  const program = await buildProgram((status) => {
    process.exitCode = status;
  });
  try {
    refuseUnknownCommand(program, argv.slice(2));
    await program.parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
      return;
    }
    process.stderr.write(`${explainError(error)}\n`);
    process.exitCode = exitStatusOf(error);
  }
}

let watched = false;

/** What no command can catch ends with a sentence and the status for it, too. */
function watchProcess(): void {
  if (watched) return;
  watched = true;
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${explainError(error)}\n`);
    process.exit(exitStatusOf(error));
  });
}

/** Otherwise `--help` behind a misspelt command would print the general help, as if all were well. */
function refuseUnknownCommand(program: Command, args: readonly string[]): void {
  let command = program;
  for (const word of args.filter((arg) => !arg.startsWith('-'))) {
    if (command.commands.length === 0) return;
    if (command === program && word === 'help') continue;
    const inner = command.commands.find((c) => c.name() === word);
    if (!inner) {
      const names = command.commands.map((c) => c.name());
      const path = command === program ? 'gongkai' : `gongkai ${command.name()}`;
      throw new UsageError(
        `${path} ${word}: there is no such command${didYouMean(word, names)} (“${path} --help” lists them)`,
      );
    }
    command = inner;
  }
}

/** Whoever reads has seen enough (`| head`): what is left to print goes nowhere, and the command ends in its own time. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
}

/** What every command understands; a command may have its own meaning for one of them (`doctor --store`). */
function finishCommand(command: Command): void {
  command.exitOverride();
  command.showHelpAfterError('(--help shows options and examples)');
  for (const inner of command.commands) finishCommand(inner);
  if (command.commands.length > 0 || command.name() === 'completion') return;
  const has = (long: string) => command.options.some((o) => o.long === long);
  const common = [
    new Option('--config <file>', 'configuration file (default: gongkai.yaml, if there is one)'),
    new Option(
      '--store <location>',
      'SQLite file or postgres://… (default: gongkai.sqlite in the output folder)',
    ),
    new Option('--agencies <file>', 'agency register (default: agencies.csv, if there is one)'),
    new Option('--lang <language>', 'language of findings and labels').choices(['zh', 'en']),
    new Option('-q, --quiet', 'no messages but problems'),
  ];
  for (const option of common) if (!has(option.long ?? '')) command.addOption(option);
}
