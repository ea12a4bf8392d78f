import { type CellKey, parseCellKey } from '../../form/form.ts';
import { type Attestation, attestations } from '../attested.ts';
import type { Cause, Explanation, Operation } from '../culprit/explanation.ts';
import type { Evidence, Severity, Suggestion, Verdict } from '../finding.ts';
import { cellName, columnName, type Language, rowName } from '../naming.ts';
import { type Evaluation, isUsed } from '../outcome.ts';
import type { Draft, ReportContext, Text } from '../rule.ts';
import { capOf, isDoubtful, isReadingSlip } from '../severity.ts';
import type { ReportView, TableView } from '../view.ts';

/**
 * Turns one cause into one finding: the first of the sums that it breaks leads, the others are its parts. Null where
 * all of them helped to read the table: what was used to read cannot accuse.
 */
export function findingOfCause(
  cause: Cause,
  failing: readonly Evaluation[],
  sentence: (e: Evaluation) => Text,
  view: ReportView,
  table: TableView,
  context: ReportContext,
): { readonly lead: Evaluation; readonly draft: Draft } | null {
  const broken = failing.filter((e) => cause.breaks.includes(nameOf(e)));
  const witnesses = broken.filter((e) => !isUsed(e.identity, table));
  // Sums that helped to read the cells cannot make sure that only one of them is wrong.
  const evident: Cause =
    cause.verdict === 'unique' && table.usedIdentities.length > 0
      ? { ...cause, verdict: 'preferred' }
      : cause;
  const { explanations, verdict, decided } = decide(evident, attestations(view, context));
  const likely = verdict === 'localised' ? [] : (explanations[0]?.changes.map((c) => c.cell) ?? []);
  // The sum that the likely cell stands in tells a clerk more than the total column, which fails along with it.
  const lead =
    witnesses.find((e) => likely.length > 0 && e.operands.includes(likely[0] as CellKey)) ?? witnesses[0];
  if (!lead) return null;
  const first = sentence(lead);
  const others = witnesses.filter((e) => e !== lead).map(sentence);
  const operands = witnesses.flatMap((e) => e.operands);
  const doubtful = isDoubtful(view, operands) || isReadingSlip(view, operands, lead.left, lead.right);
  const suspect = verdict === 'suspect_extraction' || doubtful;
  const advice = doubtful ? DOUBTFUL : adviceOf(verdict, explanations, table, decided);
  const more =
    others.length === 0
      ? { zh: '', en: '' }
      : {
          zh: `另有${others.length}处合计因此不符。`,
          en: ` ${others.length} other sum${others.length > 1 ? 's do' : ' does'} not hold for the same reason.`,
        };
  const evidence: Evidence[] = [
    ...[lead, ...witnesses.filter((e) => e !== lead)].map(
      (e): Evidence => ({ kind: 'part', text: sentence(e).zh, cells: [...e.operands] }),
    ),
    ...(decided?.evidence ?? []),
  ];
  return {
    lead,
    draft: {
      severity: suspect ? 'info' : severityOf(witnesses, view, table),
      verdict: suspect ? 'suspect_extraction' : verdict,
      table: table.table,
      cells: operands,
      zh: `${first.zh}${more.zh}${advice.zh}`,
      en: `${first.en}${more.en} ${advice.en}`,
      left: lead.left,
      right: lead.right,
      difference: lead.difference,
      culprit: suspect ? [] : likely,
      suggested: suspect ? [] : explanations.map((e) => suggestionOf(e, table)),
      evidence,
    },
  };
}

const DOUBTFUL: Text = {
  zh: '其中有的格我们读得没有把握，请先对照原文核对。',
  en: 'Some of these cells were not read with confidence. Compare with the original first.',
};

export function nameOf(e: Evaluation): string {
  return `${e.identity.rule}:${e.identity.target}`;
}

/** An error needs one broken sum whose every operand was read with certainty, in a table no sum helped to read. */
function severityOf(witnesses: readonly Evaluation[], view: ReportView, table: TableView): Severity {
  const caps = witnesses.map((e) => capOf(view, e.operands));
  if (caps.includes('error')) return table.usedIdentities.length > 0 ? 'warning' : 'error';
  return caps.includes('warning') ? 'warning' : 'info';
}

interface Decision {
  readonly evidence: readonly Evidence[];
  readonly zh: string;
  readonly en: string;
}

/**
 * The narrative and the neighbouring years as witnesses. They may prefer one candidate among several, and they may
 * take away certainty from a single one that they contradict; they never make a candidate `unique`.
 */
function decide(
  cause: Cause,
  known: readonly Attestation[],
): { explanations: readonly Explanation[]; verdict: Verdict; decided: Decision | null } {
  const { explanations, verdict } = cause;
  if (verdict === 'suspect_extraction' || explanations.length === 0) {
    return { explanations, verdict, decided: null };
  }
  const weighed = explanations.map((explanation) => {
    const speaking = known.filter((a) => explanation.changes.some((c) => c.cell === a.cell));
    const isFor = (a: Attestation) =>
      explanation.changes.some((c) => c.cell === a.cell && c.suggested === a.value);
    const isAgainst = (a: Attestation) =>
      explanation.changes.some((c) => c.cell === a.cell && c.printed === a.value);
    return { explanation, pro: speaking.filter(isFor), contra: speaking.filter(isAgainst) };
  });
  const [only] = weighed;
  if (weighed.length === 1 && only) {
    if (only.contra.length > 0 && only.pro.length === 0) {
      return {
        explanations,
        verdict: verdict === 'unique' ? 'preferred' : verdict,
        decided: decisionOf(only.contra, '与原数一致，请一并核对', 'agrees with the printed number'),
      };
    }
    if (only.pro.length > 0) {
      return { explanations, verdict, decided: decisionOf(only.pro, '可印证', 'supports this') };
    }
    return { explanations, verdict, decided: null };
  }
  const supported = weighed.filter((w) => w.pro.length > 0 && w.contra.length === 0);
  const [winner] = supported;
  if (supported.length === 1 && winner) {
    const rest = weighed.filter((w) => w !== winner).map((w) => w.explanation);
    return {
      explanations: [winner.explanation, ...rest],
      verdict: 'preferred',
      decided: decisionOf(winner.pro, '据此推断', 'decides between the candidates'),
    };
  }
  const open = weighed.filter((w) => w.contra.length === 0 || w.pro.length > 0);
  const refuted = weighed.filter((w) => w.contra.length > 0 && w.pro.length === 0);
  const [left] = open;
  if (open.length === 1 && left && refuted.length > 0) {
    return {
      explanations: [left.explanation, ...refuted.map((w) => w.explanation)],
      verdict: 'preferred',
      decided: decisionOf(
        refuted.flatMap((w) => w.contra),
        '与其余可能不符',
        'speaks against the other candidates',
      ),
    };
  }
  return { explanations, verdict, decided: null };
}

function decisionOf(known: readonly Attestation[], zh: string, en: string): Decision {
  const distinct = known.filter((a, i) => known.findIndex((b) => b.zh === a.zh) === i);
  return {
    evidence: distinct.map((a) => a.evidence),
    zh: `${distinct.map((a) => a.zh).join('、')}，${zh}。`,
    en: ` ${sentenceCase(distinct.map((a) => a.en).join(', '))}, which ${en}.`,
  };
}

function sentenceCase(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

const OPERATION: Record<Operation, Text> = {
  one_cell: { zh: '一格有误', en: 'one wrong cell' },
  cell_with_row_total: { zh: '一格及其行总计同时有误', en: 'a cell and its row total' },
  cell_with_all_totals: { zh: '一格及其各项总计同时有误', en: 'a cell and all its totals' },
  wrong_column: { zh: '数字记错了列', en: 'booked in the wrong column' },
  wrong_row: { zh: '数字记错了行', en: 'booked in the wrong row' },
  swapped: { zh: '相邻两格颠倒', en: 'two neighbours swapped' },
  several_in_row: { zh: '同一行数格有误', en: 'several cells of one row' },
  several_in_column: { zh: '同一列数格有误', en: 'several cells of one column' },
  row_copied: { zh: '整行与另一行完全相同，疑为复制', en: 'the row is a copy of another' },
  separate_cells: { zh: '几处分别有误', en: 'several separate cells' },
  row_shifted: { zh: '整行错位', en: 'the row is displaced' },
  column_shifted: { zh: '整列错位', en: 'the column is displaced' },
  rows_shifted: { zh: '若干行错位', en: 'rows are displaced' },
  cells_shifted: { zh: '若干格错位', en: 'cells are displaced' },
};

const SLIP: Record<NonNullable<Explanation['slip']>, Text> = {
  digits_transposed: { zh: '数字颠倒', en: 'digits transposed' },
  digit_dropped: { zh: '少录一位', en: 'a digit dropped' },
  digit_doubled: { zh: '多录一位', en: 'a digit doubled' },
};

function changesText(e: Explanation, table: TableView): Text {
  return {
    zh: e.changes
      .map((c) => `${cellName(table.edition, c.cell, 'zh')}印为${c.printed}、应为${c.suggested}`)
      .join('，'),
    en: e.changes
      .map((c) => `${cellName(table.edition, c.cell, 'en')}: printed ${c.printed}, expected ${c.suggested}`)
      .join('; '),
  };
}

/** The explanation in a few words, by what was done wrong rather than cell by cell. */
function shortText(e: Explanation, table: TableView): Text {
  const [a, b] = e.changes;
  if (!a) return { zh: '', en: '' };
  const off = a.printed - a.suggested;
  const first = parseCellKey(a.cell);
  const row = (key: CellKey, language: Language) => {
    const parsed = parseCellKey(key);
    const name = rowName(table.edition, parsed.table, parsed.row, language);
    return language === 'zh' && parsed.row === 'concluded_total' ? `（七）${name}` : name;
  };
  const column = (key: CellKey, language: Language) => {
    const parsed = parseCellKey(key);
    return columnName(table.edition, parsed.table, parsed.row, parsed.column, language);
  };
  const much = {
    zh: `各${off > 0 ? '多' : '少'}记${Math.abs(off)}`,
    en: `${Math.abs(off)} too ${off > 0 ? 'many' : 'few'} each`,
  };
  switch (e.operation) {
    case 'cell_with_row_total':
      return {
        zh: `“${row(a.cell, 'zh')}”行的“${column(a.cell, 'zh')}”与“总计”${much.zh}`,
        en: `row ${row(a.cell, 'en')}, ${column(a.cell, 'en')} and total: ${much.en}`,
      };
    case 'cell_with_all_totals':
      return {
        zh: `“${row(a.cell, 'zh')}”行“${column(a.cell, 'zh')}”列及其各项总计${much.zh}`,
        en: `row ${row(a.cell, 'en')}, ${column(a.cell, 'en')} and all its totals: ${much.en}`,
      };
    case 'wrong_column':
    case 'swapped':
    case 'wrong_row': {
      if (!b) break;
      const [from, to] = off > 0 ? [a, b] : [b, a];
      const same = first.row === parseCellKey(b.cell).row;
      if (e.operation === 'swapped') {
        return same
          ? {
              zh: `“${row(a.cell, 'zh')}”行“${column(a.cell, 'zh')}”与“${column(b.cell, 'zh')}”两格颠倒`,
              en: `row ${row(a.cell, 'en')}: ${column(a.cell, 'en')} and ${column(b.cell, 'en')} swapped`,
            }
          : {
              zh: `“${column(a.cell, 'zh')}”列“${row(a.cell, 'zh')}”与“${row(b.cell, 'zh')}”两格颠倒`,
              en: `column ${column(a.cell, 'en')}: ${row(a.cell, 'en')} and ${row(b.cell, 'en')} swapped`,
            };
      }
      return same
        ? {
            zh: `“${row(a.cell, 'zh')}”行有${Math.abs(off)}件应记在“${column(to.cell, 'zh')}”而记在了“${column(from.cell, 'zh')}”`,
            en: `row ${row(a.cell, 'en')}: ${Math.abs(off)} booked under ${column(from.cell, 'en')} instead of ${column(to.cell, 'en')}`,
          }
        : {
            zh: `“${column(a.cell, 'zh')}”列有${Math.abs(off)}件应记在“${row(to.cell, 'zh')}”而记在了“${row(from.cell, 'zh')}”`,
            en: `column ${column(a.cell, 'en')}: ${Math.abs(off)} booked under ${row(from.cell, 'en')} instead of ${row(to.cell, 'en')}`,
          };
    }
    default:
  }
  const shown = { ...e, changes: e.changes.slice(0, 3) };
  const text = changesText(shown, table);
  const more = e.changes.length - shown.changes.length;
  return {
    zh: more > 0 ? `${text.zh}等${e.changes.length}格` : text.zh,
    en: more > 0 ? `${text.en} and ${more} more` : text.en,
  };
}

const MOST_SHOWN = 3;

function adviceOf(
  verdict: Verdict,
  explanations: readonly Explanation[],
  table: TableView,
  decided: Decision | null,
): Text {
  const [first] = explanations;
  const why = decided ?? { zh: '', en: '' };
  if (verdict === 'suspect_extraction') {
    const shift = first ? OPERATION[first.operation] : null;
    return {
      zh: `${shift ? `很可能是我们读取时${shift.zh}` : '没有简单的原因可以解释，很可能是我们读取有误'}，请先对照原文核对。`,
      en: `${shift ? `Very likely our reading is at fault: ${shift.en}` : 'Nothing small explains it; very likely our reading is at fault'}. Compare with the original first.`,
    };
  }
  if (!first) return { zh: '请核对以上各格。', en: 'Check these cells.' };
  const slip = first.slip ? SLIP[first.slip] : null;
  const slipText = slip ? { zh: `（${slip.zh}）`, en: ` (${slip.en})` } : { zh: '', en: '' };
  if (verdict === 'unique') {
    const text = changesText(first, table);
    return {
      zh: `只有一格能解释：${text.zh}${slipText.zh}。${why.zh}请核对这一格。`,
      en: `Only one cell explains it: ${text.en}${slipText.en}.${why.en} Check this cell.`,
    };
  }
  if (verdict === 'preferred') {
    const text = shortText(first, table);
    return {
      zh: `最可能的原因：${text.zh}${slipText.zh}。${why.zh}请核对。`,
      en: `Most likely: ${text.en}${slipText.en}.${why.en} Check it.`,
    };
  }
  const shown = explanations.slice(0, MOST_SHOWN).map((e) => shortText(e, table));
  const rest = explanations.length - shown.length;
  return {
    zh: `可能是：${shown.map((s) => s.zh).join('；或')}${rest > 0 ? `；另有${rest}种可能` : ''}。请逐一核对。`,
    en: `Perhaps ${shown.map((s) => s.en).join('; or ')}${rest > 0 ? `; or ${rest} more` : ''}. Check each.`,
  };
}

function suggestionOf(e: Explanation, table: TableView): Suggestion {
  const operation = OPERATION[e.operation];
  const slip = e.slip ? SLIP[e.slip] : null;
  const algebra = (minus: string) =>
    e.changes
      .map((c) => {
        const delta = c.suggested - c.printed;
        return `${c.printed}${delta < 0 ? minus : '＋'}${Math.abs(delta)}＝${c.suggested}`;
      })
      .join('，');
  const cells = (language: 'zh' | 'en') =>
    e.changes.map((c) => cellName(table.edition, c.cell, language)).join(language === 'zh' ? '、' : '; ');
  return {
    cells: e.changes.map((c) => ({ cell: c.cell, printed: c.printed, suggested: c.suggested })),
    operation: e.slip ?? e.operation,
    reasoning_zh: `${operation.zh}${slip ? `（${slip.zh}）` : ''}：${cells('zh')}，${algebra('－')}，改后各项勾稽关系均成立。`,
    reasoning_en: `${operation.en}${slip ? ` (${slip.en})` : ''}: ${cells('en')}, ${algebra('-').replaceAll('＋', '+').replaceAll('＝', '=').replaceAll('，', ', ')}; with this every identity holds.`,
  };
}
