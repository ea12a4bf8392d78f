import { describe, expect, it, vi } from 'vitest';
import { readCellValue } from '../../src/extract/cell-value.ts';
import { DEFAULT_LIMITS, type GridCell } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { Veils } from '../../src/read/pdf/veils.ts';
import { type PdfFont, type PdfImage, type PdfPage, PdfWriter } from '../render/pdf-writer.ts';

const RULES = [
  ...[100, 200, 300].map((x) => `0.5 w ${x} 700 m ${x} 720 l S`),
  ...[700, 720].map((y) => `0.5 w 100 ${y} m 300 ${y} l S`),
];

interface Drawing {
  /** Operators, after the rules and the label of a table of one row; the second cell is from 200 to 300, 700 to 720. */
  readonly content: (writer: PdfWriter) => readonly string[];
  readonly page?: Partial<PdfPage>;
  readonly hidden?: boolean;
  readonly font?: PdfFont;
}

async function cellOf({ content, page, hidden, font }: Drawing): Promise<GridCell> {
  const writer = new PdfWriter(font ?? 'identity');
  const operators = [...RULES, writer.text(10, '1 0 0 1 110 706', '规章'), ...content(writer)];
  const bytes = writer.write([{ width: 595, height: 842, content: operators.join('\n'), ...page }], hidden);
  const { blocks } = await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS);
  const grid = blocks.find((b) => b.kind === 'grid');
  const cell = grid?.kind === 'grid' ? grid.cells.find((c) => c.column === 1) : undefined;
  expect(cell).toBeDefined();
  return cell!;
}

async function stateOf(drawing: Drawing): Promise<string> {
  const cell = await cellOf(drawing);
  const { state, value } = readCellValue({ ...cell, marks: cell.marks ?? [] }, 'count');
  return value === null ? state : `${state} ${value}`;
}

const at =
  (x: number, text: string, size = 10) =>
  (w: PdfWriter) =>
    w.text(size, `1 0 0 1 ${x} 706`, text);
const figure = at(240, '97');

/** A form with the figure 16 at its origin, put on the page by the matrix. */
const mirroredForm =
  (matrix: string) =>
  (w: PdfWriter): string[] => {
    w.form('Turned', 600, 900, w.text(10, '1 0 0 1 0 0', '16'));
    return [`q ${matrix} cm /Turned Do Q`];
  };

describe('a number that the page does not show as it is stored', () => {
  const drawings: readonly [string, Drawing][] = [
    ['a digit in white beside it', { content: (w) => [figure(w), `1 g ${at(250.2, '8')(w)} 0 g`] }],
    ['white digits in a blank cell', { content: (w) => [`1 g ${figure(w)} 0 g`] }],
    ['transparent digits in a blank cell', { content: (w) => [`q /None gs ${figure(w)} Q`] }],
    [
      'a white patch over it and another number beside',
      { content: (w) => [figure(w), '1 g 239 701 12 15 re f 0 g', at(228, '83')(w)] },
    ],
    ['a grey patch over it', { content: (w) => [figure(w), '0.5 g 239 701 12 15 re f 0 g'] }],
    ['another number on top of it', { content: (w) => [figure(w), at(240, '83')(w)] }],
    ['a tiny digit behind it', { content: (w) => [figure(w), at(250.2, '8', 1)(w)] }],
    ['a layer that is off', { hidden: true, content: (w) => [`/OC /Hidden BDC ${figure(w)} EMC`] }],
    [
      'a note over it',
      {
        content: (w) => [figure(w)],
        page: {
          entries:
            '/Annots [<< /Type /Annot /Subtype /FreeText /Rect [235 700 265 720] /Contents (83) /F 4 >>]',
        },
      },
    ],
    [
      'a strike of the reviewer',
      {
        content: (w) => [figure(w)],
        page: {
          entries:
            '/Annots [<< /Type /Annot /Subtype /StrikeOut /Rect [239 703 251 716] /QuadPoints [239 716 251 716 239 703 251 703] /F 4 >>]',
        },
      },
    ],
    [
      'a field with a number, and nothing under it',
      {
        content: () => [],
        page: {
          entries:
            '/Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (97) /Rect [205 702 295 718] /F 4 >>]',
        },
      },
    ],
    [
      'a picture of it',
      {
        content: () => ['q 20 0 0 12 240 704 cm /Figure Do Q'],
        page: { images: { Figure: { width: 2, height: 2, gray: Uint8Array.of(0, 255, 255, 0) } } },
      },
    ],
    [
      'its outlines',
      { content: () => ['240 704 m 246 704 247 712 243 712 c 239 712 240 708 240 704 c h f'] },
    ],
    [
      'upside down: 16 that shows as 19 in a mirror',
      { content: (w) => [w.text(10, '1 0 0 -1 240 714', '16')] },
    ],
    ['back to front', { content: (w) => [w.text(10, '-1 0 0 1 250 706', '12')] }],
    [
      'back to front, each digit by itself',
      { content: (w) => [w.text(10, '-1 0 0 1 245 706', '1'), w.text(10, '-1 0 0 1 250 706', '2')] },
    ],
    [
      'back to front by its width',
      { content: (w) => [`-100 Tz ${w.text(10, '1 0 0 1 250 706', '12')} 100 Tz`] },
    ],
    ['turned over by a size below zero', { content: (w) => [w.text(-10, '1 0 0 1 250 714', '16')] }],
    [
      'on a sheet turned over',
      { content: (w) => [`q 1 0 0 -1 0 1420 cm ${w.text(10, '1 0 0 1 240 706', '16')} Q`] },
    ],
    ['in a form that is mirrored', { content: mirroredForm('-1 0 0 1 250 706') }],
    ['in a form that is turned over', { content: mirroredForm('1 0 0 -1 240 714') }],
    [
      'of a font of drawings, upside down',
      { font: 'type3', content: (w) => [w.text(10, '1 0 0 -1 240 714', '16')] },
    ],
    ['digits on their side', { content: (w) => [w.text(8, '0 1 -1 0 250 703', '97')] }],
    [
      'an invisible digit behind a picture',
      {
        content: (w) => ['q 20 0 0 12 240 704 cm /Figure Do Q', `3 Tr ${figure(w)} 0 Tr`],
        page: { images: { Figure: { width: 2, height: 2, gray: Uint8Array.of(0, 255, 255, 0) } } },
      },
    ],
  ];

  it.each(drawings)('is no safe number: %s', async (_, drawing) => {
    expect(await stateOf(drawing)).toBe('unreadable');
  });

  it.each([
    ['invisible digits', (w: PdfWriter) => [`3 Tr ${figure(w)} 0 Tr`]],
    ['digits clipped away', (w: PdfWriter) => [`q 10 10 5 5 re W n ${figure(w)} Q`]],
  ] as const)('is not there: %s in a blank cell', async (_, content) => {
    expect(await stateOf({ content })).toBe('blank');
  });
});

describe('a number that the page shows as it is stored', () => {
  const drawings: readonly [string, Drawing][] = [
    ['nothing else', { content: (w) => [figure(w)] }],
    ['white on blue', { content: (w) => [`0 0 0.6 rg 200.3 700.3 99 19 re f 1 g ${figure(w)} 0 g`] }],
    ['over a white cell', { content: (w) => [`1 g 200.3 700.3 99 19 re f 0 g ${figure(w)}`] }],
    ['beside a patch', { content: (w) => [figure(w), '1 g 270 701 12 15 re f 0 g'] }],
    [
      'with a link over it',
      {
        content: (w) => [figure(w)],
        page: { entries: '/Annots [<< /Type /Annot /Subtype /Link /Rect [235 700 265 720] /F 4 >>]' },
      },
    ],
    [
      'with a hidden note over it',
      {
        content: (w) => [figure(w)],
        page: {
          entries:
            '/Annots [<< /Type /Annot /Subtype /FreeText /Rect [235 700 265 720] /Contents (83) /F 2 >>]',
        },
      },
    ],
    ['leaning over, as italics are made', { content: (w) => [w.text(10, '1 0 0.3333 1 240 706', '97')] }],
    [
      'leaning over in two texts',
      { content: (w) => [w.text(10, '1 0 0.3333 1 240 706', '9'), w.text(10, '1 0 0.3333 1 245 706', '7')] },
    ],
    ['twice', { content: (w) => [figure(w), at(240.3, '97')(w)] }],
    [
      'on a sheet turned over, turned back',
      { content: (w) => [`q 1 0 0 -1 0 842 cm ${w.text(10, '1 0 0 -1 240 136', '97')} Q`] },
    ],
    [
      'mirrored by its matrix and its width',
      { content: (w) => [`-100 Tz ${w.text(10, '-1 0 0 1 240 706', '97')} 100 Tz`] },
    ],
    ['turned over by its matrix and its size', { content: (w) => [w.text(-10, '-1 0 0 -1 240 706', '97')] }],
  ];

  it.each(drawings)('is read: %s', async (_, drawing) => {
    expect(await stateOf(drawing)).toBe('number 97');
  });
});

/** A picture of 120 by 120 pixels, each with what `pixel` says: red, green, blue, and how far it hides what is below. */
function picture(
  pixel: (x: number, y: number) => readonly [number, number, number, number],
  opaque = false,
): PdfImage {
  const [width, height] = [120, 120];
  const rgb = new Uint8Array(3 * width * height);
  const alpha = new Uint8Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [red, green, blue, hides] = pixel(x, y);
      rgb.set([red, green, blue], 3 * (y * width + x));
      alpha[y * width + x] = hides;
    }
  return opaque ? { width, height, rgb } : { width, height, rgb, alpha };
}

/** Drawn at its size with its lower left corner at 185, 650: a point from the left and from the bottom is a pixel. */
const PASTED = 'q 120 0 0 120 185 650 cm /Pasted Do Q';
const from = (x: number, y: number) => [x + 185, 769 - y] as const;
const pasted = (image: PdfImage, before: string[] = [], states = ''): Drawing => ({
  content: (w) => [figure(w), ...before, PASTED],
  page: { images: { Pasted: image }, states },
});

/** A ring, and a mark inside it that is not where the figure stands. */
const seal = picture((x, y) => {
  const away = Math.hypot(x - 60, y - 60);
  return [220, 20, 20, (away > 50 && away < 58) || Math.hypot(x - 60, y - 30) < 6 ? 255 : 0];
});
const shades = picture((x, y) => [220, 20, 20, Math.hypot(x - 60, y - 60) < 58 ? 255 : 0]);
const strokeFrom = (left: number, right: number, colour: readonly [number, number, number]) =>
  picture((x, y) => {
    const [u, v] = from(x, y);
    return [...colour, u > left && u < right && v > 700 && v < 720 ? 255 : 0];
  });

describe('a picture over a number, larger than its cell,', () => {
  const white = picture(() => [255, 255, 255, 255]);
  const hidden: readonly [string, Drawing][] = [
    ['that is white', pasted({ ...white, alpha: white.alpha!.fill(255) })],
    ['that has no transparency', pasted(picture(() => [250, 250, 240, 255], true))],
    ['that is red all over', pasted(shades)],
    ['that hides one digit', pasted(strokeFrom(239.5, 245, [255, 255, 255]))],
    ['that hides half of one digit', pasted(strokeFrom(245, 247.5, [255, 255, 255]))],
    [
      'that adds a stroke of the colour of the digits',
      { ...pasted(strokeFrom(249.5, 251.5, [0, 0, 0])), font: 'type3' },
    ],
  ];
  it.each(hidden)('leaves no safe number: %s', async (_, drawing) => {
    expect(await stateOf(drawing)).toBe('unreadable');
  });

  const seen: readonly [string, Drawing][] = [
    ['a seal', pasted(seal)],
    [
      'a seal that darkens what is below it',
      pasted(shades, ['q /Multiply gs'], '/Multiply << /BM /Multiply >>'),
    ],
    ['a pale picture of which much shows through', pasted(picture(() => [120, 160, 220, 60]))],
    ['a red stroke beside the digits', { ...pasted(strokeFrom(249.5, 251.5, [220, 20, 20])), font: 'type3' }],
    ['a stroke of their colour further on', { ...pasted(strokeFrom(253, 255, [0, 0, 0])), font: 'type3' }],
    [
      'a picture that is clipped to another place',
      pasted(
        picture(() => [255, 255, 255, 255], true),
        ['q 185 650 20 20 re W n'],
      ),
    ],
    [
      'a picture painted before it',
      {
        content: (w) => [PASTED, figure(w)],
        page: { images: { Pasted: picture(() => [250, 250, 240, 255], true) } },
      },
    ],
  ];
  it.each(seen)('leaves it what it is: %s', async (_, drawing) => {
    expect(await stateOf(drawing)).toBe('number 97');
  });
});

describe('an area of any shape over a number', () => {
  it('leaves no safe number where it hides it, as it does beside other cells', async () => {
    const disc = (y: number) =>
      `1 g 205 ${y} m 205 ${y + 60} 285 ${y + 60} 285 ${y} c 285 ${y - 60} 205 ${y - 60} 205 ${y} c h f 0 g`;
    expect(await stateOf({ content: (w) => [figure(w), disc(708)] })).toBe('unreadable');
    expect(await stateOf({ content: (w) => [figure(w), disc(640)] })).toBe('number 97');
  });

  it('is drawn with what it lets through', async () => {
    const states = '/Half << /ca 0.5 >> /Screen << /BM /Screen >> /Multiply << /BM /Multiply >>';
    const area = (state: string, colour: string): Drawing => ({
      content: (w) => [figure(w), `q /${state} gs ${colour} rg 190 690 105 40 re f Q`],
      page: { states },
    });
    expect(await stateOf(area('Half', '1 1 0'))).toBe('number 97');
    expect(await stateOf(area('Multiply', '1 1 0'))).toBe('number 97');
    expect(await stateOf(area('Screen', '1 1 1'))).toBe('unreadable');
  });
});

describe('more veils than a page is drawn for', () => {
  const STATES = '/Half << /ca 0.5 >>';
  const curve = '0 0 m 600 400 100 900 300 842 c 595 0 l h f\n';
  const sheets = (count: number): string => `q /Half gs 1 1 0 rg ${curve.repeat(count)} Q`;

  it.each([
    ['large ones', (w: PdfWriter) => [figure(w), sheets(100)]],
    [
      'small ones, one of them over the number',
      (w: PdfWriter) => [
        figure(w),
        `q /Half gs 1 1 0 rg 230 690 m 230 730 270 730 270 690 c h f\n${'9 9 m 9 18 18 18 18 9 c h f\n'.repeat(40_000)} Q`,
      ],
    ],
    [
      'what veils nothing, below a seal',
      (w: PdfWriter) => [sheets(100), figure(w), 'q /Half gs 1 1 0 rg 190 690 105 40 re f Q'],
    ],
  ])('leave no safe number below them, and it is not drawn: %s', async (_, content) => {
    const seen = vi.spyOn(Veils.prototype, 'seen');
    try {
      expect(await stateOf({ content, page: { states: STATES } })).toBe('unreadable');
      expect(seen.mock.results.map((r) => r.value)).toEqual([null]);
    } finally {
      seen.mockRestore();
    }
  });

  it('leave a number safe that stands beside them', async () => {
    const below = `q /Half gs 1 1 0 rg ${'0 0 m 0 680 595 680 595 0 c h f\n'.repeat(100)} Q`;
    expect(await stateOf({ content: (w) => [figure(w), below], page: { states: STATES } })).toBe('number 97');
  });

  it('are those of all pages together, of which the first are drawn', async () => {
    const writer = new PdfWriter('identity');
    const content = [figure(writer), sheets(12)].join('\n');
    const page: PdfPage = { width: 595, height: 842, content, states: STATES };
    const seen = vi.spyOn(Veils.prototype, 'seen');
    try {
      await readPdf({ bytes: writer.write(Array(40).fill(page)), name: 'x.pdf' }, DEFAULT_LIMITS);
      const drawn = seen.mock.results.map((r) => r.value !== null);
      expect(drawn).toHaveLength(40);
      expect(drawn.filter(Boolean).length).toBeLessThan(30);
      expect(drawn[0]).toBe(true);
      expect(drawn.at(-1)).toBe(false);
    } finally {
      seen.mockRestore();
    }
  });
});

describe('a seal put on as a stamp', () => {
  const sealed = (look: string): Drawing => ({
    content: (w) => {
      w.form('Look', 100, 100, look);
      return [figure(w)];
    },
    page: { stamps: [{ form: 'Look', subtype: 'Stamp', rect: '[195 660 295 760]' }] },
  });

  it('leaves a number what it is that it goes around', async () => {
    expect(await stateOf(sealed('4 w 0.8 0 0 RG 5 5 90 90 re S'))).toBe('number 97');
  });

  it('leaves no safe number of one that it hides', async () => {
    expect(await stateOf(sealed('0.8 0 0 rg 5 5 90 90 re f'))).toBe('unreadable');
  });
});

it('a page whose text lies below a picture of the page is read as that picture', async () => {
  const writer = new PdfWriter('identity');
  const lines = Array.from({ length: 12 }, (_, i) =>
    writer.text(10, `1 0 0 1 110 ${680 - 20 * i}`, '本年制发件数'),
  );
  const operators = [...RULES, at(110, '规章')(writer), figure(writer), ...lines];
  const content = [...operators, 'q 595 0 0 842 0 0 cm /Pasted Do Q'].join('\n');
  const images = { Pasted: picture(() => [255, 255, 255, 255], true) };
  const bytes = writer.write([{ width: 595, height: 842, content, images }]);
  const read = await readPdf({ bytes, name: 'x.pdf' }, DEFAULT_LIMITS).catch(
    (error: { failure?: string }) => error,
  );
  if ('failure' in read) expect(read.failure).toBe('needs_ocr');
  else expect('blocks' in read && read.blocks.flatMap((b) => (b.kind === 'grid' ? b.cells : []))).toEqual([]);
});
