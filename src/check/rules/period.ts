import { foldPhrase } from '../../form/fold.ts';
import type { Instance, ReportFamily } from '../rule.ts';
import type { ReportView } from '../view.ts';

export const period: ReportFamily = {
  key: 'period',
  title: { zh: '统计期限与标题', en: 'Period and title' },
  over: 'report',
  rules: [
    {
      id: 'F.PERIOD',
      version: 1,
      basis: { kind: 'form', source: '政府信息公开条例第四十九条：上一年度政府信息公开工作年度报告' },
      severity: 'error',
      title: { zh: '统计期限为全年', en: 'The period is the whole year' },
      terms: 'period = 1 January to 31 December of one year; sentence missing: info; damaged: warning',
      tolerance: '–',
      explanation: {
        zh: '统计期限应为一年的1月1日至12月31日。没有统计期限一句为提示；写得不全（如漏“年”字）为警告。',
        en: 'The period must run from 1 January to 31 December of one year. Info where the sentence is missing, warning where it is damaged (年 lost).',
      },
      examples: [
        {
          name: 'No such sentence',
          reports: [{ period: null }],
          expect: { outcome: 'unverifiable', severity: 'info', message: '统计期限' },
        },
        {
          name: 'The character 年 is lost',
          reports: [{ period: [null, null, '统计期限自20241月1日至202412月31日。'] }],
          expect: { outcome: 'unverifiable', severity: 'warning', message: '写得不完整' },
        },
        {
          name: 'Eleven months',
          reports: [{ period: ['2024-01-01', '2024-11-30', '统计期限为2024年1月1日至2024年11月30日。'] }],
          expect: { outcome: 'fails', severity: 'error', message: '12月31日' },
        },
      ],
    },
    {
      id: 'F.TITLE',
      version: 1,
      basis: { kind: 'form', source: '政府信息公开条例第四十九条：上一年度政府信息公开工作年度报告' },
      severity: 'error',
      title: { zh: '标题年度与统计期限一致', en: 'The title names the year of the period' },
      terms: 'year of the title = year of the period',
      tolerance: '0',
      explanation: {
        zh: '标题中的年度应与统计期限的年度一致；正文提到其他年度是正常的。',
        en: 'Title and period name the same year. Other years named in the narrative are normal.',
      },
      examples: [
        {
          name: 'Last year’s period left in',
          reports: [
            {
              year: 2024,
              period: ['2023-01-01', '2023-12-31', '统计期限为2023年1月1日至2023年12月31日。'],
            },
          ],
          expect: { outcome: 'fails', severity: 'error', message: '标题为2024年度，而统计期限为2023年' },
        },
      ],
    },
  ],
  *run(view) {
    yield* checkPeriod(view);
    yield* checkTitle(view);
  },
};

const SOME_PERIOD = /统计(?:期限|周期|期间|时段|时间|范围)|1月1日.{0,14}12月31日/u;

function* checkPeriod(view: ReportView): Generator<Instance> {
  const { period: printed } = view;
  const base = { rule: 'F.PERIOD', target: 'period', left: null, right: null } as const;
  if (!printed) {
    if (view.text === null) return;
    // Worded otherwise than the extraction knows: it is there, and nothing more can be said.
    if (view.text.narrative.some((p) => SOME_PERIOD.test(foldPhrase(p.text)))) {
      yield { ...base, outcome: 'unverifiable' };
      return;
    }
    yield {
      ...base,
      outcome: 'unverifiable',
      finding: {
        severity: 'info',
        table: null,
        cells: [],
        zh: '报告中没有“统计期限”一句，请补充“本报告所列数据的统计期限自X年1月1日起至12月31日止”。',
        en: 'No sentence states the period that the numbers cover. Add it.',
      },
    };
    return;
  }
  const evidence = [{ kind: 'quote', text: printed.text, location: printed.location }] as const;
  const operands = [{ cell: 'period', raw: printed.text }];
  if (!printed.start || !printed.end) {
    yield {
      ...base,
      outcome: 'unverifiable',
      finding: {
        severity: 'warning',
        table: null,
        cells: [],
        zh: `统计期限写得不完整：“${shortened(printed.text)}”，请核对是否漏了“年”“月”“日”等字。`,
        en: `The period is not complete: “${shortened(printed.text)}”. Check for lost characters.`,
        evidence,
        operands,
      },
    };
    return;
  }
  const [year] = printed.start.split('-');
  const whole = printed.start === `${year}-01-01` && printed.end === `${year}-12-31`;
  if (whole) {
    yield { ...base, outcome: 'holds' };
    return;
  }
  yield {
    ...base,
    outcome: 'fails',
    finding: {
      table: null,
      cells: [],
      zh: `统计期限为${dateZh(printed.start)}至${dateZh(printed.end)}，而年度报告的统计期限应为一年的1月1日至12月31日。请核对。`,
      en: `The period runs from ${printed.start} to ${printed.end}; an annual report covers 1 January to 31 December of one year. Check it.`,
      evidence,
      operands,
    },
  };
}

function* checkTitle(view: ReportView): Generator<Instance> {
  const title = yearOfTitle(view.title);
  const start = view.period?.start ? Number(view.period.start.slice(0, 4)) : null;
  const end = view.period?.end ? Number(view.period.end.slice(0, 4)) : null;
  if (title === null || start === null || end === null || !view.period) {
    if (view.text !== null) {
      yield { rule: 'F.TITLE', target: 'title', outcome: 'unverifiable', left: title, right: start };
    }
    return;
  }
  const holds = title === start || title === end;
  yield {
    rule: 'F.TITLE',
    target: 'title',
    outcome: holds ? 'holds' : 'fails',
    left: title,
    right: start,
    ...(holds
      ? {}
      : {
          finding: {
            table: null,
            cells: [],
            zh: `标题为${title}年度，而统计期限为${start}年。请核对是否沿用了其他年度的文字或数据。`,
            en: `The title names ${title}, the period ${start}. Check whether words or numbers of another year were left in.`,
            evidence: [
              { kind: 'quote', text: view.title ?? '', location: 'title' },
              { kind: 'quote', text: view.period.text, location: view.period.location },
            ],
            operands: [
              { cell: 'title', raw: view.title ?? '' },
              { cell: 'period', raw: view.period.text },
            ],
          },
        }),
  };
}

const DIGITS = '〇一二三四五六七八九';

/** The one year that a title names; null where it names none or several. */
export function yearOfTitle(title: string | null): number | null {
  if (!title) return null;
  const folded = title
    .normalize('NFKC')
    .replace(/[○零O]/gu, '〇')
    .replace(/二〇[〇一二三四五六七八九]{2}/gu, (y) => [...y].map((d) => DIGITS.indexOf(d)).join(''));
  const years = new Set([...folded.matchAll(/(?<!\d)20[12]\d(?!\d)/gu)].map((m) => Number(m[0])));
  const [year] = years;
  return years.size === 1 && year !== undefined ? year : null;
}

function dateZh(iso: string): string {
  const [year, month, day] = iso.split('-').map(Number);
  return `${year}年${month}月${day}日`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
