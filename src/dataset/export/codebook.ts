import { PANEL_VARIABLES } from '../panel-variables.ts';
import type { Table } from '../schema.ts';
import { STATEMENT_KINDS } from '../statement-kinds.ts';
import type { Value } from './csv.ts';

/** Every column of every table, and what each value of a closed list means. */
export function* codebookRows(tables: readonly Table[]): Generator<Value[]> {
  const panel = new Map(PANEL_VARIABLES.map((v) => [v.name, v]));
  for (const table of tables) {
    for (const column of table.columns) {
      const variable = table.name === 'panel' ? panel.get(column.name) : undefined;
      const cell =
        variable && (variable.from.kind === 'cell' || variable.from.kind === 'wan')
          ? variable.from.cell
          : null;
      yield [
        table.name,
        column.name,
        '',
        column.type,
        column.zh,
        column.en,
        variable?.unit ?? null,
        cell,
        variable?.editions?.join(' ') ?? null,
        variable?.formula ?? null,
        variable?.denominator ?? null,
        variable?.comparable ?? editionNote(variable?.editions),
      ];
      for (const value of column.values ?? []) {
        const meaning = meaningOf(table.name, column.name, value);
        yield [
          table.name,
          column.name,
          value,
          null,
          meaning.zh,
          meaning.en,
          null,
          null,
          null,
          null,
          null,
          null,
        ];
      }
    }
  }
}

function editionNote(editions: readonly string[] | undefined): string | null {
  if (editions?.length !== 1) return null;
  return editions[0] === '2019'
    ? '仅2019版（2019、2020年度）有此格。Only in the edition of 2019 (reports for 2019 and 2020).'
    : '2021版起有此格。Only from the edition of 2021 on.';
}

type Meaning = { readonly zh: string; readonly en: string };

/** Meanings of the closed lists, by column; `table.column` where a name means different things. */
const MEANINGS: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  outcome: {
    complete: { zh: '应有的表均已读取', en: 'Every table that it should have was read' },
    partial: { zh: '部分表已读取', en: 'Some tables were read, others are missing or were refused' },
    no_tables: { zh: '没有法定表格', en: 'A report without the statutory tables' },
    blank_form: { zh: '表格未填写', en: 'The form was left empty' },
    not_a_report: { zh: '不是年度报告', en: 'Not an annual report' },
    pre_2019: { zh: '2019年以前的旧版，不抽取', en: 'The form before 2019, not extracted' },
    needs_ocr: { zh: '图片或扫描件，需要文字识别', en: 'A scan or picture that needs text recognition' },
    encrypted: { zh: '已加密', en: 'Encrypted' },
    corrupt: { zh: '文件损坏', en: 'Damaged' },
    too_large: { zh: '超过读取限度', en: 'Beyond the limits of reading' },
    timed_out: { zh: '读取超时', en: 'Reading took too long' },
    crashed: { zh: '读取程序异常终止', en: 'The reader crashed on it' },
    unsupported: { zh: '不支持的格式', en: 'A kind of file that is not supported' },
  },
  'checks.outcome': {
    holds: { zh: '成立', en: 'Holds' },
    holds_if_blank_zero: { zh: '空白视为零时成立', en: 'Holds if blanks are taken for 0' },
    fails: { zh: '不成立', en: 'Fails, however the blanks are filled' },
    unverifiable: { zh: '无法核验', en: 'Cannot be told: a cell is missing, worded, unreadable or blank' },
  },
  from: {
    title: { zh: '标题', en: 'The title' },
    period: { zh: '统计期限', en: 'The sentence on the period' },
    heading: { zh: '小标题', en: 'A heading' },
    meta: { zh: '网页或文件属性', en: 'Metadata of the page or file' },
    body: { zh: '正文', en: 'The text' },
    register: { zh: '机关名录', en: 'The register of agencies' },
    configured: { zh: '配置', en: 'The configuration' },
    person: { zh: '人工指定', en: 'Given by a person' },
    file_name: { zh: '文件名', en: 'The name of the file' },
    pending: { zh: '待定', en: 'Not established' },
  },
  'reports.scope': {
    own: { zh: '本机关', en: 'The body itself' },
    office: { zh: '办公室', en: 'Its office' },
    region: { zh: '全地区汇总', en: 'The whole region, aggregated' },
    system: { zh: '全系统汇总', en: 'The whole system, aggregated' },
    unknown: { zh: '未明', en: 'Not established' },
  },
  'reports.kind': {
    annual: { zh: '年度报告', en: 'Annual report' },
    supplement: { zh: '补充', en: 'Supplement' },
    excerpt: { zh: '摘录', en: 'Excerpt' },
  },
  edition: {
    '2019': { zh: '国办公开办函〔2019〕60号', en: 'The form of 2019, for the years 2019 and 2020' },
    '2021': { zh: '国办公开办函〔2021〕30号', en: 'The form of 2021, for the years from 2021 on' },
  },
  table: {
    t2: { zh: '表二 主动公开政府信息情况', en: 'Table 2, disclosure on own initiative' },
    t3: { zh: '表三 收到和处理政府信息公开申请情况', en: 'Table 3, requests received and handled' },
    t4: { zh: '表四 政府信息公开行政复议、行政诉讼情况', en: 'Table 4, reviews and lawsuits' },
  },
  'facts.state': {
    number: { zh: '数字', en: 'A number' },
    blank: { zh: '空白', en: 'Left blank; not the same as 0' },
    dash: { zh: '横线', en: 'A dash or stroke' },
    text: { zh: '文字', en: 'Words' },
    absent: { zh: '文件中没有该行或该列', en: 'The row or column is not in the document' },
    unreadable: { zh: '无法辨认', en: 'There is something that could not be read' },
  },
  confidence: {
    certain: { zh: '确定', en: 'Read from the characters of the document' },
    inferred: { zh: '推断', en: 'The boundaries of the cell had to be worked out' },
    ocr: { zh: '文字识别', en: 'Recognised from a picture' },
    transcribed: { zh: '人工录入', en: 'Entered by a person' },
  },
  'extras.kind': {
    row: { zh: '多出的行', en: 'A row that the form does not have' },
    column: { zh: '多出的列', en: 'A column that the form does not have' },
    unbound: { zh: '未能对应的内容', en: 'Something that nothing was bound to' },
    refused: { zh: '未能识别的表', en: 'A whole table that could not be bound safely' },
  },
  severity: {
    error: { zh: '错误', en: 'Contradicts the form or plain arithmetic' },
    warning: { zh: '警告', en: 'Should hold, with known exceptions' },
    info: { zh: '提示', en: 'Worth knowing' },
  },
  verdict: {
    unique: { zh: '唯一', en: 'One explanation: the cell and its value are named' },
    preferred: { zh: '较可能', en: 'One explanation is clearly simpler than the others' },
    localised: { zh: '范围', en: 'The row or column is known, the cell is not' },
    suspect_extraction: { zh: '疑为读取有误', en: 'Very likely our own misreading; accuses nobody' },
  },
  'findings.state': {
    open: { zh: '未处理', en: 'Not decided' },
    confirmed: { zh: '属实', en: 'Confirmed' },
    false_positive: { zh: '误报', en: 'Wrongly raised' },
    corrected: { zh: '已更正', en: 'Corrected by the publisher' },
    accepted: { zh: '可接受', en: 'Accepted as it is' },
  },
  'sources.role': {
    primary: { zh: '数据所取', en: 'Its numbers stand in the dataset' },
    copy: { zh: '副本', en: 'Another document of the same report' },
    superseded: { zh: '旧版', en: 'An earlier version' },
  },
};

function meaningOf(table: string, column: string, value: string): Meaning {
  const keys = [
    `${table}.${column}`,
    column.startsWith('edition') ? 'edition' : column.endsWith('_from') ? 'from' : column,
  ];
  for (const key of keys) {
    const meaning = MEANINGS[key]?.[value];
    if (meaning) return meaning;
  }
  if (table === 'statements' && value in STATEMENT_KINDS)
    return STATEMENT_KINDS[value as keyof typeof STATEMENT_KINDS];
  throw new Error(`the codebook does not say what ${value} in ${table}.${column} means`);
}
