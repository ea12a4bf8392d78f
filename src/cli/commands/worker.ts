import { type Command, InvalidArgumentError } from 'commander';
import { EXIT, type ExitStatus } from '../exit.ts';
import { type CommonFlags, openSession, type Session } from '../session.ts';
import { printable } from '../terminal.ts';
import { networkOf, say, tell, testNetwork } from './crawl.ts';

interface WorkerFlags extends CommonFlags {
  readonly portals?: number;
  readonly untilIdle?: boolean;
  readonly testNetwork?: string[];
}

export function workerCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('worker')
    .summary('one worker of a fleet on a Postgres store')
    .description(
      'Takes crawls, documents and checks from the queue of the store and works on them until it is told to stop\n(SIGTERM or Ctrl-C: what is being read is finished, crawls go back into the queue). Start as many as you like,\non as many machines as you like; all must see the same output folder.',
    )
    .option('-o, --output <folder>', 'shared folder; originals lie in its archive/ (default: output)')
    .option('--processes <n>', 'parser processes (default: one per core)')
    .option('--portals <n>', 'portals crawled at the same time (default: 6)', wholeNumber)
    .option('--until-idle', 'end when nothing is left to do')
    .addOption(testNetwork())
    .addHelpText(
      'after',
      '\nExample:\n  gongkai worker --store postgres://gongkai@db/gongkai -o /srv/gongkai      docs/fleet.md has a systemd unit',
    )
    .action(async (flags: WorkerFlags, command: Command) => {
      end(await work({ ...command.optsWithGlobals(), ...flags }));
    });
}

async function work(flags: WorkerFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { settings, terminal } = session;
  const { fleetRegister, openFleet } = await import('../fleet.ts');
  const { runWorker } = await import('../../run/fleet/worker.ts');
  const fleet = await openFleet(session);
  try {
    const register = await fleetRegister(session, fleet.store);
    await runWorker(fleet.store, {
      address: settings.store,
      output: settings.output,
      register,
      processes: settings.processes,
      limits: settings.limits,
      signal: session.signal,
      ...(flags.portals === undefined ? {} : { portals: flags.portals }),
      ...(flags.untilIdle ? { untilIdle: true } : {}),
      ...networkOf(flags.testNetwork),
      onProgress: (progress) => say(session, progress),
      onCrawled: (summary) => tell(session, summary, 0),
      onEvent: (event) => report(session, event),
    });
  } finally {
    await fleet.store.close();
  }
  terminal.say('stopped');
  return session.signal.aborted ? EXIT.interrupted : EXIT.done;
}

function report(session: Session, event: import('../../run/fleet/worker.ts').WorkerEvent): void {
  const { terminal } = session;
  switch (event.kind) {
    case 'started':
      terminal.say(`worker ${event.worker} started`);
      break;
    case 'begun':
    case 'leased':
      break;
    case 'done':
      if (event.job === 'read') terminal.say(`read ${printable(event.about)}`);
      break;
    case 'parked':
      terminal.warn(`set aside: ${printable(event.about)} (gongkai fleet status says why)`);
      break;
    case 'trouble':
      terminal.warn(printable(event.reason));
      break;
    default:
      terminal.warn(`${event.job} ${printable(event.about)}: ${event.kind}: ${printable(event.reason)}`);
  }
}

function wholeNumber(value: string): number {
  const n = Number(value);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError('a whole number from 1 is expected');
  return n;
}
