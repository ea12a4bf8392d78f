import type { BlockForm, ColumnForm, EditionId, RowForm, TableForm } from './form.ts';

/**
 * Table 四 is the same in both editions: one printed data row of fifteen cells. It is modelled as three rows
 * (review, litigation without and after review) of five columns, because that is how its sums run.
 */
export const T4_TITLE = '政府信息公开行政复议、行政诉讼情况';

const rows: readonly RowForm[] = [
  {
    key: 'review',
    ordinal: '',
    label: '行政复议',
    label_en: 'Administrative review',
    variants: ['复议'],
    group: null,
  },
  {
    key: 'litigation_direct',
    ordinal: '',
    label: '未经复议直接起诉',
    label_en: 'Litigation without prior review',
    variants: ['未经复议直接起诉的', '未经复议'],
    group: null,
  },
  {
    key: 'litigation_after_review',
    ordinal: '',
    label: '复议后起诉',
    label_en: 'Litigation after review',
    variants: ['经复议后起诉', '复议后起诉的'],
    group: null,
  },
];

const columns: readonly ColumnForm[] = [
  column('upheld', '结果维持', 'Upheld', ['维持', '结果维持数']),
  column('corrected', '结果纠正', 'Corrected', ['纠正', '结果纠正数']),
  column('other_result', '其他结果', 'Other result', ['其它结果', '其他']),
  column('pending', '尚未审结', 'Pending', ['尚未审结数', '未审结']),
  column('total', '总计', 'Total', ['合计', '总数']),
];

const block: BlockForm = { article: null, rows, columns };

export function tableFour(edition: EditionId): TableForm {
  return { table: 't4', edition, title: T4_TITLE, blocks: [block] };
}

function column(
  key: ColumnForm['key'],
  label: string,
  label_en: string,
  variants: readonly string[],
): ColumnForm {
  return { key, label, label_en, variants, quantity: 'count', unit: '件' };
}
