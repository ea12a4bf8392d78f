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
