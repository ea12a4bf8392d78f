import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/dataset/open-store.ts';
import { sqlStore } from '../../src/dataset/sql-store.ts';
import type { ReportSummary, Said, Store, StoredFinding, StoredReport } from '../../src/dataset/store.ts';
import type { Report } from '../../src/extract/report.ts';
import { buildCheck, buildFinding, buildReport, saveItem, shaOf } from './build-report.ts';
import { answersAsInMemory } from './crawl-conformance.ts';
import { richReport } from './rich-report.ts';

/** Where a suite gets an empty store; `close` is called after each test, `end` once. */
export interface StorePlace {
  /** A fresh location for every call. */
  fresh(): Promise<string>;
  end(): Promise<void>;
}

/** What every store must do, whatever the database. */
export function conformance(name: string, place: () => Promise<StorePlace>): void {
  describe(`a store in ${name}`, () => {
    let at: StorePlace;
    let location: string;
    let store: Store;
    beforeAll(async () => {
      at = await place();
    });
    beforeEach(async () => {
      location = await at.fresh();
      store = await openStore(location);
      return () => store.close();
    });
    afterAll(() => at?.end());

    const all = async (selection?: Parameters<Store['reports']>[0]) => {
      const reports: StoredReport[] = [];
      for await (const report of store.reports(selection)) reports.push(report);
      return reports;
    };
    const summaries = async (selection?: Parameters<Store['summaries']>[0]) => {
      const list: ReportSummary[] = [];
      for await (const summary of store.summaries(selection)) list.push(summary);
      return list;
    };
    const findings = async (selection?: Parameters<Store['findings']>[0]) => {
      const list: StoredFinding[] = [];
      for await (const finding of store.findings(selection)) list.push(finding);
      return list;
    };

    it('gives back a report exactly as it was saved', async () => {
      const report = richReport();
      await store.saveBatch([saveItem(report)]);
      expect((await all()).map((r) => r.report)).toEqual([report]);
    });

    it('gives back reports that share a layout each with its own numbers', async () => {
      const reports = [1, 2, 3].map((n) =>
        buildReport({ agency: `某某${n}局`, numbers: { 't3/new_received/total': n * 10 } }),
      );
      await store.saveBatch(reports.map((r) => saveItem(r)));
      expect((await all()).map((r) => r.report)).toEqual(reports);
    });

    it('keeps characters that a database cannot hold as replacement characters', async () => {
      const report = buildReport({ report: { title: '年报\0甲\ud800' } });
      await store.saveBatch([saveItem(report)]);
      expect((await summaries())[0]?.title).toBe('年报\ufffd甲\ufffd');
    });

    it('asks for the hash when size or mtime differ, and says what to do then', async () => {
      const report = buildReport();
      const probe = {
        document: report.document,
        size: 1000,
        mtime: 1_700_000_000_000,
        sha256: null,
        extractorVersion: '1',
      };
      expect(await store.knownSource(probe)).toBe('new');
      await store.saveBatch([saveItem(report)]);
      const sha256 = saveItem(report).source.sha256;
      expect(
        await store.knownSources([
          probe,
          { ...probe, mtime: 5 },
          { ...probe, mtime: 5, sha256 },
          { ...probe, mtime: 5, sha256: shaOf('other') },
          { ...probe, extractorVersion: '2' },
          { ...probe, document: 'other.html' },
        ]),
      ).toEqual(['unchanged', 'hash_needed', 'unchanged', 'changed', 'outdated', 'new']);
      await store.touchSources([{ document: report.document, size: 1000, mtime: 5 }]);
      expect(await store.knownSource({ ...probe, mtime: 5 })).toBe('unchanged');
    });

    it('never takes a document without a modification time for unchanged before its bytes were hashed', async () => {
      const report = buildReport({ document: 'https://www.example.org/a.html' });
      const item = saveItem(report);
      await store.saveBatch([{ ...item, source: { ...item.source, mtime: 0 } }]);
      expect(
        await store.knownSource({
          document: report.document,
          size: 1000,
          mtime: 0,
          sha256: null,
          extractorVersion: '1',
        }),
      ).toBe('hash_needed');
    });

    it('reads a document again when a transcription of it was entered', async () => {
      const report = buildReport();
      const { source } = saveItem(report);
      await store.saveBatch([saveItem(report)]);
      const cell = {
        cell: 't3/new_received/total',
        sha256: source.sha256,
        raw: '8',
        author: '张三',
        at: '2026-01-02',
        note: null,
      } as const;
      await store.transcribe(report.document, [cell]);
      const probe = {
        document: source.document,
        size: source.size,
        mtime: source.mtime,
        sha256: null,
        extractorVersion: '1',
      };
      expect(await store.knownSource(probe)).toBe('outdated');
      expect(await store.transcriptions(report.document, source.sha256)).toEqual([cell]);
      expect(await store.transcriptions(report.document, shaOf('other bytes'))).toEqual([]);
      await store.saveBatch([saveItem(buildReport({ numbers: { 't3/new_received/total': 8 } }))]);
      expect(await store.knownSource(probe)).toBe('unchanged');
    });

    it('shows the current cells to people with an SQL tool', async () => {
      await store.saveBatch([saveItem(buildReport({ numbers: { 't4/review/total': 1 } }))]);
      await store.saveBatch([saveItem(richReport(), { sha256: shaOf('second') })]);
      const rows = await sqlStore(store).database.read((s) =>
        s.arrays(
          'select cell, value, state, confidence, doubtful from current_facts where agency = ? and cell in (?, ?, ?) order by cell',
          ['某某县教育局', 't2/fees/amount', 't3/carried_in/total', 't4/review/total'],
        ),
      );
      expect(rows).toEqual([
        ['t2/fees/amount', 3.35, 'number', 'certain', 1],
        ['t3/carried_in/total', null, 'blank', 'certain', 0],
        ['t4/review/total', 7, 'number', 'transcribed', 0],
      ]);
    });

    it('writes nothing when the same reading comes again', async () => {
      const item = saveItem(buildReport());
      const [first] = await store.saveBatch([item]);
      const before = await store.snapshot((s) => s.fingerprint());
      const [second] = await store.saveBatch([item]);
      expect(first?.change).toBe('new');
      expect(second).toMatchObject({
        change: 'unchanged',
        version: 1,
        primary: true,
        reportId: first?.reportId,
      });
      expect(await store.snapshot((s) => s.fingerprint())).toBe(before);
    });

    it('keeps the old version when the bytes change, and shows the new one', async () => {
      const old = buildReport({ numbers: { 't3/new_received/total': 3 } });
      const revised = buildReport({ numbers: { 't3/new_received/total': 4 } });
      await store.saveBatch([saveItem(old)]);
      const [saved] = await store.saveBatch([saveItem(revised, { sha256: shaOf('new bytes') })]);
      expect(saved).toMatchObject({ change: 'revised', version: 2, primary: true });
      expect((await all()).map((r) => r.report)).toEqual([revised]);
      const versions = await all({ allVersions: true });
      expect(versions.map((r) => [r.version, r.supersededBy, r.report])).toEqual([
        [2, null, revised],
        [1, 2, old],
      ]);
    });

    it('replaces a reading of the same bytes by that of a newer extractor without a new version', async () => {
      await store.saveBatch([saveItem(buildReport())]);
      const better = buildReport({ numbers: { 't4/review/total': 1 }, report: { extractorVersion: '2' } });
      const [saved] = await store.saveBatch([saveItem(better)]);
      expect(saved).toMatchObject({ change: 'reread', version: 1 });
      expect((await all({ allVersions: true })).map((r) => r.report)).toEqual([better]);
    });

    it('keeps the report that a document held before when the document becomes another report', async () => {
      const old = buildReport({ year: 2022, document: 'index.html' });
      const next = buildReport({ year: 2023, document: 'index.html' });
      await store.saveBatch([saveItem(old)]);
      await store.saveBatch([saveItem(next, { sha256: shaOf('next year') })]);
      expect((await summaries()).map((s) => [s.year, s.version, s.missing])).toEqual([
        [2022, 1, true],
        [2023, 1, false],
      ]);
      const again = buildReport({ year: 2022, document: 'index.html' });
      await store.saveBatch([saveItem(again, { sha256: shaOf('and back') })]);
      expect((await summaries()).map((s) => [s.year, s.version, s.missing])).toEqual([
        [2022, 2, false],
        [2023, 1, true],
      ]);
    });

    it('takes a document without agency or year for its own report until it is identified', async () => {
      const pending = buildReport({ agency: null, document: 'scan.pdf' });
      const [first] = await store.saveBatch([saveItem(pending)]);
      expect(first?.reportId).toMatch(/^d/);
      const [second] = await store.saveBatch([
        saveItem(
          buildReport({ agency: '某某县教育局', document: 'scan.pdf', report: { agencyFrom: 'person' } }),
        ),
      ]);
      expect(second?.reportId).toMatch(/^r/);
      expect((await summaries({ allVersions: true })).map((s) => s.reportId)).toEqual([second?.reportId]);
    });

    it('takes a page that does not say its scope and its attachment for one report', async () => {
      await store.saveBatch([
        saveItem(
          buildReport({
            document: 'page.html',
            tables: [],
            report: { scope: 'unknown', outcome: 'no_tables' },
          }),
        ),
        saveItem(buildReport({ document: 'attachment.pdf', report: { container: 'pdf' } })),
      ]);
      expect(await summaries()).toMatchObject([
        { document: 'attachment.pdf', scope: 'own', sources: ['attachment.pdf', 'page.html'] },
      ]);
    });

    it('tells where a document came from', async () => {
      const item = saveItem(buildReport());
      const source = {
        ...item.source,
        url: 'https://www.example.org/a.html',
        attachmentOf: 'https://www.example.org/',
      };
      await store.saveBatch([{ ...item, source }]);
      expect(await store.source(source.document)).toEqual(source);
      expect(await store.source('another.html')).toBeNull();
    });

    it('keeps whose report a document is by the word of a person, and notes another word', async () => {
      const item = saveItem(buildReport());
      const saidBy = async (said: Said) => {
        const source = { ...item.source, said };
        const [saved] = await store.saveBatch([{ ...item, source }]);
        expect(await store.source(source.document)).toMatchObject(source);
        return saved?.change;
      };
      expect(await saidBy({ agencyId: 'x1', agency: '某某县教育局', by: 'person' })).toBe('new');
      expect(await saidBy({ agencyId: 'x1', agency: '某某县教育局', by: 'person' })).toBe('unchanged');
      expect(await saidBy({ agencyId: null, agency: '某某县财政局', by: 'configured' })).toBe('reread');
    });

    it('never takes a page that is not a report for a copy of the report of the same agency and year', async () => {
      const report = buildReport();
      const page = buildReport({
        document: 'reading-guide.html',
        tables: [],
        report: { outcome: 'not_a_report' },
      });
      await store.saveBatch([saveItem(report), saveItem(page)]);
      expect((await summaries()).map((s) => [s.outcome, s.sources.length]).sort()).toEqual([
        ['complete', 1],
        ['not_a_report', 1],
      ]);
    });

    it.each([
      ['the order in which they were published', [0, 1, 2]],
      ['another order', [2, 0, 1]],
    ])('holds the copies of a report together, saved in %s', async (_, order) => {
      const copies = [
        buildReport({ document: 'a/report.pdf', report: { container: 'pdf' } }),
        buildReport({ document: 'a/report.html' }),
        buildReport({
          document: 'a/scan.pdf',
          report: { container: 'pdf', outcome: 'needs_ocr', tables: [] },
        }),
      ];
      for (const i of order) await store.saveBatch([saveItem(copies[i] as Report)]);
      const [report, ...others] = await all();
      expect(others).toEqual([]);
      expect(report?.document).toBe('a/report.html');
      expect(report?.sources).toEqual(['a/report.html', 'a/report.pdf', 'a/scan.pdf']);
      expect(report?.copies).toEqual([
        { document: 'a/report.pdf', report: copies[0], missing: false },
        { document: 'a/scan.pdf', report: copies[2], missing: false },
      ]);
    });

    it('knows an agency by the register rather than by its printed name', async () => {
      const agency = { id: '330105003', regionCode: '330105' };
      await store.saveBatch([
        saveItem(buildReport({ agency: '某某区发改局', document: 'a.html' }), { agency }),
        saveItem(buildReport({ agency: '某某市某某区发展和改革局', document: 'b.html' }), { agency }),
      ]);
      expect(await summaries()).toMatchObject([
        { agencyId: '330105003', regionCode: '330105', sources: ['a.html', 'b.html'] },
      ]);
    });

    it('marks what left the folder, takes another copy then, and unmarks what came back', async () => {
      const byHand = saveItem(buildReport({ document: 'in/e.html', year: 2020 }));
      const said = { agencyId: null, agency: '某某县教育局', by: 'person' } as const;
      await store.saveBatch([
        saveItem(buildReport({ document: 'in/a.html' })),
        saveItem(buildReport({ document: 'in/b.html' })),
        { ...byHand, source: { ...byHand.source, said } },
        saveItem(buildReport({ document: 'https://www.example.org/c.html', year: 2022 })),
        saveItem(buildReport({ document: 'elsewhere/d.html', year: 2021 })),
      ]);
      expect(await store.markMissing(['in/'], ['in/b.html'])).toEqual(['in/a.html']);
      expect((await summaries({ year: 2023 })).map((s) => [s.document, s.missing])).toEqual([
        ['in/b.html', false],
      ]);
      expect(await store.markMissing(['in/'], [])).toEqual(['in/b.html']);
      expect((await summaries({ year: 2023 })).map((s) => [s.document, s.missing])).toEqual([
        ['in/a.html', true],
      ]);
      expect((await summaries()).filter((s) => s.missing)).toHaveLength(1);
      expect(await store.markMissing(['in/'], ['in/a.html', 'in/b.html'])).toEqual([]);
      expect((await summaries()).filter((s) => s.missing)).toHaveLength(0);
    });

    it('takes a withdrawn document out of its report, keeps it known, and has it back when it is stored again', async () => {
      const a = saveItem(buildReport({ document: 'by/hand.zip/a.html' }));
      const b = saveItem(buildReport({ document: 'by/hand.zip/b.html', year: 2022 }));
      const shown = async () => (await summaries()).map((s) => [s.year, s.sources, s.missing]);
      await store.saveBatch([a, b, saveItem(buildReport({ document: 'by/hand.zip.html' }))]);
      expect(await store.withdraw(['by/hand', 'unknown.html'])).toEqual([]);
      expect(await store.withdraw(['by/hand.zip'])).toEqual(['by/hand.zip/a.html', 'by/hand.zip/b.html']);
      expect(await store.withdraw(['by/hand.zip'])).toEqual([]);
      expect(await shown()).toEqual([[2023, ['by/hand.zip.html'], false]]);
      expect(await store.source('by/hand.zip/b.html')).toMatchObject({ sha256: b.source.sha256 });
      expect((await summaries({ year: 2022, allVersions: true })).map((s) => s.supersededBy)).toEqual([2]);
      const { document, size, mtime, sha256 } = b.source;
      const { extractorVersion } = b.report;
      expect(await store.knownSource({ document, size, mtime, sha256, extractorVersion })).toBe('outdated');
      expect((await store.saveBatch([b])).map(({ change, primary }) => [change, primary])).toEqual([
        ['unchanged', true],
      ]);
      expect(await shown()).toEqual([
        [2022, ['by/hand.zip/b.html'], false],
        [2023, ['by/hand.zip.html'], false],
      ]);
      expect(await store.withdraw(['by/hand.zip/b.html'])).toEqual(['by/hand.zip/b.html']);
      const revised = { ...b, source: { ...b.source, sha256: 'f'.repeat(64) } };
      expect((await store.saveBatch([revised])).map(({ change, version }) => [change, version])).toEqual([
        ['revised', 2],
      ]);
      expect((await summaries({ year: 2022 })).map((s) => [s.version, s.supersededBy])).toEqual([[2, null]]);
    });

    it('lists the reports agency by agency and year by year, whole or in part', async () => {
      const reports = ['乙局', '甲局'].flatMap((agency) =>
        [2022, 2021].map((year) => buildReport({ agency, year })),
      );
      await store.saveBatch(reports.map((r) => saveItem(r)));
      // 乙 is U+4E59 and 甲 is U+7532.
      expect((await summaries()).map((s) => `${s.agency}${s.year}`)).toEqual([
        '乙局2021',
        '乙局2022',
        '甲局2021',
        '甲局2022',
      ]);
      expect((await summaries({ agencies: ['甲局'] })).map((s) => s.year)).toEqual([2021, 2022]);
      expect(await summaries({ agencies: [] })).toEqual([]);
      const [first] = (await summaries()).map((s) => s.reportId);
      const id = first ?? '';
      expect((await store.report(id))?.year).toBe(2021);
      expect((await store.report(id.slice(0, 12)))?.year).toBe(2021);
      expect(await store.report('r')).toBeNull();
    });

    it('knows which agencies must be checked again', async () => {
      const [a] = await store.saveBatch([
        saveItem(buildReport({ agency: '甲局' })),
        saveItem(buildReport({ agency: '乙局' })),
      ]);
      expect(await store.uncheckedAgencies()).toEqual(['乙局', '甲局']);
      await store.replaceFindings([{ reportId: a?.reportId as string, checks: [], findings: [] }]);
      expect(await store.uncheckedAgencies()).toEqual(['乙局']);
    });

    it('asks for the other years of a body again when one of its reports turns out to be of another body', async () => {
      const years = [2022, 2023].map((year) => buildReport({ agency: '甲局', year }));
      const saved = await store.saveBatch(years.map((r) => saveItem(r)));
      await store.replaceFindings(saved.map((s) => ({ reportId: s.reportId, checks: [], findings: [] })));
      expect(await store.uncheckedAgencies()).toEqual([]);
      const corrected = buildReport({ agency: '乙局', year: 2023, document: years[1]?.document ?? '' });
      await store.saveBatch([saveItem(corrected)]);
      expect(await store.uncheckedAgencies()).toEqual(['乙局', '甲局']);
    });

    it('replaces findings, says what is new and gone, and writes nothing when they are the same', async () => {
      const [saved] = await store.saveBatch([
        saveItem(buildReport(), { checks: [buildCheck()], findings: [buildFinding()] }),
      ]);
      const reportId = saved?.reportId as string;
      expect(await store.checks(reportId)).toEqual([buildCheck()]);
      const [stored] = await findings();
      expect(stored).toMatchObject({ ...buildFinding(), reportId, state: 'open', lapsed: false });

      const before = await store.snapshot((s) => s.fingerprint());
      const same = await store.replaceFindings([
        { reportId, checks: [buildCheck()], findings: [buildFinding()] },
      ]);
      expect(same).toEqual({ added: [], gone: [], unchanged: 1 });
      expect(await store.snapshot((s) => s.fingerprint())).toBe(before);

      const run = await store.beginRun('check', '2026-01-01T00:00:00Z');
      const other = buildFinding({ rule: 'T3.ITEMS', severity: 'warning' });
      const change = await store.replaceFindings([{ reportId, checks: [], findings: [other] }], run);
      expect(change.gone).toEqual([stored?.findingId]);
      expect(change.added).toHaveLength(1);
      expect((await findings()).map((f) => f.rule)).toEqual(['T3.ITEMS']);
      expect(await store.checks(reportId)).toEqual([]);
    });

    it('gives two findings of one rule on the same cells different ids, the same in every store', async () => {
      const twice = [buildFinding(), buildFinding(), buildFinding({ discriminator: '2' })];
      await store.saveBatch([saveItem(buildReport(), { findings: twice })]);
      const ids = (await findings()).map((f) => f.findingId);
      expect(new Set(ids).size).toBe(3);
      const other = await openStore(await at.fresh());
      try {
        await other.saveBatch([saveItem(buildReport({ agency: '别的局' }), { findings: twice })]);
        await other.saveBatch([saveItem(buildReport(), { findings: twice })]);
        const again: string[] = [];
        for await (const f of other.findings()) if (f.agency === '某某县教育局') again.push(f.findingId);
        expect(again.sort()).toEqual(ids.sort());
      } finally {
        await other.close();
      }
    });

    it('lists findings most severe first, by state and by year', async () => {
      await store.saveBatch([
        saveItem(buildReport({ agency: '甲局' }), { findings: [buildFinding({ severity: 'info' })] }),
        saveItem(buildReport({ agency: '乙局' }), { findings: [buildFinding({ severity: 'warning' })] }),
        saveItem(buildReport({ agency: '丙局', year: 2022 }), {
          findings: [buildFinding({ severity: 'error' })],
        }),
      ]);
      expect((await findings()).map((f) => f.severity)).toEqual(['error', 'warning', 'info']);
      expect((await findings({ year: 2023, severities: ['info'] })).map((f) => f.agency)).toEqual(['甲局']);
      expect(await findings({ states: ['confirmed'] })).toEqual([]);
    });

    it('ties a decision to the numbers: it survives a run and lapses visibly when they change', async () => {
      const [saved] = await store.saveBatch([saveItem(buildReport(), { findings: [buildFinding()] })]);
      const reportId = saved?.reportId as string;
      const findingId = (await findings())[0]?.findingId as string;
      await store.decide({
        findingId,
        state: 'false_positive',
        note: '口径不同',
        person: '张三',
        at: '2026-02-03',
      });
      await store.replaceFindings([
        { reportId, checks: [], findings: [buildFinding({ messageEn: 'other words' })] },
      ]);
      expect(await store.finding(findingId)).toMatchObject({
        state: 'false_positive',
        decidedBy: '张三',
        decidedAt: '2026-02-03',
        note: '口径不同',
        lapsed: false,
      });

      const changed = buildFinding({ operands: [{ cell: 't3/new_received/natural_person', raw: '22' }] });
      await store.replaceFindings([{ reportId, checks: [], findings: [changed] }]);
      const lapsed = await store.finding(findingId);
      expect(lapsed).toMatchObject({ state: 'open', lapsed: true });
      expect(lapsed?.note).toBe(
        '原处理意见“误报”所依据的数值已经变化，该意见失效，请重新核对（原备注：口径不同）',
      );

      await store.decide({ findingId, state: 'confirmed', note: null, person: '李四', at: '2026-02-04' });
      expect(await store.finding(findingId)).toMatchObject({ state: 'confirmed', lapsed: false });
      expect((await store.decisionHistory(findingId)).map((d) => [d.state, d.lapsed])).toEqual([
        ['false_positive', true],
        ['confirmed', false],
      ]);
    });

    it('refuses a decision on a finding that is not there', async () => {
      await expect(
        store.decide({ findingId: 'f0', state: 'confirmed', note: null, person: null, at: '2026-01-01' }),
      ).rejects.toMatchObject({ name: 'StoreError', problem: 'unknown_finding' });
    });

    it('takes decisions from a spreadsheet, once, and names those that match nothing', async () => {
      await store.saveBatch([saveItem(buildReport(), { findings: [buildFinding()] })]);
      const findingId = (await findings())[0]?.findingId as string;
      const line = {
        findingId,
        state: 'accepted',
        note: '已核',
        person: '王五',
        at: '2026-03-01',
        operands: null,
      } as const;
      expect(await store.importDecisions([line, { ...line, findingId: 'fnone' }])).toEqual({
        recorded: 1,
        unchanged: 0,
        unknown: ['fnone'],
      });
      expect(await store.importDecisions([line])).toEqual({ recorded: 0, unchanged: 1, unknown: [] });
      const stale = { ...line, state: 'confirmed', operands: 'someotherhash' } as const;
      await store.importDecisions([stale]);
      expect(await store.finding(findingId)).toMatchObject({ state: 'open', lapsed: true });
    });

    it('stores a batch whole or not at all', async () => {
      const broken = buildReport({ agency: '坏局' });
      const bad = {
        ...broken,
        tables: [{ ...broken.tables[0], facts: [{ ...broken.tables[0]?.facts[0], row: 'nonsense' }] }],
      };
      await expect(
        store.saveBatch([saveItem(buildReport()), saveItem(bad as unknown as Report)]),
      ).rejects.toThrow(/nonsense/);
      expect(await summaries()).toEqual([]);
    });

    it('stores both states of a document that comes twice in one batch', async () => {
      const saved = await store.saveBatch([
        saveItem(buildReport()),
        saveItem(buildReport({ numbers: { 't4/review/total': 2 } }), { sha256: shaOf('later') }),
      ]);
      expect(saved.map((s) => [s.change, s.version])).toEqual([
        ['new', 1],
        ['revised', 2],
      ]);
    });

    it('keeps the register and the runs', async () => {
      const agencies = [
        {
          id: '2',
          name: '乙局',
          aliases: ['乙'],
          uscc: null,
          divisionCode: '330105',
          parent: '1',
          kind: 'department',
          firstYear: 2019,
          lastYear: null,
        },
        {
          id: '1',
          name: '甲政府',
          aliases: [],
          uscc: '11330105',
          divisionCode: '330105',
          parent: null,
          kind: 'government',
          firstYear: null,
          lastYear: null,
        },
      ];
      await store.loadAgencies(agencies);
      expect(await store.agencies()).toEqual(agencies.toReversed());
      const run = await store.beginRun('extract', '2026-01-01T00:00:00Z');
      await store.endRun(run, '2026-01-01T00:01:00Z', { read: 3 });
      expect(await store.runs()).toEqual([
        {
          id: run,
          command: 'extract',
          startedAt: '2026-01-01T00:00:00Z',
          endedAt: '2026-01-01T00:01:00Z',
          summary: { read: 3 },
        },
      ]);
    });

    it('reads one state in a snapshot while another connection writes', async () => {
      await store.saveBatch([saveItem(buildReport({ agency: '甲局' }))]);
      const writer = await openStore(location);
      try {
        await store.snapshot(async (snapshot) => {
          const names = async () => {
            const list: (string | null)[] = [];
            for await (const s of snapshot.summaries()) list.push(s.agency);
            return list;
          };
          const before = await snapshot.fingerprint();
          expect(await names()).toEqual(['甲局']);
          await writer.saveBatch([saveItem(buildReport({ agency: '乙局' }))]);
          expect(await names()).toEqual(['甲局']);
          expect(await snapshot.fingerprint()).toBe(before);
        });
        expect(await summaries()).toHaveLength(2);
      } finally {
        await writer.close();
      }
    });

    it('keeps the crawl state as if it were in memory', async () => {
      const opened: Store[] = [];
      try {
        await answersAsInMemory(async () => {
          // A server has only so many connections.
          for (const each of opened.splice(0)) await each.close();
          const fresh = await openStore(await at.fresh());
          opened.push(fresh);
          return fresh.crawl;
        }, 12);
      } finally {
        for (const each of opened) await each.close();
      }
    });

    it('gives a portal to one crawl at a time, until its lease runs out', async () => {
      const other = await openStore(location);
      try {
        const ask = (state: Store, owner: string, minute: number, instead?: string) =>
          state.crawl.lock({
            portal: 'p',
            owner,
            now: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
            leaseMs: 10 * 60_000,
            ...(instead === undefined ? {} : { instead }),
          });
        expect(await ask(store, 'a', 0)).toBeNull();
        expect(await ask(other, 'b', 5)).toEqual({ owner: 'a', until: '2026-01-01T00:10:00.000Z' });
        expect(await ask(store, 'a', 6)).toBeNull();
        expect(await ask(other, 'b', 12)).toMatchObject({ owner: 'a' });
        expect(await ask(other, 'b', 16)).toBeNull();
        expect(await ask(store, 'a', 17)).toMatchObject({ owner: 'b' });
        expect(await ask(store, 'a', 17, 'b')).toBeNull();
        await other.crawl.unlock('p', 'b');
        expect(await ask(other, 'b', 18)).toMatchObject({ owner: 'a' });
        await store.crawl.unlock('p', 'a');
        expect(await ask(other, 'b', 18)).toBeNull();
      } finally {
        await other.close();
      }
    });

    it('writes everything of a transaction or nothing, the crawl state too', async () => {
      const write = (inside: Store) =>
        inside
          .saveBatch([saveItem(richReport())])
          .then(() =>
            inside.crawl.commit({ robots: { origin: 'http://a', fetchedAt: '', status: 200, body: '' } }),
          );
      await expect(
        store.transaction(async (inside) => {
          await write(inside);
          throw new Error('the last step failed');
        }),
      ).rejects.toThrow('the last step failed');
      const stored = async () => {
        let n = 0;
        for await (const _ of store.summaries()) n++;
        return { n, robots: await store.crawl.robots('http://a') };
      };
      expect(await stored()).toEqual({ n: 0, robots: null });
      await store.transaction(write);
      expect(await stored()).toMatchObject({ n: 1, robots: { status: 200 } });
    });

    it('opens what it wrote', async () => {
      const report = richReport();
      await store.saveBatch([saveItem(report)]);
      const again = await openStore(location, { create: false });
      try {
        const reports: Report[] = [];
        for await (const r of again.reports()) reports.push(r.report);
        expect(reports).toEqual([report]);
      } finally {
        await again.close();
      }
    });
  });
}
