import { describe, expect, it } from 'vitest';
import { readCellValue } from '../../src/extract/cell-value.ts';

function read(text: string) {
  return readCellValue({ text, location: '', reading: 'certain', marks: [] }, 'count');
}

describe('a cell with digits that are none of its number', () => {
  it.each(['97²', '97①', '①97', '97₂', '97⑴', '97⒈', '97⓵', '97❶', '²', '①', '\u202e97', '9\u2066\u202d7'])(
    'has no value: %s',
    (text) => {
      expect(read(text)).toMatchObject({ state: 'unreadable', value: null, doubtful: true });
    },
  );

  it('has its value where the digits are only of another width', () => {
    expect(read('９７')).toMatchObject({ state: 'number', value: 97, doubtful: false });
    expect(read('9\u200b7')).toMatchObject({ state: 'number', value: 97, doubtful: false });
  });
});

describe('a point at the end of a cell', () => {
  it.each([
    ['5.', 5],
    ['1,234.', 1234],
    ['5．', 5],
    ['5.件', 5],
  ])('belongs to the number: %s', (text, value) => {
    expect(read(text)).toMatchObject({ raw: text, state: 'number', value, doubtful: false });
  });

  it.each(['1.规章', '5..', '5.3.', '1.2.3', '.'])('makes no number of %s', (text) => {
    expect(read(text).state).not.toBe('number');
  });

  it('is in doubt in a scan, which may have lost digits behind it', () => {
    const cell = { text: '5.', location: '', reading: 'ocr', marks: [] } as const;
    expect(readCellValue(cell, 'count')).toMatchObject({ state: 'number', value: 5, doubtful: true });
  });
});
