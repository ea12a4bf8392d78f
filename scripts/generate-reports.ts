/**
 * Writes invented reports by the thousand, for measuring and for tests of scale:
 *
 *   node scripts/generate-reports.ts --count 1000 --out /tmp/reports --mix html=60,docx=20,doc=10,pdf=10 \
 *     --years 2019-2025 --seed 1 --errors 5%
 *
 * Each body publishes in one container over consecutive years; what one year carries over, the next begins with.
 * `manifest.tsv` beside the reports says of each file: agency, year, container, and the cells in which an error was
 * planted as `cell=right>wrong`. The same arguments give the same files (DOC: with the same LibreOffice).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bodyOf, districtName } from '../test/render/bodies.ts';
import type { DocPool } from '../test/render/doc-pool.ts';
import { docOfPool, makeDocPool, poolBodyName } from '../test/render/doc-pool.ts';
import { docxParts, PLAIN_DOCX } from '../test/render/docx.ts';
import type { HtmlStyle } from '../test/render/html.ts';
import { PLAIN_HTML, renderHtml } from '../test/render/html.ts';
import type { Habits } from '../test/render/invent.ts';
import { inventYears, NOTICE } from '../test/render/invent.ts';
import type { Mutation } from '../test/render/mutations.ts';
import { MUTATION_KINDS, mutate } from '../test/render/mutations.ts';
import { nativeZip } from '../test/render/native-zip.ts';
import type { PdfStyle } from '../test/render/pdf.ts';
import { PLAIN_PDF, renderPdf } from '../test/render/pdf.ts';
import { Random } from '../test/render/random.ts';
import type { ReportRecord } from '../test/render/record.ts';
import type { TextLayout } from '../test/render/text.ts';
import { renderText } from '../test/render/text.ts';

const CONTAINERS = ['html', 'docx', 'text', 'doc', 'pdf'] as const;
export type Container = (typeof CONTAINERS)[number];
const EXTENSIONS: Readonly<Record<Container, string>> = {
  html: 'html',
  docx: 'docx',
  text: 'txt',
  doc: 'doc',
  pdf: 'pdf',
};
/** As many bodies as a district has. */
const DISTRICT_SIZE = 60;
const POOL_BODIES = 6;

export interface Generated {
  /** Below the output folder, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly agency: string;
  readonly year: number;
  readonly container: Container;
  readonly errors: readonly string[];
}

export interface GenerateOptions {
  readonly count: number;
  readonly years: readonly number[];
  readonly mix: Readonly<Partial<Record<Container, number>>>;
  readonly seed: number;
  /** Share of the reports with an error in table 三, 0 to 1. */
  readonly errors: number;
  /** DOCX files to DOC, in one call; needed where the mix has `doc`. */
  readonly toDoc?: (documents: readonly Uint8Array[]) => Uint8Array[];
}

/** The reports one by one, so that any number of them takes the memory of one body's years. */
export function* generateReports(options: GenerateOptions): Generator<Generated> {
  const { count, years, mix, seed } = options;
  const pool = mix.doc ? docPool(options) : null;
  let made = 0;
  for (let i = 0; made < count; i += 1) {
    const random = Random.of('generate', seed, i);
    const container = drawContainer(random, mix);
    const district = Math.floor(i / DISTRICT_SIZE);
    const stem = `d${String(district).padStart(5, '0')}/b${String(i % DISTRICT_SIZE).padStart(2, '0')}`;
    const file = (year: number): string => `${year}/${stem}.${EXTENSIONS[container]}`;
    if (container === 'doc') {
      for (const year of years.slice(0, count - made)) {
        const bytes = docOfPool(pool!, i, year);
        yield { path: file(year), bytes, agency: poolBodyName(i), year, container, errors: [] };
        made += 1;
      }
      continue;
    }
    const body = bodyOf(districtName(district), i % DISTRICT_SIZE);
    const habits = drawHabits(random);
    const size = random.pick([5, 20, 60, 300]);
    const draw = drawRenderer(random, container);
    for (const right of inventYears(seed, body, years, () => habits, size).slice(0, count - made)) {
      const mutation = random.chance(options.errors) ? anyMutation(right, random) : null;
      const record = mutation?.record ?? right;
      yield {
        path: file(record.year),
        bytes: draw(record),
        agency: record.agency,
        year: record.year,
        container,
        errors: mutation?.changes.map((c) => `${c.cell}=${c.right}>${c.wrong}`) ?? [],
      };
      made += 1;
    }
  }
}

/** Not every table offers something to every kind of error. */
function anyMutation(record: ReportRecord, random: Random): Mutation | null {
  const start = random.integer(0, MUTATION_KINDS.length - 1);
  for (let i = 0; i < MUTATION_KINDS.length; i += 1) {
    const kind = MUTATION_KINDS[(start + i) % MUTATION_KINDS.length]!;
    const mutation = mutate(record, 't3', kind, random);
    if (mutation) return mutation;
  }
  return null;
}

function docPool({ toDoc, years }: GenerateOptions): DocPool {
  if (!toDoc) throw new TypeError('DOC files are made by LibreOffice (soffice), which was not given');
  return makeDocPool(POOL_BODIES, years, NOTICE, toDoc);
}

function drawContainer(random: Random, mix: GenerateOptions['mix']): Container {
  const whole = CONTAINERS.reduce((sum, c) => sum + (mix[c] ?? 0), 0);
  let at = random.next() * whole;
  for (const container of CONTAINERS) {
    at -= mix[container] ?? 0;
    if (at < 0) return container;
  }
  throw new RangeError('the mix names no container');
}

function drawHabits(random: Random): Habits {
  return {
    ...NOTICE,
    zeros: random.pick(['digit', 'digit', 'digit', 'digit', 'blank', 'dash']),
    variants: random.chance(0.2),
    separators: random.chance(0.1),
    brokenLabels: random.chance(0.2),
    charts: random.chance(0.1),
  };
}

function drawRenderer(random: Random, container: Container): (record: ReportRecord) => Uint8Array {
  switch (container) {
    case 'html': {
      const style: HtmlStyle = {
        ...PLAIN_HTML,
        markup: random.pick(['clean', 'word', 'font']),
        encoding: random.pick(['utf-8', 'utf-8', 'gbk as gb2312']),
        portal: random.pick(['hanweb', 'trs', 'vsb', 'gkmlpt', 'esogov']),
      };
      return (record) => renderHtml(record, style);
    }
    case 'docx': {
      const style = { ...PLAIN_DOCX, splitRuns: random.chance(0.5), numbering: random.chance(0.2) };
      return (record) => nativeZip(docxParts(record, style));
    }
    case 'text': {
      const layout: TextLayout = random.pick(['tabbed cells', 'cell lines', 'bars everywhere', 'markdown']);
      return (record) => new TextEncoder().encode(renderText(record, layout));
    }
    case 'pdf': {
      const style: PdfStyle = {
        ...PLAIN_PDF,
        rules: random.pick(['strokes', 'rectangles', 'cell edges']),
        pageNumbers: random.pick(['none', 'foot']),
      };
      return (record) => renderPdf(record, style);
    }
    case 'doc':
      throw new RangeError('DOC files come from the pool');
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000' },
      out: { type: 'string' },
      mix: { type: 'string', default: 'html=60,docx=30,text=10' },
      years: { type: 'string', default: '2019-2025' },
      seed: { type: 'string', default: '1' },
      errors: { type: 'string', default: '0%' },
    },
  });
  if (!values.out) throw new TypeError('--out FOLDER is missing: where the reports are to be written');
  const mix = parseMix(values.mix);
  const options: GenerateOptions = {
    count: whole('--count', values.count),
    years: parseYears(values.years),
    mix,
    seed: whole('--seed', values.seed),
    errors: parseShare(values.errors),
    ...(mix.doc ? { toDoc: await libreOffice() } : {}),
  };
  const folders = new Set<string>();
  const manifest = ['file\tagency\tyear\tcontainer\terrors'];
  for (const report of generateReports(options)) {
    const file = path.join(values.out, ...report.path.split('/'));
    const folder = path.dirname(file);
    if (!folders.has(folder)) {
      mkdirSync(folder, { recursive: true });
      folders.add(folder);
    }
    writeFileSync(file, report.bytes);
    manifest.push(
      [report.path, report.agency, report.year, report.container, report.errors.join(' ')].join('\t'),
    );
  }
  writeFileSync(path.join(values.out, 'manifest.tsv'), `${manifest.join('\n')}\n`);
  process.stderr.write(`${manifest.length - 1} reports in ${values.out}\n`);
}

async function libreOffice(): Promise<NonNullable<GenerateOptions['toDoc']>> {
  const { program } = await import('../test/support/requires.ts');
  const { convertAll } = await import('../test/read/converted.ts');
  const soffice = program('soffice');
  if (!soffice) throw new TypeError('doc in --mix needs LibreOffice (soffice); install it or leave doc out');
  return (documents) =>
    convertAll(
      soffice,
      documents.map((bytes) => ({ extension: 'docx', bytes })),
      'doc:MS Word 97',
    );
}

function parseMix(text: string): GenerateOptions['mix'] {
  const mix: Partial<Record<Container, number>> = {};
  for (const part of text.split(',')) {
    const [name, share] = part.split('=');
    const container = CONTAINERS.find((c) => c === name);
    if (!container || !share || !(Number(share) >= 0)) {
      throw new TypeError(
        `--mix ${text}: expected container=share,… with ${CONTAINERS.join(', ')}; not ${part}`,
      );
    }
    mix[container] = Number(share);
  }
  return mix;
}

function parseYears(text: string): number[] {
  const match = /^(20\d\d)(?:-(20\d\d))?$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (!match || from < 2019 || to < from) {
    throw new TypeError(`--years ${text}: expected a year or a range from 2019 on, such as 2019-2025`);
  }
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function parseShare(text: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (!match || Number(match[1]) > 100) throw new TypeError(`--errors ${text}: expected a share such as 5%`);
  return Number(match[1]) / 100;
}

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new TypeError(`${name} ${text}: expected a whole number`);
  return Number(text);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  });
}
