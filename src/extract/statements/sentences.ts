import { foldCharacters } from '../../form/fold.ts';
import { NO_DIGIT_OF_A_NUMBER } from '../cell-value.ts';

/** A paragraph of the narrative as the extraction hands it over. */
export interface NarrativeParagraph {
  readonly text: string;
  readonly location: string;
  /** 1–6: the statutory section it stands in; null before the first heading. */
  readonly section: number | null;
}

/** One sentence, twice: as printed, and folded without white space for matching. */
export interface Sentence {
  readonly printed: string;
  readonly folded: string;
  /** For every character of `folded` its place in `printed`. */
  readonly places: readonly number[];
  readonly location: string;
  readonly section: number | null;
  /** First of its paragraph: what was spoken of before no longer counts. */
  readonly opens: boolean;
}

const END = /[。！？!?]/u;
const ITEM =
  /^\s*(?:[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|[（(]?\d{1,2}[)）、.．]|第[一二三四五六]|[①-⑩]|##|\|)/u;
/** No sentence is as long: text without full stops is cut, so that the work on it stays in proportion. */
const LONGEST = 2000;
/** A line this short is a heading or a list, not one that a page's width has broken. */
const WRAPPED = 12;

/** Pages without line breaks: a section begins wherever its heading stands. */
const SECTION =
  /(?=[一二三四五六]、(?:总体情况|主动公开政府信息|收到和处理|政府信息公开(?:行政复议|工作存在)|因政府信息公开|存在的主要问题|其他需要报告))/gu;
/** Table text that a page without table markup leaves among the sentences. */
const TABLE = /第二十条|信息内容|申请人情况|结果维持结果纠正/u;

export function sentencesOf(narrative: readonly NarrativeParagraph[]): Sentence[] {
  return joinWrapped(narrative).flatMap(({ text, location, section }) => {
    let opens = true;
    return text
      .split(SECTION)
      .flatMap(cut)
      .map((printed) => ({ ...fold(printed), location, section }))
      .filter((sentence) => !TABLE.test(sentence.folded))
      .map((sentence) => {
        const first = opens;
        opens = false;
        return { ...sentence, opens: first };
      });
  });
}

/** Text dumps break sentences at the width of a page: a line that ends in the middle of one goes on in the next. */
function joinWrapped(narrative: readonly NarrativeParagraph[]): NarrativeParagraph[] {
  const joined: NarrativeParagraph[] = [];
  for (const paragraph of narrative) {
    const last = joined.at(-1);
    const text = paragraph.text.trim();
    if (
      last &&
      last.section === paragraph.section &&
      last.text.length >= WRAPPED &&
      last.text.length < LONGEST &&
      /[\p{Script=Han}\d，,、“《（(]/u.test(last.text.at(-1) ?? '') &&
      /^[\p{Script=Han}\d，,、”》）)]/u.test(text) &&
      !ITEM.test(text) &&
      !isHeading(last.text)
    ) {
      joined[joined.length - 1] = { ...last, text: last.text + text };
    } else if (text !== '') {
      joined.push({ ...paragraph, text });
    }
  }
  return joined;
}

function isHeading(text: string): boolean {
  return ITEM.test(text) && text.length <= 30 && !/[，,。；]/u.test(text);
}

function cut(text: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    const tooLong = i - from >= LONGEST && (i - from >= 2 * LONGEST || /[，,；;\s]/u.test(char));
    if (END.test(char) || char === '\n' || tooLong) {
      sentences.push(text.slice(from, i + 1));
      from = i + 1;
    }
  }
  sentences.push(text.slice(from));
  return sentences.map((s) => s.trim()).filter((s) => s !== '');
}

function fold(printed: string): Pick<Sentence, 'printed' | 'folded' | 'places'> {
  const whole = foldCharacters(printed);
  const aligned = whole.length === printed.length;
  let folded = '';
  const places: number[] = [];
  for (let i = 0; i < printed.length; i++) {
    const own = printed[i] as string;
    // The mark of a footnote behind 97 would make it 971.
    const char = NO_DIGIT_OF_A_NUMBER.test(own) ? '※' : aligned ? (whole[i] as string) : foldCharacters(own);
    if (char.length !== 1 || /\s/u.test(char)) continue;
    folded += char;
    places.push(i);
  }
  return { printed, folded, places };
}
