/** What a clause speaks of. A number means something only under its topic. */
export type Topic =
  | 'application'
  | 'review'
  | 'litigation'
  | 'review_and_litigation'
  | 'documents'
  | 'regulations'
  | 'fee'
  | 'complaint'
  | 'disclosure'
  | 'other';

const APPLICATION =
  /依申请公开|信息公开申请|公开申请|申请公开|申请件|信息的?申请|(?:收到|受理|办理|处理|答复|新收)[^，。；;,]{0,12}申请/u;
const TOPICS: readonly (readonly [Topic, RegExp])[] = [
  ['other', /建议|提案|来信|来访|热线|留言|咨询|信箱|工单|行政许可|培训|问卷|征集|窗口办件|证明事项/u],
  ['fee', /信息处理费|收取费用|收费/u],
  ['review', /复议/u],
  ['litigation', /诉讼|起诉|应诉/u],
  ['complaint', /投诉|举报/u],
  ['regulations', /规章(?!制度)/u],
  ['documents', /规范性文件/u],
  ['application', APPLICATION],
  ['disclosure', /主动公开|主动发布|公开(?:各类|政府)?信息|发布|推送|更新|公布/u],
];

/**
 * The topic that a stretch of text sets, or null where it sets none. Within it the last one named counts, but a
 * review or a suit about 信息公开申请 is a review, and 信访举报投诉类申请 is a request.
 */
export function topicOf(text: string): Topic | null {
  const hasReview = /复议/u.test(text);
  const hasLitigation = /诉讼|起诉|应诉/u.test(text);
  if (/复议后起诉|未经复议/u.test(text)) return 'litigation';
  if (hasReview && hasLitigation) return 'review_and_litigation';
  if (hasReview) return 'review';
  if (hasLitigation) return 'litigation';
  if (APPLICATION.test(text) && !/建议|提案|留言|咨询|热线/u.test(text)) return 'application';
  let best: Topic | null = null;
  let at = -1;
  for (const [topic, pattern] of TOPICS) {
    const last = [...text.matchAll(new RegExp(pattern, 'gu'))].at(-1);
    if (last && last.index > at) {
      best = topic;
      at = last.index;
    }
  }
  return best;
}

/** Words that narrow or widen whose numbers these are, or which of them. */
const SCOPE =
  /备案|代表[市县区省]政府|(?:[省市区县]|办事处|街道|镇)(?:人民)?政府办(?:公[厅室])?|[省市区县旗州]本级|本级|全[省市区县州镇街]?(?:各级|各部门)|全[省市区县州](?!面)|各(?:部门|单位|街道|乡镇|镇街|委办局|县区|科室)|下属单位|全系统|本系统|当面|现场|网上|网络|在线|信函|邮寄|邮件|传真|平台收|窗口|累计|历年|截至|各类(?:申请|事项|来件|诉求)|[上下]半年|[一二三四]季度|月份|其中/gu;

export function scopeWords(text: string): string[] {
  return [...new Set([...text.matchAll(SCOPE)].map((m) => m[0]))];
}
