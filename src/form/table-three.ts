import type { ColumnForm, RowForm } from './form.ts';

/**
 * What both editions share of table 三: the seven applicant columns and every row but those of （六）其他处理.
 * Labels: 国办公开办函〔2019〕60号, appendix; unchanged in 〔2021〕30号. Variants: published reports.
 */
export const APPLICANT_COLUMNS: readonly ColumnForm[] = [
  column('natural_person', '自然人', 'Natural persons', []),
  column('enterprise', '商业企业', 'Business enterprises', ['企业', '商业']),
  column('research', '科研机构', 'Research institutions', []),
  column('public_interest', '社会公益组织', 'Public-interest organisations', ['公益组织', '社会公益']),
  column('legal_service', '法律服务机构', 'Legal-service institutions', ['法律服务']),
  column('other_org', '其他', 'Other organisations', ['其它']),
  column('total', '总计', 'Total', ['合计', '总数']),
];

export const RECEIVED_ROWS: readonly RowForm[] = [
  row('new_received', '一、', '本年新收政府信息公开申请数量', 'Requests newly received', [
    '本年新收政府信息公开申请',
    '本年度新收政府信息公开申请数量',
    '本年新收信息公开申请数量',
  ]),
  row('carried_in', '二、', '上年结转政府信息公开申请数量', 'Requests carried over from last year', [
    '上年结转政府信息公开申请',
    '上年度结转政府信息公开申请数量',
    '上年结转信息公开申请数量',
  ]),
];

export const RESULT_ROWS: readonly RowForm[] = [
  row('granted', '（一）', '予以公开', 'Granted', []),
  row('partly_granted', '（二）', '部分公开（区分处理的，只计这一情形，不计其他情形）', 'Partly granted', [
    '部分公开（区分处理的，只计这一情况，不计其他情形）',
    '部分公开（区分处理的，只计这一情形，不计其他情况）',
  ]),
  row('denied.state_secret', '1.', '属于国家秘密', 'State secret', ['国家秘密'], 'denied'),
  row(
    'denied.prohibited_by_law',
    '2.',
    '其他法律行政法规禁止公开',
    'Disclosure prohibited by another law or regulation',
    ['其他法律行政止公开', '其他法律、行政法规禁止公开', '法律行政法规禁止公开'],
    'denied',
  ),
  row(
    'denied.security_stability',
    '3.',
    '危及“三安全一稳定”',
    'Endangers national, public or economic security or social stability',
    ['危及三安全和一稳定'],
    'denied',
  ),
  row(
    'denied.third_party_rights',
    '4.',
    '保护第三方合法权益',
    'Protects the rights of third parties',
    [],
    'denied',
  ),
  row(
    'denied.internal_affairs',
    '5.',
    '属于三类内部事务信息',
    'Internal affairs (three kinds)',
    ['属于三类内容事务信息', '属于三类内部管理信息'],
    'denied',
  ),
  row(
    'denied.process_information',
    '6.',
    '属于四类过程性信息',
    'Process information (four kinds)',
    [],
    'denied',
  ),
  row('denied.enforcement_file', '7.', '属于行政执法案卷', 'Administrative enforcement file', [], 'denied'),
  row(
    'denied.administrative_query',
    '8.',
    '属于行政查询事项',
    'Matter of administrative enquiry',
    [],
    'denied',
  ),
  row(
    'unavailable.not_held',
    '1.',
    '本机关不掌握相关政府信息',
    'Not held by this body',
    ['本机关不掌握相关信息'],
    'unavailable',
  ),
  row(
    'unavailable.requires_compilation',
    '2.',
    '没有现成信息需要另行制作',
    'Would have to be compiled',
    ['没有现成信息，需要另行制作'],
    'unavailable',
  ),
  row(
    'unavailable.unclear_after_correction',
    '3.',
    '补正后申请内容仍不明确',
    'Request still unclear after correction',
    [],
    'unavailable',
  ),
  row(
    'not_processed.petition_complaint',
    '1.',
    '信访举报投诉类申请',
    'Petition, report or complaint',
    [],
    'not_processed',
  ),
  row('not_processed.duplicate', '2.', '重复申请', 'Duplicate request', [], 'not_processed'),
  row(
    'not_processed.public_publication',
    '3.',
    '要求提供公开出版物',
    'Asks for a public publication',
    [],
    'not_processed',
  ),
  row(
    'not_processed.excessive_repeat',
    '4.',
    '无正当理由大量反复申请',
    'Excessive repeated requests without just cause',
    ['无正当理由大量反复申请的'],
    'not_processed',
  ),
  row(
    'not_processed.confirm_reissue',
    '5.',
    '要求行政机关确认或重新出具已获取信息',
    'Asks to confirm or reissue information already obtained',
    ['要求行政机关确认或者重新出具已获取信息', '要求行政机关确认或重新出具已获取的信息'],
    'not_processed',
  ),
];

export const CLOSING_ROWS: readonly RowForm[] = [
  row('concluded_total', '（七）', '总计', 'Total concluded', ['合计', '总数']),
  row('carried_out', '四、', '结转下年度继续办理', 'Carried over to next year', [
    '结转下一年度继续办理',
    '结转下年继续办理',
    '结转到下年度继续办理',
    '结转至下年度继续办理',
    '转下年度继续办理',
  ]),
];

export function row(
  key: RowForm['key'],
  ordinal: string,
  label: string,
  label_en: string,
  variants: readonly string[],
  group: RowForm['group'] = null,
): RowForm {
  return { key, ordinal, label, label_en, variants, group };
}

function column(
  key: ColumnForm['key'],
  label: string,
  label_en: string,
  variants: readonly string[],
): ColumnForm {
  return { key, label, label_en, variants, quantity: 'count', unit: '件' };
}
