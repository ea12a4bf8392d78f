import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Container } from '../../scripts/generate-reports.ts';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { readDocument } from '../../src/read/read.ts';
import { processorMs, programMs } from '../processor-time.ts';
import { type Sample, samplesOf } from '../reports.ts';
import type { ReaderResult } from '../results.ts';

type Peer = (sample: Sample, file: string) => Promise<number | null>;

const CONTAINERS: readonly Container[] = ['html', 'docx', 'doc', 'pdf', 'text'];

const inProcess =
  (work: (sample: Sample) => Promise<unknown>): Peer =>
  async (sample) => {
    const from = processorMs();
    try {
      await work(sample);
    } catch {
      return null;
    }
    return processorMs() - from;
  };

const program =
  (command: string, args: (file: string) => readonly string[]): Peer =>
  async (_, file) =>
    programMs(command, args(file), 5);

const office: Peer = async (_, file) =>
  programMs('soffice', [
    `-env:UserInstallation=file://${path.dirname(file)}/profile`,
    '--headless',
    '--convert-to',
    'html',
    '--outdir',
    path.dirname(file),
    file,
  ]);

const PEERS: { readonly [C in Container]?: Readonly<Record<string, Peer>> } = {
  html: {
    'pandoc -t plain': program('pandoc', (f) => ['-f', 'html', '-t', 'plain', f]),
    LibreOffice: office,
  },
  docx: {
    'mammoth.convertToHtml': inProcess(async ({ bytes }) => {
      const { default: mammoth } = await import('mammoth');
      return mammoth.convertToHtml({ buffer: bytes });
    }),
    'pandoc -t plain': program('pandoc', (f) => ['-t', 'plain', f]),
    LibreOffice: office,
  },
  doc: { LibreOffice: office },
  pdf: {
    'pdf-parse getTable': inProcess(async ({ bytes }) => {
      const { PDFParse } = await import('pdf-parse');
      const parser = new PDFParse({ data: new Uint8Array(bytes) });
      try {
        await parser.getTable();
      } finally {
        await parser.destroy();
      }
    }),
    'pdftotext -layout': program('pdftotext', (f) => ['-layout', f, '-']),
  },
};

/** Every container: this reader over all samples, its peers (slow ones) over some of the same. */
export async function measureReaders(count: number): Promise<ReaderResult[]> {
  const results: ReaderResult[] = [];
  for (const container of CONTAINERS) {
    const samples = samplesOf(container, count);
    if (!samples) continue;
    const read = (s: Sample) => readDocument({ bytes: s.bytes, name: s.name }, DEFAULT_LIMITS);
    for (const sample of samples) await read(sample);
    const from = processorMs();
    for (const sample of samples) await read(sample);
    const msPerDocument = (processorMs() - from) / samples.length;
    const peers: { name: string; msPerDocument: number | null }[] = [];
    for (const [name, peer] of Object.entries(PEERS[container] ?? {})) {
      peers.push({ name, msPerDocument: await mean(peer, samples, name === 'LibreOffice' ? 3 : 10) });
    }
    results.push({
      container,
      documents: samples.length,
      kilobytes: samples.reduce((sum, s) => sum + s.bytes.length, 0) / samples.length / 1000,
      msPerDocument,
      peers,
    });
  }
  return results;
}

/** Null where a peer is not installed or fails on most. The first document only warms up. */
async function mean(peer: Peer, samples: readonly Sample[], most: number): Promise<number | null> {
  const folder = mkdtempSync(path.join(tmpdir(), 'gongkai-bench-'));
  const times: number[] = [];
  try {
    for (const [i, sample] of samples.slice(0, most + 1).entries()) {
      const file = path.join(folder, `${i}-${sample.name}`);
      writeFileSync(file, sample.bytes);
      const ms = await peer(sample, file);
      if (ms === null && i === 0) return null;
      if (ms !== null && i > 0) times.push(ms);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return times.length === 0 ? null : times.reduce((a, b) => a + b, 0) / times.length;
}

/** Versions of the peers that are programs, for the page. */
export function peerVersions(): string[] {
  return [
    ['pandoc', '--version'],
    ['pdftotext', '-v'],
    ['soffice', '--version'],
  ].flatMap(([command, flag]) => {
    const { stdout, stderr, error } = spawnSync(command as string, [flag as string], { encoding: 'utf8' });
    const line = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n')[0];
    return error || !line ? [] : [line];
  });
}
