import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ConfigError, loadPortals, parsePortals } from '../../src/crawl/config/load.ts';
import { portalsJsonSchema } from '../../src/crawl/config/schema.ts';
import { parseSize } from '../../src/crawl/config/size.ts';
import { civilTime, isOpen, parseWindow, untilClosed, untilOpen } from '../../src/crawl/config/window.ts';

const root = new URL('../../', import.meta.url);
const good = `version: 1
defaults:
  user_agent: "GongkaiReportBot/1.0 (+https://example.org/bot)"
portals:
  - id: a
    base_url: https://www.moumou.gov.cn
    allowed_hosts: [www.moumou.gov.cn]
    columns:
      - { id: nb, url: "https://www.moumou.gov.cn/nb/" }
`;

const problems = (source: string) => {
  try {
    parsePortals(source);
    return [];
  } catch (error) {
    if (error instanceof ConfigError)
      return error.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);
    throw error;
  }
};

test('the example is valid, and its first portal is 拱墅区', async () => {
  const config = await loadPortals(new URL('portals.example.yaml', root).pathname);
  expect(config.portals[0]).toMatchObject({ id: 'gongshu', regionCode: '330105', hostGroup: 'hz-jpaas' });
  expect(
    new Set(config.portals.flatMap(({ columns }) => columns.map(({ adapter }) => adapter))).size,
  ).toBeGreaterThan(6);
  expect(config.portals.length).toBeGreaterThanOrEqual(12);
});

test('the published schema is the one that the program checks with', async () => {
  const published = JSON.parse(await readFile(new URL('docs/portals.schema.json', root), 'utf8'));
  expect(published).toEqual(JSON.parse(JSON.stringify(portalsJsonSchema())));
});

test('defaults hold where nothing is said: 3 to 60 seconds, at night, 15 MB a page', () => {
  const [portal] = parsePortals(good).portals;
  expect(portal).toMatchObject({
    politeness: {
      minDelayMs: 3000,
      maxDelayMs: 60_000,
      delayFactor: 5,
      window: { from: 79_200_000, to: 25_200_000 },
      maxBytesPerRun: 2e9,
    },
    limits: { pageBytes: 15e6, attachmentBytes: 100e6 },
    robots: { overrideReason: null, cacheHours: 24 },
    years: { from: 2019, to: 'auto' },
    tls: 'default',
  });
});

test('a portal overrides the defaults key by key', () => {
  const config = parsePortals(
    good
      .replace('portals:', '  politeness: { min_delay_ms: 4000, window: null }\nportals:')
      .replace('    columns:', '    politeness: { max_delay_ms: 90000 }\n    columns:'),
  );
  expect(config.portals[0]?.politeness).toMatchObject({ minDelayMs: 4000, maxDelayMs: 90_000, window: null });
});

test.each([
  [
    'a misspelt key',
    good.replace('allowed_hosts', 'alowed_hosts'),
    /^7 portals\[0\]\.alowed_hosts: unknown key; did you mean allowed_hosts\?$/m,
  ],
  [
    'a misspelt key of the defaults',
    good.replace('defaults:', 'defaults:\n  politness: {}'),
    /defaults\.politness: unknown key; did you mean politeness\?/,
  ],
  [
    'a column on a foreign host',
    good.replace('gov.cn/nb/', 'gov.cn.example.com/nb/'),
    /columns\[0\]\.url: host www\.moumou\.gov\.cn\.example\.com is not in allowed_hosts/,
  ],
  [
    'a base address on a foreign host',
    good.replace('base_url: https://www', 'base_url: https://ww1'),
    /base_url: host ww1\.moumou\.gov\.cn is not in allowed_hosts/,
  ],
  [
    'a broken expression',
    good.replace('{ id: nb,', '{ id: nb, title_include: "(年报",'),
    /title_include: expected a regular expression/,
  ],
  [
    'an override without a reason',
    good.replace('    columns:', '    robots: { policy: operator_override }\n    columns:'),
    /robots\.reason: operator_override needs a reason/,
  ],
  [
    'a wrong window',
    good.replace('portals:', '  politeness: { window: "22-7" }\nportals:'),
    /politeness\.window: .*expected hours/,
  ],
  [
    'a wrong size',
    good.replace('portals:', '  limits: { page_bytes: 15 megs }\nportals:'),
    /page_bytes: .*expected a size/,
  ],
  [
    'a wrong cron',
    good.replace('portals:', '  schedule: { cron: "61 22 * * *" }\nportals:'),
    /schedule\.cron: expected a cron expression/,
  ],
  ['two at once', good.replace('portals:', '  politeness: { concurrency: 2 }\nportals:'), /concurrency/],
  [
    'a delay under a second',
    good.replace('portals:', '  politeness: { min_delay_ms: 0 }\nportals:'),
    /min_delay_ms/,
  ],
  ['no contact', good.replace(' (+https://example.org/bot)', ''), /user_agent: expected a contact/],
  ['a borrowed name', good.replace('GongkaiReportBot', 'Baiduspider'), /must not pretend/],
  [
    'a region code without quotes',
    good.replace('    columns:', '    region_code: 330105\n    columns:'),
    /region_code: expected a quoted division code/,
  ],
  ['an id that is there twice', good + good.slice(good.indexOf('  - id')), /the id a is there twice/],
  [
    'agency_from: fixed without an agency',
    good.replace('{ id: nb,', '{ id: nb, agency_from: [fixed],'),
    /agency: agency_from has fixed/,
  ],
  ['an unknown family', good.replace('{ id: nb,', '{ id: nb, adapter: hanwebb,'), /adapter/],
  [
    'a file address',
    good.replace('base_url: https:', 'base_url: ftp:'),
    /base_url: expected an http or https address/,
  ],
  ['no YAML', `${good}\n\t- x: [`, /YAML/],
])('%s is refused with its line and what was expected', (_, source, message) => {
  expect(problems(source).join('\n')).toMatch(message);
});

test('no key of the configuration lets the crawl reach this machine', () => {
  const keys = JSON.stringify(portalsJsonSchema());
  expect(keys).not.toMatch(/loopback|resolve|proxy|insecure|rejectUnauthorized/i);
  expect(problems(good.replace('portals:', '  allow_loopback: true\nportals:')).join()).toMatch(
    /unknown key/,
  );
});

test.each([
  ['15MB', 15_000_000],
  ['2GB', 2_000_000_000],
  ['512KiB', 524_288],
  ['1.5 MB', 1_500_000],
  ['100', 100],
  ['15 megs', null],
  ['', null],
])('the size %j is %j bytes', (text, bytes) => {
  if (text !== '') expect(parseSize(text)).toBe(bytes);
  else expect(parseSize('MB')).toBeNull();
});

test('the window over midnight is open at 22:00 and 06:59 in Shanghai and closed at 07:00', () => {
  const window = parseWindow('22:00-07:00');
  const at = (time: string) => Date.parse(`2026-03-10T${time}+08:00`);
  const zone = 'Asia/Shanghai';
  expect([at('22:00:00'), at('06:59:59'), at('00:00:00')].map((time) => isOpen(window, time, zone))).toEqual([
    true,
    true,
    true,
  ]);
  expect([at('07:00:00'), at('21:59:59'), at('12:00:00')].map((time) => isOpen(window, time, zone))).toEqual([
    false,
    false,
    false,
  ]);
  expect(untilOpen(window, at('21:30:00'), zone)).toBe(1_800_000);
  expect(untilOpen(window, at('23:00:00'), zone)).toBe(0);
  expect(untilClosed(window, at('06:00:00'), zone)).toBe(3_600_000);
  expect(untilClosed(window, at('22:00:00'), zone)).toBe(9 * 3_600_000);
  expect(untilClosed(window, at('12:00:00'), zone)).toBe(0);
  expect(untilClosed(null, at('12:00:00'), zone)).toBe(Number.POSITIVE_INFINITY);
  expect(civilTime(at('00:30:00'), zone)).toEqual({ year: 2026, month: 3, day: 10, msOfDay: 1_800_000 });
});

test.each(['00:00-24:00', '0:00-24:00', '24:00-00:00'])(
  'a window of the whole day (%s) never closes, not even before midnight',
  (text) => {
    const window = parseWindow(text);
    const zone = 'Asia/Shanghai';
    for (const time of ['00:00:00', '12:00:00', '23:59:59']) {
      const at = Date.parse(`2026-03-10T${time}+08:00`);
      expect(isOpen(window, at, zone)).toBe(true);
      expect(untilOpen(window, at, zone)).toBe(0);
      expect(untilClosed(window, at, zone)).toBe(Number.POSITIVE_INFINITY);
    }
  },
);

test.each([
  ['22:00-24:00', '23:30:00', 1_800_000],
  ['22:00-00:00', '23:30:00', 1_800_000],
  ['22:00-07:00', '23:59:00', 7 * 3_600_000 + 60_000],
  ['24:00-07:00', '06:00:00', 3_600_000],
  ['07:01-07:00', '23:59:00', 7 * 3_600_000 + 60_000],
])('the window %s at %s is open for %i ms more', (text, time, left) => {
  const at = Date.parse(`2026-03-10T${time}+08:00`);
  expect(isOpen(parseWindow(text), at, 'Asia/Shanghai')).toBe(true);
  expect(untilClosed(parseWindow(text), at, 'Asia/Shanghai')).toBe(left);
});

test('a window without length is refused', () => {
  expect([parseWindow('07:00-07:00'), parseWindow('00:00-00:00'), parseWindow('24:00-24:00')]).toEqual([
    null,
    null,
    null,
  ]);
});

test('what is missing or of another kind is said in words, with its line where there is one', () => {
  expect(problems(good.replace('    allowed_hosts: [www.moumou.gov.cn]\n', ''))).toEqual([
    '5 portals[0].allowed_hosts: missing; expected a list',
  ]);
  expect(problems(good.replace('[www.moumou.gov.cn]', 'www.moumou.gov.cn'))).toEqual([
    '7 portals[0].allowed_hosts: expected a list, not string',
  ]);
});

test('a file that is not there is told with how to begin one', async () => {
  await expect(loadPortals('no-such-portals.yaml')).rejects.toThrow(
    'no-such-portals.yaml: 1 problem\n  there is no such file; copy portals.example.yaml to it',
  );
});
