import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EMPTY_REGISTER } from '../../src/agencies/register.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import type { Store } from '../../src/dataset/store.ts';
import { type IngestEvent, type IngestOptions, ingest } from '../../src/run/ingest.ts';
import { resolveInputs } from '../../src/run/inputs.ts';
import { DEFAULT_PARSE_LIMITS } from '../../src/run/parsing/limits.ts';
import { ParserPool } from '../../src/run/parsing/pool.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-ingest-'));
  mkdirSync(path.join(folder, 'in'));
  mkdirSync(path.join(folder, 'tmp'));
  vi.stubEnv('TMPDIR', path.join(folder, 'tmp'));
  store = await openStore(path.join(folder, 'store.sqlite'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, bytes: string | Uint8Array) => writeFileSync(path.join(folder, 'in', name), bytes);

async function read(options: Partial<IngestOptions>) {
  const { files } = await resolveInputs([path.join(folder, 'in')]);
  return await ingest(store, files, {
    register: EMPTY_REGISTER,
    processes: 1,
    limits: DEFAULT_PARSE_LIMITS,
    ...options,
  });
}

async function stored(): Promise<string[]> {
  const documents: string[] = [];
  for await (const { document } of store.summaries()) documents.push(document);
  return documents.sort();
}

/** A parser that writes down what it begins with, and reads each document as long as a file of that name is there. */
function slowParser(): URL {
  const file = path.join(folder, 'parser.mjs');
  writeFileSync(
    file,
    `import { appendFileSync, existsSync } from 'node:fs';
     process.on('message', ({ id, job }) => {
       appendFileSync(${JSON.stringify(path.join(folder, 'begun'))}, job.document + '\\n');
       const look = () => {
         if (existsSync(${JSON.stringify(path.join(folder, 'wait'))})) setTimeout(look, 10);
         else process.send({ id, reply: { kind: 'failed', failure: 'corrupt', message: 'as the test wants it' } });
       };
       look();
     });
     process.on('disconnect', () => process.exit(0));
     process.send({ ready: true });`,
  );
  return new URL(`file://${file}`);
}

describe('a run that is interrupted', () => {
  test('stores what was being read, and begins nothing of what waits', async () => {
    for (let i = 0; i < 8; i += 1) put(`${i}.html`, `<p>${i}`);
    writeFileSync(path.join(folder, 'wait'), '');
    const begun = () =>
      existsSync(path.join(folder, 'begun')) ? readFileSync(path.join(folder, 'begun'), 'utf8').trim() : '';
    const pool = new ParserPool(1, DEFAULT_PARSE_LIMITS, slowParser());
    const interrupt = new AbortController();
    try {
      const reading = read({ pool, signal: interrupt.signal });
      await vi.waitFor(() => expect(begun()).not.toBe(''), { timeout: 30_000 });
      interrupt.abort();
      rmSync(path.join(folder, 'wait'));
      const summary = await reading;
      expect(begun()).toBe('in/0.html');
      expect(summary).toMatchObject({ aborted: true, outcomes: { corrupt: 1 }, changes: { new: 1 } });
      expect(await stored()).toEqual(['in/0.html']);
      // What is left is read by the next run.
      const rest = await read({ pool });
      expect(rest).toMatchObject({ aborted: false, unchanged: 1, outcomes: { corrupt: 7 } });
    } finally {
      await pool.close();
    }
  });
});

describe('archives', () => {
  const ARCHIVES = 10;
  const MEMBERS = 4;
  /** Members of archives that lie unpacked. */
  const unpacked = () =>
    readdirSync(path.join(folder, 'tmp'), { recursive: true, withFileTypes: true }).filter((entry) => {
      if (!entry.isFile()) return false;
      try {
        return /^member /u.test(readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
      } catch {
        return false;
      }
    }).length;
  const watch = () => {
    const seen = { most: 0, read: 0 };
    const onEvent = (event: IngestEvent) => {
      seen.most = Math.max(seen.most, unpacked());
      if (event.kind === 'read') seen.read += 1;
    };
    return { seen, onEvent };
  };
  const fill = (ending: string, same = false) => {
    for (let i = 0; i < ARCHIVES; i += 1) {
      const members = Array.from({ length: MEMBERS }, (_, m) => [
        `${m}.txt`,
        strToU8(same ? 'member of all' : `member ${m} of ${i}`),
      ]);
      put(`${String(i).padStart(2, '0')}.${ending}`, zipSync(Object.fromEntries(members)));
    }
  };

  test.each(['zip', 'doc'])(
    'are unpacked a few at a time, whatever their name (%s), and their members removed as they are read',
    async (ending) => {
      fill(ending);
      const { seen, onEvent } = watch();
      const summary = await read({ onEvent });
      expect(seen.read).toBe(ARCHIVES * MEMBERS);
      expect(summary.outcomes).toEqual({ not_a_report: ARCHIVES * MEMBERS });
      expect(seen.most).toBeGreaterThan(0);
      expect(seen.most).toBeLessThanOrEqual(2 * MEMBERS);
      expect(unpacked()).toBe(0);
    },
    60_000,
  );

  test('that hold the same file again and again lose none of them', async () => {
    fill('zip', true);
    const { seen, onEvent } = watch();
    const summary = await read({ onEvent });
    expect(summary.outcomes).toEqual({ not_a_report: ARCHIVES * MEMBERS });
    // One file for all members of an archive.
    expect(seen.most).toBeLessThanOrEqual(2);
    expect(summary.changes.new).toBe(ARCHIVES * MEMBERS);
  }, 60_000);

  test('whose members are known leave nothing lying', async () => {
    fill('zip');
    await read({});
    const { seen, onEvent } = watch();
    const again = await read({ onEvent });
    expect(again).toMatchObject({ unchanged: ARCHIVES * MEMBERS, outcomes: {} });
    expect(seen.most).toBeLessThanOrEqual(2 * MEMBERS);
  }, 60_000);
});
