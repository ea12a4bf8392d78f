import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMPTY_REGISTER } from '../../src/agencies/register.ts';
import { openStore } from '../../src/dataset/open-store.ts';
import { ingest } from '../../src/run/ingest.ts';
import { resolveInputs } from '../../src/run/inputs.ts';
import { DEFAULT_PARSE_LIMITS, type ParseLimits } from '../../src/run/parsing/limits.ts';
import { ParserPool } from '../../src/run/parsing/pool.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { PLAIN_DOCX, renderDocx } from '../render/docx.ts';
import { renderHtml } from '../render/html.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { Random } from '../render/random.ts';
import { renderText } from '../render/text.ts';

export interface BadDocumentFigures {
  readonly seed: number;
  readonly documents: number;
  readonly bad: number;
  /** By behaviour: the outcomes it came to. */
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Good documents that did not come out complete, bad ones that came to another outcome than theirs; must be empty. */
  readonly wrong: readonly string[];
  readonly parentMiB: number;
  readonly seconds: number;
}

/** What a document does to its parser, and the outcome that it must have. */
const BAD = {
  '!hang': 'timed_out',
  '!memory': 'too_large',
  '!crash': 'crashed',
  '!exit': 'crashed',
  '!program': 'timed_out',
} as const;

const LIMITS: ParseLimits = { ...DEFAULT_PARSE_LIMITS, wallMs: 20_000, memoryBytes: 500 * 2 ** 20 };

/** Reads a folder of which a seeded tenth hangs, takes all memory or crashes. */
export async function readAmongBad(options: {
  readonly seed: number;
  readonly documents: number;
}): Promise<BadDocumentFigures> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-bad-'));
  const from = Date.now();
  const reports = path.join(folder, 'reports');
  mkdirSync(reports);
  // In a process of its own: the memory that drawing them takes is not the reader's.
  execFileSync(process.execPath, [
    '--no-warnings',
    fileURLToPath(import.meta.url),
    reports,
    String(options.seed),
    String(options.documents),
  ]);
  const behaviour = new Map<string, keyof typeof BAD>(
    plan(options).flatMap(({ name, does }) => (does ? [[`reports/${name}`, does] as const] : [])),
  );
  const bad = behaviour.size;
  const outcomes: Record<string, Record<string, number>> = {};
  const wrong: string[] = [];
  let most = 0;
  const pool = new ParserPool(2, LIMITS, new URL('./unruly-parser.ts', import.meta.url));
  const store = await openStore(path.join(folder, 'store.sqlite'));
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 50);
  try {
    const { files } = await resolveInputs([reports]);
    const summary = await ingest(store, files, {
      register: EMPTY_REGISTER,
      processes: 2,
      limits: LIMITS,
      pool,
      onEvent: (event) => {
        if (event.kind !== 'read') return;
        const what = behaviour.get(event.document) ?? 'good';
        outcomes[what] = { ...outcomes[what], [event.outcome]: (outcomes[what]?.[event.outcome] ?? 0) + 1 };
        const must = what === 'good' ? 'complete' : BAD[what];
        if (event.outcome !== must)
          wrong.push(`${event.document} (${what}): ${event.outcome}, ${event.reason}`);
      },
    });
    if (summary.documents !== options.documents) wrong.push(`${summary.documents} documents came out`);
  } finally {
    clearInterval(watch);
    await pool.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    seed: options.seed,
    documents: options.documents,
    bad,
    outcomes,
    wrong,
    parentMiB: Math.round(most / 2 ** 20),
    seconds: Math.round((Date.now() - from) / 1000),
  };
}

interface Planned {
  readonly name: string;
  readonly kind: 'docx' | 'html' | 'txt';
  readonly does: keyof typeof BAD | null;
}

function plan({ seed, documents }: { readonly seed: number; readonly documents: number }): Planned[] {
  const random = Random.of('bad documents', seed);
  const places = new Set<number>();
  while (places.size < Math.round(documents / 10)) places.add(random.integer(0, documents - 1));
  return Array.from({ length: documents }, (_, i): Planned => {
    const kind = random.pick(['docx', 'html', 'txt'] as const);
    const does = places.has(i) ? random.pick(Object.keys(BAD) as (keyof typeof BAD)[]) : null;
    return { name: `${String(i).padStart(4, '0')}.${kind}`, kind, does };
  });
}

function draw(folder: string, planned: readonly Planned[]): void {
  for (const [i, { name, kind, does }] of planned.entries()) {
    const record = inventReport(i, bodyOf(districtName(Math.floor(i / 20)), i % 20), 2023, NOTICE, 400);
    const good = () =>
      kind === 'docx'
        ? renderDocx(record, { ...PLAIN_DOCX, level: 1 })
        : kind === 'html'
          ? renderHtml(record)
          : renderText(record, 'tabs');
    writeFileSync(path.join(folder, name), does ? `${does} ${i}` : good());
  }
}

if (import.meta.main) {
  const [folder, seed, documents] = process.argv.slice(2);
  draw(folder!, plan({ seed: Number(seed), documents: Number(documents) }));
}
