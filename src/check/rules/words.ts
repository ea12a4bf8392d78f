import type { Instance, ReportFamily } from '../rule.ts';
import type { ReportView } from '../view.ts';

export const words: ReportFamily = {
  key: 'words',
  title: { zh: '文字', en: 'Words' },
  over: 'report',
  rules: [
    {
      id: 'F.PLACEHOLDER',
      version: 1,
      basis: {
        kind: 'convention',
        source: 'the template of 国办公开办函〔2021〕30号 marks what is to be written: （文字描述）',
      },
      severity: 'error',
      title: { zh: '模板文字或未填的空', en: 'Template text or numbers left out' },
      terms: 'numbers left blank in text; ××; （文字描述）; 该部分以表格形式报告',
      tolerance: '–',
      explanation: {
        zh: '正文留有未填的数字（“主动公开信息  条”）、“××”，或模板的说明文字。',
        en: 'Numbers left blank in a sentence, ××, or instructions of the template.',
      },
      examples: [
        {
          name: 'A number left blank',
          reports: [{ text: ['1:全年主动公开信息  条。'] }],
          expect: { outcome: 'fails', severity: 'error', message: '主动公开信息  条' },
        },
        {
          name: 'An instruction of the template left in',
          reports: [{ text: ['2:该部分以表格形式报告。表格如下：'] }],
          expect: { outcome: 'fails', severity: 'error', message: '该部分以表格形式报告' },
        },
        {
          name: '条例 after a space is no missing number',
          reports: [{ text: ['1:认真学习新修订的政府信息公开  条例。'] }],
          expect: { outcome: 'holds', severity: null },
        },
      ],
    },
    {
      id: 'F.AGENCY',
      version: 1,
      basis: { kind: 'convention', source: 'a report speaks of the body that publishes it' },
      severity: 'error',
      title: { zh: '正文主体为另一机关', en: 'Another body is the subject' },
      terms: 'the body named in the title is the one that the narrative speaks of',
      tolerance: '–',
      explanation: {
        zh: '正文以另一机关为主体，而从不提及标题中的机关，疑为复制他人报告。',
        en: 'The narrative has another body as its subject and never names the one of the title: probably a copied report.',
      },
      examples: [
        {
          name: 'Copied from a neighbour',
          reports: [
            {
              agency: '某某县甲河镇人民政府',
              text: ['1:乙山镇坚持以公开为常态。', '1:2024年乙山镇主动公开政府信息12条。'],
            },
          ],
          expect: { outcome: 'fails', severity: 'error', message: '乙山镇' },
        },
        {
          name: 'Its own name',
          reports: [
            {
              agency: '某某县甲河镇人民政府',
              text: ['1:甲河镇坚持以公开为常态。', '1:2024年甲河镇主动公开政府信息12条。'],
            },
          ],
          expect: { outcome: 'holds', severity: null },
        },
      ],
    },
  ],
  *run(view) {
    if (!view.text) return;
    yield* checkPlaceholders(view);
    yield* checkAgency(view);
  },
};

const PLACEHOLDERS: readonly RegExp[] = [
  // The unit follows a gap where the number should be; 条例, 件数 and the like are words of their own.
  /(?:主动公开|公开|发布|收到|受理|办理|答复|办结|制发|新增|回应|更新)[^，。；：、\d一二三四五六七八九十百千两零\s]{0,12}(?:[ \u3000\u00a0]{2,40}|[_＿]{1,40})[ \u3000]?(?:余)?(?:件(?!数)|条(?![例款件文目])|宗|份(?!额)|次(?![序数要]))/u,
  /(?<![×ＸｘXx])[×ＸｘXx]{2,12}(?=\s?(?:年|月|日|件|条|宗|份|次|篇|期|场|个|人|元|街道|镇|乡|县|区|市|局|委|办))/u,
  /（\s*文字描述\s*）|\(\s*文字描述\s*\)/u,
  /该部分以表格形式报告/u,
  /收取信息处理费情况在此处报告/u,
];

function* checkPlaceholders(view: ReportView): Generator<Instance> {
  const hits = new Map<string, { text: string; location: string }>();
  for (const paragraph of view.text?.narrative ?? []) {
    if (paragraph.doubtful) continue;
    for (const pattern of PLACEHOLDERS) {
      const match = pattern.exec(paragraph.text);
      if (!match) continue;
      const from =
        paragraph.text
          .slice(0, match.index)
          .split(/[，。；：！？\n]/u)
          .at(-1) ?? '';
      const to = paragraph.text.slice(match.index + match[0].length).split(/[，。；！？\n]/u)[0] ?? '';
      const around = `${from.slice(-24)}${match[0]}${to.slice(0, 12)}`;
      const key = match[0];
      if (!hits.has(key)) hits.set(key, { text: around.trim(), location: paragraph.location });
    }
  }
  if (hits.size === 0) {
    yield { rule: 'F.PLACEHOLDER', target: 'narrative', outcome: 'holds', left: 0, right: 0 };
    return;
  }
  const list = [...hits.values()];
  yield {
    rule: 'F.PLACEHOLDER',
    target: 'narrative',
    outcome: 'fails',
    left: list.length,
    right: 0,
    finding: {
      table: null,
      cells: [],
      zh: `正文留有模板文字或未填的数字：${list
        .slice(0, 4)
        .map((h) => `“${h.text}”`)
        .join('、')}${list.length > 4 ? `等${list.length}处` : ''}。请补填或删去。`,
      en: `Template text or a number left out: ${list
        .slice(0, 4)
        .map((h) => `“${h.text}”`)
        .join(', ')}. Fill it in or delete it.`,
      evidence: list.map((h) => ({ kind: 'quote' as const, text: h.text, location: h.location })),
      operands: list.map((h) => ({ cell: 'narrative', raw: h.text })),
    },
  };
}

const SUBJECT =
  /(?:^|[，。；：,;:\s]|20\d\d年(?:度)?)(?:20\d\d年(?:度)?[，,]?)?([\p{Script=Han}]{1,8}?(?:街道|镇|乡))(?=(?:办事处|人民政府|党工委|党委)?(?:20\d\d年(?:度)?|全年|本年度|共|累计|按照|根据)?(?:主动公开|收到|受理|公开政府信息|认真|严格|坚持|高度重视|深入|切实|编制))/gu;

/** Only townships and subdistricts: they copy from one another, and their names cannot be mistaken for offices. */
function* checkAgency(view: ReportView): Generator<Instance> {
  const own = /([\p{Script=Han}]{1,4})(街道|镇|乡)(?:办事处|人民政府)?$/u.exec(view.agency ?? '');
  const lines = view.text?.narrative ?? [];
  if (!own || lines.length === 0) return;
  const [, stem = '', suffix = ''] = own;
  const short = stem.slice(-2) + suffix;
  const base = { rule: 'F.AGENCY', target: 'agency', left: null, right: null } as const;
  const title = view.title ?? '';
  const body = lines.filter((p) => !title.includes(p.text.trim()));
  if (body.some((p) => p.text.includes(short))) {
    yield { ...base, outcome: 'holds' };
    return;
  }
  const others = new Map<string, { count: number; text: string; location: string }>();
  for (const paragraph of body) {
    // The body's own name counts wherever it stands, another's only where nothing is struck out.
    if (paragraph.doubtful) continue;
    for (const match of paragraph.text.matchAll(SUBJECT)) {
      const name = match[1] ?? '';
      if (/^(?:各|全|我|本|该|辖区|所辖|乡|下辖)/u.test(name) || name.endsWith('乡镇') || name.length < 3)
        continue;
      const seen = others.get(name);
      others.set(name, {
        count: (seen?.count ?? 0) + 1,
        text: seen?.text ?? paragraph.text,
        location: seen?.location ?? paragraph.location,
      });
    }
  }
  const [other] = [...others].filter(([, o]) => o.count >= 2);
  if (!other) {
    yield { ...base, outcome: others.size > 0 ? 'unverifiable' : 'holds' };
    return;
  }
  const [name, { text, location }] = other;
  yield {
    ...base,
    outcome: 'fails',
    finding: {
      table: null,
      cells: [],
      zh: `标题为${view.agency}，而正文以“${name}”为主体且从未提及${short}，疑为复制其他机关的报告。请核对全文和表格数据。`,
      en: `The title names ${view.agency}, but the narrative speaks of ${name} throughout: probably copied from another report. Check text and tables.`,
      evidence: [{ kind: 'quote', text, location }],
      operands: [
        { cell: 'agency', raw: view.agency ?? '' },
        { cell: 'narrative', raw: name },
      ],
    },
  };
}
