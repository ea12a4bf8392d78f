import type { Statement, StatementKind } from '../report.ts';
import { type Claim, claimsIn } from './claims.ts';
import { kindOfCount } from './kinds.ts';
import { type NumberToken, numbersIn } from './numbers.ts';
import { type NarrativeParagraph, type Sentence, sentencesOf } from './sentences.ts';
import { scopeWords, type Topic, topicOf } from './topics.ts';

/**
 * Reads the counts, shares, growths and claims of the narrative, sentence by sentence, in the order of the text.
 * Each number that has a unit becomes one statement: a kind where its words say what it counts, `count_other`
 * where they do not. Nothing is compared here.
 */
export function readStatements(narrative: readonly NarrativeParagraph[]): Statement[] {
  const found: Statement[] = [];
  let topic: Topic | null = null;
  let aboutDisclosure = false;
  let afterHeading = false;
  for (const sentence of sentencesOf(narrative)) {
    if (sentence.opens) {
      // A heading on a line of its own sets the topic of what follows it; a paragraph of its own starts afresh.
      const previous = topic;
      topic = topicOf(headOf(sentence.folded)) ?? (isHeading(sentence.folded) ? null : previous);
    }
    if (sentence.opens) aboutDisclosure &&= afterHeading;
    const read = readSentence(sentence, topic, aboutDisclosure);
    aboutDisclosure ||= DISCLOSURE.test(sentence.folded);
    afterHeading = isHeading(sentence.folded);
    found.push(...read.statements);
    topic = read.topic;
  }
  return found;
}

function headOf(folded: string): string {
  return folded.slice(0, 24).split(/[，,。；;]/u)[0] ?? '';
}

function isHeading(folded: string): boolean {
  return folded.length <= 30 && /^(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.])/u.test(folded);
}

const DISCLOSURE = /信息公开|公开申请|申请公开|依申请/u;
const DELIMITER = /[，,；;：:()（）。]/u;

function readSentence(
  sentence: Sentence,
  inherited: Topic | null,
  alreadyDisclosure: boolean,
): { statements: Statement[]; topic: Topic | null } {
  const { folded } = sentence;
  const numbers = numbersIn(folded, (at) => sentence.printed[sentence.places[at] ?? 0] ?? '');
  const statements: Statement[] = [];
  let topic = inherited;
  let from = 0;
  // What 其中 is a part of, as long as its parts are listed.
  let whole: StatementKind | null = null;
  numbers.forEach((number, i) => {
    const next = numbers[i + 1]?.start ?? folded.length;
    const between = folded.slice(from, number.start);
    const before = lastClause(between);
    const after = folded.slice(number.unitEnd, next).split(/[，,；;：:()（）。、]/u)[0] ?? '';
    topic = topicOf(before) ?? topicAfter(before, after) ?? topicOf(between) ?? topic;
    const aboutDisclosure = alreadyDisclosure || DISCLOSURE.test(folded.slice(0, number.start) + after);
    const kind = kindOfNumber(number, before, after, topic, statements, aboutDisclosure);
    if (kind) {
      const last = statements.at(-1);
      const opens = between.includes('其中');
      if (opens) whole = last?.kind ?? null;
      else if (last && last.kind !== 'count_other' && !isOfOneKind(last.kind, kind.kind)) whole = null;
      const isPart = opens || (whole !== null && isOfOneKind(whole, kind.kind));
      statements.push(statementOf(sentence, number, kind, folded.slice(0, number.start), statements, isPart));
    }
    from = number.unitEnd;
  });
  const claims = claimsIn(folded, topicOf(folded) === null ? topic : claimTopic(folded, topic), {
    concluded: statements.some((s) => s.kind === 'concluded' && !/办理|处理/u.test(s.words)),
    carriedOut: statements.some((s) => s.kind === 'carried_out' && s.value !== 0),
  });
  const counted = [...statements];
  for (const claim of claims) {
    if (!isFreeOf(claim, numbers)) continue;
    const statement = claimOf(sentence, claim);
    const subject = claim.kind === 'all_concluded' ? subjectOf(statement, counted) : 'all';
    if (subject === 'carried_in') continue;
    statements.push(subject === 'part' ? { ...statement, scope: ['其中', ...statement.scope] } : statement);
  }
  statements.sort((a, b) => a.start - b.start);
  return { statements: withIncluded(statements, sentence), topic };
}

/** A sentence about requests stays one although reviews or complaints are named in it as well. */
function claimTopic(folded: string, topic: Topic | null): Topic | null {
  return /依申请公开|公开申请|申请公开|申请件|所有申请|信息申请/u.test(folded) &&
    !/复议|诉讼|建议|提案/u.test(folded)
    ? 'application'
    : (topicOf(folded) ?? topic);
}

/** 1件涉及政府信息公开工作的行政复议: what is counted may stand behind the number where nothing stands before it. */
function topicAfter(before: string, after: string): Topic | null {
  return /维持|纠正|审结|结果/u.test(before) ? null : topicOf(before + after);
}

function lastClause(text: string): string {
  return text.split(DELIMITER).at(-1) ?? '';
}

interface Kind {
  readonly kind: StatementKind;
  readonly words: string;
  readonly value: number;
  readonly about: StatementKind | null;
}

function kindOfNumber(
  number: NumberToken,
  before: string,
  after: string,
  topic: Topic | null,
  earlier: readonly Statement[],
  aboutDisclosure: boolean,
): Kind | null {
  const { unit, value } = number;
  if (unit === '%' || unit === '个百分点') return shareOrGrowth(number, before, earlier);
  if (unit === '元' || unit === '万元') {
    if (topic !== 'fee' || !/信息处理费|收取|收费/u.test(before + after)) return null;
    return { kind: 'fee_charged', words: '信息处理费', value, about: null };
  }
  // A bureau of justice handles reviews by trade: only those about disclosure are meant by table 四.
  const dispute = topic === 'review' || topic === 'litigation' || topic === 'review_and_litigation';
  const reading =
    dispute && !aboutDisclosure
      ? { kind: 'count_other' as const, words: before.slice(-6) }
      : kindOfCount(before, after, topic);
  return { ...reading, value, about: null };
}

const UP = /增长|上升|增加|提高|增幅|升高/u;
const DOWN = /下降|减少|回落|降低|降幅|减幅/u;

function shareOrGrowth(number: NumberToken, before: string, earlier: readonly Statement[]): Kind | null {
  const last = earlier.findLast((s) => s.kind !== 'share' && s.kind !== 'growth' && s.kind !== 'count_other');
  const words = (UP.exec(before) ?? DOWN.exec(before))?.[0];
  if (words !== undefined && number.unit === '%') {
    const about = /申请/u.test(before) ? 'received' : (last?.kind ?? null);
    return { kind: 'growth', words, value: DOWN.test(words) ? -number.value : number.value, about };
  }
  if (number.unit === '%' && /占(?:比|总数|总量|[^，。；;,]{0,10})?(?:的|为|达|约)?$/u.test(before)) {
    return { kind: 'share', words: '占', value: number.value, about: last?.kind ?? null };
  }
  return null;
}

function statementOf(
  sentence: Sentence,
  number: NumberToken,
  kind: Kind,
  before: string,
  earlier: readonly Statement[],
  isPart: boolean,
): Statement {
  const start = sentence.places[number.start] ?? 0;
  const end = (sentence.places[number.end - 1] ?? start) + 1;
  const clause = lastClause(before);
  const own = scopeWords(clause).filter((s) => s !== '其中');
  // 全市共受理…，其中…: what narrows the first number of a sentence narrows those that follow.
  const carried =
    earlier.at(-1)?.scope.filter((s) => s !== '其中') ?? scopeWords(before).filter((s) => s !== '其中');
  const years = [...before.matchAll(/(?<![\d至到比较])(20\d{2})年(?!度?(?:来|前|底))/gu)];
  return {
    kind: kind.kind,
    value: kind.value,
    unit: number.unit,
    about: kind.about,
    words: `${kind.words}${number.approximate ? '…余' : ''}`,
    scope: [
      ...new Set([...(isPart && PART_OF_ITSELF.has(kind.kind) ? ['其中'] : []), ...carried, ...own]),
    ].filter((s) => s !== '截至' || kind.kind !== 'normative_documents_in_force'),
    year: years.length > 0 ? Number(years.at(-1)?.[1]) : null,
    text: sentence.printed,
    start,
    length: end - start,
    section: sentence.section,
    location: sentence.location,
  };
}

/** 收到100件，其中…收到12件 is a part of the first; 其中予以公开9件 is what the form asks for. */
const PART_OF_ITSELF: ReadonlySet<StatementKind> = new Set([
  'received',
  'received_new',
  'received_including_carried',
  'concluded',
  'disclosed',
  'review',
  'litigation',
  'normative_documents_issued',
]);

/** 收到、新收: the parts of what was received may be said with either word. */
function isOfOneKind(a: StatementKind, b: StatementKind): boolean {
  return a === b || (a.startsWith('received') && b.startsWith('received'));
}

function claimOf(sentence: Sentence, claim: Claim): Statement {
  const start = sentence.places[claim.start] ?? 0;
  const end = (sentence.places[claim.start + claim.length - 1] ?? start) + 1;
  const before = sentence.folded.slice(0, claim.start + claim.length);
  const years = [...before.matchAll(/(?<![\d至到比较])(20\d{2})年/gu)];
  return {
    kind: claim.kind,
    value: claim.value,
    unit: null,
    about: claim.about,
    words: claim.words,
    scope: scopeWords(before).filter((s) => s !== '其中'),
    year: years.length > 0 ? Number(years.at(-1)?.[1]) : null,
    text: sentence.printed,
    start,
    length: end - start,
    section: sentence.section,
    location: sentence.location,
  };
}

/**
 * Of what a claim says that all was concluded: the number before it may be a part (其中信访类2件，均已答复), or what came
 * over from the year before (上年结转的3件均已办结), of which nothing can be left over.
 */
function subjectOf(claim: Statement, counted: readonly Statement[]): 'all' | 'part' | 'carried_in' {
  if (/所有/u.test(claim.words)) return 'all';
  const last = counted.findLast((s) => s.start < claim.start);
  if (!last) return 'all';
  const attached = !DELIMITER.test(claim.text.slice(last.start + last.length, claim.start));
  if (last.kind === 'carried_in') {
    const received = counted.some((s) => s.kind.startsWith('received') && s.start < claim.start);
    return attached || !received ? 'carried_in' : 'all';
  }
  return last.scope.includes('其中') ? 'part' : 'all';
}

/** 无…3件: the number says it better, and the claim would contradict it. */
function isFreeOf(claim: Claim, numbers: readonly NumberToken[]): boolean {
  if (claim.value !== 0) return true;
  const end = claim.start + claim.length;
  return !numbers.some((n) => n.start >= claim.start && n.start < end + 2);
}

/** 受理36件（含上年结转2件）: the first number includes the second. */
function withIncluded(statements: readonly Statement[], sentence: Sentence): Statement[] {
  return statements.map((s, i) => {
    const next = statements[i + 1];
    if (s.kind !== 'received' || next?.kind !== 'carried_in') return s;
    const between = sentence.printed.slice(s.start + s.length, next.start);
    return /[（(，,][^。；]{0,6}(?:含|包括|包含|其中)/u.test(between)
      ? { ...s, kind: 'received_including_carried' as const }
      : s;
  });
}
