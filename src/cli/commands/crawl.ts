import { type Command, Option } from 'commander';
import { loadPortals } from '../../crawl/config/load.ts';
import { crawlPortals } from '../../crawl/crawl.ts';
import type { CrawlProgress, RunSummary } from '../../crawl/crawled.ts';
import type { CrawlDeps, CrawlOptions } from '../../crawl/deps.ts';
import { notificationOf, notify } from '../../crawl/notify.ts';
import { currentFindings } from '../../dataset/finding-queries.ts';
import { type CrawlRecord, crawlRecord } from '../../run/crawl-record.ts';
import { crawlDeps, readCrawled } from '../../run/crawling.ts';
import { finishRun } from '../../run/extraction.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { jsonText } from '../json.ts';
import { type CommonFlags, lookingIntoStore, openSession, type Session, withStore } from '../session.ts';
import { printable } from '../terminal.ts';
import { didYouMean, yearOf } from '../values.ts';

interface CrawlFlags extends CommonFlags {
  readonly portal?: string[];
  readonly year?: string;
  readonly since?: string;
  readonly max?: string;
  readonly dryRun?: boolean;
  readonly skipClosed?: boolean;
  readonly json?: boolean;
  readonly testNetwork?: string[];
}

/**
 * Lets a crawl reach replica portals on this machine: `--test-network host=127.0.0.1:8640 …`. A flag on purpose, hidden
 * and typed each time: no configuration file or environment variable can open the way to local addresses.
 */
export function testNetwork(): Option {
  return new Option('--test-network <host=address:port...>').hideHelp();
}

export function networkOf(given: readonly string[] | undefined): Pick<CrawlDeps, 'network'> {
  if (!given) return {};
  const resolve = new Map(
    given.map((pair) => {
      const [, host, address] = /^([^=\s]+)=([^=\s]+:\d+)$/u.exec(pair) ?? [];
      if (host === undefined || address === undefined)
        throw new UsageError(
          `--test-network ${pair}: expected host=address:port, such as trs.test=127.0.0.1:8640`,
        );
      return [host, address] as const;
    }),
  );
  return { network: { allowLoopback: true, resolve } };
}

export function crawlCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('crawl')
    .summary('one pass over the configured portals')
    .description(
      'Discovers, fetches and archives the reports of the portals in portals.yaml, then reads and checks them.\nPolite by construction: one connection per host, night hours, robots.txt; a challenge page ends that host for the run.',
    )
    .argument('[portals.yaml]', 'portal configuration (default: portals.yaml)')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--portal <id...>', 'only these portals')
    .option('--year <year>', 'only reports on this year')
    .option('--since <date>', 'only list rows of this date or later (2025-01-31)')
    .option('--max <n>', 'fetch at most so many articles')
    .option('--skip-closed', 'leave portals that are outside their hours, instead of waiting')
    .option('--dry-run', 'walk the lists and say what would be fetched')
    .option('--json', 'print the run summary as JSON')
    .addOption(testNetwork())
    .addHelpText(
      'after',
      `
Examples:
  gongkai crawl --dry-run                    what is there, and what would be fetched
  gongkai crawl --portal gongshu --year 2024`,
    )
    .action(async (file: string | undefined, flags: CrawlFlags, command: Command) => {
      end(await crawl(file, { ...command.optsWithGlobals(), ...flags }));
    });
}

async function crawl(file: string | undefined, flags: CrawlFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { terminal, settings } = session;
  const config = await loadPortals(file ?? settings.portalsFile);
  const options = crawlOptions(flags);
  const unknown = (options.portals ?? []).find((id) => !config.portals.some((p) => p.id === id));
  if (unknown) {
    throw new UsageError(
      `--portal ${unknown}: no such portal${didYouMean(
        unknown,
        config.portals.map((p) => p.id),
      )}; configured: ${config.portals.map((p) => p.id).join(', ')}`,
    );
  }
  const open = flags.dryRun ? lookingIntoStore : withStore;
  const result = await open(session, 'crawl', async (store) => {
    const run = flags.dryRun ? null : await store.beginRun('crawl', new Date().toISOString());
    const before = await currentFindings(store);
    const reader = readCrawled(store, {
      register: session.register,
      processes: settings.processes,
      limits: settings.limits,
      signal: session.signal,
    });
    const pass = crawlPortals(
      config,
      crawlDeps(store, settings.output, session.register, {
        signal: session.signal,
        onProgress: (progress) => say(session, progress),
        ...networkOf(flags.testNetwork),
      }),
      options,
    );
    let step = await pass.next();
    while (!step.done) {
      await reader.take(step.value);
      step = await pass.next();
    }
    const summary = step.value;
    const ingest = await reader.finish();
    const revisions = await reader.revisions();
    const finished = flags.dryRun
      ? null
      : await finishRun(
          store,
          {
            register: session.register,
            output: settings.output,
            formats: settings.formats ?? undefined,
            signal: session.signal,
          },
          { before, ...(run === null ? {} : { run }) },
        );
    const record = crawlRecord(summary, ingest, revisions, finished);
    if (run !== null) await store.endRun(run, new Date().toISOString(), { ...record });
    return { record, files: finished?.files ?? [], change: finished?.change };
  });
  const { record, files, change } = result;
  if (flags.json) {
    const { added: _, gone: __, ...rest } = record;
    terminal.out(
      jsonText({ ...rest, findingsAdded: change?.added ?? [], findingsGone: change?.gone ?? [], files }),
    );
  } else printSummary(session, record, files);
  await tell(session, record, record.added);
  if (record.aborted) return EXIT.interrupted;
  return isWhole(record) ? EXIT.done : EXIT.unreadable;
}

/** Was everything had that there is? Portals whose blocks are known (`blocked: { notify: false }`) do not count. */
function isWhole(record: CrawlRecord): boolean {
  const lost = record.portals.some(
    ({ outcome, quiet }) =>
      !quiet && (outcome === 'blocked' || outcome === 'error' || outcome === 'empty_suspicious'),
  );
  return !lost && record.failures === 0 && record.totals.failed === 0;
}

export function crawlOptions(flags: CrawlFlags): CrawlOptions {
  if (flags.since !== undefined && !/^\d{4}-\d\d-\d\d$/u.test(flags.since)) {
    throw new UsageError(`--since ${flags.since}: a date such as 2025-01-31 is expected`);
  }
  if (flags.max !== undefined && !/^\d+$/u.test(flags.max))
    throw new UsageError(`--max ${flags.max}: a whole number is expected`);
  return {
    ...(flags.portal ? { portals: flags.portal } : {}),
    ...(flags.year ? { year: yearOf('--year', flags.year) } : {}),
    ...(flags.since ? { since: flags.since } : {}),
    ...(flags.max ? { max: Number(flags.max) } : {}),
    ...(flags.dryRun ? { dryRun: true } : {}),
    ...(flags.skipClosed ? { outsideWindow: 'skip' as const } : {}),
  };
}

export function say(session: Session, progress: CrawlProgress): void {
  const { terminal } = session;
  switch (progress.kind) {
    case 'portal_started':
      terminal.say(`${progress.portal}: started`);
      break;
    case 'waiting':
      terminal.say(`${progress.portal}: waits for its hours until ${onTheClock(progress.until)}`);
      break;
    case 'list_page':
      terminal.say(
        `${progress.portal}/${progress.column}: list page ${progress.page}${progress.pages ? ` of ${progress.pages}` : ''}, ${progress.rows} rows`,
      );
      break;
    case 'article':
      terminal.say(
        `${progress.portal}: ${progress.done}/${progress.of} ${progress.result} ${printable(progress.title ?? progress.url)}`,
      );
      break;
    case 'notice':
      terminal.warn(`${progress.portal}: ${printable(progress.text)}`);
      break;
    case 'portal_ended':
      terminal.say(
        `${progress.portal}: ${[progress.summary.outcome, printable(progress.summary.reason)].filter(Boolean).join(' — ')}`,
      );
      break;
  }
}

/** ISO 8601 → the time of this machine, with its zone. */
function onTheClock(iso: string): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return `${new Date(iso).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' })} (${timeZone})`;
}

/** Cells of a revised report that are named one by one. */
const CELLS_NAMED = 20;

export function printSummary(session: Session, record: CrawlRecord, files: readonly string[]): void {
  const { terminal } = session;
  const { totals } = record;
  terminal.say('');
  terminal.say(
    `${totals.portals} ${totals.portals === 1 ? 'portal' : 'portals'}: ${totals.found} reports on the list pages that were read, ${totals.new} new, ${totals.revised} revised, ${totals.failed} failed, ${totals.requests} requests, ${Math.round(totals.bytes / 1e6)} MB`,
  );
  const left = record.portals.reduce((sum, portal) => sum + portal.left, 0);
  if (left > 0)
    terminal.say(
      `${left} known ${left === 1 ? 'address is' : 'addresses are'} left; the same command goes on with them.`,
    );
  for (const portal of record.portals) {
    for (const blocked of portal.blocked)
      terminal.warn(
        `blocked: ${portal.portal} ${blocked.host} (${blocked.code}) ${printable(blocked.reason)}. Bring its reports in with “gongkai add”.`,
      );
    for (const failed of portal.failed)
      terminal.warn(`failed: ${portal.portal} ${printable(failed.url)}: ${printable(failed.reason)}`);
    for (const gap of portal.gaps.slice(0, 20)) terminal.say(`missing: ${printable(gap.agency)} ${gap.year}`);
    if (portal.gaps.length > 20)
      terminal.say(`missing: … and ${portal.gaps.length - 20} more of ${portal.portal}`);
  }
  for (const revision of record.revisions) sayRevision(session, revision);
  if (record.failures > 0)
    terminal.warn(`${record.failures} documents could not be read; see reports.csv, column outcome`);
  if (record.findings) {
    const { error = 0, warning = 0, info = 0 } = record.findings;
    terminal.say(
      `Findings: ${error} errors, ${warning} warnings, ${info} notes; ${record.added} new, ${record.gone} gone.`,
    );
    for (const path of files) terminal.say(`→ ${path}`);
  }
}

function sayRevision(session: Session, revision: CrawlRecord['revisions'][number]): void {
  const { terminal } = session;
  const { what, cells } = revision;
  const how = what.length > 0 ? what.join(', ') : 'published anew';
  const compared =
    revision.documents === null
      ? 'no tables to compare'
      : cells.length === 0
        ? 'no cell of its tables changed'
        : `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'} changed`;
  terminal.say(
    `revised: ${printable(revision.title)} (version ${revision.version}; ${how}): ${compared}. ${revision.address}`,
  );
  for (const cell of cells.slice(0, CELLS_NAMED))
    terminal.say(
      `  ${cell.cell}  ${printable(cell.rowLabel)} × ${printable(cell.columnLabel)}: ${printable(cell.before ?? '—')} → ${printable(cell.after ?? '—')}`,
    );
  if (cells.length > CELLS_NAMED) terminal.say(`  … and ${cells.length - CELLS_NAMED} more`);
}

/** A notification that cannot be delivered is a warning: the run itself is done. */
export async function tell(session: Session, summary: RunSummary, newFindings: number): Promise<void> {
  const { webhook, command } = session.settings.notify;
  const notification = notificationOf(summary, newFindings);
  if (!notification) return;
  const targets = [
    ...(webhook ? [{ webhook }] : []),
    ...(command ? [{ command: command.split(/\s+/u) }] : []),
  ];
  for (const target of targets) {
    await notify(target, notification).catch((error: unknown) =>
      session.terminal.warn(
        `The notification was not delivered: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
  }
}
