import type { Command } from 'commander';
import type { Severity, Verdict } from '../../check/finding.ts';
import { findingLine } from '../../dataset/export/json-lines.ts';
import type { DecisionState, FindingSelection, Store, StoredFinding } from '../../dataset/store.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { type CommonFlags, nextCommand, openSession, readingStore } from '../session.ts';
import { padEnd, printable } from '../terminal.ts';
import { didYouMean, oneOf, severalOf, yearOf } from '../values.ts';

interface FindingsFlags extends CommonFlags {
  readonly severity?: string;
  readonly state?: string;
  readonly year?: string;
  readonly agency?: string;
  readonly rule?: string;
  readonly verdict?: string;
  readonly district?: string;
  readonly limit?: string;
  readonly json?: boolean;
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];
const VERDICTS: readonly Verdict[] = ['unique', 'preferred', 'localised', 'suspect_extraction'];
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
    .option('--state <state>', `only findings in this state: ${STATES.join(', ')}`)
    .option('--year <year>', 'only reports on this year')
    .option('--agency <name>', 'only bodies whose name contains this')
    .option('--district <code>', 'only bodies whose division code begins so: 33, 3301, 330105')
    .option('--rule <id>', 'only this rule, e.g. T3.FLOW; docs/rules/README.md lists them')
    .option('--verdict <verdict>', `only with this verdict: ${VERDICTS.join(', ')}`)
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
  const limit = flags.limit === undefined ? (flags.json ? 0 : 50) : Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 0)
    throw new UsageError(`--limit ${flags.limit}: a whole number is expected`);
  const selection: FindingSelection = {
    severities:
      flags.severity !== undefined
        ? severalOf('--severity', flags.severity, SEVERITIES)
        : flags.all || flags.json
          ? SEVERITIES
          : ['error', 'warning'],
    ...(flags.state === undefined ? {} : { states: [oneOf('--state', flags.state, STATES)] }),
    ...(flags.year === undefined ? {} : { year: yearOf('--year', flags.year) }),
  };
  const verdict = flags.verdict === undefined ? null : oneOf('--verdict', flags.verdict, VERDICTS);
  const district = flags.district === undefined ? null : districtOf(flags.district);
  return readingStore(session, async (store) => {
    const rule = flags.rule === undefined ? null : await ruleOf(store, flags.rule);
    let shown = 0;
    let left = 0;
    for await (const finding of store.findings(selection)) {
      if (rule !== null && finding.rule !== rule) continue;
      if (verdict !== null && finding.verdict !== verdict) continue;
      if (district !== null && !(finding.regionCode ?? '').startsWith(district)) continue;
      if (flags.agency && !(finding.agency ?? '').includes(flags.agency)) continue;
      if (limit > 0 && shown >= limit) {
        left += 1;
        continue;
      }
      shown += 1;
      if (flags.json) terminal.out(findingLine(finding));
      else {
        const text = settings.lang === 'zh' ? finding.messageZh : finding.messageEn;
        terminal.out(
          `${mark(finding, c)}  ${padEnd(finding.rule, 15)} ${c.dim(finding.findingId.slice(0, 8))}  ${printable(text)}${stateText(finding)}`,
        );
      }
    }
    if (shown === 0) {
      await refuseUnknown(store, selection.year ?? null, flags.agency ?? null, district);
      terminal.say('No findings match.');
    }
    if (left > 0) terminal.say(`${left} more; --limit 0 shows all.`);
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

function districtOf(text: string): string {
  if (!/^\d{2}(?:\d{2}|\d{4})?$/u.test(text))
    throw new UsageError(
      `--district ${text}: a division code of two, four or six digits is expected, such as 3301 for 杭州市`,
    );
  return text;
}

/** A rule by its id, upper and lower case alike; one that an earlier version of the program had may still be stored. */
async function ruleOf(store: Store, text: string): Promise<string> {
  const { CATALOGUE } = await import('../../check/catalogue.ts');
  const ids = CATALOGUE.map((rule) => rule.id);
  const known = ids.find((id) => id.toLowerCase() === text.trim().toLowerCase());
  if (known !== undefined) return known;
  for await (const finding of store.findings()) if (finding.rule === text) return text;
  throw new UsageError(
    `--rule ${text}: there is no such rule${didYouMean(text, ids)} (docs/rules/README.md lists them all)`,
  );
}

/** An empty list has a reason that the user may not expect: what was asked for is not in the dataset at all. */
async function refuseUnknown(
  store: Store,
  year: number | null,
  agency: string | null,
  district: string | null,
): Promise<void> {
  if (year === null && agency === null && district === null) return;
  const years = new Set<number>();
  const names = new Set<string>();
  const codes = new Set<string>();
  for await (const report of store.summaries()) {
    if (report.year !== null) years.add(report.year);
    if (report.agency !== null) names.add(report.agency);
    if (report.regionCode !== null) codes.add(report.regionCode);
  }
  if (agency !== null && ![...names].some((name) => name.includes(agency)))
    throw new UsageError(
      `--agency ${agency}: no body in the dataset has this in its name${didYouMean(agency, names)}`,
    );
  if (year !== null && !years.has(year))
    throw new UsageError(
      `--year ${year}: the dataset has no report on this year, only on ${[...years].sort().join(', ') || 'none'}`,
    );
  if (district !== null && ![...codes].some((code) => code.startsWith(district)))
    throw new UsageError(
      codes.size === 0
        ? `--district ${district}: no body has a division code; they come from the register (--agencies)`
        : `--district ${district}: no body in the dataset has such a division code, only ${[...codes].sort().slice(0, 8).join(', ')}${codes.size > 8 ? ' …' : ''}`,
    );
}
