/**
 * What the nation would take, written into docs/scale.md:
 *
 *   node scripts/plan-scale.ts
 *
 * What a report costs comes from bench/results/reference.json, the counties from the list of division codes, the pauses
 * from the rules of politeness. Everything else is an assumption, stands in ASSUMED, and is printed as one: put in
 * what you know and run it again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fit } from '../bench/fit.ts';
import type { Results } from '../bench/results.ts';
import { DIVISION_CODES } from '../src/agencies/division-codes.ts';

const REFERENCE = new URL('../bench/results/reference.json', import.meta.url);
const PAGE = new URL('../docs/scale.md', import.meta.url);
/** What people wrote stands above this line and is kept. */
const MARK = '<!-- Below: written by scripts/plan-scale.ts -->';

/** The rules of politeness: docs/crawl.md. */
const WINDOW_HOURS = 9;
const SHORTEST_PAUSE_S = 3;
const LONGEST_PAUSE_S = 60;
/** A pause is at least so many times what the last answer took. */
const PAUSE_FACTOR = 5;

const ASSUMED = {
  bodies: { value: 150_000, unit: 'bodies that publish each year', of: 'round figure for the nation' },
  years: { value: 7, unit: 'years to fetch in the first season', of: '2019 to 2025' },
  answer: { value: 0.5, unit: 's for an answer of a portal', of: 'assumed; the pause follows it' },
  attachments: { value: 0.5, unit: 'attachments a report, each as dear as two requests', of: 'assumed' },
  rowsPerList: { value: 15, unit: 'rows on a page of a list', of: 'assumed' },
  processorHour: { value: 0.05, unit: 'USD for an hour of one processor', of: 'assumed' },
  gigabyteMonth: { value: 0.02, unit: 'USD for a GB stored for a month', of: 'assumed' },
} as const;

/** Portals that share a machine share one queue: how many there are decides how long the nation takes. */
const counties = countyCount();
const PLATFORMS: readonly { readonly name: string; readonly groups: number }[] = [
  { name: 'every county has a machine of its own', groups: counties },
  { name: 'one platform for each prefecture', groups: prefectureCount() },
  { name: 'one platform for each province', groups: 31 },
];

interface Season {
  readonly name: string;
  readonly reports: number;
  /** Requests that a season of so many reports takes, each with its pause. */
  readonly requests: number;
}

const results = JSON.parse(readFileSync(REFERENCE, 'utf8')) as Results;
const page = readFileSync(PAGE, 'utf8');
const at = page.indexOf(MARK);
if (at < 0) throw new Error(`docs/scale.md has lost the line ${MARK}`);
writeFileSync(PAGE, `${page.slice(0, at)}${MARK}\n\n${plan(results)}\n`);

function plan(measured: Results): string {
  const largest = (measured.whole ?? []).at(-1);
  if (!largest)
    throw new Error('bench/results/reference.json has no figures of the whole; run npm run bench');
  const line = fit((measured.whole ?? []).map((r) => ({ x: r.reports, y: r.processorSeconds })));
  const each = {
    processorS: largest.processorSeconds / largest.reports,
    source: largest.sourceBytes / largest.reports,
    store: largest.storeBytes / largest.reports,
    dataset: largest.datasetBytes / largest.reports,
  };
  const a = ASSUMED;
  const seasons = [
    season('a year', a.bodies.value),
    season(`the first season, ${a.years.value} years`, a.bodies.value * a.years.value),
  ];
  const parts = [
    `## Measured\n\n${table(
      ['what', 'figure'],
      [
        ['largest folder measured', `${n(largest.reports)} reports`],
        ['processor time a report, to the finished dataset', `${(each.processorS * 1000).toFixed(1)} ms`],
        ...(line
          ? [['growth of cost with the number of reports', `reports^${line.exponent.toFixed(2)}`]]
          : []),
        [
          'original · store · dataset, a report',
          `${kb(each.source)} · ${kb(each.store)} · ${kb(each.dataset)}`,
        ],
        [
          'parent process at its largest',
          largest.parentMiB === null ? 'not measured' : `${largest.parentMiB.toFixed(0)} MiB`,
        ],
      ],
    )}\n\nBeyond the largest folder measured the figures below are carried on in proportion, not measured.`,
    `## Assumed\n\n${table(
      ['figure', 'of what', 'from'],
      Object.values(a).map(({ value, unit, of }) => [n(value), unit, of]),
    )}`,
    `## Crawling\n\nOne connection to a group of hosts, a pause of ${PAUSE_FACTOR} × the last answer, at least ${SHORTEST_PAUSE_S} s and at most ${LONGEST_PAUSE_S} s, from 22:00 to 07:00. A night has room for ${n(requestsANight(pauseS(a.answer.value), a.answer.value))} requests to one group at a pause of ${pauseS(a.answer.value)} s, and for ${n(requestsANight(LONGEST_PAUSE_S, a.answer.value))} at ${LONGEST_PAUSE_S} s.\n\n${table(
      [
        'season',
        'reports',
        'requests',
        'platforms',
        'groups',
        `nights at ${pauseS(a.answer.value)} s`,
        `nights at ${LONGEST_PAUSE_S} s`,
      ],
      seasons.flatMap((s) =>
        PLATFORMS.map((p, i) => [
          i === 0 ? s.name : '',
          i === 0 ? n(s.reports) : '',
          i === 0 ? n(s.requests) : '',
          p.name,
          n(p.groups),
          nights(s, p.groups, pauseS(a.answer.value)),
          nights(s, p.groups, LONGEST_PAUSE_S),
        ]),
      ),
    )}\n\nBodies are spread evenly over the groups here. A platform with many more than its share takes in proportion longer; the others are finished by then. The pauses decide, not the machines: more workers make nothing faster within a group.`,
    `## Machines and storage\n\n${table(
      ['season', 'processor hours', 'hours on 2 processors', 'originals', 'store', 'dataset'],
      seasons.map((s) => {
        const hours = (s.reports * each.processorS) / 3600;
        return [
          s.name,
          hours.toFixed(1),
          (hours / 2).toFixed(1),
          gb(s.reports * each.source),
          gb(s.reports * each.store),
          gb(s.reports * each.dataset),
        ];
      }),
    )}\n\n${table(
      ['season', 'processors, USD', 'storage of all three, USD a month'],
      seasons.map((s) => [
        s.name,
        (((s.reports * each.processorS) / 3600) * a.processorHour.value).toFixed(2),
        (((s.reports * (each.source + each.store + each.dataset)) / 1e9) * a.gigabyteMonth.value).toFixed(2),
      ]),
    )}\n\nScans are not in the mix: text recognition takes seconds a page and is to be planned for by itself.`,
  ];
  return parts.join('\n\n');
}

function season(name: string, reports: number): Season {
  const a = ASSUMED;
  const perReport = 1 + 2 * a.attachments.value + 1 / a.rowsPerList.value;
  return { name, reports, requests: Math.ceil(reports * perReport) };
}

function pauseS(answerS: number): number {
  return Math.min(LONGEST_PAUSE_S, Math.max(SHORTEST_PAUSE_S, PAUSE_FACTOR * answerS));
}

function requestsANight(pause: number, answer: number): number {
  return Math.floor((WINDOW_HOURS * 3600) / (pause + answer));
}

function nights(s: Season, groups: number, pause: number): string {
  return n(Math.ceil(s.requests / groups / requestsANight(pause, ASSUMED.answer.value)));
}

/** Lines begin with four digits; counties follow as two digits and a name. */
function countyCount(): number {
  return [...DIVISION_CODES.matchAll(/ \d\d\p{L}/gu)].length;
}

function prefectureCount(): number {
  return [...DIVISION_CODES.matchAll(/^\d\d(?!00)\d\d /gmu)].length;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

function n(value: number): string {
  return value.toLocaleString('en');
}

function kb(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function gb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
