import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { EMPTY_REGISTER, type Register } from '../agencies/register.ts';
import { parseRegister } from '../agencies/register-file.ts';
import { parseStrictYaml } from '../config/strict-yaml.ts';
import type { Shape } from '../dataset/export/export.ts';
import { DEFAULT_LIMITS } from '../read/document.ts';
import { DEFAULT_PARSE_LIMITS, type ParseLimits } from '../run/parsing/limits.ts';
import { UsageError } from './exit.ts';
import { readGiven } from './files.ts';
import { oneOf } from './values.ts';

const positive = z.number().int().positive();

/** gongkai.yaml. Every key is optional; unknown keys are errors. Paths are relative to the file. */
export const configFile = z.strictObject({
  /** Folder that the dataset is written to. */
  output: z.string().optional(),
  /** SQLite file or postgres:// address; default: gongkai.sqlite in the output folder. */
  store: z.string().optional(),
  agencies: z.string().optional(),
  portals: z.string().optional(),
  lang: z.enum(['zh', 'en']).optional(),
  fail_on: z.enum(['error', 'warning', 'info']).optional(),
  processes: positive.optional(),
  formats: z.array(z.enum(['csv', 'parquet', 'xlsx', 'jsonl', 'stata'])).optional(),
  limits: z
    .strictObject({
      seconds_per_document: z.number().positive().optional(),
      memory_mib: positive.optional(),
      attempts: positive.optional(),
      documents_per_process: positive.optional(),
      input_mib: positive.optional(),
      inflated_mib: positive.optional(),
      inflate_ratio: positive.optional(),
      archive_entries: positive.optional(),
      xml_depth: positive.optional(),
      pages: positive.optional(),
      cells: positive.optional(),
      nesting: positive.optional(),
      image_megapixels: positive.optional(),
    })
    .optional(),
  notify: z.strictObject({ webhook: z.url().optional(), command: z.string().optional() }).optional(),
});

export type ConfigFile = z.infer<typeof configFile>;

/** What was typed; undefined where nothing was. */
export interface Flags {
  readonly config?: string;
  readonly output?: string;
  readonly store?: string;
  readonly agencies?: string;
  readonly lang?: string;
  readonly failOn?: string;
  readonly processes?: string;
  readonly timeout?: string;
  readonly memory?: string;
}

export interface Settings {
  readonly output: string;
  readonly store: string;
  readonly agenciesFile: string | null;
  readonly portalsFile: string;
  readonly lang: 'zh' | 'en';
  readonly failOn: 'error' | 'warning' | 'info' | null;
  readonly processes: number;
  readonly limits: ParseLimits;
  readonly formats: readonly Shape[] | null;
  readonly notify: { readonly webhook?: string | undefined; readonly command?: string | undefined };
}

const DEFAULT_CONFIG = 'gongkai.yaml';

/** Flag before environment (`GONGKAI_*`) before gongkai.yaml before default. */
export async function settings(flags: Flags, env: NodeJS.ProcessEnv = process.env): Promise<Settings> {
  const named = flags.config ?? env['GONGKAI_CONFIG'];
  const file = path.resolve(named ?? DEFAULT_CONFIG);
  if (named !== undefined && !existsSync(file)) {
    throw new UsageError(`--config ${named}: no such file (looked for ${file})`);
  }
  const config = existsSync(file)
    ? parseStrictYaml((await readGiven('--config', file)).toString('utf8'), file, configFile)
    : {};
  const base = path.dirname(file);
  const fromFile = (value: string | undefined) =>
    value === undefined ? undefined : path.resolve(base, value);
  const pick = (flag: string | undefined, name: string) => flag ?? (env[name] || undefined);

  const output = path.resolve(pick(flags.output, 'GONGKAI_OUTPUT') ?? fromFile(config.output) ?? 'output');
  const storeGiven =
    pick(flags.store, 'GONGKAI_STORE') ??
    (config.store?.includes('://') ? config.store : fromFile(config.store));
  const agencies =
    pick(flags.agencies, 'GONGKAI_AGENCIES') ??
    fromFile(config.agencies) ??
    (existsSync(path.join(base, 'agencies.csv')) ? path.join(base, 'agencies.csv') : undefined);
  const limits = config.limits ?? {};
  const mib = (n: number | undefined, fallback: number) => (n === undefined ? fallback : n * 2 ** 20);
  const seconds = number('--timeout', pick(flags.timeout, 'GONGKAI_TIMEOUT')) ?? limits.seconds_per_document;
  const memory = number('--memory', pick(flags.memory, 'GONGKAI_MEMORY')) ?? limits.memory_mib;
  return {
    output,
    store: storeGiven ?? path.join(output, 'gongkai.sqlite'),
    agenciesFile: agencies === undefined ? null : path.resolve(agencies),
    portalsFile: fromFile(config.portals) ?? path.join(base, 'portals.yaml'),
    lang: oneOf('--lang', pick(flags.lang, 'GONGKAI_LANG') ?? config.lang ?? 'zh', ['zh', 'en']),
    failOn: optionalChoice('--fail-on', pick(flags.failOn, 'GONGKAI_FAIL_ON') ?? config.fail_on, [
      'error',
      'warning',
      'info',
    ]),
    processes:
      wholeNumber('--processes', pick(flags.processes, 'GONGKAI_PROCESSES')) ??
      config.processes ??
      Math.max(1, os.availableParallelism()),
    limits: {
      wallMs: (seconds ?? DEFAULT_PARSE_LIMITS.wallMs / 1000) * 1000,
      memoryBytes: mib(memory, DEFAULT_PARSE_LIMITS.memoryBytes),
      attempts: limits.attempts ?? DEFAULT_PARSE_LIMITS.attempts,
      documentsPerProcess: limits.documents_per_process ?? DEFAULT_PARSE_LIMITS.documentsPerProcess,
      read: {
        inputBytes: mib(limits.input_mib, DEFAULT_LIMITS.inputBytes),
        inflatedBytes: mib(limits.inflated_mib, DEFAULT_LIMITS.inflatedBytes),
        inflateRatio: limits.inflate_ratio ?? DEFAULT_LIMITS.inflateRatio,
        archiveEntries: limits.archive_entries ?? DEFAULT_LIMITS.archiveEntries,
        xmlDepth: limits.xml_depth ?? DEFAULT_LIMITS.xmlDepth,
        pages: limits.pages ?? DEFAULT_LIMITS.pages,
        cells: limits.cells ?? DEFAULT_LIMITS.cells,
        nesting: limits.nesting ?? DEFAULT_LIMITS.nesting,
        imagePixels:
          limits.image_megapixels === undefined ? DEFAULT_LIMITS.imagePixels : limits.image_megapixels * 1e6,
      },
    },
    formats: config.formats ?? null,
    notify: config.notify ?? {},
  };
}

export async function register(settings: Settings): Promise<Register> {
  if (settings.agenciesFile === null) return EMPTY_REGISTER;
  if (!existsSync(settings.agenciesFile)) {
    throw new UsageError(`agency register ${settings.agenciesFile}: no such file`);
  }
  return parseRegister(await readGiven('--agencies', settings.agenciesFile), settings.agenciesFile);
}

function number(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const n = Number(value);
  if (!Number.isFinite(n) || n <= 0) throw new UsageError(`${name} ${value}: a positive number is expected`);
  return n;
}

function wholeNumber(name: string, value: string | undefined): number | undefined {
  const n = number(name, value);
  if (n !== undefined && !Number.isInteger(n))
    throw new UsageError(`${name} ${value}: a whole number from 1 is expected`);
  return n;
}

function optionalChoice<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
): T | null {
  return value === undefined ? null : oneOf(name, value, allowed);
}
