import { Cron } from 'croner';
import { z } from 'zod';
import { parseSize } from './size.ts';
import { parseWindow } from './window.ts';

/** The shape of portals.yaml. Strict at every level: a misspelt key would silently lose a politeness rule. */

const text = z.string().trim().min(1);
const count = z.number().int().nonnegative();

const size = z
  .union([text, z.number().int().positive()])
  .refine((value) => parseSize(value) !== null, 'expected a size such as 15MB, 2GB or a number of bytes')
  .describe('A size: 15MB, 2GB, 512KiB, or a number of bytes');

const window = z
  .union([
    text.refine(
      (value) => parseWindow(value) !== null,
      'expected hours such as "22:00-07:00" ("00:00-24:00" for the whole day)',
    ),
    z.null(),
  ])
  .describe('Hours in which the portal may be asked; outside them nothing is requested. null: no limit');

const regex = text
  .refine((value) => compiles(value), 'expected a regular expression (JavaScript syntax)')
  .describe('A regular expression (JavaScript syntax, flag u)');

const cron = text
  .refine(isCron, 'expected a cron expression of five fields such as "15 22 * * 2,5"')
  .describe('Minute, hour, day of month, month, day of week');

const monthDay = text
  .regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'expected month and day such as 01-05')
  .describe('Month and day: 01-05');

const url = text
  .refine(isWebAddress, 'expected an http or https address without user name and password')
  .describe('An http or https address');

const host = text
  .refine(isHost, 'expected a host name such as www.example.gov.cn, without scheme, port and path')
  .describe('A host name, without scheme, port and path; sub-domains are not included');

const id = text
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'expected letters, digits, - and _ only')
  .describe('Stable: the crawl state hangs on it');

export const season = z.strictObject({ from: monthDay, to: monthDay, cron });

const schedule = z
  .strictObject({
    cron: cron.optional(),
    seasons: z.array(season).optional().describe('The first that holds today replaces cron'),
    jitter_minutes: count.max(1440).optional().describe('The start is moved by up to this much, by portal'),
  })
  .describe('When `gongkai schedule` visits; the times are in defaults.timezone');

const politeness = z
  .strictObject({
    concurrency: z.literal(1).optional().describe('Always 1: one request at a time to a host group'),
    min_delay_ms: count.min(1000).optional().describe('At least 1000'),
    max_delay_ms: count.optional(),
    delay_factor: z.number().min(1).optional().describe('Times the last response time'),
    window: window.optional(),
    max_bytes_per_run: size.optional(),
    max_requests_per_run: count.positive().optional(),
    timeout_ms: count.min(1000).optional(),
    retries: count.max(5).optional().describe('After network errors and 5xx, inside the run'),
    honor_crawl_delay: z.literal(true).optional().describe('Always true'),
  })
  .describe('How gently a portal is asked');

const robots = z
  .strictObject({
    policy: z.enum(['obey', 'operator_override']).optional(),
    reason: text.optional().describe('Why the operator overrides robots.txt; logged at every run'),
    on_403: z.literal('disallow').optional(),
    on_5xx: z.literal('disallow').optional(),
    cache_hours: z.number().positive().max(24).optional(),
  })
  .refine((value) => value.policy !== 'operator_override' || value.reason !== undefined, {
    message: 'operator_override needs a reason: it is a decision that somebody answers for',
    path: ['reason'],
  })
  .describe('robots.txt by RFC 9309');

const limits = z.strictObject({
  page_bytes: size.optional(),
  attachment_bytes: size.optional(),
  redirects: count.max(10).optional(),
  pages_max: count.positive().optional().describe('List pages of one column'),
});

const blocked = z
  .strictObject({
    action: z.literal('stop_host').optional().describe('Always stop_host: challenges are never solved'),
    notify: z.boolean().optional(),
    cooldown_days: z.number().nonnegative().optional(),
  })
  .describe('What a portal that refuses means');

const match = z
  .strictObject({ title_include: regex.optional(), title_exclude: regex.optional() })
  .describe('Which list rows are annual reports');

const yearRange = z
  .strictObject({
    from: z.number().int().min(2008).optional(),
    to: z
      .union([z.literal('auto'), z.number().int().min(2008)])
      .optional()
      .describe('auto: last year'),
  })
  .describe('Report years wanted');

const recheck = z
  .strictObject({
    new_days: count.optional().describe('A report is new for this many days after it was first seen'),
    new_every_days: count.positive().optional(),
    later_every_days: count.positive().optional(),
    old_every_days: count.positive().optional().describe('Report years before the last two'),
  })
  .describe('When an unchanged report is asked for again');

const policies = {
  schedule: schedule.optional(),
  politeness: politeness.optional(),
  robots: robots.optional(),
  limits: limits.optional(),
  blocked: blocked.optional(),
  match: match.optional(),
  year_range: yearRange.optional(),
  recheck: recheck.optional(),
};

export const agencySource = z
  .string()
  .regex(
    /^(title_prefix|fixed|breadcrumb|list\.publisher|meta\.[A-Za-z]+|info_table\.\S+)$/,
    'expected title_prefix, fixed, list.publisher, breadcrumb, meta.<name> or info_table.<label>',
  );

const column = z.strictObject({
  id,
  url,
  adapter: z
    .enum([
      'auto',
      'hanweb',
      'static_pager',
      'gd',
      'esogov',
      'vsb',
      'kaipu_json',
      'generic_list',
      'single_page',
    ])
    .optional()
    .describe('The family of the portal; auto looks at the column page'),
  params: z.record(z.string(), z.unknown()).optional().describe('What the family needs beyond the page'),
  agency_from: z
    .array(agencySource)
    .min(1)
    .optional()
    .describe(
      'Where the agency is looked for, best first: title_prefix, meta.ContentSource, info_table.发布机构, fixed',
    ),
  agency: text.optional().describe('For agency_from: fixed. A name or an id of agencies.csv'),
  follow_child_columns: z
    .strictObject({ depth: count.min(1).max(2), text: regex })
    .optional()
    .describe('Links on the column page that are columns themselves, such as one for each year'),
  pages_max: count.positive().optional(),
  title_include: regex.optional(),
  title_exclude: regex.optional(),
});

const portal = z
  .strictObject({
    id,
    name: text.optional(),
    region_code: z
      .string({ error: 'expected a quoted division code such as "330105"' })
      .regex(/^\d{6}(\d{3})?$/, 'expected a division code of 6 or 9 digits, quoted')
      .optional(),
    base_url: url,
    allowed_hosts: z.array(host).min(1),
    host_group: id.optional().describe('Portals on one machine share one queue'),
    tls: z.enum(['default', 'legacy_renegotiation', 'p256', 'http_only']).optional(),
    charset: z
      .enum(['utf-8', 'gb18030', 'gbk', 'gb2312'])
      .optional()
      .describe('Where the portal declares it wrongly'),
    agencies: z
      .array(z.union([text, z.number().int()]))
      .optional()
      .describe('Ids of agencies.csv that publish here'),
    enabled: z.boolean().optional(),
    ...policies,
    columns: z.array(column).min(1),
  })
  .superRefine((value, context) => {
    const hosts = new Set(value.allowed_hosts.map((name) => hostOf(`http://${name}/`)));
    const check = (address: string, path: (string | number)[]) => {
      const name = hostOf(address);
      if (name !== null && !hosts.has(name))
        context.addIssue({ code: 'custom', path, message: `host ${name} is not in allowed_hosts` });
    };
    check(value.base_url, ['base_url']);
    const seen = new Set<string>();
    value.columns.forEach((entry, index) => {
      check(entry.url, ['columns', index, 'url']);
      if (seen.has(entry.id))
        context.addIssue({
          code: 'custom',
          path: ['columns', index, 'id'],
          message: `the id ${entry.id} is there twice`,
        });
      seen.add(entry.id);
      if (entry.agency_from?.includes('fixed') && entry.agency === undefined)
        context.addIssue({
          code: 'custom',
          path: ['columns', index, 'agency'],
          message: 'agency_from has fixed, but agency does not say which',
        });
    });
  });

export const portalsFile = z
  .strictObject({
    version: z.literal(1),
    defaults: z.strictObject({
      timezone: text.refine(isTimezone, 'expected a time zone such as Asia/Shanghai').optional(),
      user_agent: text
        .regex(
          /\+https?:\/\/|[\w.+-]+@[\w-]+\.\w/,
          'expected a contact in it: an address of a page or an e-mail',
        )
        .regex(
          /^(?!.*(googlebot|baiduspider|bingbot|sogou|360spider|bytespider))/i,
          'must not pretend to be a search engine',
        )
        .regex(/^[\x20-\x7e]+$/, 'expected plain ASCII')
        .describe('Says who asks, with a contact: Name/1.0 (+https://example.org/bot; ops@example.org)'),
      ...policies,
    }),
    portals: z.array(portal).min(1),
  })
  .superRefine((value, context) => {
    const seen = new Set<string>();
    value.portals.forEach((entry, index) => {
      if (seen.has(entry.id))
        context.addIssue({
          code: 'custom',
          path: ['portals', index, 'id'],
          message: `the id ${entry.id} is there twice`,
        });
      seen.add(entry.id);
    });
  });

export type PortalsFile = z.infer<typeof portalsFile>;

/** The JSON Schema (draft 2020-12) of portals.yaml, for editors. Checks between keys are not in it. */
export function portalsJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(portalsFile, { io: 'input' }),
    title: 'gongkai portals.yaml',
  };
}

function compiles(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

function isCron(expression: string): boolean {
  try {
    new Cron(expression, { mode: '5-part', paused: true }).stop();
    return true;
  } catch {
    return false;
  }
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isWebAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password } = new URL(address);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function isHost(name: string): boolean {
  return /^[^\s/:@?#\\]+$/.test(name) && URL.canParse(`http://${name}/`);
}

function hostOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).hostname : null;
}
