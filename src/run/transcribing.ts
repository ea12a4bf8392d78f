import { parse } from 'csv-parse/sync';
import { checkReport } from '../check/engine.ts';
import type { Store, StoredReport, Transcription } from '../dataset/store.ts';
import type { Fact, Report } from '../extract/report.ts';
import { applyTranscriptions } from '../extract/transcription.ts';
import { cellsOf, editionForYear, tableForm } from '../form/editions.ts';
import { type CellKey, cellKey, TABLE_IDS } from '../form/form.ts';

/** Cells that a person reads off the original, where the program could not or was not sure. */

/** A sheet or an argument that does not say what is needed. */
export class TranscriptionError extends Error {
  override readonly name = 'TranscriptionError';
}

const COLUMNS = ['document', 'sha256', 'cell', 'where', 'read', 'transcribed', 'note'] as const;

/** A sheet of the cells of a report that a person should look at: those not read, not safe, or scanned. CSV with BOM. */
export function transcriptionSheet(stored: StoredReport): string {
  const lines = [COLUMNS.join(',')];
  for (const { key, label, fact } of openCells(stored.report)) {
    const values = [stored.document, stored.sha256, key, label, fact?.raw ?? '', '', ''];
    lines.push(values.map((v) => `"${v.replaceAll('"', '""')}"`).join(','));
  }
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

function openCells(report: Report): { key: CellKey; label: string; fact: Fact | undefined }[] {
  const edition =
    report.tables[0]?.edition ?? (report.year === null ? null : editionForYear(report.year)?.id) ?? '2021';
  return TABLE_IDS.flatMap((table) => {
    const reading = report.tables.find((t) => t.table === table);
    const facts = new Map(reading?.facts.map((f) => [cellKey(f.table, f.row, f.column), f]));
    return cellsOf(tableForm(reading?.edition ?? edition, table)).flatMap(({ key, row, column }) => {
      const fact = facts.get(key);
      const safe = fact && fact.state !== 'unreadable' && fact.state !== 'absent' && !fact.doubtful;
      return safe ? [] : [{ key, label: `${row.ordinal}${row.label}｜${column.label}`, fact }];
    });
  });
}

export interface SheetLine extends Transcription {
  readonly document: string;
}

/** Reads a filled-in sheet; lines without anything in `transcribed` are left. `（空）` stands for a blank cell. */
export function parseTranscriptionSheet(
  text: string,
  defaults: { readonly author: string; readonly at: string },
): SheetLine[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, {
      bom: true,
      columns: true,
      skip_empty_lines: true,
      trim: true,
      relax_column_count: true,
    });
  } catch (error) {
    throw new TranscriptionError(`the sheet cannot be read as CSV: ${(error as Error).message}`);
  }
  return rows.flatMap((row, i): SheetLine[] => {
    const value = row['transcribed'] ?? '';
    if (value === '') return [];
    const { document, sha256, cell } = row;
    if (!document || !sha256 || !cell || !isCellKey(cell)) {
      throw new TranscriptionError(
        `line ${i + 2} of the sheet: document, sha256 and cell (such as t3/granted/total) must stand as they were exported`,
      );
    }
    return [
      {
        document,
        sha256,
        cell,
        raw: blank(value),
        author: defaults.author,
        at: defaults.at,
        note: row['note'] || null,
      },
    ];
  });
}

/** `t3/granted/total=4`; `t3/granted/total=` for a blank cell. */
export function parseAssignment(text: string): { cell: CellKey; raw: string } {
  const at = text.indexOf('=');
  const cell = text.slice(0, Math.max(0, at));
  if (at < 0 || !isCellKey(cell)) {
    throw new TranscriptionError(
      `${text}: expected <table>/<row>/<column>=<what is printed>, for instance t3/granted/total=4; docs/form.md lists the keys`,
    );
  }
  return { cell, raw: blank(text.slice(at + 1)) };
}

function blank(text: string): string {
  return /^[(（]空[)）]$/u.test(text.trim()) ? '' : text.trim();
}

const KEYS = new Set(
  (['2019', '2021'] as const).flatMap((e) =>
    TABLE_IDS.flatMap((t) => cellsOf(tableForm(e, t)).map((c) => c.key)),
  ),
);

function isCellKey(text: string): text is CellKey {
  return KEYS.has(text as CellKey);
}

/** Records the cells and applies them to the stored reading at once. Returns how many were taken. */
export async function transcribe(
  store: Store,
  document: string,
  cells: readonly Transcription[],
): Promise<number> {
  const source = await store.source(document);
  if (!source) throw new TranscriptionError(`${document}: no such document in the store`);
  const stale = cells.find((c) => c.sha256 !== source.sha256);
  if (stale) {
    throw new TranscriptionError(
      `${document} has changed since the cells were read off it; export a new sheet`,
    );
  }
  await store.transcribe(document, cells);
  for await (const stored of store.reports()) {
    const own = stored.document === document ? stored : stored.copies.find((c) => c.document === document);
    if (!own) continue;
    const report = applyTranscriptions(own.report, await store.transcriptions(document, source.sha256));
    const agency = stored.agencyId === null ? null : { id: stored.agencyId, regionCode: stored.regionCode };
    await store.transaction(async (inside) => {
      await inside.saveBatch([{ source, report, agency, ...checkReport(report) }]);
      // To store a document says that it is there.
      if (own.missing) await inside.markReplaced([document], []);
    });
    break;
  }
  return cells.length;
}
