import { readFile } from 'node:fs/promises';
import { distance } from 'fastest-levenshtein';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { CrawlConfig, PortalConfig } from './config.ts';
import { type PortalsFile, portalsFile, portalsJsonSchema } from './schema.ts';
import { parseSize } from './size.ts';
import { parseWindow } from './window.ts';

/** portals.yaml is wrong: every problem with its line, what was expected and, for a misspelt key, the likely one. */
export class ConfigError extends Error {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(
      [`${file}: ${problems.length} problem${problems.length === 1 ? '' : 's'}`]
        .concat(
          problems.map((problem) => `  line ${problem.line ?? '?'}: ${problem.path}: ${problem.message}`),
        )
        .join('\n'),
    );
    this.name = 'ConfigError';
    this.file = file;
    this.problems = problems;
  }
}

export interface ConfigProblem {
  readonly path: string;
  /** From 1; null where the file does not say. */
  readonly line: number | null;
  readonly message: string;
}

/** Reads and checks portals.yaml. Throws ConfigError; a missing file is one too. */
export async function loadPortals(file: string): Promise<CrawlConfig> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(file, [
      { path: '', line: null, message: `cannot be read (${reason}); docs/crawl.md shows how to start one` },
    ]);
  }
  return parsePortals(source, file);
}

/** Checks the text of a portals.yaml; `file` is for messages. */
export function parsePortals(source: string, file = 'portals.yaml'): CrawlConfig {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return null;
  };
  if (document.errors.length > 0)
    throw new ConfigError(
      file,
      document.errors.map((error) => ({
        path: 'YAML',
        line: lines.linePos(error.pos[0]).line,
        message: error.message.split('\n')[0] ?? error.code,
      })),
    );
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigError(file, [{ path: 'YAML', line: null, message: String(error) }]);
  }
  const result = portalsFile.safeParse(value);
  if (!result.success)
    throw new ConfigError(
      file,
      result.error.issues.flatMap((issue) => explain(issue, lineOf)),
    );
  return resolve(result.data);
}

function explain(
  issue: z.core.$ZodIssue,
  lineOf: (path: readonly PropertyKey[]) => number | null,
): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: dotted(issue.path), line: lineOf(issue.path), message: issue.message }];
  }
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const close = known
      .map((name) => ({ name, far: distance(name, key) }))
      .sort((a, b) => a.far - b.far)
      .find(({ name, far }) => far <= Math.max(2, Math.floor(name.length / 3)));
    const hint = close ? `; did you mean ${close.name}?` : `; known here: ${known.join(', ')}`;
    return { path: dotted(path), line: lineOf(path), message: `unknown key${hint}` };
  });
}

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  let node: SchemaNode | undefined = portalsJsonSchema() as SchemaNode;
  for (const part of path) node = typeof part === 'number' ? node?.items : node?.properties?.[String(part)];
  return Object.keys(node?.properties ?? {});
}

type Policies = Omit<PortalsFile['defaults'], 'timezone' | 'user_agent'>;

const builtIn = {
  timezone: 'Asia/Shanghai',
  cron: '15 22 1 * *',
  seasons: [
    { from: '01-05', to: '02-20', cron: '15 22 * * 2,5' },
    { from: '03-01', to: '04-15', cron: '15 22 * * 2,5' },
  ],
  window: '22:00-07:00',
  titleInclude: '(政府)?(信息|政务)公开(工作)?.{0,6}(年度报告|年报|情况报告)',
  titleExclude: '网站(工作|监管)?.{0,6}年度?报|解读|图解|一图读懂|法治政府建设|通知|部门(预|决)算',
  agencyFrom: ['title_prefix', 'info_table.发布机构', 'meta.ContentSource'],
} as const;

function resolve(file: PortalsFile): CrawlConfig {
  const { timezone = builtIn.timezone, user_agent: userAgent, ...defaults } = file.defaults;
  return {
    timezone,
    userAgent,
    portals: file.portals.map((portal) => resolvePortal(portal, defaults, timezone, userAgent)),
  };
}

function resolvePortal(
  portal: PortalsFile['portals'][number],
  defaults: Policies,
  timezone: string,
  userAgent: string,
): PortalConfig {
  const schedule = { ...defaults.schedule, ...portal.schedule };
  const politeness = { ...defaults.politeness, ...portal.politeness };
  const robots = portal.robots ? { ...defaults.robots, ...portal.robots } : (defaults.robots ?? {});
  const limits = { ...defaults.limits, ...portal.limits };
  const blocked = { ...defaults.blocked, ...portal.blocked };
  const match = { ...defaults.match, ...portal.match };
  const years = { ...defaults.year_range, ...portal.year_range };
  const recheck = { ...defaults.recheck, ...portal.recheck };
  const minDelayMs = politeness.min_delay_ms ?? 3000;
  const pagesMax = limits.pages_max ?? 60;
  const window = politeness.window === undefined ? builtIn.window : politeness.window;
  return {
    id: portal.id,
    name: portal.name ?? portal.id,
    regionCode: portal.region_code ?? null,
    baseUrl: portal.base_url,
    allowedHosts: portal.allowed_hosts.map((name) => new URL(`http://${name}/`).hostname),
    hostGroup: portal.host_group ?? null,
    tls: portal.tls ?? 'default',
    charset: portal.charset ?? null,
    agencies: (portal.agencies ?? []).map(String),
    enabled: portal.enabled ?? true,
    timezone,
    userAgent,
    schedule: {
      cron: schedule.cron ?? builtIn.cron,
      seasons: schedule.seasons ?? builtIn.seasons,
      jitterMinutes: schedule.jitter_minutes ?? 240,
    },
    politeness: {
      minDelayMs,
      maxDelayMs: Math.max(minDelayMs, politeness.max_delay_ms ?? 60_000),
      delayFactor: politeness.delay_factor ?? 5,
      window: window === null ? null : parseWindow(window),
      maxBytesPerRun: bytes(politeness.max_bytes_per_run, 2e9),
      maxRequestsPerRun: politeness.max_requests_per_run ?? Number.POSITIVE_INFINITY,
      timeoutMs: politeness.timeout_ms ?? 30_000,
      retries: politeness.retries ?? 2,
    },
    robots: {
      overrideReason: robots.policy === 'operator_override' ? (robots.reason ?? null) : null,
      cacheHours: robots.cache_hours ?? 24,
    },
    limits: {
      pageBytes: bytes(limits.page_bytes, 15e6),
      attachmentBytes: bytes(limits.attachment_bytes, 100e6),
      redirects: limits.redirects ?? 5,
      pagesMax,
    },
    blocked: { notify: blocked.notify ?? true, cooldownDays: blocked.cooldown_days ?? 7 },
    years: { from: years.from ?? 2019, to: years.to ?? 'auto' },
    recheck: {
      newDays: recheck.new_days ?? 90,
      newEveryDays: recheck.new_every_days ?? 7,
      laterEveryDays: recheck.later_every_days ?? 90,
      oldEveryDays: recheck.old_every_days ?? 365,
    },
    columns: portal.columns.map((column) => {
      const exclude = column.title_exclude ?? match.title_exclude ?? builtIn.titleExclude;
      return {
        id: column.id,
        url: column.url,
        adapter: column.adapter ?? 'auto',
        params: column.params ?? {},
        agencyFrom: column.agency_from ?? builtIn.agencyFrom,
        agency: column.agency ?? null,
        followChildColumns: column.follow_child_columns ?? null,
        pagesMax: column.pages_max ?? pagesMax,
        titleInclude: new RegExp(column.title_include ?? match.title_include ?? builtIn.titleInclude, 'u'),
        titleExclude: new RegExp(exclude, 'u'),
      };
    }),
  };
}

function bytes(value: string | number | undefined, otherwise: number): number {
  return value === undefined ? otherwise : (parseSize(value) ?? otherwise);
}
