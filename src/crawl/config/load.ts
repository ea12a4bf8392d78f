import { readFile } from 'node:fs/promises';
import { ConfigError, parseStrictYaml } from '../../config/strict-yaml.ts';
import type { CrawlConfig, PortalConfig } from './config.ts';
import { type PortalsFile, portalsFile } from './schema.ts';
import { parseSize } from './size.ts';
import { parseWindow } from './window.ts';

export { ConfigError, type ConfigProblem } from '../../config/strict-yaml.ts';

/** Reads and checks portals.yaml. Throws ConfigError; a missing file is one too. */
export async function loadPortals(file: string): Promise<CrawlConfig> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = /ENOENT/.test(reason)
      ? 'there is no such file; copy portals.example.yaml to it, put your contact into user_agent and keep the portals that you want (docs/crawl.md)'
      : `cannot be read (${reason})`;
    throw new ConfigError(file, [{ path: '', line: null, message }]);
  }
  return parsePortals(source, file);
}

/** Checks the text of a portals.yaml; `file` is for messages. */
export function parsePortals(source: string, file = 'portals.yaml'): CrawlConfig {
  return resolve(parseStrictYaml(source, file, portalsFile));
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
