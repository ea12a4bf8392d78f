import { afterEach, expect, test } from 'vitest';
import { jitterMs, nextOccurrence, nextStart, schedulePortals } from '../../src/crawl/schedule.ts';
import { day, Field, impolite } from './field.ts';

const zone = 'Asia/Shanghai';
const calendar = {
  cron: '15 22 1 * *',
  seasons: [
    { from: '01-05', to: '02-20', cron: '15 22 * * 2,5' },
    { from: '03-01', to: '04-15', cron: '15 22 * * 2,5' },
  ],
  jitterMinutes: 240,
};
const shanghai = (time: string) => Date.parse(`${time}+08:00`);
const next = (after: string, schedule = calendar) =>
  new Date(nextOccurrence(schedule, shanghai(after), zone) + 8 * 3_600_000).toISOString().slice(0, 16);

// 2026-01-01 is a Thursday.
test.each([
  ['in the season: the coming Tuesday', '2026-01-10T00:00', '2026-01-13T22:15'],
  ['the first day of the season counts', '2026-01-04T00:00', '2026-01-06T22:15'],
  ['the same evening, before its time', '2026-01-13T22:14', '2026-01-13T22:15'],
  ['the same evening, after its time', '2026-01-13T22:15', '2026-01-16T22:15'],
  [
    'between the seasons nothing falls: the next begins on a Sunday, so Tuesday',
    '2026-02-20T23:00',
    '2026-03-03T22:15',
  ],
  ['off season: the first of the month', '2026-05-02T00:00', '2026-06-01T22:15'],
  ['the last day of a season belongs to it', '2026-04-15T00:00', '2026-05-01T22:15'],
  ['over the year', '2026-12-02T00:00', '2027-01-01T22:15'],
])('%s', (_, after, expected) => {
  expect(next(after)).toBe(expected);
});

test('a season may go over the turn of the year', () => {
  const winter = { ...calendar, seasons: [{ from: '12-15', to: '01-10', cron: '0 23 * * *' }] };
  expect(next('2026-12-31T23:30', winter)).toBe('2027-01-01T23:00');
  expect(next('2027-01-10T23:30', winter)).toBe('2027-02-01T22:15');
});

test('the jitter of a portal is its own, always the same, and within the limit', () => {
  const all = Array.from({ length: 200 }, (_, index) => jitterMs(`portal-${index}`, 240));
  expect(all).toEqual(Array.from({ length: 200 }, (_, index) => jitterMs(`portal-${index}`, 240)));
  expect(Math.max(...all)).toBeLessThan(240 * 60_000);
  expect(new Set(all).size).toBeGreaterThan(150);
  expect(jitterMs('portal-1', 0)).toBe(0);
});

let field: Field | null = null;
afterEach(async () => {
  await field?.close();
  field = null;
});
const portal = { politeness: { window: '22:00-07:00' }, schedule: { ...{ jitter_minutes: 240 } } };

/** Runs the schedule until so many runs ended, or the clock passed `until`; true to kill it in the midst of a run. */
async function attend(field: Field, runs: number): Promise<{ starts: string[]; reports: number }> {
  const stop = new AbortController();
  const starts: string[] = [];
  let reports = 0;
  const from = field.replica.log.length;
  for await (const item of schedulePortals(field.config, { ...field.deps(), signal: stop.signal })) {
    if (item.kind === 'report') {
      reports++;
      const { portal, url, version } = item.report;
      await field.state.commit({ taken: [{ portal, url, n: version }] });
    }
    if (item.kind === 'run') {
      starts.push(item.summary.startedAt);
      if (starts.length === runs) stop.abort();
    }
  }
  expect(impolite(field.replica.log.slice(from))).toEqual([]);
  return { starts, reports };
}

test('a resident process crawls at once what it never saw, then on the calendar, at night, moved by the jitter', async () => {
  field = await Field.open(
    [{ host: 'www.moumou.gov.cn', family: 'trs', agencies: 1 }],
    { portal },
    '2026-01-10T04:00:00Z',
  );
  const { starts, reports } = await attend(field, 4);
  const jitter = jitterMs('p1', 240);
  const expected = ['2026-01-13T22:15', '2026-01-16T22:15', '2026-01-20T22:15'].map((time) =>
    new Date(shanghai(time) + jitter).toISOString(),
  );
  expect(starts).toEqual(['2026-01-10T14:00:00.000Z', ...expected]);
  expect(reports).toBe(3);
});

test('after a kill it makes up for the run that did not end', async () => {
  field = await Field.open([{ host: 'www.moumou.gov.cn', family: 'trs', agencies: 2 }], { portal });
  await field.crawlUntilKilled(8);
  const [config] = field.config.portals;
  if (!config) throw new Error('no portal');
  expect(await nextStart(config, field.state, field.clock.now())).toBe(field.clock.now());
  await field.crawl();
  expect(await nextStart(config, field.state, field.clock.now())).toBeGreaterThan(field.clock.now() + day);
});

test('a run that fell into the time when nothing ran is made up for in the next night', async () => {
  field = await Field.open([{ host: 'www.moumou.gov.cn', family: 'trs', agencies: 1 }], { portal });
  await field.crawl();
  const [config] = field.config.portals;
  if (!config) throw new Error('no portal');
  // The first of July passes at half past three in the afternoon of the tenth.
  field.clock.advance(shanghai('2026-07-10T15:30') - field.clock.now());
  expect(new Date(await nextStart(config, field.state, field.clock.now())).toISOString()).toBe(
    '2026-07-10T14:00:00.000Z',
  );
});

test('a portal that one night does not suffice for goes on the next night', async () => {
  field = await Field.open(
    [{ host: 'www.moumou.gov.cn', family: 'trs', agencies: 6 }],
    { portal: { politeness: { window: '22:00-22:01' }, schedule: { jitter_minutes: 0 } } },
    '2026-06-10T04:00:00Z',
  );
  const { starts, reports } = await attend(field, 3);
  expect(starts.map((time) => time.slice(0, 10))).toEqual(['2026-06-10', '2026-06-11', '2026-06-12']);
  expect(reports).toBe(18);
});
