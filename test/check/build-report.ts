import type { ExampleReport } from '../../src/check/rule.ts';
import type { CellState, Fact, Report, Section, TableReading } from '../../src/extract/report.ts';
import { readStatements } from '../../src/extract/statements/statements.ts';
import { cellsOf, editionForYear, tableForm } from '../../src/form/editions.ts';
import { TABLE_IDS, type TableId } from '../../src/form/form.ts';

const HEADINGS = [
  '一、总体情况',
  '二、主动公开政府信息情况',
  '三、收到和处理政府信息公开申请情况',
  '四、政府信息公开行政复议、行政诉讼情况',
  '五、存在的主要问题及改进情况',
  '六、其他需要报告的事项',
];
const ORDINARY = [
  '本机关认真落实有关要求，各项工作有序推进。',
  '',
  '',
  '',
  '工作人员业务能力有待加强，将组织培训。',
  '无。',
];

/** A report from a few numbers: every cell not named is zero, every section has an ordinary sentence. */
export function buildReport(example: ExampleReport): Report {
  const year = example.year ?? 2024;
  const edition = example.edition ?? editionForYear(year)?.id ?? '2021';
  const agency = example.agency ?? '某某县某某局';
  const sections = buildSections(example);
  const narrative = sections.flatMap((s) =>
    s.text
      .split('\n')
      .filter((text) => text !== '')
      .map((text, i) => ({ text, location: `section=${s.number};paragraph=${i + 1}`, section: s.number })),
  );
  const period = example.period;
  return {
    document: `${agency}-${year}.html`,
    container: 'html',
    reader: 'html',
    extractorVersion: 'test',
    outcome: 'complete',
    outcomeReason: null,
    title: example.title === undefined ? `${agency}${year}年政府信息公开工作年度报告` : example.title,
    agency,
    agencyFrom: 'title',
    year,
    yearFrom: 'title',
    scope: example.scope ?? 'own',
    kind: 'annual',
    period:
      period === null
        ? null
        : {
            start: period ? period[0] : `${year}-01-01`,
            end: period ? period[1] : `${year}-12-31`,
            text: period ? period[2] : `本报告所列数据的统计期限自${year}年1月1日起至${year}年12月31日止。`,
            location: 'paragraph=2',
          },
    publishedOn: example.publishedOn ?? null,
    conflicts: [],
    tables: TABLE_IDS.filter((t) => !example.without?.includes(t)).map((t) =>
      buildTable(t, example.tableEditions?.[t] ?? edition, example),
    ),
    refusals: [],
    extras: [],
    statements: readStatements(narrative),
    charts: (example.charts ?? []).map((c, i) => ({
      title: c.title,
      categories: c.categories ?? [],
      values: c.values ?? [],
      location: `chart=${i + 1}`,
    })),
    sections,
    needsReview: false,
    narrative,
  };
}

function buildSections(example: ExampleReport): Section[] {
  const paragraphs = new Map<number, string[]>();
  for (const line of example.text ?? []) {
    const [, number, text] = /^(\d):(.*)$/s.exec(line) ?? [];
    if (number === undefined || text === undefined)
      throw new Error(`text must begin with 1: to 6:, not ${line}`);
    paragraphs.set(Number(number), [...(paragraphs.get(Number(number)) ?? []), text]);
  }
  return (example.headings ?? HEADINGS).map((heading, i) => {
    const number = example.headings ? HEADINGS.findIndex((h) => h.slice(2) === heading.slice(2)) + 1 : i + 1;
    return {
      number,
      heading,
      location: `heading=${i + 1}`,
      text: (paragraphs.get(number) ?? [ORDINARY[number - 1] ?? '']).join('\n'),
      hasTable: number >= 2 && number <= 4,
    };
  });
}

function buildTable(table: TableId, edition: '2019' | '2021', example: ExampleReport): TableReading {
  const form = tableForm(edition, table);
  const given = { ...example[table] };
  const wildcards = Object.entries(given).filter(([key]) => key.startsWith('*/'));
  for (const [key] of wildcards) delete given[key];
  const facts = cellsOf(form).map(({ row, column }): Fact => {
    const name = `${row.key}/${column.key}`;
    const wild = wildcards.find(([key]) => key === `*/${column.key}`);
    const shown = name in given ? given[name] : wild ? wild[1] : 0;
    delete given[name];
    const { state, value, raw } = readCell(shown ?? null);
    return {
      table,
      edition,
      row: row.key,
      column: column.key,
      state,
      value,
      unit: state === 'number' ? column.unit : null,
      valueWan: state === 'number' && column.unit === '万元' ? value : null,
      raw,
      rowLabel: row.label,
      columnLabel: column.label,
      location: `table=${table};row=${row.key};cell=${column.key}`,
      confidence: example.confidence ?? 'certain',
      doubtful: false,
    };
  });
  const unknown = Object.keys(given);
  if (unknown.length > 0) throw new Error(`no such cell in ${table} (${edition}): ${unknown.join(', ')}`);
  return { table, edition, facts, usedIdentities: example.usedIdentities ?? [], method: 'grid' };
}

function readCell(shown: number | string | null): { state: CellState; value: number | null; raw: string } {
  if (shown === null) return { state: 'absent', value: null, raw: '' };
  if (typeof shown === 'number') return { state: 'number', value: shown, raw: String(shown) };
  if (shown === '') return { state: 'blank', value: null, raw: '' };
  return { state: /^[/\-—]+$/.test(shown) ? 'dash' : 'text', value: null, raw: shown };
}
