import { expect, test } from 'vitest';
import { placeWords } from '../../src/review/originals/place-words.ts';

test.each([
  ['table=2;row=17;cell=4', '第2个表格第17行第4格', 'table 2, row 17, cell 4'],
  ['script=1;table=1;row=3;cell=2', '第1个表格第3行第2格', 'table 1, row 3, cell 2'],
  ['page=3;bbox=72.0,100.5,180.2,118.0', '第3页', 'page 3'],
  ['line=40;cell=3', '第40行第3格', 'line 40, cell 3'],
  ['paragraph=12', '第12段', 'paragraph 12'],
  ['sheet=1;B17', '第1个工作表B17格', 'sheet 1, cell B17'],
  ['title', '标题', 'the title'],
  ['', '', ''],
  ['<script>;cell=x', '', ''],
])('%s is said as people count', (location, zh, en) => {
  expect(placeWords(location, 'zh')).toBe(zh);
  expect(placeWords(location, 'en')).toBe(en);
});
