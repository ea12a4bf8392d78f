import type { BlockForm, ColumnForm, Edition } from './form.ts';
import { tableFour } from './table-four.ts';
import { APPLICANT_COLUMNS, CLOSING_ROWS, RECEIVED_ROWS, RESULT_ROWS, row } from './table-three.ts';

/** 国务院办公厅政府信息与政务公开办公室 国办公开办函〔2021〕30号. Data years 2021 on. */

const decisions: readonly ColumnForm[] = [
  count('decisions', '本年处理决定数量', 'Decisions this year', [
    '处理决定数量',
    '本年处理决定数',
    '本年度处理决定数量',
  ]),
];

const t2: readonly BlockForm[] = [
  {
    article: '第二十条第（一）项',
    rows: [
      row('regulations', '', '规章', 'Regulations (规章)', []),
      row('normative_documents', '', '行政规范性文件', 'Normative documents', [
        '规范性文件',
        '规范文件',
        '行政规范文件',
      ]),
    ],
    columns: [
      count('issued', '本年制发件数', 'Issued this year', [
        '本年制发数',
        '本年制发',
        '本年制发数量',
        '本年度制发件数',
      ]),
      count('repealed', '本年废止件数', 'Repealed this year', [
        '本年废止数',
        '本年废止',
        '本年废止数量',
        '本年度废止件数',
      ]),
      count('in_force', '现行有效件数', 'In force', [
        '现行有效件',
        '现行有效数',
        '现行有效',
        '现行有效件数（历史累计）',
        '现行有效数量',
      ]),
    ],
  },
  {
    article: '第二十条第（五）项',
    rows: [row('licensing', '', '行政许可', 'Administrative licensing', [])],
    columns: decisions,
  },
  {
    article: '第二十条第（六）项',
    rows: [
      row('penalties', '', '行政处罚', 'Administrative penalties', []),
      row('coercive_measures', '', '行政强制', 'Coercive measures', ['行政强制措施']),
    ],
    columns: decisions,
  },
  {
    article: '第二十条第（八）项',
    rows: [row('fees', '', '行政事业性收费', 'Administrative fees', [])],
    columns: [
      {
        key: 'amount',
        label: '本年收费金额（单位：万元）',
        label_en: 'Fees charged this year (10,000 yuan)',
        variants: ['本年收费金额', '本年收费金额（万元）', '本年收费总金额（单位：万元）'],
        quantity: 'amount',
        unit: '万元',
      },
    ],
  },
];

export const EDITION_2021: Edition = {
  id: '2021',
  instrument: '国办公开办函〔2021〕30号',
  firstYear: 2021,
  lastYear: null,
  tables: {
    t2: { table: 't2', edition: '2021', title: '主动公开政府信息情况', blocks: t2 },
    t3: {
      table: 't3',
      edition: '2021',
      title: '收到和处理政府信息公开申请情况',
      blocks: [
        {
          article: null,
          columns: APPLICANT_COLUMNS,
          rows: [
            ...RECEIVED_ROWS,
            ...RESULT_ROWS,
            row(
              'other_handling.no_correction_in_time',
              '1.',
              '申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请',
              'Not corrected in time without just cause',
              [
                '申请人无正当理由逾期不补正，行政机关不再处理其政府信息公开申请',
                '申请人无正当理由逾期不补正',
              ],
              'other_handling',
            ),
            row(
              'other_handling.fee_unpaid',
              '2.',
              '申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请',
              'Fee not paid in time',
              [
                '申请人逾期未按收费通知要求缴纳费用，行政机关不再处理其政府信息公开申请',
                '申请人逾期未按收费通知要求缴纳费用',
              ],
              'other_handling',
            ),
            row('other_handling.other', '3.', '其他', 'Other', ['其它', '其他处理'], 'other_handling'),
            ...CLOSING_ROWS,
          ],
        },
      ],
    },
    t4: tableFour('2021'),
  },
};

function count(
  key: ColumnForm['key'],
  label: string,
  label_en: string,
  variants: readonly string[],
): ColumnForm {
  return { key, label, label_en, variants, quantity: 'count', unit: '件' };
}
