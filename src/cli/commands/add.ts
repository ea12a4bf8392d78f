import { existsSync } from 'node:fs';
import os from 'node:os';
import type { Command } from 'commander';
import { loadPortals } from '../../crawl/config/load.ts';
import { CrawlError } from '../../crawl/error.ts';
import { AmbiguousAgency, addByHand, agencyToAdd } from '../../run/adding.ts';
import { refuseBesideFleet } from '../beside-fleet.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { OUTCOME_TEXT } from '../outcome-text.ts';
import { type CommonFlags, nextCommand, openSession, type Session, withStore } from '../session.ts';
import { counted, printable } from '../terminal.ts';
import { yearOf } from '../values.ts';
import { networkOf, testNetwork } from './crawl.ts';

interface AddFlags extends CommonFlags {
  readonly agency?: string;
  readonly year?: string;
  readonly from?: string;
  readonly dryRun?: boolean;
  readonly testNetwork?: string[];
}

const USER_AGENT = 'GongkaiReportBot/1.0 (a person at the keyboard)';

export function addCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('add')
    .summary('bring in by hand what the crawl could not reach')
    .description(
      'Takes files, folders or addresses as one report of one body and year, with the same archive and provenance as a crawl.',
    )
    .argument(
      '<sources...>',
      'files, folders (all files in them) or http(s) addresses: all are copies of one report',
    )
    .requiredOption('--agency <name or id>', 'whose report it is; an id or name of the register, or a name')
    .requiredOption('--year <year>', 'the year it reports on')
    .option('--from <address>', 'where a file was downloaded from')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--dry-run', 'say what would be added')
    .addOption(testNetwork())
    .addHelpText(
      'after',
      '\nExample:\n  gongkai add report.pdf --agency 某某区教育局 --year 2024 --from https://www.example.gov.cn/nb.html',
    )
    .action(async (sources: string[], flags: AddFlags, command: Command) => {
      end(await add(sources, { ...command.optsWithGlobals(), ...flags }));
    });
}

async function add(sources: readonly string[], flags: AddFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { terminal, settings, register } = session;
  const year = yearOf('--year', flags.year ?? '');
  for (const source of sources) {
    if (!/^https?:\/\//u.test(source) && !existsSync(source))
      throw new UsageError(`${source}: no such file or folder`);
  }
  const name = flags.agency ?? '';
  const agency = meantBy(register, name, year);
  if (flags.dryRun) {
    terminal.say(
      `${sources.length} sources would be added as the ${year} report of ${agency.agencyId ? `${agency.agency} (${agency.agencyId})` : name}.`,
    );
    return EXIT.done;
  }
  const portals = existsSync(settings.portalsFile) ? await loadPortals(settings.portalsFile) : null;
  const result = await withStore(session, 'add', async (store) => {
    if (sources.some((source) => /^https?:\/\//u.test(source))) await refuseBesideFleet(store, 'add address');
    return addByHand(
      store,
      {
        ...agency,
        year,
        sources,
        addedBy: os.userInfo().username,
        ...(flags.from ? { cameFrom: flags.from } : {}),
      },
      {
        output: settings.output,
        register: session.register,
        processes: settings.processes,
        limits: settings.limits,
        portals,
        userAgent: portals?.userAgent ?? USER_AGENT,
        formats: settings.formats ?? undefined,
        signal: session.signal,
        ...networkOf(flags.testNetwork),
      },
    ).catch((error: unknown) => {
      throw error instanceof CrawlError && error.code !== 'aborted' ? notFetched(error, sources) : error;
    });
  });
  const { ingest } = result;
  terminal.say(`${counted(ingest.documents, 'document')}, ${ingest.unchanged} as before`);
  for (const [outcome, n] of Object.entries(ingest.outcomes))
    terminal.say(`  ${String(n).padStart(6)}  ${OUTCOME_TEXT[outcome] ?? outcome}`);
  for (const f of ingest.failures)
    terminal.warn(`${printable(f.document)}: ${f.outcome} — ${printable(f.reason ?? '')}`);
  for (const { document, printed, given, filedUnder } of result.contradicted)
    terminal.warn(
      `${printable(document)} says that it is the report of ${printable(printed)}, not of ${printable(given)}: ${
        filedUnder === null
          ? 'it was filed under no body of the register'
          : `it was filed under ${filedUnder}`
      }, and is marked for review. If ${printable(printed)} is a former or short name of ${printable(given)}, put it among the aliases of that line of agencies.csv and run “${nextCommand(session, 'check')}”.`,
    );
  for (const file of result.files) terminal.say(`→ ${file}`);
  terminal.say(`What does not add up: ${nextCommand(session, `findings --year ${year}`)}`);
  if (session.signal.aborted) return EXIT.interrupted;
  return result.ingest.failures.length > 0 ? EXIT.unreadable : EXIT.done;
}

function notFetched({ url, message }: CrawlError, sources: readonly string[]): UsageError {
  // What failed may be the robots.txt of the host, or where the address leads.
  const given = sources.find((s) => URL.canParse(s) && new URL(s).host === new URL(url).host) ?? url;
  const said = message.startsWith(given) ? message : `${given}: ${message}`;
  const advice = 'fetch it with a browser and add the file';
  return new UsageError(message.includes(advice) ? said : `${said}; ${advice}, with --from ${given}`);
}

function meantBy(register: Session['register'], name: string, year: number): ReturnType<typeof agencyToAdd> {
  try {
    return agencyToAdd(register, name, year);
  } catch (error) {
    if (error instanceof AmbiguousAgency) throw new UsageError(`--agency ${name}: ${error.message}`);
    throw error;
  }
}
