import { deflateSync, inflateSync } from 'node:zlib';
import type { Random } from '../render/random.ts';

/**
 * What may be said of a PDF after one of its objects was changed: it shows what it showed; it shows no other numbers but
 * may lack some; or nobody can tell without drawing it, and only a typed outcome is asked for.
 */
export type Shows = 'same' | 'no other number' | 'unknown';

interface PdfObject {
  readonly body: string;
  /** Of a stream, inflated. */
  readonly data: string | null;
}

type Change = (objects: PdfObject[], random: Random) => void;

const CONTENT = /(?:^|\n| )(?:BT|re f|l S|Do) ?/u;
const REFERENCE = /(\d+) 0 R/gu;

const CHANGES: Readonly<Record<string, readonly [Shows, Change]>> = {
  renumbered: ['same', renumber],
  'contents in pieces': [
    'same',
    (objects) => {
      for (const [i, object] of [...objects.entries()]) {
        const content = /\/Contents (\d+) 0 R/u.exec(object.body)?.[1];
        if (content === undefined || !object.body.includes('/Type /Page ')) continue;
        const lines = objects[Number(content) - 1]!.data!.split('\n');
        const half = Math.ceil(lines.length / 2);
        const ids = [lines.slice(0, half), lines.slice(half)].map((part) =>
          objects.push({ body: '<< >>', data: part.join('\n') }),
        );
        objects[i] = {
          ...object,
          body: object.body.replace(
            /\/Contents \d+ 0 R/u,
            `/Contents [${ids.map((id) => `${id} 0 R`).join(' ')}]`,
          ),
        };
      }
    },
  ],
  'states and comments': [
    'same',
    editContent((lines, random) =>
      lines.flatMap((line) =>
        random.chance(0.1)
          ? [
              random.pick(['q 2 0 0 2 9 9 cm Q', 'BT ET', '% 99 Tj', 'BX 99 nonsense EX', '/Span BMC EMC']),
              line,
            ]
          : [line],
      ),
    ),
  ],
  'nudged text': [
    'same',
    (objects, random) => {
      const [x, y] = [random.integer(-5, 5) / 5, random.integer(-2, 2) / 5];
      editTexts((m) => [...m.slice(0, 4), m[4]! + x, m[5]! + y])(objects, random);
    },
  ],
  'smaller text': ['same', editTexts((m) => [m[0]! * 0.8, m[1]!, m[2]!, m[3]! * 0.8, m[4]!, m[5]!])],
  'invisible digits': ['same', addText((text) => `q 3 Tr ${text} Q`)],
  'digits beside the page': ['same', addText((text) => `q 1 0 0 1 -4000 0 cm ${text} Q`)],
  'digits clipped away': ['same', addText((text) => `q 0 0 0.01 0.01 re W n ${text} Q`)],
  'cross references lost': ['same', () => {}],
  'page twice': ['same', editKids((kids, random) => [...kids, random.pick(kids)])],
  'pages in another order': ['same', editKids((kids) => [...kids].reverse())],
  'object removed': [
    'no other number',
    (objects, random) => {
      objects[random.integer(0, objects.length - 1)] = { body: 'null', data: null };
    },
  ],
  'reference to nothing': [
    'no other number',
    (objects, random) => {
      const at = random.integer(0, objects.length - 1);
      const object = objects[at]!;
      objects[at] = { ...object, body: object.body.replace(/\d+ 0 R/u, '9999 0 R') };
    },
  ],
  'contents doubled': [
    'same',
    (objects) => {
      for (const [i, object] of objects.entries())
        if (object.body.includes('/Type /Page '))
          objects[i] = { ...object, body: object.body.replace(/\/Contents (\d+ 0 R)/u, '/Contents [$1 $1]') };
    },
  ],
  'objects swapped': [
    'unknown',
    (objects, random) => {
      const [a, b] = [random.integer(0, objects.length - 1), random.integer(0, objects.length - 1)];
      [objects[a], objects[b]] = [objects[b]!, objects[a]!];
    },
  ],
  'object in place of another': [
    'unknown',
    (objects, random) => {
      objects[random.integer(0, objects.length - 1)] = random.pick(objects);
    },
  ],
  'loop of references': [
    'unknown',
    (objects, random) => {
      const at = random.integer(0, objects.length - 1);
      const object = objects[at]!;
      objects[at] = { ...object, body: object.body.replace(/\d+ 0 R/u, `${at + 1} 0 R`) };
    },
  ],
  'matrix changed': [
    'unknown',
    editTexts((m, random) => (random.chance(0.05) ? m.map((n) => n * random.pick([0, -1, 0.1, 3, 1e9])) : m)),
  ],
  'operators changed': [
    'unknown',
    editContent((lines, random) =>
      lines.map((line) =>
        random.chance(0.05)
          ? line.replace(
              /\b(?:BT|ET|Tj|Tf|Tm|re|f|S|m|l|q|Q|cm|Do)\b/u,
              random.pick(['BT', 'ET', 'Tj', "'", 'TJ', 'T*', 'cm', 'q', 'Q', 'Do', '']),
            )
          : line,
      ),
    ),
  ],
  'numbers changed': [
    'unknown',
    (objects, random) => {
      const at = random.integer(0, objects.length - 1);
      const object = objects[at]!;
      objects[at] = {
        ...object,
        body: object.body.replace(
          /(?<= )\d+(?! 0 R)(?=[ \]/])/u,
          random.pick(['0', '-1', '999999999', '1e9', '(x)']),
        ),
      };
    },
  ],
  'codes mapped elsewhere': [
    'unknown',
    (objects, random) => {
      for (const [i, object] of objects.entries()) {
        if (object.data === null || !object.data.includes('begincmap')) continue;
        const lines = object.data.split('\n');
        const at = random.integer(0, lines.length - 1);
        objects[i] = {
          ...object,
          data: lines.with(at, lines.at(random.integer(0, lines.length - 1))!).join('\n'),
        };
      }
    },
  ],
};

export const PDF_CHANGES = Object.keys(CHANGES);

/** Changes the objects of a PDF as `PdfWriter` writes them, and says what it then shows. */
export function changeObjects(
  pdf: Uint8Array,
  how: string,
  random: Random,
): { bytes: Uint8Array; shows: Shows } {
  const [shows, change] = CHANGES[how]!;
  const objects = parse(Buffer.from(pdf).toString('latin1'));
  change(objects, random);
  const root = objects.findIndex((o) => o.body.includes('/Type /Catalog')) + 1;
  return { bytes: assemble(objects, root, how !== 'cross references lost'), shows };
}

function parse(text: string): PdfObject[] {
  const offsets = [...text.slice(text.lastIndexOf('\nxref\n')).matchAll(/(\d{10}) 00000 n /gu)].map((m) =>
    Number(m[1]),
  );
  return offsets.map((at, i) => {
    const object = text
      .slice(at, offsets[i + 1] ?? text.lastIndexOf('\nxref\n') + 1)
      .replace(/^\d+ 0 obj\n/u, '')
      .replace(/\nendobj\n$/u, '');
    const stream = object.indexOf('\nstream\n');
    if (stream < 0) return { body: object, data: null };
    const packed = object.slice(stream + '\nstream\n'.length, -'\nendstream'.length);
    return {
      body: object.slice(0, stream).replace(/ \/Filter \/FlateDecode \/Length \d+/u, ''),
      data: inflateSync(Buffer.from(packed, 'latin1')).toString('latin1'),
    };
  });
}

function assemble(objects: readonly PdfObject[], root: number, withTable: boolean): Uint8Array {
  let text = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  const offsets: number[] = [];
  objects.forEach(({ body, data }, i) => {
    offsets.push(text.length);
    text += `${i + 1} 0 obj\n`;
    if (data === null) text += body;
    else {
      const packed = deflateSync(Buffer.from(data, 'latin1')).toString('latin1');
      text += `${body.replace(/>>\s*$/u, `/Filter /FlateDecode /Length ${packed.length} >>`)}\nstream\n${packed}\nendstream`;
    }
    text += '\nendobj\n';
  });
  const at = withTable ? text.length : 7;
  if (withTable) {
    const table = offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('');
    text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  }
  text += `trailer\n<< /Size ${objects.length + 1} /Root ${root} 0 R >>\nstartxref\n${at}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function renumber(objects: PdfObject[], random: Random): void {
  const order = objects.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = random.integer(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const number = new Map(order.map((from, to) => [from + 1, to + 1]));
  const moved = order.map((from) => ({
    ...objects[from]!,
    body: objects[from]!.body.replace(REFERENCE, (_, n: string) => `${number.get(Number(n))} 0 R`),
  }));
  objects.splice(0, objects.length, ...moved);
}

/** The streams that draw: of pages, and of drawings that pages use. */
function editContent(edit: (lines: string[], random: Random) => string[]): Change {
  return (objects, random) => {
    for (const [i, object] of objects.entries()) {
      if (object.data === null || object.data.includes('begincmap') || !CONTENT.test(object.data)) continue;
      if (!object.data.includes('BT ')) continue;
      objects[i] = { ...object, data: edit(object.data.split('\n'), random).join('\n') };
    }
  };
}

function editTexts(
  edit: (matrix: readonly number[], random: Random) => readonly (number | undefined)[],
): Change {
  return editContent((lines, random) =>
    lines.map((line) =>
      line.replace(/BT ((?:-?[\d.]+ ){6})Tm/gu, (_, operands: string) => {
        const matrix = edit(operands.trim().split(' ').map(Number), random);
        return `BT ${matrix.map((n) => String(Number((n ?? 0).toFixed(4)))).join(' ')} Tm`;
      }),
    ),
  );
}

/** Some of the texts once more, in a way that does not show. */
function addText(hide: (text: string) => string): Change {
  return editContent((lines, random) =>
    lines.flatMap((line) =>
      /^BT .* ET$/u.test(line) && random.chance(0.2) ? [line, hide(shifted(line))] : [line],
    ),
  );
}

/** A little to the right, where it would be read as part of the same cell. */
function shifted(line: string): string {
  return line.replace(
    /^BT (\S+ \S+ \S+ \S+) (\S+) /u,
    (_, matrix: string, x: string) => `BT ${matrix} ${Number(x) + 5} `,
  );
}

function editKids(edit: (kids: string[], random: Random) => string[]): Change {
  return (objects, random) => {
    const at = objects.findIndex((o) => o.body.includes('/Type /Pages'));
    const kids = /\/Kids \[([^\]]*)\]/u.exec(objects[at]!.body)?.[1]?.match(REFERENCE) ?? [];
    const now = edit([...kids], random);
    objects[at] = { body: `<< /Type /Pages /Count ${now.length} /Kids [${now.join(' ')}] >>`, data: null };
  };
}
