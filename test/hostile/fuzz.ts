import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import type { Fact } from '../../src/extract/report.ts';
import { descendants } from '../../src/read/program.ts';
import { DEFAULT_PARSE_LIMITS, type ParseLimits } from '../../src/run/parsing/limits.ts';
import { ParserPool } from '../../src/run/parsing/pool.ts';
import { scratchFoldersOf } from '../support/scratch.ts';
import { anyMutant, BASELINES, type Mutant } from './mutants.ts';
import { writeFigures } from './reliability.ts';

export interface FuzzFigures {
  readonly seed: number;
  readonly documents: number;
  readonly structured: number;
  readonly seconds: number;
  /** How often each outcome came. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Of structured mutants: reports with at least one table read. */
  readonly structuredRead: number;
  readonly slowestMs: number;
  readonly parentMiB: {
    readonly before: number;
    readonly most: number;
    /** After each thousand documents: what leaks grows from one to the next. */
    readonly thousands: readonly number[];
  };
  readonly temporaryFilesLeft: number;
  /** Parsers and programs that still run after the pool was closed. */
  readonly processesLeft: number;
  /** What must not be: a wrong number without a mark, an unnoticed damage, a defect of a reader. */
  readonly complaints: readonly string[];
}

const LIMITS: ParseLimits = { ...DEFAULT_PARSE_LIMITS, wallMs: 30_000, memoryBytes: 768 * 2 ** 20 };
const BATCH = 50;

/** Reads mutants in parser processes until there are `documents` of them or the time is over. */
export async function fuzz(options: {
  readonly seed: number;
  readonly documents: number;
  readonly minutes?: number;
  readonly processes?: number;
  /** Where mutants that were complained of are kept. */
  readonly keep?: string;
  readonly onProgress?: (done: number, complaints: readonly string[]) => void;
}): Promise<FuzzFigures> {
  const started = Date.now();
  const end = started + (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-fuzz-'));
  const processes = options.processes ?? 2;
  const pool = new ParserPool(processes, LIMITS);
  const outcomes: Record<string, number> = {};
  const complaints: string[] = [];
  const thousands: number[] = [];
  const baseline = new Map<string, readonly Fact[]>();
  let [documents, structured, structuredRead, slowestMs, most] = [0, 0, 0, 0, 0];
  let before = 0;
  const memory = () => process.memoryUsage().rss / 2 ** 20;

  const read = async (bytes: Uint8Array, name: string) => {
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    const from = Date.now();
    const reply = await pool.run({ kind: 'parse', file, document: name, name, limits: LIMITS.read });
    slowestMs = Math.max(slowestMs, Date.now() - from);
    await rm(file);
    return reply;
  };
  const one = async (mutant: Mutant, number: number): Promise<void> => {
    const reply = await read(mutant.bytes, `${number}`);
    documents += 1;
    const outcome =
      reply.kind === 'parsed' ? reply.report.outcome : reply.kind === 'failed' ? reply.failure : reply.kind;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (mutant.kind === 'structured') structured += 1;
    let wrong: readonly string[] = [];
    if (reply.kind === 'parsed') {
      if (mutant.kind === 'structured' && reply.report.tables.length > 0) structuredRead += 1;
      wrong = mutant.judge(reply.report);
    } else if (reply.kind === 'failed' && (reply.failure === 'crashed' || reply.failure === 'timed_out')) {
      wrong = [`${reply.failure}: ${reply.message.slice(0, 600)}`];
    }
    if (wrong.length > 0) {
      complaints.push(
        `${number} ${mutant.name}: ${wrong.slice(0, 4).join('; ')}${wrong.length > 4 ? ` and ${wrong.length - 4} more` : ''}`,
      );
      if (options.keep) {
        mkdirSync(options.keep, { recursive: true });
        writeFileSync(path.join(options.keep, String(number)), mutant.bytes);
      }
    }
    most = Math.max(most, memory());
    if (documents % 1000 === 0) thousands.push(Math.round(memory()));
  };

  try {
    for (const { name, bytes } of BASELINES) {
      const reply = await read(bytes(), 'whole');
      if (reply.kind !== 'parsed' || reply.report.tables.length === 0)
        throw new Error(`${name} is not read whole`);
      baseline.set(
        name,
        reply.report.tables.flatMap((t) => t.facts),
      );
    }
    slowestMs = 0;
    before = memory();
    const mutants = anyMutant((name) => baseline.get(name) ?? []);
    for (let batch = 0; documents < options.documents && Date.now() < end; batch += 1) {
      const count = Math.min(BATCH, options.documents - documents);
      const first = documents;
      const sample = fc.sample(mutants, { seed: options.seed * 1_000_003 + batch, numRuns: count });
      await Promise.all(sample.map((mutant, i) => one(mutant, first + i)));
      options.onProgress?.(documents, complaints);
    }
  } finally {
    await pool.close();
  }
  const temporaryFilesLeft = readdirSync(folder).length + scratchFoldersOf(process.pid).length;
  rmSync(folder, { recursive: true, force: true });
  const round = (n: number) => Math.round(n);
  return {
    seed: options.seed,
    documents,
    structured,
    seconds: round((Date.now() - started) / 1000),
    outcomes,
    structuredRead,
    slowestMs,
    parentMiB: { before: round(before), most: round(most), thousands },
    temporaryFilesLeft,
    processesLeft: descendants(process.pid).length,
    complaints,
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      documents: { type: 'string', default: '1000000000' },
      seed: { type: 'string', default: '1' },
      processes: { type: 'string', default: '2' },
      keep: { type: 'string' },
    },
  });
  const figures = await fuzz({
    seed: Number(values.seed),
    documents: Number(values.documents),
    minutes: Number(values.minutes),
    processes: Number(values.processes),
    ...(values.keep === undefined ? {} : { keep: values.keep }),
    onProgress: (done, complaints) => {
      if (done % 500 === 0) process.stderr.write(`${done} documents, ${complaints.length} complaints\n`);
    },
  });
  writeFigures('fuzz', figures);
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  process.exitCode = figures.complaints.length > 0 ? 1 : 0;
}
