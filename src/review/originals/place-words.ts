import type { Location } from '../../read/document.ts';
import type { Language } from '../language.ts';

type Words = (n: string) => readonly [zh: string, en: string];

/** What a person can count on the document. Boxes are left to the picture; wrappers that nobody sees are left out. */
const PARTS: Readonly<Record<string, Words>> = {
  page: (n) => [`第${n}页`, `page ${n}`],
  sheet: (n) => [`第${n}个工作表`, `sheet ${n}`],
  table: (n) => [`第${n}个表格`, `table ${n}`],
  row: (n) => [`第${n}行`, `row ${n}`],
  cell: (n) => [`第${n}格`, `cell ${n}`],
  line: (n) => [`第${n}行`, `line ${n}`],
  paragraph: (n) => [`第${n}段`, `paragraph ${n}`],
  chart: (n) => [`第${n}个图`, `chart ${n}`],
};

/** Where something stands, as a person would say it: 第2个表格第17行第4格. Empty where there is nothing to say. */
export function placeWords(location: Location, language: Language): string {
  const at = language === 'zh' ? 0 : 1;
  if (location === 'title') return language === 'zh' ? '标题' : 'the title';
  const words = location.split(';').flatMap((part) => {
    const named = /^([a-z]+)=(\d{1,7})$/u.exec(part);
    if (named) return PARTS[named[1] as string]?.(named[2] as string)[at] ?? [];
    // A cell of a spreadsheet is called as its program calls it.
    return /^[A-Z]{1,3}\d{1,7}$/u.test(part) ? [language === 'zh' ? `${part}格` : `cell ${part}`] : [];
  });
  return words.join(language === 'zh' ? '' : ', ');
}
