import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { FleetStatus } from '../../run/fleet/status.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { jsonText } from '../json.ts';
import { type CommonFlags, openSession, type Session } from '../session.ts';
import { printable, truncate } from '../terminal.ts';
import { crawlOptions } from './crawl.ts';

interface EnqueueFlags extends CommonFlags {
  readonly portals?: string | true;
  readonly portal?: string[];
  readonly year?: string;
  readonly since?: string;
  readonly max?: string;
  readonly repeat?: boolean;
  readonly json?: boolean;
}

interface StatusFlags extends CommonFlags {
  readonly json?: boolean;
}

export function fleetCommand(program: Command, end: (status: ExitStatus) => void): void {
  const fleet = program
    .command('fleet')
    .summary('the queue of a fleet: status, enqueue, retry')
    .description('Shows and fills the queue that “gongkai worker” works on. The store must be in Postgres.');
  fleet
    .command('status')
    .summary('jobs, workers, leases, and what was set aside')
    .description(
      'Jobs by kind and state, workers that are alive or were lost, hosts that are being asked, and the documents that\nwere set aside after several attempts, with the reason.',
    )
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  gongkai fleet status --store postgres://gongkai@db/gongkai')
    .action(async (flags: StatusFlags, command: Command) => {
      end(await status({ ...command.optsWithGlobals(), ...flags }));
    });
  fleet
    .command('enqueue')
    .summary('give the fleet documents to read or portals to crawl')
    .description(
      'Documents are copied into the archive of the shared folder; those that are stored unchanged are left out.\nOf portals, each enabled one is crawled once, or on its calendar with --repeat.',
    )
    .argument('[paths...]', 'files, folders or globs')
    .option('-o, --output <folder>', 'shared folder of the fleet (default: output)')
    .option('--portals [file]', 'crawl the portals of this file (default: portals.yaml)')
    .option('--portal <id...>', 'only these portals')
    .option('--repeat', 'crawl again and again, as the calendar of each portal has it')
    .option('--year <year>', 'only reports on this year')
    .option('--since <date>', 'only list rows of this date or later (2025-01-31)')
    .option('--max <n>', 'fetch at most so many articles of each portal')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
Examples:
  gongkai fleet enqueue --portals portals.yaml --repeat
  gongkai fleet enqueue reports/ -o /srv/gongkai`,
    )
    .action(async (paths: string[], flags: EnqueueFlags, command: Command) => {
      end(await enqueue(paths, { ...command.optsWithGlobals(), ...flags }));
    });
  fleet
    .command('retry')
    .summary('try again what was set aside')
    .description(
      'Puts jobs that were set aside back into the queue: those named by their id, or all of them.',
    )
    .argument('[ids...]', 'ids from “fleet status”, or their beginnings')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .addHelpText(
      'after',
      '\nExamples:\n  gongkai fleet retry 3f2a8c1e      one of them\n  gongkai fleet retry               all, after an upgrade',
    )
    .action(async (ids: string[], flags: CommonFlags, command: Command) => {
      end(await retry(ids, { ...command.optsWithGlobals(), ...flags }));
    });
}

async function status(flags: StatusFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { withFleet } = await import('../fleet.ts');
  const { fleetStatus } = await import('../../run/fleet/status.ts');
  const now = await withFleet(session, ({ database }, jobs) => fleetStatus(database, jobs));
  if (flags.json) session.terminal.out(jsonText(now));
  else print(session, now);
  return EXIT.done;
}

function print({ terminal }: Session, status: FleetStatus): void {
  const { out } = terminal;
  out('jobs      waiting    later   active     done');
  for (const { kind, waiting, later, active, done } of status.jobs)
    out(kind.padEnd(8) + [waiting, later, active, done].map((n) => String(n).padStart(9)).join(''));
  const alive = status.workers.filter((worker) => worker.alive);
  out('');
  out(`workers   ${alive.length} alive, ${status.workers.length - alive.length} ended in the last day`);
  for (const worker of alive) out(`  ${worker.name}  since ${worker.startedAt}`);
  out('');
  out(`leases    ${status.leases.length}`);
  for (const lease of status.leases)
    out(`  ${printable(lease.key)}  ${lease.worker}  ${lease.portal}  ${lease.secondsLeft} s left`);
  out('');
  out(`set aside ${status.parked.length}`);
  for (const parked of status.parked) {
    out(`  ${parked.id.slice(0, 13)}  ${parked.kind}  ${truncate(printable(parked.about), 100)}`);
    out(`      ${parked.attempts} attempts; ${truncate(printable(parked.reason), 160)}`);
  }
}

async function enqueue(paths: readonly string[], flags: EnqueueFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { settings, terminal } = session;
  const portals = flags.portals !== undefined || flags.portal !== undefined;
  if (portals === paths.length > 0)
    throw new UsageError('fleet enqueue: give either paths of documents or --portals, one of both.');
  const { withFleet } = await import('../fleet.ts');
  const { enqueueDocuments, enqueuePortals } = await import('../../run/fleet/enqueue.ts');
  let unseen = 0;
  const result = await withFleet(session, async ({ database, store }, jobs) => {
    if (portals) {
      const file = typeof flags.portals === 'string' ? flags.portals : settings.portalsFile;
      const source = await readFile(file, 'utf8').catch((error: unknown) => {
        throw new UsageError(`--portals ${file}: ${error instanceof Error ? error.message : String(error)}`);
      });
      const { portals: only, year, since, max } = crawlOptions(flags);
      return enqueuePortals(jobs, source, file, {
        run: new Date().toISOString().replace(/[:.]/g, '-'),
        repeat: flags.repeat === true,
        ...(only ? { only } : {}),
        ...(year === undefined ? {} : { year }),
        ...(since === undefined ? {} : { since }),
        ...(max === undefined ? {} : { max }),
      }).catch((error: unknown) => {
        if (error instanceof RangeError) throw new UsageError(`--portal: ${error.message}`);
        throw error;
      });
    }
    const { findPaths, nameInputs } = await import('../../run/inputs.ts');
    const { memoryOf } = await import('../../run/extraction.ts');
    const inputs = await nameInputs(await findPaths(paths), await memoryOf(store), {
      output: settings.output,
      onUnseen: (folder, reason) => {
        unseen += 1;
        terminal.warn(`${printable(folder)}: cannot be read (${reason}) and was left out`);
      },
    });
    // What names mean is for the next run to know.
    const run = await store.beginRun('enqueue', new Date().toISOString(), { roots: inputs.roots });
    const queued = await enqueueDocuments(database, jobs, inputs, settings.output, {
      signal: session.signal,
    });
    await store.endRun(run, new Date().toISOString(), { roots: inputs.roots, ...queued });
    return queued;
  });
  if (flags.json) terminal.out(jsonText(result));
  else terminal.say(`${result.queued} queued, ${result.known} in the queue or stored already`);
  if (session.signal.aborted) return EXIT.interrupted;
  return unseen > 0 ? EXIT.unreadable : EXIT.done;
}

async function retry(ids: readonly string[], flags: CommonFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { withFleet } = await import('../fleet.ts');
  const { retryParked } = await import('../../run/fleet/status.ts');
  const n = await withFleet(session, (_, jobs) => retryParked(jobs, ids));
  session.terminal.say(`${n} put back into the queue`);
  return EXIT.done;
}
