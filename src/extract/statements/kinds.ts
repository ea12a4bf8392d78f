import type { StatementKind } from '../report.ts';
import type { Topic } from './topics.ts';

export interface Reading {
  readonly kind: StatementKind;
  /** The words that fixed it, as they stand in the text. */
  readonly words: string;
}

type Pattern = readonly [StatementKind, RegExp];

const CARRIED: readonly Pattern[] = [
  [
    'carried_in',
    /(?:上|去|往|前)(?:一个?)?(?:年度|年)?[^，。；;,]{0,10}?(?:结转|转入|遗留|接转|转接|顺延)|结转(?:自)?(?:上|去)(?:一)?(?:年度|年)/u,
  ],
  [
    'carried_out',
    /(?:结转|顺延|延至|延期至|转入|转至|转到|移至|留待|转)[^，。；;,]{0,6}(?:下|次|明)(?:一个?)?(?:年度|年)|(?:结转|顺延)(?:至|到)20\d{2}年|结转(?:继续)?办理|(?:正在|尚在|仍在|待)(?:办理|处理|答复)|未办结|办理中|(?:下|次)(?:一)?(?:年度|年)继续办理/u,
  ],
];

/** Results first, then who applied, then what happened: 答复予以公开9件 is of 予以公开, not of 答复. */
const APPLICATION: readonly Pattern[] = [
  [
    'granted_or_partly',
    /(?:予以|同意)?公开(?:及|和|与|、|或者?|（含|\(含)(?:予以)?部分公开|全部或者?部分公开/u,
  ],
  ['partly_granted', /部分公开/u],
  ['denied', /不予公开|不公开|拒绝公开/u],
  ['unavailable', /无法提供/u],
  ['not_processed', /不予处理/u],
  ['other_handling', /其[他它]处理/u],
  ['granted', /予以公开|同意公开|全部公开|(?<!不|主动|信息)公开答复/u],
  ['organisation', /(?:法人|其他组织|企业|单位)(?:[^，。；;,]{0,10})?(?:申请|提出|提交|$)/u],
  ['natural_person', /自然人/u],
  ['received_new', /新收|新增|本年(?:度)?新/u],
  ['received', /收到|受理|收办|接收|接到|收悉|收件|承办|接受/u],
  ['concluded', /答复|办结|办理完[毕成]|回复|办复|已办/u],
  ['concluded', /办理|处理/u],
  ['received', /申请/u],
];

const OUTCOMES: readonly (readonly ['upheld' | 'corrected' | 'pending' | 'other', RegExp])[] = [
  ['pending', /未审结|审理中|正在审理|未结/u],
  ['upheld', /维持/u],
  ['corrected', /纠正|纠错|撤销|败诉|确认违法/u],
  ['other', /其[他它]结果|驳回|撤回|终止/u],
];

const DOCUMENTS: readonly Pattern[] = [
  ['normative_documents_repealed', /废止|失效/u],
  ['normative_documents_in_force', /现行有效|有效/u],
  ['normative_documents_issued', /制定|制发|出台|印发|发布|新增|公开/u],
];

/**
 * What a count says. `before` runs from the last delimiter or number to this one, `after` to the next; both in the
 * same clause, and the words before the number decide unless they are silent.
 */
export function kindOfCount(before: string, after: string, topic: Topic | null): Reading {
  const carried = first(CARRIED, before) ?? first(CARRIED, after);
  switch (topic) {
    case 'application':
      return carried ?? first(APPLICATION, before) ?? first(APPLICATION, after) ?? other(before);
    case 'review':
    case 'litigation':
    case 'review_and_litigation':
      return disputeKind(before, after, topic);
    case 'documents':
      return first(DOCUMENTS, before) ?? first(DOCUMENTS, after) ?? other(before);
    case 'complaint':
      return { kind: 'complaints', words: match(/投诉|举报/u, before + after) ?? '' };
    case 'disclosure':
      if (/发布会|解读|办法|目录/u.test(before)) return other(before);
      return { kind: 'disclosed', words: match(/主动公开|主动发布|发布|推送|更新|公布|公开/u, before) ?? '' };
    default:
      return other(before);
  }
}

function disputeKind(before: string, after: string, topic: Topic): Reading {
  for (const [outcome, pattern] of OUTCOMES) {
    const words = match(pattern, before) ?? (/复议|诉讼|起诉/u.test(before) ? null : match(pattern, after));
    if (words === null) continue;
    if (outcome === 'other' || topic === 'review_and_litigation') return { kind: 'count_other', words };
    return { kind: `${topic as 'review' | 'litigation'}_${outcome}`, words };
  }
  const words =
    match(/复议|诉讼|起诉|应诉/u, before) ?? match(/复议|诉讼|起诉/u, after) ?? match(/信息公开/u, before);
  // 其中1件… under the topic of an earlier clause is some part of it, nobody knows which.
  if (words === null) return other(before);
  return { kind: topic as 'review' | 'litigation' | 'review_and_litigation', words };
}

function first(patterns: readonly Pattern[], text: string): Reading | null {
  for (const [kind, pattern] of patterns) {
    const words = match(pattern, text);
    if (words !== null) return { kind, words };
  }
  return null;
}

function match(pattern: RegExp, text: string): string | null {
  return pattern.exec(text)?.[0] ?? null;
}

function other(before: string): Reading {
  return { kind: 'count_other', words: before.slice(-6) };
}
