import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
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

const LIMITS: ParseLimits = { ...DEFAULT_PARSE_LIMITS, wallMs: 10_000, memoryBytes: 500 * 2 ** 20 };

/** Reads a folder of which a seeded tenth hangs, takes all memory or crashes. */
export async function readAmongBad(options: {
  readonly seed: number;
  readonly documents: number;
}): Promise<BadDocumentFigures> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gongkai-bad-'));
  const from = Date.now();
  const random = Random.of('bad documents', options.seed);
  const behaviour = new Map<string, keyof typeof BAD>();
  const bad = Math.round(options.documents / 10);
  const places = new Set<number>();
  while (places.size < bad) places.add(random.integer(0, options.documents - 1));
  const reports = path.join(folder, 'reports');
  mkdirSync(reports);
  for (let i = 0; i < options.documents; i += 1) {
    const kind = random.pick(['docx', 'html', 'txt'] as const);
    const name = `${String(i).padStart(4, '0')}.${kind}`;
    if (places.has(i)) {
      const what = random.pick(Object.keys(BAD) as (keyof typeof BAD)[]);
      behaviour.set(`reports/${name}`, what);
      writeFileSync(path.join(reports, name), `${what} ${i}`);
      continue;
    }
    const record = inventReport(i, bodyOf(districtName(Math.floor(i / 20)), i % 20), 2023, NOTICE, 400);
    writeFileSync(
      path.join(reports, name),
      kind === 'docx'
        ? renderDocx(record, { ...PLAIN_DOCX, level: 1 })
        : kind === 'html'
          ? renderHtml(record)
          : renderText(record, 'tabs'),
    );
  }
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
