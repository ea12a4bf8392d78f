import type { YearFigures } from '../../dataset/report-queries.ts';
import type { Say } from '../language.ts';
import { html, type Markup } from '../markup.ts';
import { lineChart, thousands } from './charts.ts';

/** Requests received and carried over through the years, with the number of reports that each sum is made of. */
export function requestsChart(say: Say, figures: readonly YearFigures[]): Markup {
  if (figures.length === 0) return noFigures(say);
  return html`${lineChart(
    say('各年收到和结转的申请件数', 'Requests received and carried over, by year'),
    figures.map((f) => String(f.year)),
    [
      { name: say('本年新收', 'newly received'), style: 'a', values: figures.map((f) => f.received) },
      { name: say('结转下年', 'carried over'), style: 'b', values: figures.map((f) => f.carriedOut) },
    ],
  )}${basisOf(say, figures)}`;
}

export function noFigures(say: Say): Markup {
  return html`<p class="empty">${say('还没有可以相加的数字。', 'There are no numbers to add up yet.')}</p>`;
}

/** What was added up must stand beside the sum: a blank is not 0. */
export function basisOf(say: Say, figures: readonly YearFigures[]): Markup {
  const text = figures
    .map((f) => say(`${f.year}年${thousands(f.reports)}份`, `${f.year}: ${thousands(f.reports)}`))
    .join(say('，', ', '));
  return html`<p class="note">${say(
    `只合计总计列填写完整且读数可靠的本机关报告：${text}。各年份数不同时，升降不一定是申请多少的变化。`,
    `Only reports of bodies for themselves whose totals are complete and safe to read; reports: ${text}. Where their number differs, a rise or fall need not be one of requests.`,
  )}</p>`;
}
