import { cellsOf, EDITIONS } from '../form/editions.ts';
import {
  type CellKey,
  type ColumnKey,
  type EditionId,
  GROUPS,
  type RowKey,
  TABLE_IDS,
} from '../form/form.ts';
import type { ColumnType } from './schema.ts';

/**
 * The variables of `panel.csv`. Their names are part of the public interface: at most 32 letters, digits and
 * underscores, so that Stata, R and SPSS take them as they are; never renamed.
 */

export interface PanelVariable {
  readonly name: string;
  readonly type: ColumnType;
  readonly zh: string;
  readonly en: string;
  readonly required?: true;
  readonly values?: readonly string[];
  readonly unit?: string;
  readonly from: PanelSource;
  readonly editions?: readonly EditionId[];
  readonly formula?: string;
  readonly denominator?: string;
  readonly comparable?: string;
}

/** Where the value of a variable comes from. */
export type PanelSource =
  | { readonly kind: 'report'; readonly field: ReportField }
  | { readonly kind: 'cell'; readonly cell: CellKey }
  | { readonly kind: 'wan'; readonly cell: CellKey }
  /** A sum of cells for each edition; empty unless all of them are numbers. */
  | { readonly kind: 'sum'; readonly terms: Readonly<Record<EditionId, readonly CellKey[]>> }
  | { readonly kind: 'rate'; readonly numerator: string; readonly denominator: string };

export type ReportField =
  | 'report_id'
  | 'agency'
  | 'agency_id'
  | 'region_code'
  | 'scope'
  | 'kind'
  | 'year'
  | 'published_on'
  | 'edition_t2'
  | 'edition_t3'
  | 'edition_t4'
  | 'outcome'
  | 'needs_review'
  | 'n_errors'
  | 'n_warnings'
  | 'n_doubtful'
  | 'n_blank'
  | 'doubtful'
  | 'document';

const ROW_CODES: Readonly<Record<RowKey, string>> = {
  regulations: 'regs',
  normative_documents: 'norms',
  licensing: 'licence',
  other_services: 'services',
  penalties: 'penalty',
  coercive_measures: 'coercive',
  fees: 'fees',
  procurement: 'procure',
  new_received: 'new',
  carried_in: 'carry_in',
  granted: 'granted',
  partly_granted: 'partly',
  'denied.state_secret': 'den_secret',
  'denied.prohibited_by_law': 'den_law',
  'denied.security_stability': 'den_safety',
  'denied.third_party_rights': 'den_third',
  'denied.internal_affairs': 'den_internal',
  'denied.process_information': 'den_process',
  'denied.enforcement_file': 'den_enforce',
  'denied.administrative_query': 'den_query',
  'unavailable.not_held': 'una_notheld',
  'unavailable.requires_compilation': 'una_compile',
  'unavailable.unclear_after_correction': 'una_unclear',
  'not_processed.petition_complaint': 'not_petition',
  'not_processed.duplicate': 'not_repeat',
  'not_processed.public_publication': 'not_public',
  'not_processed.excessive_repeat': 'not_excess',
  'not_processed.confirm_reissue': 'not_reissue',
  other_handling: 'oth',
  'other_handling.no_correction_in_time': 'oth_late',
  'other_handling.fee_unpaid': 'oth_unpaid',
  'other_handling.other': 'oth_other',
  concluded_total: 'concluded',
  carried_out: 'carry_out',
  review: 'review',
  litigation_direct: 'lit_direct',
  litigation_after_review: 'lit_after',
};

const COLUMN_CODES: Readonly<Record<ColumnKey, string>> = {
  issued: 'issued',
  repealed: 'repealed',
  in_force: 'in_force',
  newly_made: 'made',
  newly_disclosed: 'disclosed',
  total_disclosed: 'total',
  prior_items: 'prior',
  item_change: 'change',
  decisions: 'decisions',
  items: 'items',
  amount: 'amount',
  natural_person: 'person',
  enterprise: 'firm',
  research: 'research',
  public_interest: 'ngo',
  legal_service: 'legal',
  other_org: 'other',
  total: 'total',
  upheld: 'upheld',
  corrected: 'corrected',
  other_result: 'other',
  pending: 'pending',
};

/** Name of the variable that holds a cell as printed. */
export function cellVariable(cell: CellKey): string {
  const [table, row, column] = cell.split('/') as [string, RowKey, ColumnKey];
  return `${table}_${ROW_CODES[row]}_${COLUMN_CODES[column]}`;
}

const REPORT_VARIABLES: readonly PanelVariable[] = [
  report('report_id', 'string', '报告编号', 'Key of the report', true),
  report('agency', 'string', '机关名称', 'Agency as the report gives it'),
  report('agency_id', 'string', '机关编号', 'Agency in the register'),
  report('region_code', 'string', '行政区划代码', 'Division code'),
  report('scope', 'string', '范围', 'Whose numbers they are', true),
  report('kind', 'string', '类型', 'Kind of report', true),
  report('year', 'integer', '年度', 'Year'),
  report('published_on', 'date', '发布日期', 'Date of publication'),
  report('edition_t2', 'string', '表二版式', 'Edition of table 2'),
  report('edition_t3', 'string', '表三版式', 'Edition of table 3'),
  report('edition_t4', 'string', '表四版式', 'Edition of table 4'),
  report('outcome', 'string', '读取结果', 'How reading ended', true),
  report('needs_review', 'boolean', '需要人工核对', 'A person should look first', true),
  report(
    'n_errors',
    'integer',
    '未处理的错误数',
    'Findings of severity error that are open or confirmed',
    true,
  ),
  report(
    'n_warnings',
    'integer',
    '未处理的警告数',
    'Findings of severity warning that are open or confirmed',
    true,
  ),
  report('n_doubtful', 'integer', '读数存疑的格数', 'Cells whose reading may differ from the page', true),
  report('n_blank', 'integer', '空白或横线的格数', 'Cells left blank or dashed', true),
  report(
    'doubtful',
    'string',
    '读数存疑的变量',
    'Names of the variables whose reading may differ from the page, separated by spaces',
  ),
  report('document', 'string', '文件', 'Document', true),
];

function report(
  field: ReportField,
  type: ColumnType,
  zh: string,
  en: string,
  isRequired = false,
): PanelVariable {
  return {
    name: field,
    type,
    zh,
    en,
    from: { kind: 'report', field },
    ...(isRequired ? { required: true } : {}),
  };
}

function cellVariables(): PanelVariable[] {
  const variables = new Map<CellKey, PanelVariable>();
  for (const edition of EDITIONS) {
    for (const table of TABLE_IDS) {
      for (const { key, row, column } of cellsOf(edition.tables[table])) {
        const before = variables.get(key);
        const group = GROUPS.find((g) => g.key === row.group);
        const place = table === 't2' ? '表二' : table === 't3' ? '表三' : '表四';
        variables.set(key, {
          name: cellVariable(key),
          type: 'number',
          zh: `${place}：${group ? `${group.label}·` : ''}${row.label}·${column.label}`,
          en: `Table ${table.slice(1)}: ${group ? `${group.label_en}, ` : ''}${row.label_en}: ${column.label_en}`,
          from: { kind: 'cell', cell: key },
          editions: [...(before?.editions ?? []), edition.id],
          ...(column.unit ? { unit: column.unit } : {}),
          ...(column.quantity === 'amount'
            ? {
                comparable:
                  '单位不一，原文所载；请用折合万元的变量。Units differ as printed; use the variable in 万元.',
              }
            : {}),
        });
      }
    }
  }
  const cells = [...variables.values()].sort((a, b) => rank(a) - rank(b));
  const amounts = cells.flatMap((v): PanelVariable[] =>
    v.from.kind === 'cell' && v.comparable
      ? [
          {
            name: `${v.name}_wan`,
            type: 'number',
            zh: `${v.zh}（折合万元）`,
            en: `${v.en} in 10,000 yuan, where the unit is known`,
            unit: '万元',
            from: { kind: 'wan', cell: v.from.cell },
            ...(v.editions ? { editions: v.editions } : {}),
            formula: 'value_wan of the cell',
          },
        ]
      : [],
  );
  return [...cells, ...amounts];
}

function rank(variable: PanelVariable): number {
  return variable.name.startsWith('t2') ? 2 : variable.name.startsWith('t3') ? 3 : 4;
}

const APPLICANTS = [
  'natural_person',
  'enterprise',
  'research',
  'public_interest',
  'legal_service',
  'other_org',
  'total',
] as const;

const DENIED = [
  'denied.state_secret',
  'denied.prohibited_by_law',
  'denied.security_stability',
  'denied.third_party_rights',
  'denied.internal_affairs',
  'denied.process_information',
  'denied.enforcement_file',
  'denied.administrative_query',
] as const;
const UNAVAILABLE = [
  'unavailable.not_held',
  'unavailable.requires_compilation',
  'unavailable.unclear_after_correction',
] as const;
const NOT_PROCESSED = [
  'not_processed.petition_complaint',
  'not_processed.duplicate',
  'not_processed.public_publication',
  'not_processed.excessive_repeat',
  'not_processed.confirm_reissue',
] as const;
const OTHER_2021 = [
  'other_handling.no_correction_in_time',
  'other_handling.fee_unpaid',
  'other_handling.other',
] as const;

/** The same quantity over both editions. `comparable` says what to mind. */
function harmonised(): PanelVariable[] {
  const variables: PanelVariable[] = [];
  const both = (
    rows: readonly RowKey[],
    column: ColumnKey,
    table: 't3' | 't4',
  ): Record<EditionId, CellKey[]> => {
    const cells = rows.map((row): CellKey => `${table}/${row}/${column}`);
    return { '2019': cells, '2021': cells };
  };
  const sum = (
    name: string,
    zh: string,
    en: string,
    terms: Readonly<Record<EditionId, readonly CellKey[]>>,
    comparable: string,
    unit = '件',
  ): PanelVariable => {
    const written = (edition: EditionId) => terms[edition].map(cellVariable).join(' + ');
    return {
      name,
      type: 'number',
      zh,
      en,
      unit,
      from: { kind: 'sum', terms },
      formula:
        written('2019') === written('2021')
          ? written('2019')
          : `2019: ${written('2019')}; 2021: ${written('2021')}`,
      comparable,
    };
  };
  const same = '两版口径一致。Same meaning in both editions.';
  for (const column of APPLICANTS) {
    const code = COLUMN_CODES[column];
    const who = column === 'total' ? '总计' : applicantLabel(column, 'zh');
    const whoEn = applicantLabel(column, 'en');
    variables.push(
      sum(
        `h_denied_${code}`,
        `不予公开合计·${who}`,
        `Denied in all: ${whoEn}`,
        both(DENIED, column, 't3'),
        same,
      ),
      sum(
        `h_unavail_${code}`,
        `无法提供合计·${who}`,
        `Could not be provided in all: ${whoEn}`,
        both(UNAVAILABLE, column, 't3'),
        same,
      ),
      sum(
        `h_notproc_${code}`,
        `不予处理合计·${who}`,
        `Not processed in all: ${whoEn}`,
        both(NOT_PROCESSED, column, 't3'),
        same,
      ),
      sum(
        `h_other_${code}`,
        `其他处理合计·${who}`,
        `Other handling in all: ${whoEn}`,
        {
          '2019': [`t3/other_handling/${column}`],
          '2021': OTHER_2021.map((row): CellKey => `t3/${row}/${column}`),
        },
        '2019版为一行，2021版为三行之和，口径一致。One row in the 2019 edition, the sum of three in that of 2021; same meaning.',
      ),
    );
  }
  const organisations = APPLICANTS.filter((c) => c !== 'natural_person' && c !== 'total').map(
    (c): CellKey => `t3/new_received/${c}`,
  );
  variables.push(
    sum(
      'h_new_orgs',
      '法人或其他组织新收申请',
      'Requests newly received from organisations',
      { '2019': organisations, '2021': organisations },
      same,
    ),
    sum(
      'h_lit_total',
      '行政诉讼合计',
      'Lawsuits in all',
      both(['litigation_direct', 'litigation_after_review'], 'total', 't4'),
      same,
    ),
    sum(
      'h_lit_corrected',
      '行政诉讼结果纠正合计',
      'Lawsuits that corrected the decision',
      both(['litigation_direct', 'litigation_after_review'], 'corrected', 't4'),
      same,
    ),
    sum(
      'h_lit_decided',
      '行政诉讼已审结合计',
      'Lawsuits decided',
      decided(['litigation_direct', 'litigation_after_review']),
      same,
    ),
    sum('h_review_decided', '行政复议已审结', 'Reviews decided', decided(['review']), same),
    sum(
      'h_norms_made',
      '行政规范性文件：本年制发',
      'Normative documents made in the year',
      { '2019': ['t2/normative_documents/newly_made'], '2021': ['t2/normative_documents/issued'] },
      '2019版称“规范性文件·本年新制作数量”，2021版称“行政规范性文件·本年制发件数”，范围略有收窄，跨版比较须谨慎。The 2021 edition narrows the term; compare across editions with care.',
    ),
    sum(
      'h_regs_made',
      '规章：本年制发',
      'Regulations made in the year',
      { '2019': ['t2/regulations/newly_made'], '2021': ['t2/regulations/issued'] },
      '2019版称“本年新制作数量”，2021版称“本年制发件数”。Wording changed; close in meaning.',
    ),
    ...(['licensing', 'penalties', 'coercive_measures'] as const).map((row) =>
      sum(
        `h_${ROW_CODES[row]}_decisions`,
        `${{ licensing: '行政许可', penalties: '行政处罚', coercive_measures: '行政强制' }[row]}：处理决定数量`,
        `${{ licensing: 'Licensing', penalties: 'Penalties', coercive_measures: 'Coercive measures' }[row]}: decisions`,
        { '2019': [`t2/${row}/decisions`], '2021': [`t2/${row}/decisions`] },
        '两版均有“处理决定数量”。Both editions have the column.',
      ),
    ),
  );
  return variables;
}

function decided(rows: readonly RowKey[]): Record<EditionId, CellKey[]> {
  const cells = rows.flatMap((row) =>
    (['upheld', 'corrected', 'other_result'] as const).map((column): CellKey => `t4/${row}/${column}`),
  );
  return { '2019': cells, '2021': cells };
}

function applicantLabel(column: ColumnKey, language: 'zh' | 'en'): string {
  const found = EDITIONS[0]?.tables.t3.blocks[0]?.columns.find((c) => c.key === column);
  return (language === 'zh' ? found?.label : found?.label_en) ?? column;
}

/** Shares, as fractions of 1. */
function rates(): PanelVariable[] {
  const rate = (
    name: string,
    zh: string,
    en: string,
    numerator: string,
    denominator: string,
  ): PanelVariable => ({
    name,
    type: 'number',
    zh,
    en,
    from: { kind: 'rate', numerator, denominator },
    formula: `${numerator} / ${denominator}`,
    denominator,
    comparable:
      '分子或分母不是数字、分母为零时为空。Empty where a term is not a number or the denominator is 0; never 0 for a blank.',
  });
  return [
    {
      ...harmonisedSum('h_disclosed_total', '公开与部分公开合计', 'Granted or partly granted', [
        't3/granted/total',
        't3/partly_granted/total',
      ]),
    },
    rate(
      'r_disclosed',
      '公开率（予以公开与部分公开占办结总数）',
      'Share granted or partly granted',
      'h_disclosed_total',
      't3_concluded_total',
    ),
    rate('r_granted', '予以公开占办结总数', 'Share granted', 't3_granted_total', 't3_concluded_total'),
    rate('r_denied', '不予公开占办结总数', 'Share denied', 'h_denied_total', 't3_concluded_total'),
    rate(
      'r_unavail',
      '无法提供占办结总数',
      'Share that could not be provided',
      'h_unavail_total',
      't3_concluded_total',
    ),
    rate('r_notproc', '不予处理占办结总数', 'Share not processed', 'h_notproc_total', 't3_concluded_total'),
    rate(
      'r_person',
      '自然人占新收总数',
      'Share of natural persons among new requests',
      't3_new_person',
      't3_new_total',
    ),
    rate(
      'r_review_corrected',
      '行政复议纠正率（占已审结）',
      'Share corrected among reviews decided',
      't4_review_corrected',
      'h_review_decided',
    ),
    rate(
      'r_lit_corrected',
      '行政诉讼纠正率（占已审结）',
      'Share corrected among lawsuits decided',
      'h_lit_corrected',
      'h_lit_decided',
    ),
  ];
}

function harmonisedSum(name: string, zh: string, en: string, cells: readonly CellKey[]): PanelVariable {
  return {
    name,
    type: 'number',
    zh,
    en,
    unit: '件',
    from: { kind: 'sum', terms: { '2019': cells, '2021': cells } },
    formula: cells.map(cellVariable).join(' + '),
    comparable: '两版口径一致。Same meaning in both editions.',
  };
}

export const PANEL_VARIABLES: readonly PanelVariable[] = [
  ...REPORT_VARIABLES,
  ...cellVariables(),
  ...harmonised(),
  ...rates(),
];
