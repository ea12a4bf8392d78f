import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { checkReport } from '../../check/engine.ts';
import { type ExtractOptions, extractReport } from '../../extract/extract.ts';
import type { Report } from '../../extract/report.ts';
import { TABLE_IDS } from '../../form/form.ts';
import { type Block, type Document, ReadError, type ReadLimits } from '../../read/document.ts';
import { readDocument } from '../../read/read.ts';
import { sniff } from '../../read/sniff.ts';
import type { ExpandJob, Job, ParseJob, Reply } from './protocol.ts';

/** One job, inside a parser process. Never throws: whatever a document does is a reply. */
export async function perform(job: Job): Promise<Reply> {
  try {
    return job.kind === 'parse' ? await parse(job) : await expand(job);
  } catch (error) {
    if (error instanceof ReadError) return { kind: 'failed', failure: error.failure, message: error.message };
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'failed', failure: 'crashed', message: text };
  }
}

async function parse(job: ParseJob): Promise<Reply> {
  const bytes = await readBounded(job.file, job.limits);
  if (sniff(bytes) === 'archive') return { kind: 'archive' };
  const document = await readDocument(
    { bytes, name: job.name, ...(job.contentType ? { contentType: job.contentType } : {}) },
    job.limits,
  );
  const options = {
    document: job.document,
    ...(job.agency === undefined ? {} : { agency: job.agency }),
    ...(job.year === undefined ? {} : { year: job.year }),
    ...(job.publishedOn === undefined ? {} : { publishedOn: job.publishedOn }),
    ...(job.from === undefined ? {} : { from: job.from }),
  };
  const read = extractReport(document, options);
  const report = (await withTablesInPictures(document, read, options, job.limits)) ?? read;
  const { checks, findings } = checkReport(report);
  return { kind: 'parsed', sha256: hash('sha256', bytes), report, checks, findings };
}

/**
 * Tables pasted as pictures, where the document without them lacks a table: read like scans, after the text around
 * them. Null where there are none, or they cannot be read, or reading them would change what the text says.
 */
async function withTablesInPictures(
  document: Document,
  report: Report,
  options: ExtractOptions,
  limits: ReadLimits,
): Promise<Report | null> {
  const missing = TABLE_IDS.filter(
    (table) => ![...report.tables, ...report.refusals].some((found) => found.table === table),
  );
  const lacksTables =
    report.outcome === 'needs_ocr' ||
    report.outcome === 'no_tables' ||
    (report.outcome === 'partial' && missing.length > 0);
  if (!lacksTables || !document.pictures.some((picture) => picture.bytes || picture.shown)) return null;
  const blocks = await blocksInPictures(document, limits);
  // Beside a text only the tables are wanted: captions of photographs are no statements.
  const wanted = report.tables.length === 0 ? blocks : blocks.filter((block) => block.kind === 'grid');
  if (wanted.length === 0) return null;
  const whole = extractReport(
    { ...document, reader: `${document.reader}+ocr`, blocks: [...document.blocks, ...wanted] },
    options,
  );
  const kept = report.tables.every((table) =>
    whole.tables.some((other) => isDeepStrictEqual(other.facts, table.facts)),
  );
  return kept ? whole : null;
}

async function blocksInPictures(document: Document, limits: ReadLimits): Promise<Block[]> {
  const { readPictures } = await import('../../read/scan/picture.ts');
  try {
    return await readPictures(document.pictures, limits);
  } catch (error) {
    if (error instanceof ReadError && error.failure === 'needs_ocr') return [];
    throw error;
  }
}

async function expand(job: ExpandJob): Promise<Reply> {
  const { expandArchive } = await import('../../read/archive/archive.ts');
  const bytes = await readBounded(job.file, job.limits);
  const kind = sniff(bytes);
  if (kind !== 'archive' && kind !== 'unknown') return { kind: 'document' };
  const archive = await expandArchive({ bytes, name: job.name }, job.limits);
  const members = [];
  for (const { path: inner, source } of archive.documents) {
    const sha256 = hash('sha256', source.bytes);
    const file = path.join(job.spool, sha256);
    if (!existsSync(file)) await writeFile(file, source.bytes);
    members.push({ path: inner, file, sha256, size: source.bytes.length });
  }
  return { kind: 'expanded', members, refused: archive.refused };
}

/** The size is looked at before a byte is read: a sparse file of a terabyte costs nothing. */
async function readBounded(file: string, limits: ReadLimits): Promise<Uint8Array> {
  const { size } = await stat(file);
  if (size > limits.inputBytes) {
    throw new ReadError('too_large', `${size} bytes; the limit (inputBytes) is ${limits.inputBytes}`);
  }
  return readFile(file);
}
