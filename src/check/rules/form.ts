import type { Section } from '../../extract/report.ts';
import { cellsOf, edition, editionForYear, tableForm } from '../../form/editions.ts';
import { foldCharacters } from '../../form/fold.ts';
import { type CellKey, type EditionId, TABLE_IDS, type TableId } from '../../form/form.ts';
import { tableName } from '../naming.ts';
import type { Instance, ReportFamily } from '../rule.ts';
import type { ReportView, TableView } from '../view.ts';

/** The prescribed headings, and words by which another wording of one is known. */
const HEADINGS = [
  ['总体情况', /总体|概述|基本情况/u],
  ['主动公开政府信息情况', /主动公开/u],
  ['收到和处理政府信息公开申请情况', /申请/u],
  ['政府信息公开行政复议、行政诉讼情况', /复议/u],
  ['存在的主要问题及改进情况', /问题|改进|不足/u],
  ['其他需要报告的事项', /其[他它]/u],
] as const;

export const form: ReportFamily = {
  key: 'form',
  title: { zh: '格式', en: 'The form itself' },
  over: 'report',
  rules: [
    {
      id: 'F.EDITION',
      version: 1,
      basis: {
        kind: 'form',
        source: '国办公开办函〔2019〕60号（2019、2020年度）；〔2021〕30号（2021年度起）',
      },
      severity: 'error',
      title: { zh: '表格格式与年度相符', en: 'The tables are of the edition for the year' },
      terms: 'edition of each table = edition prescribed for the year',
      tolerance: '–',
      explanation: {
        zh: '2019、2020年度用2019年格式，2021年度起用2021年格式；每张表分别判断，只看该格式独有的行、列。',
        en: 'Judged for each table by rows and columns that only its edition has.',
      },
      examples: [
        {
          name: '（六）其他处理 still has its single row in 2023',
          reports: [{ year: 2023, tableEditions: { t3: '2019' } }],
          expect: { outcome: 'fails', severity: 'error', message: '表三仍用2019年格式' },
        },
      ],
    },
    {
      id: 'F.SECTIONS',
      version: 1,
      basis: { kind: 'form', source: '国办公开办函〔2021〕30号：六个部分' },
      severity: 'warning',
      title: { zh: '六个部分齐全', en: 'Six sections' },
      terms:
        'sections 一 to 六 present, in order, numbered as prescribed, not empty; 五 is not 无; a table that was not found is a doubt about our reading',
      tolerance: '–',
      explanation: {
        zh: '六个部分应齐全、按序、编号正确、不空；第五部分不应只写“无”。',
        en: 'All six sections, in order, with their own numbers, none empty; section 五 must say more than 无.',
      },
      examples: [
        {
          name: 'Section 五 says 无',
          reports: [{ text: ['5:无。'] }],
          expect: {
            outcome: 'fails',
            severity: 'warning',
            message: '“五、存在的主要问题及改进情况”只写了“无”',
          },
        },
        {
          name: 'Section 六 may say 无',
          reports: [{ text: ['6:无。'] }],
          expect: { outcome: 'holds', severity: null },
        },
        {
          name: 'Table IV is nowhere: one finding, not one for each of its sums',
          reports: [{ without: ['t4'] }],
          expect: {
            target: 'tables',
            severity: 'info',
            verdict: 'suspect_extraction',
            message: '没有读到表四',
          },
        },
        {
          name: 'Numbered twice: the tables begin again with 一',
          reports: [
            {
              headings: [
                '一、总体情况',
                '一、主动公开政府信息情况',
                '二、收到和处理政府信息公开申请情况',
                '三、政府信息公开行政复议、行政诉讼情况',
                '四、存在的主要问题及改进情况',
                '五、其他需要报告的事项',
              ],
            },
          ],
          expect: { outcome: 'fails', severity: 'warning', message: '序号' },
        },
      ],
    },
    {
      id: 'F.CHART',
      version: 1,
      basis: { kind: 'convention', source: 'charts show the numbers of the report’s own year' },
      severity: 'info',
      title: { zh: '图表的年度与占比', en: 'Charts: year and shares' },
      terms: 'year in a chart’s title = year of the report; shares add up to 100 %',
      tolerance: '1.5 percentage points',
      explanation: {
        zh: '图表标题中的年度应为本年度；各项占比之和应为100%。',
        en: 'A chart titled with another year, or whose shares do not add up.',
      },
      examples: [
        {
          name: 'A chart of another year',
          reports: [{ year: 2020, charts: [{ title: '2021年各类信息概况' }] }],
          expect: { outcome: 'fails', severity: 'info', message: '2021年各类信息概况' },
        },
        {
          name: 'Shares of 110 %',
          reports: [{ charts: [{ title: null, categories: ['甲60%', '乙50%'], values: [0.6, 0.5] }] }],
          expect: { outcome: 'fails', severity: 'info', message: '110%' },
        },
      ],
    },
  ],
  *run(view) {
    yield* checkEdition(view);
    yield* checkSections(view);
    yield* checkTables(view);
    yield* checkCharts(view);
  },
};

function* checkEdition(view: ReportView): Generator<Instance> {
  const due = view.year === null ? null : editionForYear(view.year);
  if (!due) return;
  const wrong: TableView[] = [];
  for (const id of ['t2', 't3'] as const) {
    const table = view.tables[id];
    if (!table) continue;
    const outcome =
      table.edition === due.id
        ? 'holds'
        : distinctive(table, table.edition, due.id)
          ? 'fails'
          : 'unverifiable';
    if (outcome === 'fails') wrong.push(table);
    else yield { rule: 'F.EDITION', target: id, outcome, left: null, right: null };
  }
  const [first] = wrong;
  if (!first) return;
  const tables = wrong.map((t) => tableName(t.table, 'zh')).join('、');
  for (const table of wrong) {
    yield {
      rule: 'F.EDITION',
      target: table.table,
      outcome: 'fails',
      left: Number(table.edition),
      right: Number(due.id),
      ...(table === first
        ? {
            finding: {
              // Where the document names two years, the edition may fit the other one.
              severity: view.conflicts.some((c) => c.field === 'year') ? 'warning' : 'error',
              table: wrong.length === 1 ? first.table : null,
              cells: [],
              discriminator: wrong.map((t) => t.table).join('+'),
              zh: `${tables}仍用${first.edition}年格式，而${view.year}年度应用${due.id}年格式（${edition(due.id).instrument}）。请改用规定的表格。`,
              en: `${wrong.map((t) => tableName(t.table, 'en')).join(' and ')} in the ${first.edition} edition, but ${view.year} requires that of ${due.id} (${edition(due.id).instrument}). Use the prescribed table.`,
              evidence: wrong.map((t) => ({
                kind: 'part' as const,
                text: `${tableName(t.table, 'zh')}：${t.edition}年格式`,
                cells: [] as CellKey[],
              })),
              operands: wrong.map((t) => ({ cell: `${t.table}/edition`, raw: t.edition })),
            },
          }
        : {}),
    };
  }
}

/** The table really shows something that only its edition has: an excerpt may end before the rows that differ. */
function distinctive(table: TableView, own: EditionId, due: EditionId): boolean {
  return keysOnlyIn(own, due, table.table).some((key) => {
    const state = table.cells.get(key)?.state;
    return state !== undefined && state !== 'absent';
  });
}

function keysOnlyIn(own: EditionId, due: EditionId, table: TableId): CellKey[] {
  const others = new Set(cellsOf(tableForm(due, table)).map((c) => c.key));
  return cellsOf(tableForm(own, table)).flatMap((c) => (others.has(c.key) ? [] : [c.key]));
}

const ORDINALS = '一二三四五六七八九十';

/** A short line that opens with an ordinal: a heading in other words, which is no ground to call a section missing. */
function hasLine(view: ReportView, hint: RegExp): boolean {
  return (view.text?.narrative ?? []).some(
    ({ text }) => text.length <= 40 && /^[\s（(第]*[一二三四五六七八九十\d]/u.test(text) && hint.test(text),
  );
}

/** Words that are left out of the section's text, because some of them may not be meant to stand. */
function hasDoubtfulText(view: ReportView, section: Section): boolean {
  return (view.text?.narrative ?? []).some((p) => p.doubtful && p.section === section.number);
}

function* checkSections(view: ReportView): Generator<Instance> {
  const sections = view.text?.sections ?? [];
  // Fewer are found where the page has no line breaks, or in an excerpt: nothing can be said of the rest then.
  if (sections.length < 3) return;
  const problems: { zh: string; en: string }[] = [];
  if (view.outcome === 'complete') {
    const missing = HEADINGS.flatMap(([heading, hint], i) =>
      sections.some((s) => s.number === i + 1) || hasLine(view, hint) ? [] : [`${ORDINALS[i]}、${heading}`],
    );
    if (missing.length > 0) {
      problems.push({ zh: `缺少“${missing.join('”“')}”`, en: `missing: ${missing.join(', ')}` });
    }
    for (const section of sections) {
      const again = sections.some(
        (s) => s !== section && s.number === section.number && (s.hasTable || s.text.trim() !== ''),
      );
      if (!section.hasTable && section.text.trim() === '' && !again && !hasDoubtfulText(view, section)) {
        problems.push({ zh: `“${section.heading}”没有内容`, en: `“${section.heading}” is empty` });
      }
    }
  }
  const five = sections.find((s) => s.number === 5);
  if (
    five &&
    !hasDoubtfulText(view, five) &&
    /^(?:暂?无|没有|无此情况)[。.；;]?$/u.test(foldCharacters(five.text).trim())
  ) {
    problems.push({ zh: `“${five.heading}”只写了“无”`, en: `“${five.heading}” only says 无` });
  }
  const numbers = sections.map((s) => s.number);
  if (numbers.some((n, i) => i > 0 && n < (numbers[i - 1] ?? 0))) {
    problems.push({
      zh: `各部分顺序不符（${sections.map((s) => s.heading).join('；')}）`,
      en: 'the sections are not in order',
    });
  }
  const misnumbered = sections.filter((s) => {
    const printed = /^[^一二三四五六七八九十]{0,3}([一二三四五六七八九十])\s*[、.．]/u.exec(s.heading)?.[1];
    return printed !== undefined && ORDINALS.indexOf(printed) + 1 !== s.number;
  });
  if (misnumbered.length >= 2) {
    problems.push({
      zh: `各部分序号不符，疑为重复编号（${misnumbered.map((s) => s.heading).join('；')}）`,
      en: `sections numbered otherwise than prescribed, perhaps twice (${misnumbered.map((s) => s.heading).join('; ')})`,
    });
  }
  const outcome = problems.length > 0 ? 'fails' : 'holds';
  yield {
    rule: 'F.SECTIONS',
    target: 'sections',
    outcome,
    left: new Set(numbers).size,
    right: 6,
    ...(problems.length > 0
      ? {
          finding: {
            table: null,
            cells: [],
            zh: `报告的六个部分有问题：${problems.map((p) => p.zh).join('；')}。请按规定格式补正。`,
            en: `The six sections: ${problems.map((p) => p.en).join('; ')}. Correct them to the prescribed form.`,
            evidence: problems.map((p) => ({ kind: 'part' as const, text: p.zh, cells: [] })),
            operands: sections.map((s) => ({ cell: `section:${s.number}`, raw: s.heading })),
          },
        }
      : {}),
  };
}

/** Tables that nobody found. They may be pictures or attachments: this is a doubt about our reading first. */
function* checkTables(view: ReportView): Generator<Instance> {
  if (view.text === null) return;
  const missing = TABLE_IDS.filter((id) => view.tables[id] === undefined && !view.refused.includes(id));
  const names = missing.map((id) => tableName(id, 'zh')).join('、');
  yield {
    rule: 'F.SECTIONS',
    target: 'tables',
    outcome: missing.length > 0 ? 'unverifiable' : 'holds',
    left: TABLE_IDS.length - missing.length,
    right: TABLE_IDS.length,
    ...(missing.length > 0
      ? {
          finding: {
            severity: 'info' as const,
            verdict: 'suspect_extraction' as const,
            table: missing.length === 1 ? (missing[0] ?? null) : null,
            cells: [],
            discriminator: `tables:${missing.join('+')}`,
            zh: `没有读到${names}：可能是图片、附件或另页，也可能漏报。请对照原文核对。`,
            en: `${missing.map((id) => tableName(id, 'en')).join(' and ')} not found: a picture, an attachment, another page, or left out. Compare with the original.`,
          },
        }
      : {}),
  };
}

function* checkCharts(view: ReportView): Generator<Instance> {
  for (const [i, chart] of view.charts.entries()) {
    const target = `chart#${i + 1}`;
    const years = [...(chart.title ?? '').normalize('NFKC').matchAll(/(?<!\d)20[12]\d(?=\s*年)/gu)].map((m) =>
      Number(m[0]),
    );
    const [other] = years;
    const isOther = view.year !== null && other !== undefined && !years.includes(view.year);
    const values = chart.values.filter((v): v is number => v !== null);
    const sum = values.reduce((a, b) => a + b, 0);
    const scale =
      values.length >= 2 && values.every((v) => v >= 0 && v <= 1) && values.some((v) => v % 1 !== 0)
        ? 100
        : 1;
    const areShares =
      scale === 100 || (values.length >= 2 && chart.categories.some((c) => /%|％/u.test(c)) && sum > 50);
    const percent = Math.round(sum * scale * 10) / 10;
    const isOff = areShares && percent > 50 && percent < 150 && Math.abs(percent - 100) > 1.5;
    const quote = {
      kind: 'quote' as const,
      text: chart.title ?? chart.categories.join('、'),
      location: chart.location,
    };
    if (isOther || isOff) {
      const name = chart.title ? `图表“${chart.title}”` : `第${i + 1}张图表`;
      const parts = [
        ...(isOther
          ? [
              {
                zh: `标题为${other}年，而本报告为${view.year}年度`,
                en: `is titled ${other} in a report on ${view.year}`,
              },
            ]
          : []),
        ...(isOff ? [{ zh: `各项占比之和为${percent}%`, en: `has shares that add up to ${percent}%` }] : []),
      ];
      yield {
        rule: 'F.CHART',
        target,
        outcome: 'fails',
        left: isOther ? other : percent,
        right: isOther ? view.year : 100,
        finding: {
          table: null,
          cells: [],
          discriminator: target,
          zh: `${name}${parts.map((p) => p.zh).join('，')}。请核对是否误用了其他年度的图表。`,
          en: `${chart.title ? `The chart “${chart.title}”` : `Chart ${i + 1}`} ${parts.map((p) => p.en).join(' and ')}. Check whether it is the right one.`,
          evidence: [quote],
          operands: [{ cell: target, raw: quote.text }],
        },
      };
    } else {
      const known = other !== undefined || areShares;
      yield { rule: 'F.CHART', target, outcome: known ? 'holds' : 'unverifiable', left: null, right: null };
    }
  }
}
