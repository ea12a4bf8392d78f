import { csvCell } from '../dataset/export/csv.ts';
import { eachFinding } from '../dataset/finding-queries.ts';
import { operandsHash } from '../dataset/identity.ts';
import type { Store } from '../dataset/store.ts';
import { ruleTitle } from './components/rule-title.ts';
import type { Listing } from './finding-filter.ts';
import { GRAVITY_WORDS, type Language, STATE_WORDS, sayIn, VERDICT_WORDS, word } from './language.ts';
import { when } from './view.ts';

/** Rows that a sheet of Excel holds below its header. */
const MOST_ROWS = 1_048_575;

/** Exactly the findings of a list, in its order, as a workbook with frozen header and filters. */
export async function findingsWorkbook(
  store: Store,
  listing: Listing,
  language: Language,
  link: (findingId: string) => string,
): Promise<ReadableStream<Uint8Array>> {
  const say = sayIn(language);
  const { writeXlsxStream } = await import('hucre/xlsx');
  const headers = [
    say('轻重', 'Gravity'),
    say('处理', 'State'),
    say('单位', 'Body'),
    say('年度', 'Year'),
    say('地区代码', 'Division code'),
    say('问题', 'Finding'),
    say('规则', 'Rule'),
    say('判断', 'Evidence'),
    say('处理人', 'Decided by'),
    say('处理时间', 'Decided at'),
    say('备注', 'Note'),
    say('编号', 'Id'),
    say('链接', 'Link'),
  ];
  const widths = [9, 9, 26, 8, 12, 90, 30, 20, 12, 17, 30, 20, 40];
  const rows = async function* (): AsyncGenerator<(string | number | null)[]> {
    let count = 0;
    for await (const f of eachFinding(store, listing.filter, listing.order)) {
      if (++count > MOST_ROWS) return;
      const decided = f.state === 'open' && !f.lapsed ? null : await store.finding(f.findingId);
      yield [
        word(GRAVITY_WORDS, f.gravity, language),
        f.lapsed ? say('意见已失效', 'lapsed') : word(STATE_WORDS, f.state, language),
        safe(f.agency ?? ''),
        f.year,
        f.regionCode ?? '',
        safe(language === 'zh' ? f.messageZh : f.messageEn),
        ruleTitle(f.rule, language),
        f.verdict ? word(VERDICT_WORDS, f.verdict, language) : '',
        safe(decided?.decidedBy ?? ''),
        when(decided?.decidedAt ?? null),
        safe(decided?.note ?? ''),
        f.findingId,
        link(f.findingId),
      ];
    }
  };
  return writeXlsxStream(rows(), {
    name: say('问题清单', 'Findings'),
    columns: headers.map((header, i) => ({ header, key: header, width: widths[i] ?? 12 })),
    freezePane: { rows: 1 },
  }) as ReadableStream<Uint8Array>;
}

/** A cell holds at most 32,767 characters, and XML no control characters. */
function safe(text: string): string {
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu, '\ufffd');
  return clean.length > 32_767 ? `${clean.slice(0, 32_766)}…` : clean;
}

const COLUMNS = [
  'finding_id',
  'state',
  'note',
  'person',
  'date',
  'severity',
  'agency',
  'year',
  'rule',
  'message',
  'document',
  'values',
] as const;

/** The same as a sheet that can be filled in and read back with `gongkai decide --import`. */
export async function* decisionSheet(store: Store, listing: Listing): AsyncGenerator<string> {
  yield `\ufeff${COLUMNS.join(',')}\r\n`;
  for await (const listed of eachFinding(store, listing.filter, listing.order)) {
    const f = await store.finding(listed.findingId);
    if (!f) continue;
    const cells: Record<(typeof COLUMNS)[number], string> = {
      finding_id: f.findingId,
      state: word(STATE_WORDS, f.state, 'zh'),
      note: f.lapsed ? '' : (f.note ?? ''),
      person: f.lapsed ? '' : (f.decidedBy ?? ''),
      date: f.lapsed ? '' : (f.decidedAt ?? ''),
      severity: word(GRAVITY_WORDS, f.severity, 'zh'),
      agency: f.agency ?? '',
      year: f.year === null ? '' : String(f.year),
      rule: f.rule,
      message: f.messageZh,
      document: f.document,
      values: operandsHash(f.operands),
    };
    yield `${COLUMNS.map((c) => csvCell(cells[c], 'string')).join(',')}\r\n`;
  }
}
