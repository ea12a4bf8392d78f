import type { CellKey } from '../../form/form.ts';
import { cellName } from '../naming.ts';
import type { ReportFamily } from '../rule.ts';
import { kindOfBody } from './body.ts';

const WHO = {
  township_government: { zh: '乡镇、街道', en: 'townships and subdistricts' },
  county_government: { zh: '县级政府', en: 'county governments' },
  department: { zh: '地方政府部门', en: 'departments of local governments' },
  committee: { zh: '开发区等派出机构', en: 'committees of development zones' },
} as const;

export const regulations: ReportFamily = {
  key: 'regulations',
  title: { zh: '规章', en: 'Regulations' },
  over: 'report',
  rules: [
    {
      id: 'T2.RULES',
      version: 1,
      basis: {
        kind: 'convention',
        source:
          '立法法第九十一条、第九十三条：规章由国务院部门和省、自治区、直辖市、设区的市、自治州的人民政府制定',
      },
      severity: 'warning',
      title: { zh: '无权制定规章的机关填报了规章', en: 'Regulations of a body that cannot make them' },
      terms: '规章 > 0 although the body cannot make them',
      tolerance: '0',
      explanation: {
        zh: '只有国务院部门和省、自治区、直辖市、设区的市、自治州人民政府可以制定规章；其他机关填报的“规章”多为规范性文件。',
        en: 'Only departments of the State Council and the governments of provinces, cities with districts and autonomous prefectures make 规章. Others mostly mean normative documents.',
      },
      examples: [
        {
          name: 'A township with six regulations in force',
          reports: [{ agency: '某某县某某镇人民政府', t2: { 'regulations/in_force': 6 } }],
          expect: { outcome: 'fails', severity: 'warning', message: '“规章”的“现行有效件数”为6' },
        },
        {
          name: 'A city government may have them',
          reports: [{ agency: '某某市人民政府', t2: { 'regulations/in_force': 6 } }],
          expect: { outcome: 'unverifiable', severity: null },
        },
      ],
    },
  ],
  *run(view, context) {
    const t2 = view.tables.t2;
    if (!t2) return;
    const kind = kindOfBody(view, context.agency);
    const filled = [...t2.cells]
      .filter(([key, cell]) => key.startsWith('t2/regulations/') && (cell.value ?? 0) > 0)
      .map(([key, cell]) => ({ key: key as CellKey, value: cell.value ?? 0 }));
    const who = kind !== null && kind in WHO ? WHO[kind as keyof typeof WHO] : null;
    const [first] = filled;
    if (!who) {
      yield { rule: 'T2.RULES', target: 't2', outcome: 'unverifiable', left: first?.value ?? 0, right: null };
      return;
    }
    if (!first) {
      yield { rule: 'T2.RULES', target: 't2', outcome: 'holds', left: 0, right: 0 };
      return;
    }
    yield {
      rule: 'T2.RULES',
      target: 't2',
      outcome: 'fails',
      left: first.value,
      right: 0,
      finding: {
        table: 't2',
        cells: filled.map((f) => f.key),
        zh: `${filled.map((f) => `${cellName(t2.edition, f.key, 'zh')}为${f.value}`).join('，')}，而${who.zh}无权制定规章。请核对是否应填在“行政规范性文件”一行。`,
        en: `${filled.map((f) => `${cellName(t2.edition, f.key, 'en')} is ${f.value}`).join('; ')}, but ${who.en} cannot make regulations. Check whether they are normative documents.`,
        culprit: filled.map((f) => f.key),
      },
    };
  },
};
