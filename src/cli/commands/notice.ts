import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { ReportSelection, Store, StoredFinding } from '../../dataset/store.ts';
import { forNotice, type NoticeReport, noticeDocx } from '../../review/notice.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { type CommonFlags, openSession, readingStore } from '../session.ts';
import { counted } from '../terminal.ts';
import { didYouMean, yearOf } from '../values.ts';

interface NoticeFlags extends CommonFlags {
  readonly into?: string;
  readonly dryRun?: boolean;
  readonly year?: string;
}

export function noticeCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('notice')
    .summary('write a notice to each body: what to check, where (Word)')
    .description(
      'Writes one 整改通知 per body with open or confirmed errors and warnings, as a Word file: what is wrong, where it stands, what to check.',
    )
    .argument('[agency]', 'only bodies whose name contains this')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--into <folder>', 'where to write (default: <output>/notices)')
    .option('--year <year>', 'only reports on this year')
    .option('--dry-run', 'name the files that would be written')
    .addHelpText('after', '\nExamples:\n  gongkai notice --year 2024\n  gongkai notice 某某区财政局')
    .action(async (agency: string | undefined, flags: NoticeFlags, command: Command) => {
      end(await notice(agency, { ...command.optsWithGlobals(), ...flags }));
    });
}

async function notice(name: string | undefined, flags: NoticeFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  const folder = path.resolve(flags.into ?? path.join(session.settings.output, 'notices'));
  let written = 0;
  const selection = flags.year ? { year: yearOf('--year', flags.year) } : {};
  await readingStore(session, async (store) => {
    const nameOf = fileNames(await namesOfBodies(store));
    for await (const body of bodies(store, selection, name)) {
      const file = path.join(folder, `${nameOf(body)}.docx`);
      if (!flags.dryRun) {
        await mkdir(folder, { recursive: true });
        await writeFile(file, await noticeDocx(body.agency, body.reports));
      }
      session.terminal.out(file);
      written += 1;
    }
    if (written === 0 && name !== undefined) {
      const names = new Set<string>();
      for await (const { agency } of store.summaries()) if (agency !== null) names.add(agency);
      if (![...names].some((known) => known.includes(name)))
        throw new UsageError(
          `${name}: no body in the dataset has this in its name${didYouMean(name, names)}`,
        );
    }
  });
  session.terminal.say(
    written === 0 ? 'No body has open errors or warnings.' : `${counted(written, 'notice')} → ${folder}`,
  );
  return EXIT.done;
}

/** Body by body, those with something to check; the store gives the reports of one body one after the other. */
async function* bodies(
  store: Store,
  selection: ReportSelection,
  name: string | undefined,
): AsyncGenerator<Body & { readonly reports: readonly NoticeReport[] }> {
  let key = '';
  let id: string | null = null;
  let agency = '';
  let reports: NoticeReport[] = [];
  for await (const report of store.reports(selection)) {
    if (report.agencyKey === '' || report.agency === null) continue;
    if (name !== undefined && !report.agency.includes(name)) continue;
    if (report.agencyKey !== key) {
      if (reports.length > 0) yield { key, id, agency, reports };
      key = report.agencyKey;
      id = report.agencyId;
      agency = report.agency;
      reports = [];
    }
    const findings: StoredFinding[] = [];
    for await (const finding of store.findings({ reportIds: [report.reportId] })) {
      if (forNotice(finding)) findings.push(finding);
    }
    if (findings.length > 0) reports.push({ report, findings });
  }
  if (reports.length > 0) yield { key, id, agency, reports };
}

interface Body {
  readonly key: string;
  /** In the register. */
  readonly id: string | null;
  readonly agency: string;
}

/** The first name that each body's reports print, by the key of the body: of all of them, so that a file keeps its name. */
async function namesOfBodies(store: Store): Promise<ReadonlyMap<string, Body>> {
  const bodies = new Map<string, Body>();
  for await (const { agencyKey: key, agencyId: id, agency } of store.summaries())
    if (key !== '' && agency !== null && !bodies.has(key)) bodies.set(key, { key, id, agency });
  return bodies;
}

/** What the notice of a body is called: by its name, and by its id too where another body has that name. */
function fileNames(bodies: ReadonlyMap<string, Body>): (body: Body) => string {
  const byName = Map.groupBy(bodies.values(), ({ agency }) => fileName(agency).toLowerCase());
  const taken = new Set<string>();
  return ({ key, id, agency }) => {
    const own = fileName(bodies.get(key)?.agency ?? agency);
    const alone = (byName.get(own.toLowerCase())?.length ?? 0) < 2;
    const wished = alone || id === null ? own : `${own}（${fileName(id)}）`;
    let name = wished;
    for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${wished}（${n}）`;
    taken.add(name.toLowerCase());
    return name;
  };
}

/** A name that Windows takes too. */
function fileName(agency: string): string {
  return (
    [...agency.replace(/[<>:"/\\|?*\u0000-\u001f]/gu, '_')]
      .slice(0, 80)
      .join('')
      .replace(/[. ]+$/u, '') || '未名'
  );
}
