import type { Statement } from '../../extract/report.ts';
import type { CellKey, TableId } from '../../form/form.ts';
import type { Evidence } from '../finding.ts';
import type { Draft, Instance, ReportFamily, Text } from '../rule.ts';
import type { ReportView } from '../view.ts';
import { doubtOf } from './statement-words.ts';

/** Holds one sentence against the tables; null where it says nothing that they answer. */
export type StatementCheck = (s: Statement, target: string, view: ReportView) => Instance | null;

/** Sentence by sentence; a target names the kind of the statement and its place among all of the report. */
export function overStatements(check: StatementCheck): ReportFamily['run'] {
  return function* (view) {
    for (const [i, statement] of view.statements.entries()) {
      const instance = check(statement, `${statement.kind}#${i + 1}`, view);
      if (instance) yield instance;
    }
  };
}

/** What stands against a sentence. */
export interface Objection {
  readonly table: TableId | null;
  readonly cells: readonly CellKey[];
  readonly discriminator: string;
  /** What it says and what the tables say, without the full stop. */
  readonly zh: string;
  readonly en: string;
  /** A remark between that and what to do. */
  readonly remark?: Text | undefined;
  /** What to do; to check both otherwise. */
  readonly ask?: Text;
  /** The sentence admits no other reading. */
  readonly certain?: boolean;
  /** The sentence whose words say whose numbers they are, where it is another. */
  readonly asks?: Statement;
  readonly evidence?: readonly Evidence[];
  readonly operands: NonNullable<Draft['operands']>;
}

const CHECK_BOTH: Text = { zh: '请核对正文与表格', en: 'Check both.' };

/** Doubt about whose numbers they are, or of which year, makes of an objection a question. */
export function objectionTo(s: Statement, view: ReportView, objection: Objection): Draft {
  const { table, cells, discriminator, remark, ask = CHECK_BOTH, operands } = objection;
  const question = doubtOf(objection.asks ?? s, view);
  return {
    severity: question ? 'info' : objection.certain ? 'error' : 'warning',
    table,
    cells,
    discriminator,
    zh: `${objection.zh}。${remark?.zh ?? ''}${question ? `${question.zh}；如口径一致，` : ''}${ask.zh}。`,
    en: [`${objection.en}.`, remark?.en, question?.en, ask.en].filter(Boolean).join(' '),
    evidence: [{ kind: 'quote', text: s.text, location: s.location }, ...(objection.evidence ?? [])],
    operands,
  };
}
