import { strToU8 } from 'fflate';
import { encode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { readCellValue } from '../../src/extract/cell-value.ts';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { readOfd } from '../../src/read/ofd/ofd.ts';
import { type OfdPageParts, ofdOfPage } from '../render/ofd-page.ts';

/** Rules of a table of one row, and its label; the second cell is from 80 to 120, 40 to 50 millimetres. */
const TABLE = [
  ...[40, 80, 120].map((x) => line(x, 40, 0, 10)),
  ...[40, 50].map((y) => line(40, y, 80, 0)),
  text(45, '规章'),
].join('');

function line(x: number, y: number, across: number, down: number): string {
  return `<ofd:PathObject Boundary="${x} ${y} ${across + 1} ${down + 1}" LineWidth="0.2"><ofd:AbbreviatedData>M 0 0 L ${across} ${down}</ofd:AbbreviatedData></ofd:PathObject>`;
}

/** Characters of 4 millimetres on a baseline in the middle of the row. */
function text(x: number, of: string, attributes = '', inner = '', size = 4): string {
  return `<ofd:TextObject Boundary="${x} 41 ${of.length * size} 6" Font="1" Size="${size}" ${attributes}>${inner}<ofd:TextCode X="0" Y="5" DeltaX="g ${of.length - 1} ${size / 2}">${of}</ofd:TextCode></ofd:TextObject>`;
}

const figure = text(95, '97');

function area(x: number, y: number, width: number, height: number, color: string, attributes = ''): string {
  return `<ofd:PathObject Boundary="${x} ${y} ${width} ${height}" Stroke="false" Fill="true" ${attributes}>${color}<ofd:AbbreviatedData>M 0 0 L ${width} 0 L ${width} ${height} L 0 ${height} C</ofd:AbbreviatedData></ofd:PathObject>`;
}

const fill = (value: string, more = ''): string => `<ofd:FillColor Value="${value}" ${more}/>`;
const WHITE = fill('255 255 255');
/** Over the figure, and little else. */
const patch = (color: string, attributes = ''): string => area(94, 41, 8, 7, color, attributes);

function image(id: number, box: readonly number[], attributes = ''): string {
  return `<ofd:ImageObject Boundary="${box.join(' ')}" CTM="${box[2]} 0 0 ${box[3]} 0 0" ResourceID="${id}" ${attributes}/>`;
}

/** A red ring on nothing, or on white. */
function seal(ground: number): Uint8Array {
  const png = new PNG({ width: 200, height: 200 });
  for (let y = 0; y < 200; y++)
    for (let x = 0; x < 200; x++) {
      const ring = Math.abs(Math.hypot(x - 100, y - 100) - 90) < 6;
      png.data.set(ring ? [220, 0, 0, 255] : [255, 255, 255, ground], (y * 200 + x) * 4);
    }
  return PNG.sync.write(png);
}

const SEAL = { 30: { name: 'seal.png', bytes: seal(0) } };
const PATCH = { 30: { name: 'patch.png', bytes: seal(255) } };
const white = { width: 8, height: 8, data: new Uint8Array(256).fill(255) };
/** A digit and a half in black (or another colour) where the second cell of the table is, on nothing or on paper. */
function digits(ground: number, colour: readonly number[] = [0, 0, 0]): Uint8Array {
  const png = new PNG({ width: 800, height: 100 });
  for (let y = 0; y < 100; y++)
    for (let x = 0; x < 800; x++) {
      const ring = Math.abs(Math.hypot(x - 570, (y - 50) * 0.7) - 14) < 4;
      const stroke = x > 600 && x < 607 && y > 28 && y < 72;
      png.data.set(ring || stroke ? [...colour, 255] : [255, 255, 255, ground], (y * 800 + x) * 4);
    }
  return PNG.sync.write(png);
}

const DIGITS = { 30: { name: 'digits.png', bytes: digits(0) } };
const DIGITS_ON_PAPER = { 30: { name: 'digits.png', bytes: digits(255) } };
const RED_DIGITS = { 30: { name: 'digits.png', bytes: digits(0, [220, 0, 0]) } };
const ROW = [40, 40, 80, 10];
/** Reaches beyond the row, so that it is no content of one cell. */
const MORE = [40, 35, 80, 20];
const JPEG = { 30: { name: 'patch.jpg', bytes: encode(white, 90).data } };
/** Over the whole table. */
const AROUND = [60, 20, 60, 60];
const OVER = [93, 41, 12, 8];

const clips = (x: number, y: number, width: number, height: number, more = ''): string =>
  `<ofd:Clips ${more}><ofd:Clip><ofd:Area><ofd:Path Boundary="${x} ${y} ${width} ${height}"><ofd:AbbreviatedData>M 0 0 L ${width} 0 L ${width} ${height} L 0 ${height} C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>`;
/** Every one of them larger than the page. */
const manyClips = (count: number, data: string): string =>
  `<ofd:Clips>${`<ofd:Clip><ofd:Area><ofd:Path Boundary="0 0 1 1"><ofd:AbbreviatedData>${data}</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip>`.repeat(count)}</ofd:Clips>`;
const UPRIGHT = 'M -500 -500 L 500 -500 L 500 500 L -500 500 C';
const ON_ITS_CORNER = 'M -500 0 L 0 -500 L 500 0 L 0 500 C';
const drawParams = (params: string): string => `<ofd:DrawParams>${params}</ofd:DrawParams>`;
const annotation = (type: string, content: string, more = ''): string =>
  `<ofd:Annot ID="50" Type="${type}" ${more}><ofd:Appearance Boundary="90 40 30 10">${content}</ofd:Appearance></ofd:Annot>`;
const composite = (content: string): string =>
  `<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="60" Width="30" Height="10"><ofd:Content>${content}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>`;

async function stateOf(page: OfdPageParts): Promise<string> {
  const bytes = ofdOfPage({ ...page, content: TABLE + page.content });
  const { blocks } = await readOfd({ bytes, name: 'x.ofd' }, DEFAULT_LIMITS);
  const grid = blocks.find((b) => b.kind === 'grid');
  const cell = grid?.kind === 'grid' ? grid.cells.find((c) => c.column === 1) : undefined;
  expect(cell).toBeDefined();
  const { state, value } = readCellValue({ ...cell!, marks: cell!.marks ?? [] }, 'count');
  return value === null ? state : `${state} ${value}`;
}

describe('a number of an OFD that the page does not show as it is stored', () => {
  const pages: readonly [string, OfdPageParts][] = [
    ['under a white area', { content: figure + patch(WHITE) }],
    ['under a grey area', { content: figure + patch(fill('128 128 128')) }],
    ['under a white area and another number beside', { content: figure + patch(WHITE) + text(84, '83') }],
    [
      'under an area of a gradient',
      { content: figure + patch('<ofd:FillColor><ofd:AxialShd/></ofd:FillColor>') },
    ],
    [
      'under a broad white line',
      {
        content: `${figure}<ofd:PathObject Boundary="93 40 12 10" LineWidth="6"><ofd:StrokeColor Value="255 255 255"/><ofd:AbbreviatedData>M 0 5 L 12 5</ofd:AbbreviatedData></ofd:PathObject>`,
      },
    ],
    [
      'under a white area with round corners',
      {
        content: `${figure}<ofd:PathObject Boundary="93 41 12 8" Stroke="false" Fill="true">${WHITE}<ofd:AbbreviatedData>M 1 0 L 11 0 Q 12 0 12 1 L 12 7 Q 12 8 11 8 L 1 8 Q 0 8 0 7 L 0 1 Q 0 0 1 0 C</ofd:AbbreviatedData></ofd:PathObject>`,
      },
    ],
    [
      'under a white ellipse',
      {
        content: `${figure}<ofd:PathObject Boundary="90 40 18 10" Stroke="false" Fill="true">${WHITE}<ofd:AbbreviatedData>M 0 5 A 9 5 0 0 1 18 5 A 9 5 0 0 1 0 5 C</ofd:AbbreviatedData></ofd:PathObject>`,
      },
    ],
    ['under an area of a page block', { content: `${figure}<ofd:PageBlock>${patch(WHITE)}</ofd:PageBlock>` }],
    [
      'under an area of a later layer',
      { content: figure, layers: `<ofd:Layer ID="21">${patch(WHITE)}</ofd:Layer>` },
    ],
    [
      'under an area of a foreground layer that is written first',
      {
        content: patch(WHITE),
        layer: 'Type="Foreground"',
        layers: `<ofd:Layer ID="21">${figure}</ofd:Layer>`,
      },
    ],
    [
      'under an area of a template in the foreground',
      { content: figure, template: { content: patch(WHITE), zOrder: 'Foreground' } },
    ],
    [
      'under an area of a composite',
      {
        content: `${figure}<ofd:CompositeObject Boundary="90 40 30 10" ResourceID="60"/>`,
        resources: composite(area(4, 1, 8, 7, WHITE)),
      },
    ],
    ['under a white area over its upper half', { content: figure + area(94, 41, 8, 3.2, WHITE) }],
    ['in black on black', { content: area(80.2, 40.2, 39.6, 9.6, fill('0 0 0')) + figure }],
    [
      'in grey on grey',
      { content: area(80.2, 40.2, 39.6, 9.6, fill('150 150 150')) + text(95, '97', '', fill('150 150 155')) },
    ],
    [
      'in white on the faintest grey',
      { content: area(80.2, 40.2, 39.6, 9.6, fill('245 245 245')) + text(95, '97', '', WHITE) },
    ],
    [
      'in white on white over blue',
      {
        content: area(80.2, 40.2, 39.6, 9.6, fill('0 0 150')) + patch(WHITE) + text(95, '97', '', WHITE),
      },
    ],
    [
      'in white, on a colour that is painted nowhere near',
      { content: area(40.2, 40.2, 39.6, 9.6, fill('0 0 150')) + text(95, '97', '', WHITE) },
    ],
    [
      'a picture of the whole row with a blank on it, and text that only touches it',
      {
        content: image(30, [40, 40, 80, 10]) + text(95, '  ') + text(60, '某某').replace('60 41', '60 48'),
        pictures: JPEG,
      },
    ],
    [
      'a picture of the whole row with transparent text on it',
      { content: image(30, [40, 40, 80, 10]) + text(50, '规章', 'Alpha="0"'), pictures: JPEG },
    ],
    ['a picture of the whole row', { content: image(30, [40, 40, 80, 10]), pictures: JPEG }],
    ['in white', { content: text(95, '97', '', WHITE) }],
    ['a digit in white beside it', { content: figure + text(99.1, '8', '', WHITE) }],
    ['in white, hexadecimal', { content: text(95, '97', '', fill('#ff #ff #ff')) }],
    [
      'in white by a draw parameter',
      {
        content: text(95, '97', 'DrawParam="70"'),
        resources: drawParams(`<ofd:DrawParam ID="70">${WHITE}</ofd:DrawParam>`),
      },
    ],
    [
      'in white by the draw parameter that another goes back to',
      {
        content: text(95, '97', 'DrawParam="71"'),
        resources: drawParams(
          `<ofd:DrawParam ID="70">${WHITE}</ofd:DrawParam><ofd:DrawParam ID="71" Relative="70" LineWidth="1"/>`,
        ),
      },
    ],
    [
      'in white by the draw parameter of its layer',
      {
        content: '',
        layers: `<ofd:Layer ID="21" DrawParam="70">${figure}</ofd:Layer>`,
        resources: drawParams(`<ofd:DrawParam ID="70">${WHITE}</ofd:DrawParam>`),
      },
    ],
    ['transparent', { content: text(95, '97', 'Alpha="0"') }],
    ['of a transparent colour', { content: text(95, '97', '', fill('0 0 0', 'Alpha="0"')) }],
    ['neither filled nor stroked', { content: text(95, '97', 'Fill="false"') }],
    [
      'in a colour that is a pattern',
      { content: text(95, '97', '', '<ofd:FillColor><ofd:Pattern/></ofd:FillColor>') },
    ],
    ['clipped away', { content: text(95, '97', '', clips(-60, 0, 20, 10)) }],
    ['clipped away in its half', { content: text(95, '97', '', clips(0, 0, 2, 10)) }],
    [
      'clipped away by two clips',
      {
        content: text(
          95,
          '97',
          '',
          clips(0, 0, 20, 10).replace(
            '</ofd:Clip>',
            `</ofd:Clip>${clips(0, 7, 20, 10).replace(/<\/?ofd:Clips *>/g, '')}`,
          ),
        ),
      },
    ],
    [
      'clipped away by text',
      {
        content: text(
          95,
          '97',
          '',
          `<ofd:Clips><ofd:Clip><ofd:Area><ofd:Text Boundary="0 0 20 10" Size="4"/></ofd:Area></ofd:Clip></ofd:Clips>`,
        ),
      },
    ],
    [
      'clipped away by its composite',
      {
        content: `<ofd:CompositeObject Boundary="90 40 30 10" ResourceID="60">${clips(20, 0, 10, 10)}</ofd:CompositeObject>`,
        resources: composite(text(5, '97').replace('41', '1')),
      },
    ],
    ['in more clips than are followed up', { content: text(95, '97', '', manyClips(300, ON_ITS_CORNER)) }],
    [
      'in more clips than are followed up, half of them of its composite',
      {
        content: `<ofd:CompositeObject Boundary="90 40 30 10" ResourceID="60">${manyClips(150, ON_ITS_CORNER)}</ofd:CompositeObject>`,
        resources: composite(text(5, '97', '', manyClips(150, ON_ITS_CORNER)).replace('41', '1')),
      },
    ],
    [
      'clipped away after many rectangles that leave it',
      {
        content: text(95, '97', '', manyClips(300, UPRIGHT) + clips(0, 0, 2, 10)),
      },
    ],
    [
      'outside its boundary',
      { content: figure.replace('95 41 8 6', '60 41 8 6').replace('X="0"', 'X="35"') },
    ],
    ['turned over', { content: text(95, '16', 'CTM="1 0 0 -1 0 8"') }],
    ['back to front', { content: text(95, '12', 'CTM="-1 0 0 1 6 0"') }],
    ['of characters that stand on their heads', { content: text(95, '16', 'CharDirection="180"') }],
    ['of characters without meaning', { content: text(95, '¤¤') }],
    ['another number on top of it', { content: figure + text(95, '83') }],
    ['a picture of it', { content: image(30, OVER), pictures: JPEG }],
    [
      'a picture of it in a boundary as large as the table',
      {
        content: '<ofd:ImageObject Boundary="40 40 80 10" CTM="12 0 0 8 55 1" ResourceID="30"/>',
        pictures: JPEG,
      },
    ],
    [
      'a picture over it that cannot be seen through',
      { content: figure + image(30, AROUND), pictures: JPEG },
    ],
    [
      'a picture over it that could be transparent and is not',
      { content: figure + image(30, AROUND), pictures: PATCH },
    ],
    [
      'a picture over it of an unknown kind',
      { content: figure + image(30, AROUND), pictures: { 30: { name: 'a.tif', bytes: strToU8('II*\0') } } },
    ],
    ['a picture over it that the document does not have', { content: figure + image(31, AROUND) }],
    ['it in a picture of the row that is seen through', { content: image(30, ROW), pictures: DIGITS }],
    ['it in red in a picture that is seen through', { content: image(30, ROW), pictures: RED_DIGITS }],
    [
      'it in a faint picture of the row',
      { content: image(30, ROW, 'Alpha="120"'), pictures: DIGITS_ON_PAPER },
    ],
    [
      'it in a picture on which the rest is written',
      { content: image(30, ROW) + text(55, '某'), pictures: DIGITS_ON_PAPER },
    ],
    ['it in a picture under a blank', { content: image(30, ROW) + text(95, '  '), pictures: DIGITS }],
    [
      'it in a picture of an annotation that is seen through',
      { content: '', annotations: annotation('Stamp', image(30, [-50, 0, 80, 10])), pictures: DIGITS },
    ],
    [
      'its outlines',
      {
        content:
          '<ofd:PathObject Boundary="95 42 4 6" Stroke="false" Fill="true"><ofd:AbbreviatedData>M 0 0 B 3 0 3 4 0 4 B -1 4 -1 1 0 0 C</ofd:AbbreviatedData></ofd:PathObject>',
      },
    ],
    [
      'its outlines in a composite',
      {
        content: '<ofd:CompositeObject Boundary="90 40 30 10" ResourceID="60"/>',
        resources: composite(
          '<ofd:PathObject Boundary="5 2 4 6" Stroke="false" Fill="true"><ofd:AbbreviatedData>M 0 0 B 3 0 3 4 0 4 B -1 4 -1 1 0 0 C</ofd:AbbreviatedData></ofd:PathObject>',
        ),
      },
    ],
    [
      'a composite that the document does not have',
      { content: '<ofd:CompositeObject Boundary="90 42 20 6" ResourceID="61"/>' },
    ],
    [
      'a note over it',
      { content: figure, annotations: annotation('Path', text(5, '83').replace('41', '1')) },
    ],
    [
      'a note where nothing is',
      { content: '', annotations: annotation('Path', text(5, '83').replace('41', '1')) },
    ],
    [
      'a patch of an annotation',
      { content: figure, annotations: annotation('Path', area(4, 1, 8, 7, WHITE)) },
    ],
    [
      'a strike of the reviewer',
      { content: figure, annotations: annotation('Highlight', line(4, 4.6, 10, 0), 'Subtype="Strikeout"') },
    ],
    [
      'a picture over it that has a mask',
      { content: figure + image(30, AROUND, 'ImageMask="30"'), pictures: SEAL },
    ],
    [
      'a stamp over it that cannot be seen through',
      { content: figure, annotations: annotation('Stamp', image(30, [0, 0, 30, 10])), pictures: JPEG },
    ],
  ];

  it.each(pages)('is no safe number: %s', async (_, page) => {
    expect(await stateOf(page)).toBe('unreadable');
  });
});

describe('a blank cell of an OFD', () => {
  it.each<[string, OfdPageParts]>([
    ['with nothing on it', { content: '' }],
    ['under a seal', { content: image(30, AROUND), pictures: SEAL }],
    ['beside the digits of a picture', { content: image(30, [-20, 40, 80, 10]), pictures: DIGITS }],
    ['below the digits of a picture', { content: image(30, [40, 15, 80, 30]), pictures: DIGITS }],
    ['under a picture that hardly shows', { content: image(30, MORE, 'Alpha="30"'), pictures: DIGITS }],
    ['over a picture that is white there', { content: image(30, MORE) + text(55, '某'), pictures: JPEG }],
  ])('stays blank: %s', async (_, page) => {
    expect(await stateOf(page)).toBe('blank');
  });
});

describe('a number of an OFD that the page shows as it is stored', () => {
  const pages: readonly [string, OfdPageParts][] = [
    ['nothing else', { content: figure }],
    ['over a white area', { content: patch(WHITE) + figure }],
    ['beside a white area', { content: figure + area(105, 41, 8, 7, WHITE) }],
    ['white on blue', { content: area(80.2, 40.2, 39.6, 9.6, fill('0 0 150')) + text(95, '97', '', WHITE) }],
    [
      'white on blue over white',
      { content: patch(WHITE) + area(80.2, 40.2, 39.6, 9.6, fill('0 0 150')) + text(95, '97', '', WHITE) },
    ],
    [
      'over a picture that has a mask',
      { content: image(30, [40, 40, 80, 10], 'ImageMask="30"') + figure, pictures: JPEG },
    ],
    ['white on a picture', { content: image(30, AROUND) + text(95, '97', '', WHITE), pictures: JPEG }],
    [
      'grey on blue',
      { content: area(80.2, 40.2, 39.6, 9.6, fill('0 0 150')) + text(95, '97', '', fill('150 150 150')) },
    ],
    ['black on light blue', { content: area(80.2, 40.2, 39.6, 9.6, fill('200 220 255')) + figure }],
    ['over a picture of the whole row', { content: image(30, [40, 40, 80, 10]) + figure, pictures: JPEG }],
    ['below something faint', { content: figure + patch(fill('255 255 0', 'Alpha="80"')) }],
    [
      'below an area that is not filled',
      { content: figure + patch(WHITE).replace('Fill="true"', 'Fill="false"') },
    ],
    ['below an area that is clipped away', { content: figure + patch(WHITE + clips(20, 20, 5, 5)) }],
    ['below an area that is not shown', { content: figure + patch(WHITE, 'Visible="false"') }],
    [
      'over an area of a background layer that is written last',
      { content: figure, layers: `<ofd:Layer ID="21" Type="Background">${patch(WHITE)}</ofd:Layer>` },
    ],
    [
      'over an area of a template',
      { content: figure, template: { content: patch(WHITE), zOrder: 'Background' } },
    ],
    ['over a picture', { content: image(30, AROUND) + figure, pictures: JPEG }],
    ['under a seal', { content: figure + image(30, AROUND), pictures: SEAL }],
    ['under the digits of a picture', { content: figure + image(30, [40, 43, 80, 10]), pictures: DIGITS }],
    ['under a seal that is stamped on', { content: figure, stamp: AROUND.join(' ') }],
    [
      'under a seal that is an annotation',
      { content: figure, annotations: annotation('Stamp', image(30, [-30, -20, 60, 60])), pictures: SEAL },
    ],
    ['with a link over it', { content: figure, annotations: annotation('Link', patch(WHITE)) }],
    [
      'with an annotation over it that is not shown',
      { content: figure, annotations: annotation('Path', area(4, 1, 8, 7, WHITE), 'Visible="false"') },
    ],
    [
      'with a line below it',
      { content: figure, annotations: annotation('Highlight', line(4, 7, 10, 0), 'Subtype="Underline"') },
    ],
    [
      'in a composite',
      {
        content: '<ofd:CompositeObject Boundary="90 40 30 10" ResourceID="60"/>',
        resources: composite(text(5, '97').replace('41', '1')),
      },
    ],
    [
      'in a composite, scaled',
      {
        content: '<ofd:CompositeObject Boundary="90 40 30 10" CTM="0.5 0 0 0.5 0 0" ResourceID="60"/>',
        resources: composite(text(10, '97', '', '', 8).replace('41', '1')),
      },
    ],
    [
      'stroked in black',
      { content: text(95, '97', 'Fill="false" Stroke="true"', '<ofd:StrokeColor Value="0 0 0"/>') },
    ],
    [
      'black by itself, white by its draw parameter',
      {
        content: text(95, '97', 'DrawParam="70"', fill('0 0 0')),
        resources: drawParams(`<ofd:DrawParam ID="70">${WHITE}</ofd:DrawParam>`),
      },
    ],
    [
      'of a draw parameter that goes back to itself',
      {
        content: text(95, '97', 'DrawParam="70"'),
        resources: drawParams('<ofd:DrawParam ID="70" Relative="70"/>'),
      },
    ],
    ['in a clip', { content: text(95, '97', '', clips(0, 0, 20, 10)) }],
    ['in some clips that are no rectangles', { content: text(95, '97', '', manyClips(100, ON_ITS_CORNER)) }],
    ['in many clips that are rectangles', { content: text(95, '97', '', manyClips(3000, UPRIGHT)) }],
    [
      'below a text of many characters in many clips',
      {
        content: `<ofd:TextObject Boundary="0 0 210 297" Font="1" Size="3">${manyClips(3000, UPRIGHT)}<ofd:TextCode X="1" Y="10" DeltaX="g 30000 0.004">${'1'.repeat(30_000)}</ofd:TextCode></ofd:TextObject>${figure}`,
      },
    ],
    [
      'in a clip of its own matrix',
      { content: text(95, '97', 'CTM="0.5 0 0 0.5 0 0"', clips(0, 0, 20, 20), 8).replace('Y="5"', 'Y="10"') },
    ],
    ['in a boundary of no size', { content: figure.replace('95 41 8 6', '95 41 0 0') }],
    [
      'turned over, and turned back by its composite',
      {
        content: '<ofd:CompositeObject Boundary="90 40 30 10" CTM="1 0 0 -1 0 10" ResourceID="60"/>',
        resources: composite(
          '<ofd:TextObject Boundary="5 3 8 6" CTM="1 0 0 -1 0 6" Font="1" Size="4"><ofd:TextCode X="0" Y="5" DeltaX="2">97</ofd:TextCode></ofd:TextObject>',
        ),
      },
    ],
    ['hidden once and shown once', { content: text(95, '97', 'Fill="false"') + figure }],
    ['again over the white area that hides it', { content: figure + patch(WHITE) + figure }],
  ];

  it.each(pages)('is read: %s', async (_, page) => {
    expect(await stateOf(page)).toBe('number 97');
  });

  it('is a number also where what shows in another cell is not certain', async () => {
    expect(await stateOf({ content: figure + area(44, 41, 12, 8, WHITE) })).toBe('number 97');
  });
});

describe('a cell of an OFD with nothing in it', () => {
  it.each([
    ['nothing at all', { content: '' }],
    ['under a seal', { content: image(30, AROUND), pictures: SEAL }],
    ['text that is not shown', { content: text(95, '97', 'Visible="false"') }],
    ['over a picture that has text on it', { content: image(30, [40, 30, 80, 40]) + TABLE, pictures: JPEG }],
    ['white paint', { content: patch(WHITE) }],
  ] as [string, OfdPageParts][])('is blank: %s', async (_, page) => {
    expect(await stateOf(page)).toBe('blank');
  });
});

describe('a page of an OFD', () => {
  const words = text(40, '某某市卫生健康委员会政府信息公开工作年度报告规章', 'Alpha="0"');
  it.each([
    ['that is a picture with transparent text on it', { content: image(30, [0, 0, 210, 297]) + words }],
    [
      'that is a picture over its text',
      { content: words.replace('Alpha="0"', '') + image(30, [0, 0, 210, 297]) },
    ],
  ])('is read as a picture: %s', async (_, page) => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const bytes = ofdOfPage({ ...page, pictures: JPEG });
      await expect(readOfd({ bytes, name: 'x.ofd' }, DEFAULT_LIMITS)).rejects.toMatchObject({
        failure: 'needs_ocr',
      });
    } finally {
      process.env['PATH'] = path;
    }
  });

  it.each([
    ['areas', patch(WHITE).replace('94 41 8 7', '94 1e30 8 1e30').replaceAll('7', '7e30')],
    ['pictures', image(30, [0, 1e30, 50, 1e30])],
    ['text', text(95, '97').replace('Y="5"', 'Y="1e30"') + text(95, '97', 'CTM="1e30 0 0 1e30 0 0"')],
    ['numbers that are none', `${patch(WHITE).replace('94', 'x')}${text(95, '97', 'CTM="1 0 0 NaN 0 0"')}`],
  ])('with %s farther away than anything can be is read', async (_, far) => {
    expect(await stateOf({ content: far + figure, pictures: JPEG })).toBe('number 97');
  });

  it('whose composites hold themselves is refused', async () => {
    const within = '<ofd:CompositeObject Boundary="0 0 30 10" ResourceID="60"/>';
    await expect(stateOf({ content: within, resources: composite(within + within) })).rejects.toMatchObject({
      failure: 'too_large',
    });
  });
});
