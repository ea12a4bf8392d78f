import { type Command, Option } from 'commander';
import type { Severity } from '../../check/finding.ts';
import type { DecisionState, FindingSelection, StoredFinding } from '../../dataset/store.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { type CommonFlags, nextCommand, openSession, readingStore } from '../session.ts';
import { padEnd, printable } from '../terminal.ts';

interface FindingsFlags extends CommonFlags {
  readonly severity?: string;
  readonly state?: string;
  readonly year?: string;
  readonly agency?: string;
  readonly rule?: string;
  readonly limit?: string;
  readonly json?: boolean;
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];
const STATES: readonly (DecisionState | 'open')[] = [
  'open',
  'confirmed',
  'false_positive',
  'corrected',
  'accepted',
];

export function findingsCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('findings')
    .summary('list what does not add up')
    .description(
      'The anomaly list: one plain sentence each, the gravest first. Doubts about our own reading come last.',
    )
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option(
      '--severity <list>',
      `only these, separated by commas: ${SEVERITIES.join(', ')} (default: error,warning)`,
    )
    .option('--all', 'all severities')
    .addOption(new Option('--state <state>', 'only findings in this state').choices([...STATES]))
    .option('--year <year>', 'only reports on this year')
    .option('--agency <name>', 'only bodies whose name contains this')
    .option('--rule <id>', 'only this rule, e.g. T3.FLOW')
    .option('--limit <n>', 'at most so many (default: 50; 0 = all)')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      `
Examples:
  gongkai findings                         errors and warnings, the gravest first
  gongkai findings --rule T3.FLOW --year 2024
  gongkai findings --state open --json     for another program`,
    )
    .action(async (flags: FindingsFlags & { all?: boolean }, command: Command) => {
      end(await findings({ ...command.optsWithGlobals(), ...flags }));
    });
}

async function findings(flags: FindingsFlags & { all?: boolean }): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { terminal, settings } = session;
  const c = terminal.colors;
  const severities =
    flags.all || flags.json ? SEVERITIES : parseSeverities(flags.severity ?? 'error,warning');
  const limit = flags.limit === undefined ? (flags.json ? 0 : 50) : Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 0)
    throw new UsageError(`--limit ${flags.limit}: a whole number is expected`);
  const selection: FindingSelection = {
    severities: flags.severity ? parseSeverities(flags.severity) : severities,
    ...(flags.state ? { states: [flags.state as DecisionState] } : {}),
    ...(flags.year ? { year: parseYear(flags.year) } : {}),
  };
  return readingStore(session, async (store) => {
    let shown = 0;
    let left = 0;
    for await (const finding of store.findings(selection)) {
      if (flags.rule && finding.rule !== flags.rule) continue;
      if (flags.agency && !(finding.agency ?? '').includes(flags.agency)) continue;
      if (limit > 0 && shown >= limit) {
        left += 1;
        continue;
      }
      shown += 1;
      if (flags.json) terminal.out(JSON.stringify(finding));
      else {
        const text = settings.lang === 'zh' ? finding.messageZh : finding.messageEn;
        terminal.out(
          `${mark(finding, c)}  ${padEnd(finding.rule, 15)} ${c.dim(finding.findingId.slice(0, 8))}  ${printable(text)}${stateText(finding)}`,
        );
      }
    }
    if (shown === 0) terminal.say('No findings match.');
    else if (left > 0) terminal.say(`${left} more; --limit 0 shows all.`);
    if (shown > 0 && !flags.json)
      terminal.say(`One finding in full, with its table: ${nextCommand(session, 'explain <id>')}`);
    return EXIT.done;
  });
}

function mark(
  finding: StoredFinding,
  c: { red: (s: string) => string; yellow: (s: string) => string; dim: (s: string) => string },
): string {
  if (finding.verdict === 'suspect_extraction') return c.dim('reading');
  if (finding.severity === 'error') return c.red('error  ');
  return finding.severity === 'warning' ? c.yellow('warning') : c.dim('info   ');
}

function stateText(finding: StoredFinding): string {
  if (finding.lapsed) return ' [decision lapsed: the numbers changed]';
  return finding.state === 'open' ? '' : ` [${finding.state}]`;
}

function parseSeverities(text: string): Severity[] {
  return text.split(',').map((part) => {
    const severity = part.trim() as Severity;
    if (!SEVERITIES.includes(severity)) {
      throw new UsageError(`--severity ${text}: “${part}” is none of ${SEVERITIES.join(', ')}`);
    }
    return severity;
  });
}

function parseYear(text: string): number {
  if (!/^20\d\d$/u.test(text)) throw new UsageError(`--year ${text}: a year such as 2024 is expected`);
  return Number(text);
}
