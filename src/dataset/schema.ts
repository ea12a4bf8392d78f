import { CHECK_OUTCOMES, CONFIDENCES, SEVERITIES, STATES } from './codes.ts';
import { PANEL_VARIABLES, type PanelVariable } from './panel-variables.ts';
import { STATEMENT_KINDS } from './statement-kinds.ts';

/**
 * Every table and column of the dataset. CSV headers, Parquet types, the data package, the codebook and the Stata
 * labels are all made from this list, and `docs/dataset.md` is held to it by a test: change it here and nowhere else.
 */

export type ColumnType = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'json';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly zh: string;
  readonly en: string;
  /** Never empty. */
  readonly required?: true;
  /** Closed list of values. */
  readonly values?: readonly string[];
}

export interface Table {
  readonly name: TableName;
  readonly zh: string;
  readonly en: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  /** To `reports`. */
  readonly references: boolean;
}

export type TableName =
  | 'reports'
  | 'facts'
  | 'extras'
  | 'statements'
  | 'charts'
  | 'checks'
  | 'findings'
  | 'sources'
  | 'panel'
  | 'codebook';

const text = (name: string, zh: string, en: string): Column => ({ name, type: 'string', zh, en });
const required = (column: Column): Column => ({ ...column, required: true });
const of = (column: Column, values: readonly string[]): Column => ({ ...column, values });

const reportId = required(
  text(
    'report_id',
    '报告编号：由机关、年度、范围、类型确定；机关或年度待定时由文件内容确定',
    'Stable key of the report: made of agency, year, scope and kind; of the document itself while agency or year is pending',
  ),
);
const documentColumn = required(
  text(
    'document',
    '文件路径（相对于所给目录）或网址',
    'Path (relative to what was given) or URL of the document',
  ),
);
const agency = text('agency', '机关名称（报告所载）', 'Name of the agency as the report gives it');
const year: Column = { name: 'year', type: 'integer', zh: '报告年度', en: 'Year that the report is about' };
const tableColumn = text(
  'table',
  '表：t2 主动公开、t3 依申请公开、t4 复议诉讼',
  'Table: t2 disclosure on own initiative, t3 requests, t4 review and litigation',
);
const location = text('location', '在文件中的位置', 'Where in the document a person finds it');

const OUTCOMES = [
  'complete',
  'partial',
  'no_tables',
  'blank_form',
  'not_a_report',
  'pre_2019',
  'needs_ocr',
  'encrypted',
  'corrupt',
  'too_large',
  'timed_out',
  'crashed',
  'unsupported',
];
const ORIGINS = [
  'title',
  'period',
  'heading',
  'meta',
  'body',
  'register',
  'configured',
  'person',
  'file_name',
  'pending',
];
const EDITIONS = ['2019', '2021'];
const TABLES = ['t2', 't3', 't4'];
const outcome = required(of(text('outcome', '读取结果', 'How reading ended'), OUTCOMES));
const outcomeReason = text('outcome_reason', '读取结果的说明', 'Why, in a sentence');
const reader = text('reader', '读取程序', 'Reader, and the path taken inside it');
const extractorVersion = required(text('extractor_version', '抽取程序版本', 'Version of the extractor'));
const version = required({
  name: 'version',
  type: 'integer',
  zh: '版本号：原文件内容变化一次加一',
  en: 'Version: one more each time the publisher changed the bytes',
});

const reports: Table = {
  name: 'reports',
  zh: '报告',
  en: 'One row per report',
  primaryKey: ['report_id'],
  references: false,
  columns: [
    reportId,
    agency,
    text('agency_id', '机关编号（名录）', 'Id of the agency in the register; empty while not matched'),
    required(of(text('agency_from', '机关名称的来源', 'Where the agency was taken from'), ORIGINS)),
    text('region_code', '行政区划代码', 'Division code of the agency, from the register'),
    required(
      of(
        text(
          'scope',
          '范围：own 本机关、office 办公室、region 全地区、system 全系统、unknown 未明',
          'Whose numbers they are: the body alone, its office, the whole region, the whole system, or unknown',
        ),
        ['own', 'office', 'region', 'system', 'unknown'],
      ),
    ),
    required(
      of(text('kind', '类型：年度报告、补充、摘录', 'Annual report, supplement or excerpt'), [
        'annual',
        'supplement',
        'excerpt',
      ]),
    ),
    year,
    required(of(text('year_from', '年度的来源', 'Where the year was taken from'), ORIGINS)),
    text('title', '标题', 'Title as printed'),
    { name: 'period_start', type: 'date', zh: '统计期限起', en: 'First day of the period as printed' },
    { name: 'period_end', type: 'date', zh: '统计期限止', en: 'Last day of the period as printed' },
    { name: 'published_on', type: 'date', zh: '发布日期', en: 'Date of publication' },
    of(
      text('edition_t2', '表二的版式', 'Edition of the form that table 2 follows; empty without the table'),
      EDITIONS,
    ),
    of(
      text('edition_t3', '表三的版式', 'Edition of the form that table 3 follows; empty without the table'),
      EDITIONS,
    ),
    of(
      text('edition_t4', '表四的版式', 'Edition of the form that table 4 follows; empty without the table'),
      EDITIONS,
    ),
    version,
    {
      name: 'superseded_by',
      type: 'integer',
      zh: '取代本版本的版本号；补录后又撤回的文件为其后一号',
      en: 'Version that took its place, or the number after it where the document was withdrawn; empty for the current one',
    },
    {
      ...required(text('sources', '同一报告的全部文件', 'All documents of this report, as a JSON list')),
      type: 'json',
    },
    documentColumn,
    text('url', '网址', 'URL, where there is one'),
    outcome,
    outcomeReason,
    required({
      name: 'needs_review',
      type: 'boolean',
      zh: '使用前需要人工核对',
      en: 'A person should look before the numbers are used',
    }),
    {
      ...required(
        text(
          'conflicts',
          '相互矛盾之处',
          'What disagrees about year, agency, period, title or edition, as a JSON list',
        ),
      ),
      type: 'json',
    },
    reader,
    extractorVersion,
  ],
};

const facts: Table = {
  name: 'facts',
  zh: '表格数据',
  en: 'One row per cell of a table that was found',
  primaryKey: ['report_id', 'table', 'row', 'column'],
  references: true,
  columns: [
    reportId,
    documentColumn,
    agency,
    year,
    required(of(text('edition', '版式', 'Edition of the form'), EDITIONS)),
    required(of(tableColumn, TABLES)),
    required(text('row', '行', 'Row key')),
    required(text('column', '列', 'Column key')),
    text('row_label', '行标题（原文）', 'Label of the row as printed'),
    text('column_label', '列标题（原文）', 'Label of the column as printed'),
    {
      name: 'value',
      type: 'number',
      zh: '数值（原文所载，不作修正）',
      en: 'The printed number, never repaired; empty unless state is number',
    },
    text(
      'unit',
      '单位：原文所印，未印的按法定格式',
      'Unit as printed in the cell, else that of the form (件, 项, 万元); empty where neither says',
    ),
    {
      name: 'value_wan',
      type: 'number',
      zh: '折合万元',
      en: 'Amount in 10,000 yuan where the unit is known; derived',
    },
    required(
      of(
        text(
          'state',
          '状态：number 数字、blank 空白、dash 横线、text 文字、absent 缺该格、unreadable 无法辨认',
          'What the cell holds',
        ),
        STATES,
      ),
    ),
    text('raw', '原文', 'The characters of the cell'),
    location,
    required(of(text('confidence', '可信程度', 'How sure the reading is'), CONFIDENCES)),
    required({
      name: 'doubtful',
      type: 'boolean',
      zh: '读数存疑',
      en: 'The reading may differ from the page',
    }),
  ],
};

const extras: Table = {
  name: 'extras',
  zh: '表外内容',
  en: 'What a statutory table holds beyond the form, what nothing was bound to, and tables that were refused',
  primaryKey: [],
  references: true,
  columns: [
    reportId,
    documentColumn,
    agency,
    year,
    of(tableColumn, TABLES),
    required(
      of(
        text(
          'kind',
          '类型：多出的行、列、未能对应的内容、未能识别的表',
          'A further row or column, something unbound, or a table refused as a whole',
        ),
        ['row', 'column', 'unbound', 'refused'],
      ),
    ),
    required(text('code', '代码', 'Stable code of the signal')),
    text('label', '标题', 'Its label as printed; for a refused table the reason'),
    text('raw', '原文', 'The characters'),
    { name: 'value', type: 'number', zh: '数值', en: 'The number, if it is one' },
    location,
  ],
};

const statements: Table = {
  name: 'statements',
  zh: '正文数据',
  en: 'Numbers and claims read from the narrative, each with its sentence',
  primaryKey: [],
  references: true,
  columns: [
    reportId,
    required(of(text('kind', '所述内容', 'What is stated'), Object.keys(STATEMENT_KINDS))),
    { name: 'value', type: 'number', zh: '数值', en: 'The number; empty for a claim' },
    text('unit', '单位', 'Unit as printed'),
    required(text('text', '原句', 'The sentence as printed')),
    required({
      name: 'start',
      type: 'integer',
      zh: '在句中的起始位置',
      en: 'Characters from the start of the sentence to the number or claim',
    }),
    location,
    required({
      name: 'length',
      type: 'integer',
      zh: '长度',
      en: 'Length of the number or claim in characters',
    }),
    of(text('about', '所指内容', 'For a share or a growth: what it is of'), Object.keys(STATEMENT_KINDS)),
    text('words', '关键词', 'The words that fix the kind'),
    { ...required(text('scope', '范围词', 'Words that narrow the scope, as a JSON list')), type: 'json' },
    { name: 'named_year', type: 'integer', zh: '句中所述年份', en: 'Year named in the sentence' },
    { name: 'section', type: 'integer', zh: '所在部分', en: 'Section of the report, 1 to 6' },
  ],
};

const charts: Table = {
  name: 'charts',
  zh: '图表',
  en: 'Embedded charts with their cached values',
  primaryKey: [],
  references: true,
  columns: [
    reportId,
    text('title', '图题', 'Title of the chart'),
    { ...required(text('categories', '类别', 'Categories, as a JSON list')), type: 'json' },
    { ...required(text('values', '数值', 'Values, as a JSON list with null for gaps')), type: 'json' },
    location,
  ],
};

const checks: Table = {
  name: 'checks',
  zh: '核验结果',
  en: 'Every rule instance that was tried, whatever came of it',
  primaryKey: [],
  references: true,
  columns: [
    reportId,
    required(text('rule', '规则', 'Rule')),
    text('target', '对象', 'What of the report it is about: a column, a row, a sentence'),
    required(of(text('outcome', '结果', 'Outcome'), CHECK_OUTCOMES)),
    { name: 'left', type: 'number', zh: '左边', en: 'Left side' },
    { name: 'right', type: 'number', zh: '右边', en: 'Right side' },
  ],
};

const findings: Table = {
  name: 'findings',
  zh: '问题清单',
  en: 'What the rules object to, one row per cause',
  primaryKey: ['finding_id'],
  references: true,
  columns: [
    required(text('finding_id', '问题编号', 'Stable key of the finding')),
    required(text('rule', '规则', 'Rule')),
    required({ name: 'rule_version', type: 'integer', zh: '规则版本', en: 'Version of the rule' }),
    required(of(text('severity', '程度', 'Severity'), SEVERITIES)),
    of(text('verdict', '判断', 'How far the evidence goes in naming the wrong cell'), [
      'unique',
      'preferred',
      'localised',
      'suspect_extraction',
    ]),
    reportId,
    documentColumn,
    agency,
    year,
    of(tableColumn, TABLES),
    {
      ...required(text('cells', '所涉单元格', 'Cells that it speaks of, as a JSON list of table/row/column')),
      type: 'json',
    },
    required(text('message_zh', '说明（中文）', 'The finding in a Chinese sentence')),
    required(text('message_en', '说明（英文）', 'The finding in an English sentence')),
    { name: 'left', type: 'number', zh: '左边', en: 'Left side' },
    { name: 'right', type: 'number', zh: '右边', en: 'Right side' },
    { name: 'difference', type: 'number', zh: '差额', en: 'Difference' },
    {
      ...required(text('culprit', '疑似错误单元格', 'Cells that are probably wrong, as a JSON list')),
      type: 'json',
    },
    {
      ...required(
        text('suggested', '建议值', 'Changes that would make every sum hold, as a JSON list; never applied'),
      ),
      type: 'json',
    },
    { ...required(text('evidence', '依据', 'What it rests on, as a JSON list')), type: 'json' },
    required(
      of(text('state', '处理状态', 'What was decided'), [
        'open',
        'confirmed',
        'false_positive',
        'corrected',
        'accepted',
      ]),
    ),
    text('decided_by', '处理人', 'Who decided'),
    text('decided_at', '处理日期', 'When it was decided'),
    text('note', '备注', 'Note; says so where a decision lapsed because the numbers changed'),
  ],
};

const sources: Table = {
  name: 'sources',
  zh: '文件',
  en: 'Every document that was read, with its provenance',
  primaryKey: ['document', 'report_id'],
  references: true,
  columns: [
    documentColumn,
    reportId,
    version,
    required(
      of(
        text(
          'role',
          '用途：primary 数据所取、copy 副本、superseded 旧版',
          'primary: its numbers stand in the dataset; copy: another document of the same report; superseded: an old version',
        ),
        ['primary', 'copy', 'superseded'],
      ),
    ),
    text('url', '网址', 'URL, where there is one'),
    text('attachment_of', '所附网页', 'Page that it is an attachment of'),
    text(
      'sha256',
      '内容校验值；文件因过大或在压缩包内被拒而未读时为空',
      'SHA-256 of the bytes; empty where they were not read: a file over the limit of size, or refused inside its archive',
    ),
    required({ name: 'size', type: 'integer', zh: '字节数', en: 'Size in bytes' }),
    text('container', '文件格式', 'Kind of file by its content'),
    reader,
    extractorVersion,
    outcome,
    outcomeReason,
    required({
      name: 'missing',
      type: 'boolean',
      zh: '原处已无此文件',
      en: 'No longer there, or now another report',
    }),
  ],
};

const panel: Table = {
  name: 'panel',
  zh: '面板数据',
  en: 'One row per report, one column per cell; names explained in the codebook',
  primaryKey: ['report_id'],
  references: true,
  columns: PANEL_VARIABLES.map(panelColumn),
};

const codebook: Table = {
  name: 'codebook',
  zh: '变量说明',
  en: 'Every column of every table, and every value of a closed list',
  primaryKey: ['table', 'variable', 'value'],
  references: false,
  columns: [
    required(text('table', '表', 'Table of the dataset')),
    required(text('variable', '变量', 'Column')),
    text('value', '取值', 'A value of a closed list; empty for the column itself'),
    text('type', '类型', 'Type of the column'),
    required(text('label_zh', '中文说明', 'What it is, in Chinese')),
    required(text('label_en', '英文说明', 'What it is, in English')),
    text('unit', '单位', 'Unit that the form prints'),
    text('cell', '单元格', 'Cell of the form (table/row/column) that a variable of the panel holds'),
    text('editions', '版式', 'Editions of the form that have it'),
    text('formula', '算法', 'How a derived variable is built; empty if any term is not a number'),
    text('denominator', '分母', 'Denominator of a rate'),
    text('comparable', '可比性', 'What to mind when comparing over years'),
  ],
};

export const TABLES_OF_THE_DATASET: readonly Table[] = [
  reports,
  facts,
  extras,
  statements,
  charts,
  checks,
  findings,
  sources,
  panel,
  codebook,
];

/** With superseded versions a row is told apart by document and version as well. */
export function tablesFor(allVersions: boolean): readonly Table[] {
  if (!allVersions) return TABLES_OF_THE_DATASET;
  return TABLES_OF_THE_DATASET.map((table) => {
    if (table.name === 'reports') return { ...table, primaryKey: ['report_id', 'document', 'version'] };
    if (table.name === 'codebook' || table.name === 'findings') return { ...table, references: false };
    if (table.name === 'sources')
      return { ...table, primaryKey: ['document', 'report_id', 'version'], references: false };
    const added = [documentColumn, version].filter((c) => !table.columns.some((d) => d.name === c.name));
    return {
      ...table,
      columns: [...table.columns, ...added],
      primaryKey: table.primaryKey.length > 0 ? [...table.primaryKey, 'document', 'version'] : [],
    };
  });
}

export function tableOf(tables: readonly Table[], name: TableName): Table {
  return tables.find((t) => t.name === name) as Table;
}

function panelColumn(variable: PanelVariable): Column {
  return {
    name: variable.name,
    type: variable.type,
    zh: variable.zh,
    en: variable.en,
    ...(variable.required ? { required: true } : {}),
    ...(variable.values ? { values: variable.values } : {}),
  };
}
