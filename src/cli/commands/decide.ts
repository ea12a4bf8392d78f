import os from 'node:os';
import type { Command } from 'commander';
import type { DecisionState } from '../../dataset/store.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { decodeSheet, readGiven, writeGiven } from '../files.ts';
import { type CommonFlags, nextCommand, openSession, type Session, withStore } from '../session.ts';
import { counted } from '../terminal.ts';
import { oneOf } from '../values.ts';

interface DecideFlags extends CommonFlags {
  readonly note?: string;
  readonly by?: string;
  readonly import?: string;
  readonly export?: string;
}

const STATES: readonly (DecisionState | 'open')[] = [
  'confirmed',
  'false_positive',
  'corrected',
  'accepted',
  'open',
];

export function decideCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('decide')
    .summary('record what a reviewer decided on a finding')
    .description(
      'States: confirmed (the office erred), false_positive (we erred), corrected (the office has mended it), accepted (explained), open (take it back).\nA decision holds for the numbers it was made on: when they change it lapses and says so.',
    )
    .argument('[finding]', 'finding id; its beginning is enough')
    .argument('[state]', STATES.join(', '))
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--note <text>', 'why')
    .option('--by <name>', 'who decided (default: the user name)')
    .option('--export <file.csv>', 'write all decisions as a spreadsheet')
    .option('--import <file.csv>', 'take decisions from a spreadsheet')
    .addHelpText(
      'after',
      `
Examples:
  gongkai decide 3f2a91c0 confirmed --note '已电话核实'
  gongkai decide --export decisions.csv       circulate it, fill in the column state
  gongkai decide --import decisions.csv

In the sheet the state may be said in Chinese: 属实 (confirmed), 误报 (false_positive), 已更正 (corrected), 可接受 (accepted).
A line that says 未处理 is left as it is. CSV as Excel saves it, in UTF-8 or GBK.`,
    )
    .action(
      async (id: string | undefined, state: string | undefined, flags: DecideFlags, command: Command) => {
        end(await decide(id, state, { ...command.optsWithGlobals(), ...flags }));
      },
    );
}

async function decide(
  id: string | undefined,
  state: string | undefined,
  flags: DecideFlags,
): Promise<ExitStatus> {
  const session = await openSession(flags);
  const { terminal } = session;
  const person = flags.by ?? os.userInfo().username;
  const at = new Date().toISOString();
  const { decisionsCsv, parseDecisionsCsv } = await import('../../dataset/decisions-csv.ts');
  return withStore(session, 'decide', async (store) => {
    if (flags.export) {
      await writeGiven('--export', flags.export, decisionsCsv(store));
      terminal.say(`→ ${flags.export}`);
      return EXIT.done;
    }
    if (flags.import) {
      const text = decodeSheet(await readGiven('--import', flags.import));
      const result = await store.importDecisions(parseDecisionsCsv(text, { person, at }));
      terminal.say(`${counted(result.recorded, 'decision')} recorded, ${result.unchanged} unchanged.`);
      for (const unknown of result.unknown) terminal.warn(`no such finding: ${unknown}`);
      if (result.recorded > 0) terminal.say(shownLater(session));
      return result.unknown.length > 0 ? EXIT.failed : EXIT.done;
    }
    if (id === undefined || state === undefined) {
      throw new UsageError(
        'A finding and a state are needed: gongkai decide <finding> <state>. “gongkai findings” lists the ids.',
      );
    }
    const decided = oneOf('state', state, STATES);
    const finding = await store.finding(id);
    if (!finding)
      throw new UsageError(
        `${id}: no finding begins with this, or several do. “${nextCommand(session, 'findings')}” lists the ids.`,
      );
    await store.decide({
      findingId: finding.findingId,
      state: decided,
      note: flags.note ?? null,
      person,
      at,
    });
    terminal.say(`${finding.findingId}: ${decided} by ${person}`);
    terminal.say(shownLater(session));
    return EXIT.done;
  });
}

/** The files are not written anew for each decision: of a large store that takes minutes. */
function shownLater(session: Session): string {
  return `The dataset, findings.xlsx and report.html show it from the next run on, or after “${nextCommand(session, 'check')}”.`;
}
