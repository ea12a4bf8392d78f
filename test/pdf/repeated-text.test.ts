import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { PdfWriter } from '../render/pdf-writer.ts';

type Draw = (at: (x: number, text: string, y?: number) => string) => string;

/** Text and marks of the second cell of a table of one row; `form` draws it all within a form XObject of another scale. */
async function cellOf(draw: Draw, form: boolean): Promise<{ text: string; marks: readonly string[] }> {
  const writer = new PdfWriter('identity');
  const at = (x: number, text: string, y = 706) => writer.text(10, `1 0 0 1 ${x} ${y}`, text);
  const drawing = [
    ...[100, 200, 300].map((x) => `0.5 w ${x} 700 m ${x} 720 l S`),
    ...[700, 720].map((y) => `0.5 w 100 ${y} m 300 ${y} l S`),
    at(110, '规章'),
    draw(at),
  ].join('\n');
  if (form) writer.form('Whole', 1200, 1700, `q 2 0 0 2 0 0 cm ${drawing} Q`);
  const content = form ? 'q 0.5 0 0 0.5 0 0 cm /Whole Do Q' : drawing;
  const bytes = writer.write([{ width: 595, height: 842, content }]);
  const document = await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS);
  const cell = document.blocks.flatMap((b) => (b.kind === 'grid' ? b.cells : [])).find((c) => c.column === 1);
  return { text: cell?.text ?? '', marks: cell?.marks ?? [] };
}

// A digit of the font is 5 points wide at this size.
const EXACT: [string, string, Draw][] = [
  ['two equal digits set close, each by itself', '11', (at) => `${at(240, '1')} ${at(244.4, '1')}`],
  ['three of them', '111', (at) => [240, 244.4, 248.8].map((x) => at(x, '1')).join(' ')],
  ['three of them among others', '71117', (at) => [...'71117'].map((d, i) => at(240 + 4.4 * i, d)).join(' ')],
  [
    'an invisible digit between two equal ones',
    '11',
    (at) => `${at(240, '1')} q 3 Tr ${at(242.5, '1')} Q ${at(245, '1')}`,
  ],
  [
    'a digit between two equal ones that is clipped away',
    '11',
    (at) => `${at(240, '1')} q 0 0 1 1 re W n ${at(242.5, '1')} Q ${at(245, '1')}`,
  ],
  ['a number that was drawn invisibly before', '97', (at) => `q 3 Tr ${at(240, '97')} Q ${at(240, '97')}`],
  [
    'a number that was clipped away before',
    '97',
    (at) => `q 0 0 1 1 re W n ${at(240, '97')} Q ${at(240, '97')}`,
  ],
  ['bold made by drawing twice', '97', (at) => `${at(240, '97')} ${at(240.3, '97')}`],
  [
    'bold made by drawing four times',
    '11',
    (at) => [0, 0.2, 0.4, 0.6].map((d) => at(240 + d, '11')).join(' '),
  ],
  ['a digit made bold by drawing twice', '1', (at) => `${at(240, '1')} ${at(240.3, '1', 706.3)}`],
];

describe.each([
  ['on the page', false],
  ['in a form of another scale', true],
])('a number that the engine takes in part for one drawn before, %s,', (_, form) => {
  it.each(EXACT)('is read whole: %s', async (_name, text, draw) => {
    expect(await cellOf(draw, form)).toEqual({ text, marks: [] });
  });

  it('is marked where its digits lie over each other', async () => {
    const cell = await cellOf((at) => `${at(240, '1')} ${at(243, '1')}`, form);
    expect(cell.marks).toContain('overlapping');
  });

  it('is marked where a digit stands at the place of one that does not show', async () => {
    for (const hide of ['3 Tr', '0 0 1 1 re W n'])
      for (const [x, digit] of [
        [240, '9'],
        [245, '7'],
      ] as const) {
        const { text, marks } = await cellOf((at) => `q ${hide} ${at(x, digit)} Q ${at(240, '97')}`, form);
        if (text !== '97') expect(marks).toContain('overlapping');
      }
  });

  it('is marked where the PDF gives another text for it than its characters', async () => {
    for (const other of ['79', '7', '']) {
      const one = await cellOf((at) => `/Span <</ActualText (${other})>> BDC ${at(240, '97')} EMC`, form);
      const two = await cellOf(
        (at) => `/Span <</ActualText (${other})>> BDC ${at(240, '9')} ${at(245, '7')} EMC`,
        form,
      );
      for (const cell of [one, two]) expect(cell.marks).toContain('picture');
    }
  });
});

describe('a hyphen that may break a word', () => {
  it('shows where it is drawn: it is a sign or a dash', async () => {
    expect((await cellOf((at) => at(240, '\u00ad5'), false)).text).toBe('-5');
    expect((await cellOf((at) => at(240, '9\u00ad7'), false)).text).toBe('9-7');
  });
});
