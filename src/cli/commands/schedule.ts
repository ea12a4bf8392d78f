import type { Command } from 'commander';
import { loadPortals } from '../../crawl/config/load.ts';
import { schedulePortals } from '../../crawl/schedule.ts';
import { currentFindings } from '../../dataset/finding-queries.ts';
import { crawlRecord } from '../../run/crawl-record.ts';
import { crawlDeps, readCrawled } from '../../run/crawling.ts';
import { finishRun } from '../../run/extraction.ts';
import { awaitOutputLock, releaseOutputLock } from '../../run/lock.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { type CommonFlags, openSession, withStore } from '../session.ts';
import { networkOf, printSummary, say, tell, testNetwork } from './crawl.ts';

interface ScheduleFlags extends CommonFlags {
  readonly testNetwork?: string[];
}

export function scheduleCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('schedule')
    .summary('stay up and crawl on the configured calendar')
    .description(
      'A resident process: each portal is crawled on its own calendar. Killed and started again, it goes on where it was.',
    )
    .argument('[portals.yaml]', 'portal configuration (default: portals.yaml)')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .addOption(testNetwork())
    .addHelpText(
      'after',
      '\nExample:\n  gongkai schedule >> gongkai.log 2>&1      docs/crawl.md has a systemd unit and a cron line',
    )
    .action(async (file: string | undefined, flags: ScheduleFlags, command: Command) => {
      end(await schedule(file, { ...command.optsWithGlobals(), ...flags }));
    });
}

async function schedule(file: string | undefined, flags: ScheduleFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { settings, terminal } = session;
  const config = await loadPortals(file ?? settings.portalsFile);
  await withStore(session, 'schedule', async (store) => {
    const deps = crawlDeps(store, settings.output, session.register, {
      signal: session.signal,
      onProgress: (progress) => say(session, progress),
      ...networkOf(flags.testNetwork),
    });
    const newReader = () =>
      readCrawled(store, {
        register: session.register,
        processes: settings.processes,
        limits: settings.limits,
        signal: session.signal,
      });
    let reader: ReturnType<typeof newReader> | null = null;
    let before: ReadonlySet<string> = new Set();
    // While it waits for its hours, people decide, add and extract.
    const { output } = settings;
    await releaseOutputLock(output);
    const begin = async () => {
      if (reader === null) await awaitOutputLock(output, 'schedule', session.signal);
      if (reader === null) before = await currentFindings(store);
      reader ??= newReader();
      return reader;
    };
    try {
      for await (const step of schedulePortals(config, deps)) {
        if (step.kind === 'planned') terminal.say(`${step.portal}: next run at ${step.at}`);
        else if (step.kind === 'report') {
          await (await begin()).take(step.report);
        } else {
          const reading = await begin();
          const run = await store.beginRun('schedule', step.summary.startedAt);
          const ingest = await reading.finish();
          const revisions = await reading.revisions();
          reader = null;
          const finished = await finishRun(
            store,
            {
              register: session.register,
              output: settings.output,
              formats: settings.formats ?? undefined,
              signal: session.signal,
            },
            { before, run },
          );
          const record = crawlRecord(step.summary, ingest, revisions, finished);
          await store.endRun(run, step.summary.endedAt, { ...record });
          printSummary(session, record, finished.files);
          await releaseOutputLock(output);
          await tell(session, record, record.added);
        }
      }
    } catch (error) {
      if (!(session.signal.aborted && error instanceof Error && error.name === 'AbortError')) throw error;
    }
    // What was not taken over is handed on again by the next start.
    await (reader as ReturnType<typeof newReader> | null)?.finish();
  });
  return EXIT.interrupted;
}
