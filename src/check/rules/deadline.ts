import type { AgencyKind } from '../across.ts';
import type { HistoryFamily } from '../rule.ts';
import { located } from './chain.ts';

/** Month and day of the year after; null where the 条例 sets no date. */
const DUE: { readonly [K in AgencyKind]: readonly [number, number] | null } = {
  national_department: [1, 31],
  department: [1, 31],
  provincial_government: [3, 31],
  city_government: [3, 31],
  county_government: [3, 31],
  township_government: null,
  other: null,
};

const entry = (kind: AgencyKind) => ({
  id: 'a',
  name: '某某县某某局',
  kind,
  parent: null,
  validFrom: null,
  validTo: null,
});

export const deadline: HistoryFamily = {
  key: 'deadline',
  title: { zh: '公布期限', en: 'Date of publication' },
  over: 'history',
  rules: [
    {
      id: 'F.DEADLINE',
      version: 1,
      basis: {
        kind: 'form',
        source:
          '政府信息公开条例第四十九条：县级以上人民政府部门每年1月31日前；县级以上人民政府公开工作主管部门每年3月31日前',
      },
      severity: 'warning',
      title: { zh: '按期公布', en: 'Published in time' },
      terms:
        'departments by 31 January, governments by 31 March of the next year; townships have no national date',
      tolerance: '0 days',
      explanation: {
        zh: '县级以上政府部门的年度报告应于次年1月31日前、县级以上政府的应于3月31日前公布；乡镇、街道没有全国统一的期限。网站显示的日期可能是网站迁移的日期。',
        en: 'Departments at county level and above publish by 31 January, governments by 31 March. The date a portal shows may be that of a migration, so this is never an error.',
      },
      examples: [
        {
          name: 'A department in March',
          reports: [{ year: 2024, publishedOn: '2025-03-05' }],
          agencies: [entry('department')],
          expect: { outcome: 'fails', severity: 'warning', message: '2025年1月31日' },
        },
        {
          name: 'A township in March',
          reports: [{ year: 2024, publishedOn: '2025-03-05' }],
          agencies: [entry('township_government')],
          expect: { outcome: 'unverifiable', severity: null },
        },
      ],
    },
  ],
  *run({ agency, reports }) {
    for (const report of reports) {
      const due = agency ? DUE[agency.kind] : null;
      const base = { rule: 'F.DEADLINE', target: 'published_on', left: null, right: null } as const;
      if (!due || report.year === null || report.publishedOn === null) {
        yield located({ ...base, outcome: 'unverifiable' }, report);
        continue;
      }
      const [month, day] = due;
      const limit = `${report.year + 1}-${String(month).padStart(2, '0')}-${day}`;
      if (report.publishedOn <= limit) {
        yield located({ ...base, outcome: 'holds' }, report);
        continue;
      }
      yield located(
        {
          ...base,
          outcome: 'fails',
          finding: {
            table: null,
            cells: [],
            zh: `网站显示的公布日期为${report.publishedOn}，晚于规定的${report.year + 1}年${month}月${day}日。如该日期为网站迁移日期，请说明实际公布日期。`,
            en: `The portal shows ${report.publishedOn}, after the deadline of ${limit}. If that is the date of a migration, state the real one.`,
            operands: [{ cell: 'published_on', raw: report.publishedOn }],
          },
        },
        report,
      );
    }
  },
};
