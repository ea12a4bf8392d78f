import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultOf, LIMIT_LINES, type LimitName, limitsDoc } from '../../scripts/make-limits-doc.ts';
import { configFile, settings } from '../../src/cli/config.ts';
import type { ReadFailure } from '../../src/read/document.ts';
import { descendants } from '../../src/read/program.ts';
import { ParserPool } from '../../src/run/parsing/pool.ts';
import type { Reply } from '../../src/run/parsing/protocol.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { renderDocx } from '../render/docx.ts';
import { renderHtml } from '../render/html.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { renderPdf } from '../render/pdf.ts';
import { HOSTILE } from './cases.ts';
import { png, zip } from './containers.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-limits-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = inventReport(8, bodyOf(districtName(3), 5), 2023, NOTICE, 400);
const unruly = new URL('./unruly-parser.ts', import.meta.url);
const picture = () => png(2000, 1500, deflateSync(Buffer.alloc(1500 * 2001)));

/** An ordinary document, and the setting that it goes beyond. */
interface Breach {
  readonly bytes: () => Uint8Array;
  readonly set: number;
  readonly failure: ReadFailure;
  readonly reason: RegExp;
}

const BREACHES: Readonly<Record<Exclude<LimitName, 'documentsPerProcess'>, Breach>> = {
  wallMs: {
    bytes: () => Buffer.from('!hang'),
    set: 2,
    failure: 'timed_out',
    reason: /longer than 2 s \(wallMs\)/,
  },
  memoryBytes: {
    bytes: () => Buffer.from('!memory'),
    set: 300,
    failure: 'too_large',
    reason: /limit \(memoryBytes\) is 300 MiB/,
  },
  attempts: { bytes: () => Buffer.from('!exit'), set: 3, failure: 'crashed', reason: /down 3 times/ },
  inputBytes: {
    bytes: () => Buffer.alloc(2 ** 20 + 1, 0x20),
    set: 1,
    failure: 'too_large',
    reason: /limit \(inputBytes\) is 1048576/,
  },
  inflatedBytes: {
    bytes: () =>
      zip([
        { name: 'word/document.xml', data: Buffer.from(`<a>${'数字 '.repeat(300_000)}</a>`), stored: true },
      ]),
    set: 1,
    failure: 'too_large',
    reason: /more than the 1048576 allowed/,
  },
  inflateRatio: {
    bytes: () => zip([{ name: 'word/document.xml', data: Buffer.from(`<a>${'数字 '.repeat(300_000)}</a>`) }]),
    set: 2,
    failure: 'too_large',
    reason: /more than the 2 allowed/,
  },
  archiveEntries: {
    bytes: () => renderDocx(record),
    set: 3,
    failure: 'too_large',
    reason: /more than the 3 allowed/,
  },
  xmlDepth: {
    bytes: () => renderDocx(record),
    set: 5,
    failure: 'too_large',
    reason: /deeper than the 5 levels/,
  },
  pages: {
    bytes: () => renderPdf(record),
    set: 1,
    failure: 'too_large',
    reason: /more than the 1 that are read/,
  },
  cells: {
    bytes: () => renderHtml(record),
    set: 100,
    failure: 'too_large',
    reason: /more than the 100 table cells/,
  },
  nesting: {
    bytes: () => renderHtml(record),
    set: 3,
    failure: 'too_large',
    reason: /deeper than the 3 levels/,
  },
  imagePixels: { bytes: picture, set: 1, failure: 'too_large', reason: /2000 × 1500 pixels/ },
};

async function read(name: LimitName, { bytes, set }: Breach): Promise<Reply> {
  const file = path.join(folder, `${name}.bin`);
  const config = path.join(folder, `${name}.yaml`);
  writeFileSync(file, bytes());
  writeFileSync(config, `limits:\n  ${LIMIT_LINES[name].key}: ${set}\n`);
  const { limits } = await settings({ config }, {});
  const pool = new ParserPool(1, limits, unruly);
  try {
    return await pool.run({ kind: 'parse', file, document: name, name, limits: limits.read });
  } finally {
    await pool.close();
  }
}

test.each(Object.entries(BREACHES) as [LimitName, Breach][])(
  'The limit %s is taken from gongkai.yaml, and a document beyond it says so.',
  async (name, breach) => {
    const reply = await read(name, breach);
    expect(reply).toMatchObject({ kind: 'failed', failure: breach.failure });
    expect(reply.kind === 'failed' && reply.message).toMatch(breach.reason);
  },
);

test.skipIf(process.platform === 'win32')(
  'A parser process is replaced after documentsPerProcess.',
  async () => {
    const config = path.join(folder, 'documents.yaml');
    writeFileSync(config, 'limits:\n  documents_per_process: 2\n');
    const { limits } = await settings({ config }, {});
    const file = path.join(folder, 'good.txt');
    writeFileSync(file, '通知\n');
    const pool = new ParserPool(1, limits);
    const job = { kind: 'parse', file, document: 'x', name: 'x', limits: limits.read } as const;
    const pids: number[][] = [];
    const others = new Set(descendants(process.pid));
    try {
      for (let i = 0; i < 4; i += 1) {
        await pool.run(job);
        pids.push(descendants(process.pid).filter((pid) => !others.has(pid)));
      }
    } finally {
      await pool.close();
    }
    const first = pids[0]![0]!;
    expect(pids[3]).not.toContain(first);
  },
);

describe('docs/limits.md', () => {
  test('says what the program does', () => {
    expect(readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8')).toBe(limitsDoc());
  });

  test('names every key that gongkai.yaml knows under limits, and no other', () => {
    const keys = Object.keys(configFile.shape.limits.unwrap().shape);
    expect(
      Object.values(LIMIT_LINES)
        .map((line) => line.key)
        .sort(),
    ).toEqual(keys.sort());
  });

  test('gives the unit of each key as the configuration takes it', async () => {
    for (const [name, { key, unit }] of Object.entries(LIMIT_LINES) as [
      LimitName,
      (typeof LIMIT_LINES)[LimitName],
    ][]) {
      const config = path.join(folder, 'unit.yaml');
      writeFileSync(config, `limits:\n  ${key}: 7\n`);
      const { limits } = await settings({ config }, {});
      const { read: inner, ...outer } = limits;
      expect({ ...inner, ...outer }[name], key).toBe(7 * unit);
      expect(defaultOf(name)).toBeGreaterThan(0);
    }
  });

  test('and every limit of the readers has a hostile file that runs into it', () => {
    const met = new Set(HOSTILE.map((c) => c.limit));
    const missing = (Object.keys(LIMIT_LINES) as LimitName[]).filter((name) => !met.has(name));
    // These two need a process that dies or documents by the thousand: above and in chaos.test.ts.
    expect(missing.sort()).toEqual(['attempts', 'documentsPerProcess']);
  });
});
