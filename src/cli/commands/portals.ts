import type { Command } from 'commander';
import { loadPortals } from '../../crawl/config/load.ts';
import { type Probe, probePortals } from '../../crawl/probe.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { jsonLine, jsonText } from '../json.ts';
import { type CommonFlags, openSession, withStore } from '../session.ts';
import { networkOf, testNetwork } from './crawl.ts';

interface PortalsFlags extends CommonFlags {
  readonly probe?: boolean;
  readonly json?: boolean;
  readonly testNetwork?: string[];
}

export function portalsCommand(program: Command, end: (status: ExitStatus) => void): void {
  const portals = program.command('portals').summary('look after the portal configuration');
  portals
    .command('check')
    .summary('validate portals.yaml')
    .description(
      'Validates the portal configuration. With --probe it makes one polite request per column and says what system it met.',
    )
    .argument('[portals.yaml]', 'portal configuration (default: portals.yaml)')
    .option('-o, --output <folder>', 'folder whose store keeps robots.txt answers (default: output)')
    .option('--probe', 'one request per column: does it answer, and what system is it?')
    .option('--json', 'print as JSON')
    .addOption(testNetwork())
    .addHelpText('after', '\nExamples:\n  gongkai portals check\n  gongkai portals check --probe')
    .action(async (file: string | undefined, flags: PortalsFlags, command: Command) => {
      end(await check(file, { ...command.optsWithGlobals(), ...flags }));
    });
}

async function check(file: string | undefined, flags: PortalsFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { terminal, settings, register } = session;
  const config = await loadPortals(file ?? settings.portalsFile);
  const columns = config.portals.flatMap((p) => p.columns);
  const unknown = config.portals.flatMap((p) =>
    p.agencies
      .filter((id) => register.agencies.length > 0 && !register.get(id))
      .map((id) => `${p.id}: agency ${id} is not in the register`),
  );
  for (const problem of unknown) terminal.warn(problem);
  if (!flags.probe) {
    if (flags.json)
      terminal.out(jsonText({ portals: config.portals.length, columns: columns.length, problems: unknown }));
    else
      terminal.say(
        `${config.portals.length} portals, ${columns.length} columns: the configuration is valid.`,
      );
    return unknown.length > 0 ? EXIT.usage : EXIT.done;
  }
  let problems = unknown.length;
  await withStore(session, 'portals check', async (store) => {
    for await (const probe of probePortals(config, {
      state: store.crawl,
      signal: session.signal,
      ...networkOf(flags.testNetwork),
    })) {
      if (probe.problem) problems += 1;
      if (flags.json) terminal.out(jsonLine(probe));
      else
        terminal.out(
          `${probe.portal}/${probe.column}  ${probe.recognised ?? '?'} (${Math.round(probe.score * 100)} %, configured ${probe.configured})  ${probe.problem ?? `fine${rowsOf(probe)}`}`,
        );
    }
  });
  if (session.signal.aborted) return EXIT.interrupted;
  return problems > 0 ? EXIT.failed : EXIT.done;
}

function rowsOf({ rows }: Probe): string {
  return rows === null
    ? ''
    : `; ${rows.reports} of the ${rows.all} rows on its first page are annual reports`;
}
