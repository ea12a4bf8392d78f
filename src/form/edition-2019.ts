import type { BlockForm, ColumnForm, Edition, RowForm } from './form.ts';
import { tableFour } from './table-four.ts';
import { APPLICANT_COLUMNS, CLOSING_ROWS, RECEIVED_ROWS, RESULT_ROWS, row } from './table-three.ts';

/** 国务院办公厅政府信息与政务公开办公室 国办公开办函〔2019〕60号 (试行). Data years 2019 and 2020. */

const made: readonly ColumnForm[] = [
  count('newly_made', '本年新制作数量', 'Made this year', '件', [
    '本年新制作数',
    '本年制作数量',
    '本年新制作',
  ]),
  count('newly_disclosed', '本年新公开数量', 'Disclosed this year', '件', [
    '本年新公开数',
    '本年公开数量',
    '本年新公开',
  ]),
  count('total_disclosed', '对外公开总数量', 'Disclosed in total', '件', ['对外公开总数', '对外公开数量']),
];

const priorItems = count('prior_items', '上一年项目数量', 'Items last year', '项', [
  '上年项目数量',
  '上一年项目数',
  '上年度项目数量',
]);
const itemChange: ColumnForm = {
  key: 'item_change',
  label: '本年增/减',
  label_en: 'Change this year',
  // 「本年增/」 with 减 lost is printed by real offices; the slash may be any of several characters.
  variants: ['本年增减', '本年增/', '本年增（减）', '本年增、减', '本年度增/减', '增/减'],
  quantity: 'change',
  unit: '项',
};
const decisions = count('decisions', '处理决定数量', 'Decisions', '件', ['本年处理决定数量', '处理决定数']);

const acts: readonly ColumnForm[] = [priorItems, itemChange, decisions];

const t2: readonly BlockForm[] = [
  {
    article: '第二十条第（一）项',
    rows: [
      t2row('regulations', '规章', 'Regulations (规章)', []),
      t2row('normative_documents', '规范性文件', 'Normative documents', ['行政规范性文件', '规范文件']),
    ],
    columns: made,
  },
  {
    article: '第二十条第（五）项',
    rows: [
      t2row('licensing', '行政许可', 'Administrative licensing', []),
      t2row('other_services', '其他对外管理服务事项', 'Other administrative services', [
        '其它对外管理服务事项',
        '其他对外服务管理事项',
      ]),
    ],
    columns: acts,
  },
  {
    article: '第二十条第（六）项',
    rows: [
      t2row('penalties', '行政处罚', 'Administrative penalties', []),
      t2row('coercive_measures', '行政强制', 'Coercive measures', ['行政强制措施']),
    ],
    columns: acts,
  },
  {
    article: '第二十条第（八）项',
    rows: [t2row('fees', '行政事业性收费', 'Administrative fees', [])],
    columns: [priorItems, itemChange],
  },
  {
    article: '第二十条第（九）项',
    rows: [t2row('procurement', '政府集中采购', 'Centralised procurement', [])],
    columns: [
      count('items', '采购项目数量', 'Procurement items', '项', ['采购项目数', '采购数量']),
      {
        key: 'amount',
        label: '采购总金额',
        label_en: 'Procurement amount',
        variants: ['采购金额', '采购总额', '采购总金额（万元）', '采购总金额（元）'],
        quantity: 'amount',
        // The form prints no unit here, so a bare number has none: it may be yuan or 万元.
        unit: null,
      },
    ],
  },
];

export const EDITION_2019: Edition = {
  id: '2019',
  instrument: '国办公开办函〔2019〕60号',
  firstYear: 2019,
  lastYear: 2020,
  tables: {
    t2: { table: 't2', edition: '2019', title: '主动公开政府信息情况', blocks: t2 },
    t3: {
      table: 't3',
      edition: '2019',
      title: '收到和处理政府信息公开申请情况',
      blocks: [
        {
          article: null,
          columns: APPLICANT_COLUMNS,
          rows: [
            ...RECEIVED_ROWS,
            ...RESULT_ROWS,
            row('other_handling', '（六）', '其他处理', 'Other handling', [
              '其他',
              '其它处理',
              '其他处理情况',
            ]),
            ...CLOSING_ROWS,
          ],
        },
      ],
    },
    t4: tableFour('2019'),
  },
};

function count(
  key: ColumnForm['key'],
  label: string,
  label_en: string,
  unit: '件' | '项',
  variants: readonly string[],
): ColumnForm {
  return { key, label, label_en, variants, quantity: 'count', unit };
}

function t2row(key: RowForm['key'], label: string, label_en: string, variants: readonly string[]): RowForm {
  return row(key, '', label, label_en, variants);
}
