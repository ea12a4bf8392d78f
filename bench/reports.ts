import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Container, generateReports } from '../scripts/generate-reports.ts';
import { convertAll } from '../test/read/converted.ts';
import { program } from '../test/support/requires.ts';

/** Reports to measure with: generated, the same ones for the same numbers. */

export const YEARS = [2019, 2020, 2021, 2022, 2023, 2024, 2025];
/** As portals publish them, in hundredths. */
export const MIX = { html: 60, docx: 20, doc: 10, pdf: 10 } as const;

/** Writes `count` reports of the mix below `folder`; without LibreOffice the DOC share goes to DOCX. */
export function writeMixedFolder(folder: string, count: number): void {
  const soffice = program('soffice');
  const { doc, ...others } = MIX;
  const mix = soffice ? MIX : { ...others, docx: others.docx + doc };
  const folders = new Set<string>();
  for (const report of generateReports({
    count,
    years: YEARS,
    mix,
    seed: 1,
    errors: 0.05,
    ...(soffice ? { toDoc: (documents) => toDoc(soffice, documents) } : {}),
  })) {
    const file = path.join(folder, ...report.path.split('/'));
    if (!folders.has(path.dirname(file))) {
      mkdirSync(path.dirname(file), { recursive: true });
      folders.add(path.dirname(file));
    }
    writeFileSync(file, report.bytes);
  }
}

export interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
}

/** `count` reports of one container; null where making them needs a program that is missing. */
export function samplesOf(container: Container, count: number): Sample[] | null {
  const soffice = program('soffice');
  if (container === 'doc' && !soffice) return null;
  const samples: Sample[] = [];
  for (const report of generateReports({
    count,
    years: YEARS,
    mix: { [container]: 1 },
    seed: 2,
    errors: 0.05,
    ...(soffice ? { toDoc: (documents) => toDoc(soffice, documents) } : {}),
  })) {
    samples.push({ name: path.basename(report.path), bytes: Buffer.from(report.bytes) });
  }
  return samples;
}

/** Given documents of one container. */
export function givenSamples(files: readonly string[]): Sample[] {
  return files.map((file) => ({ name: path.basename(file), bytes: readFileSync(file) }));
}

function toDoc(soffice: string, documents: readonly Uint8Array[]): Uint8Array[] {
  return convertAll(
    soffice,
    documents.map((bytes) => ({ extension: 'docx', bytes })),
    'doc:MS Word 97',
  );
}
