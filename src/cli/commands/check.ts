import type { Command } from 'commander';
import { finishRun } from '../../run/extraction.ts';
import { allAgencyKeys, recheck } from '../../run/recheck.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { jsonText } from '../json.ts';
import { progress } from '../progress.ts';
import { type CommonFlags, openSession, readingStore, withStore } from '../session.ts';
import { counted } from '../terminal.ts';

interface CheckFlags extends CommonFlags {
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

export function checkCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('check')
    .summary('run all rules again over the stored reports')
    .description(
      'Runs every rule over what is stored, across years and bodies too, and rebuilds the dataset. Reads no document. A register that is new or was edited is bound to the stored reports first.',
    )
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--fail-on <severity>', 'end with status 1 on findings at or above: error, warning, info')
    .option('--dry-run', 'say how many bodies would be checked')
    .option('--json', 'print the summary as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  gongkai check --agencies agencies.csv     after editing the register',
    )
    .action(async (flags: CheckFlags, command: Command) => {
      end(await check({ ...command.optsWithGlobals(), ...flags }));
    });
}

async function check(flags: CheckFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { terminal, settings } = session;
  if (flags.dryRun) {
    const bodies = await readingStore(session, allAgencyKeys);
    terminal.say(`${bodies.size} bodies would be checked, and the dataset in ${settings.output} rebuilt.`);
    return EXIT.done;
  }
  const bar = progress(terminal, 'Checking', 'bodies');
  const result = await withStore(session, 'check', async (store) => {
    const change = await recheck(store, session.register, await allAgencyKeys(store), {
      signal: session.signal,
      onAgency: (done, of) => bar.update(done, of),
    });
    bar.stop();
    const finished = await finishRun(store, {
      register: session.register,
      output: settings.output,
      formats: settings.formats ?? undefined,
      signal: session.signal,
    });
    return { ...finished, change };
  });
  const { error = 0, warning = 0, info = 0 } = result.findings;
  if (flags.json)
    terminal.out(
      jsonText({
        findings: result.findings,
        findingsAdded: result.change.added,
        findingsGone: result.change.gone,
        files: result.files,
      }),
    );
  else {
    terminal.say(
      `Findings: ${counted(error, 'error')}, ${counted(warning, 'warning')}, ${counted(info, 'note')}; ${result.change.added.length} new, ${result.change.gone.length} gone.`,
    );
    for (const file of result.files) terminal.say(`→ ${file}`);
  }
  if (session.signal.aborted) return EXIT.interrupted;
  const counts = [error, error + warning, error + warning + info];
  const at = settings.failOn === null ? -1 : ['error', 'warning', 'info'].indexOf(settings.failOn);
  return at >= 0 && (counts[at] ?? 0) > 0 ? EXIT.failed : EXIT.done;
}
