import { Command, CommanderError, Option } from 'commander';
import { exitStatusOf, explainError } from './errors.ts';
import { EXIT, type ExitStatus } from './exit.ts';
import { version } from './version.ts';

/** Builds the command line. Each command is one file; heavy parts are loaded when their command runs. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('gongkai');
  program
    .description(
      'Turns the annual reports that Chinese public bodies publish on government information disclosure\n(政府信息公开工作年度报告) into checked, structured records.',
    )
    .version(version())
    .option('--config <file>', 'configuration file (default: gongkai.yaml, if there is one)')
    .option(
      '--store <location>',
      'store: an SQLite file or postgres://… (default: gongkai.sqlite in the output folder)',
    )
    .option('--agencies <file>', 'agency register (default: agencies.csv, if there is one)')
    .addOption(new Option('--lang <language>', 'language of findings and labels').choices(['zh', 'en']))
    .option('-q, --quiet', 'no messages but problems')
    .addHelpText(
      'after',
      `
Every flag has an environment variable (GONGKAI_OUTPUT, GONGKAI_STORE …) and a key in gongkai.yaml; see docs/commands.md.
Exit status: 0 done; 1 findings at or above --fail-on; 2 wrong usage; 3 some documents could not be read; 4 aborted; 130 interrupted.`,
    )
    .showHelpAfterError('(“gongkai <command> --help” shows options and examples)')
    .showSuggestionAfterError(true)
    .exitOverride();

  const end = (status: ExitStatus) => {
    process.exitCode = status;
  };
  const { COMMANDS } = await import('./commands.ts');
  for (const command of COMMANDS) command(program, end);
  for (const command of program.commands) {
    command.exitOverride();
    command.showHelpAfterError('(--help shows options and examples)');
  }
  try {
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
