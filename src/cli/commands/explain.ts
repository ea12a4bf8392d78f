import type { Command } from 'commander';
import { findingLine } from '../../dataset/export/json-lines.ts';
import type { StoredFinding, StoredReport } from '../../dataset/store.ts';
import type { TableReading } from '../../extract/report.ts';
import type { Language } from '../../review/language.ts';
import { placeWords } from '../../review/originals/place-words.ts';
import { EXIT, type ExitStatus, UsageError } from '../exit.ts';
import { jsonText } from '../json.ts';
import { redraw, tableOf } from '../redraw.ts';
import { type CommonFlags, nextCommand, openSession, readingStore, type Session } from '../session.ts';
import { printable } from '../terminal.ts';

interface ExplainFlags extends CommonFlags {
  readonly json?: boolean;
}

export function explainCommand(program: Command, end: (status: ExitStatus) => void): void {
  program
    .command('explain')
    .summary('work one finding out by hand, with its evidence')
    .description(
      'Shows a finding (or all findings of a report): the sentence, the table redrawn, the sum, where to look.',
    )
    .argument('<id>', 'finding or report id; its beginning is enough')
    .option('-o, --output <folder>', 'folder of the dataset (default: output)')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongkai explain 3f2a91c0')
    .action(async (id: string, flags: ExplainFlags, command: Command) => {
      end(await explain(id, { ...command.optsWithGlobals(), ...flags }));
    });
}

async function explain(id: string, flags: ExplainFlags): Promise<ExitStatus> {
  const session = await openSession(flags);
  return readingStore(session, async (store) => {
    const finding = await store.finding(id);
    const report = await store.report(finding?.reportId ?? id);
    if (!report) {
      throw new UsageError(
        `${id}: no finding and no report begins with this, or several do. “${nextCommand(session, 'findings')}” lists the ids; eight characters of one are enough.`,
      );
    }
    const list: StoredFinding[] = [];
    if (finding) list.push(finding);
    else for await (const f of store.findings({ reportIds: [report.reportId] })) list.push(f);
    if (flags.json) {
      session.terminal.out(jsonText({ report, findings: list.map((f) => JSON.parse(findingLine(f))) }));
      return EXIT.done;
    }
    header(session, report);
    if (list.length === 0) session.terminal.out('No findings.');
    for (const f of list) show(session, report, f);
    return EXIT.done;
  });
}

function header(session: Session, report: StoredReport): void {
  const { terminal } = session;
  const c = terminal.colors;
  terminal.out(
    c.bold(
      printable(`${report.agency ?? '(agency not established)'} ${report.year ?? '(year not established)'}`),
    ),
  );
  terminal.out(printable(`${report.title ?? ''}`));
  terminal.out(c.dim(printable(`${report.url ?? report.document} · ${report.outcome} · ${report.reportId}`)));
}

function show(session: Session, report: StoredReport, finding: StoredFinding): void {
  const { terminal, settings } = session;
  const c = terminal.colors;
  const zh = settings.lang === 'zh';
  terminal.out('');
  const paint = finding.severity === 'error' ? c.red : finding.severity === 'warning' ? c.yellow : c.dim;
  terminal.out(
    paint(
      `${finding.severity} ${finding.rule} ${finding.findingId}${finding.verdict ? ` (${finding.verdict})` : ''}`,
    ),
  );
  terminal.out(printable(zh ? finding.messageZh : finding.messageEn));
  const reading = finding.table ? tableOf(report.report, finding.table) : undefined;
  if (reading && finding.cells.length > 0) {
    terminal.out('');
    const lines = redraw(
      reading,
      {
        cells: new Set(finding.cells),
        culprit: new Set(finding.culprit),
        suggested: new Map(
          finding.suggested.length === 1
            ? finding.suggested[0]?.cells.map((s) => [s.cell, s.suggested] as const)
            : [],
        ),
      },
      {
        lang: settings.lang,
        emphasise: (text, kind) => (kind === 'culprit' ? c.red(c.bold(text)) : c.yellow(text)),
      },
    );
    for (const line of lines) terminal.out(`  ${line}`);
  }
  for (const evidence of finding.evidence) {
    terminal.out(
      `  ${printable(evidence.kind === 'quote' ? `“${evidence.text}”${inParentheses(placeWords(evidence.location, settings.lang))}` : evidence.text)}`,
    );
  }
  for (const suggestion of finding.suggested) {
    terminal.out(
      c.cyan(
        `  ${zh ? '可能应为' : 'possibly'}: ${printable(zh ? suggestion.reasoning_zh : suggestion.reasoning_en)}`,
      ),
    );
  }
  const places = placesOf(finding, reading, settings.lang);
  if (places.length > 0) {
    terminal.out(
      c.dim(`  ${zh ? '位置' : 'where'}: ${printable(report.document)}, ${printable(places.join('; '))}`),
    );
  }
  if (finding.state !== 'open' || finding.lapsed) {
    terminal.out(
      c.dim(
        printable(
          `  ${finding.lapsed ? 'decision lapsed' : finding.state} ${finding.decidedBy ?? ''} ${finding.decidedAt ?? ''} ${finding.note ?? ''}`,
        ),
      ),
    );
  }
}

function inParentheses(words: string): string {
  return words === '' ? '' : ` (${words})`;
}

const MOST_PLACES = 4;

/** Where the cells to look at stand: the likely ones, else those of the sum, in the order of the form. */
function placesOf(finding: StoredFinding, reading: TableReading | undefined, language: Language): string[] {
  const cells = finding.culprit.length > 0 ? finding.culprit : finding.cells;
  const places = cells.flatMap((cell) => {
    const fact = reading?.facts.find((f) => cell === `${f.table}/${f.row}/${f.column}`);
    const words = fact ? placeWords(fact.location, language) : '';
    return words === '' ? [] : [words];
  });
  const all = [...new Set(places)];
  return all.length > MOST_PLACES ? [...all.slice(0, MOST_PLACES), '…'] : all;
}
