import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decisionsCsv, parseDecisionsCsv } from '../../src/dataset/decisions-csv.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { buildFinding, buildReport, saveItem } from './build-report.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gongkai-decisions-'));
  store = await openStore(path.join(folder, 'store.sqlite'));
  await store.saveBatch([
    saveItem(buildReport(), { findings: [buildFinding(), buildFinding({ rule: 'T3.ITEMS' })] }),
  ]);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const sheet = async () => {
  let text = '';
  for await (const line of decisionsCsv(store)) text += line;
  return text;
};
const defaults = { at: '2026-03-04', person: '默认人' };

describe('the spreadsheet of decisions', () => {
  it('decides nothing on lines that nobody filled in', async () => {
    const unfilled = await sheet();
    expect(unfilled.split('未处理')).toHaveLength(3);
    expect(parseDecisionsCsv(unfilled, defaults)).toEqual([]);
  });

  it('does not take back with an old sheet what was decided since', async () => {
    const old = await sheet();
    const [first] = parseDecisionsCsv(old.replace('未处理,', '误报,'), defaults);
    await store.importDecisions(first ? [first] : []);
    await store.importDecisions(parseDecisionsCsv(old, defaults));
    const states: string[] = [];
    for await (const f of store.findings()) states.push(f.state);
    expect(states.sort()).toEqual(['false_positive', 'open']);
  });

  it('takes what people filled in, in Chinese or by key', async () => {
    const filled = (await sheet())
      .replace('未处理,,,,', '误报,=口径不同,张三,2026-02-01,')
      .replace('未处理,,,,', 'confirmed,,,,');
    expect(await store.importDecisions(parseDecisionsCsv(filled, defaults))).toMatchObject({ recorded: 2 });
    const decided: unknown[] = [];
    for await (const f of store.findings()) decided.push([f.state, f.note, f.decidedBy, f.decidedAt]);
    expect(decided).toEqual(
      expect.arrayContaining([
        ['false_positive', '=口径不同', '张三', '2026-02-01'],
        ['confirmed', null, '默认人', '2026-03-04'],
      ]),
    );
    expect(await store.importDecisions(parseDecisionsCsv(await sheet(), defaults))).toMatchObject({
      recorded: 0,
      unchanged: 2,
    });
  });

  it('holds a decision to the numbers on the sheet, not to those of the day it comes back', async () => {
    const filled = (await sheet()).replaceAll('未处理', '属实');
    let reportId = '';
    for await (const s of store.summaries()) reportId = s.reportId;
    const changed = buildFinding({ operands: [{ cell: 't3/new_received/natural_person', raw: '99' }] });
    await store.replaceFindings([{ reportId, checks: [], findings: [changed] }]);
    await store.importDecisions(parseDecisionsCsv(filled, defaults));
    for await (const f of store.findings()) expect(f).toMatchObject({ state: 'open', lapsed: true });
  });

  it('names the line that it does not understand', async () => {
    expect(() => parseDecisionsCsv('finding_id,state\nf1,属实\nf2,maybe\n', defaults)).toThrow(
      /line 3 .*"maybe".*属实/,
    );
    expect(() => parseDecisionsCsv('id,state\nf1,open\n', defaults)).toThrow(/finding_id.*first line/);
    expect(() => parseDecisionsCsv('finding_id\n"f1\n', defaults)).toThrow(/cannot be read as CSV/);
  });
});
