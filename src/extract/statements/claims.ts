import type { StatementKind } from '../report.ts';
import type { Topic } from './topics.ts';

/** A claim without a number: 均已办结, 未收到, 零申请. */
export interface Claim {
  readonly kind: StatementKind;
  /** 0 where the claim is that there was none. */
  readonly value: number | null;
  readonly about: StatementKind | null;
  readonly start: number;
  readonly length: number;
  readonly words: string;
}

const DONE = '(?:办结|答复|办理完[成毕]|回复|办复|处理完毕)';
const ALL_CONCLUDED = new RegExp(
  `(?:均|全部|都|皆|悉数|所有申请)(?:(?!不|未|，|,|。|；|;).){0,16}?${DONE}|(?:受理|收到)的(?:申请)?件?已[^，。；;,]{0,16}${DONE}`,
  'gu',
);
const ALL_UPHELD = /(?:均|全部|都)(?:获|被|予以|得到|为|结果)*维持/gu;
const NO_CORRECTION =
  /(?:未|没有|无|零)(?:一例|一件)?(?:被|出现|发生)?[^，。；;,]{0,10}(?:纠错|纠正|败诉|撤销|确认违法)/gu;
const NONE =
  /(?<!如|若|对)(?:未|没有|无|尚未|从未)(?:再)?(?:收到|接到|受理|接收|发生|产生|出现|涉及|有|被)?[^，。；;,]{0,40}?(?:申请|投诉|举报|复议|诉讼)[^，。；;,]{0,16}/gu;
const ZERO_REQUESTS = /(?:零|0)申请/gu;
const NO_FEE =
  /(?:未|无|没有)[^，。；;,]{0,4}(?:收取|发生|产生|收)[^，。；;,]{0,12}(?:信息处理费|费用|收费)|未收费/gu;

/**
 * `topic` is what the sentence speaks of, `countsConcluded` and `countsCarriedOut` whether it gives such numbers:
 * 答复805件…均在法定期限内予以答复 says of the 805 that they were in time, not that nothing was left.
 */
export function claimsIn(
  folded: string,
  topic: Topic | null,
  counts: { readonly concluded: boolean; readonly carriedOut: boolean },
): Claim[] {
  const claims: Claim[] = [];
  const add = (
    match: RegExpMatchArray,
    kind: StatementKind,
    value: number | null,
    about: StatementKind | null,
  ) => claims.push({ kind, value, about, start: match.index ?? 0, length: match[0].length, words: match[0] });

  if (topic === 'application' && !counts.concluded && !counts.carriedOut) {
    for (const match of folded.matchAll(ALL_CONCLUDED)) add(match, 'all_concluded', null, 'received');
  }
  const disputes = /复议|诉讼|起诉|应诉/u.test(folded);
  if (disputes) {
    const about = disputeOf(folded);
    for (const match of folded.matchAll(ALL_UPHELD)) add(match, 'all_upheld', null, about);
    for (const match of folded.matchAll(NO_CORRECTION)) add(match, 'no_correction', null, about);
  }
  for (const match of folded.matchAll(NONE)) {
    const [words] = match;
    if (!isAbsence(words)) continue;
    if (/复议|诉讼/u.test(words)) {
      const before = folded.slice(0, match.index);
      if (/[如若]$/u.test(before)) continue;
      add(match, disputeOf(words), 0, null);
    } else if (/投诉|举报/u.test(words)) {
      add(match, 'complaints', 0, null);
    } else if (NO_REQUEST.test(words)) add(match, 'none_received', 0, 'received');
  }
  for (const match of folded.matchAll(ZERO_REQUESTS)) add(match, 'none_received', 0, 'received');
  for (const match of folded.matchAll(NO_FEE)) add(match, 'fee_charged', 0, null);
  return claims;
}

function disputeOf(text: string): 'review' | 'litigation' | 'review_and_litigation' {
  const review = /复议/u.test(text);
  const litigation = /诉讼|起诉|应诉/u.test(text);
  return review && litigation ? 'review_and_litigation' : litigation ? 'litigation' : 'review';
}

/** What is missing is the request itself: not its fee, its delay or a quarrel about it. */
const NO_REQUEST =
  /申请(?!公开)(?:公开)?(?:件|事项|书|表|要求|案件|业务|内容|政府信息|信息)?(?:的?(?:情况|情形|现象))?(?:发生)?$|申请公开(?:政府)?(?:信息)?(?:的)?(?:申请|情况|事项|要求|件)?$/u;

/**
 * 未收到…申请 is an absence; 未按期答复的申请, 无正当理由…申请, 申请人无… are not. What was not done must be the
 * receiving itself, and no number may stand between.
 */
function isAbsence(words: string): boolean {
  if (/\d|办结|答复|正当理由|法定|超期|逾期|超时|处理|纠|维持/u.test(words)) return false;
  if (/^(?:未|没有|无|尚未|从未)(?:再)?(?:收到|接到|受理|接收|发生|产生|出现|涉及|有|被)/u.test(words))
    return true;
  return /^(?:没有|无)(?:人)?(?:[^，。；;,]{0,10})(?:依申请公开|信息公开申请|公开申请|行政复议|行政诉讼|投诉|举报)/u.test(
    words,
  );
}
