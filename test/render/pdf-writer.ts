import { deflateSync } from 'node:zlib';
import { gbkBytes } from './gbk.ts';

/** How the characters of a PDF are stored. */
export type PdfFont =
  /** Not embedded, UTF-16 codes through a predefined CMap; no table back to Unicode. */
  | 'unicode'
  /** Not embedded, GBK codes through a predefined CMap. */
  | 'gbk'
  /** Glyph numbers of a subset, with a ToUnicode table. */
  | 'identity'
  /** Each character a little drawing (Type 3), with a ToUnicode table. */
  | 'type3'
  /** Glyph numbers without any way back to characters. */
  | 'unmapped'
  /** A ToUnicode table that names wrong ideographs. */
  | 'garbled';

export interface PdfPage {
  readonly width: number;
  readonly height: number;
  /** Clockwise, in steps of 90 degrees: how a reader turns the page for showing. */
  readonly rotate?: number;
  readonly content: string;
  /** Further entries of the page's dictionary, as PDF writes them: `/CropBox [0 0 10 10]`. */
  readonly entries?: string;
  /** Names of pictures that the content uses. */
  readonly images?: Readonly<Record<string, PdfImage>>;
  /** Annotations that look like one of the writer's forms; `rect` as PDF writes it. */
  readonly stamps?: readonly { readonly form: string; readonly subtype: string; readonly rect: string }[];
  /** Further graphics states, as PDF writes them: `/Multiply << /BM /Multiply >>`. */
  readonly states?: string;
}

/** 8 bits for each pixel, or for each of its colours. */
export interface PdfImage {
  readonly width: number;
  readonly height: number;
  readonly gray?: Uint8Array;
  readonly rgb?: Uint8Array;
  /** How far each pixel hides what is below it, 255 altogether. */
  readonly alpha?: Uint8Array;
}

/** Writes small PDFs from content streams. Text is put into them with `text`, which knows the font's codes. */
export class PdfWriter {
  readonly #font: PdfFont;
  readonly #glyphs = new Map<string, number>();
  readonly #forms = new Map<string, { width: number; height: number; content: string }>();

  constructor(font: PdfFont) {
    this.#font = font;
  }

  /** Operators that show a text: `matrix` is the operand of Tm. */
  text(size: number, matrix: string, text: string): string {
    let out = `BT ${matrix} Tm`;
    let font = -1;
    let hex = '';
    const flush = (): void => {
      if (hex) out += ` <${hex}> Tj`;
      hex = '';
    };
    for (const char of text) {
      const [own, code] = this.#code(char);
      if (own !== font) {
        flush();
        font = own;
        out += ` /F${own} ${size} Tf`;
      }
      hex += code;
    }
    flush();
    return `${out} ET`;
  }

  /** A drawing that pages, and drawings added later, can use as `/name Do`. */
  form(name: string, width: number, height: number, content: string): void {
    this.#forms.set(name, { width, height, content });
  }

  /** Number of the font, and the code in it. */
  #code(char: string): [number, string] {
    switch (this.#font) {
      case 'unicode':
        return [0, utf16(char)];
      case 'gbk':
        return [0, Buffer.from(gbkBytes(char)).toString('hex')];
      case 'type3': {
        // A font of one-byte codes holds 250 characters here.
        const glyph = this.#glyph(char) - 1;
        return [Math.floor(glyph / 250), ((glyph % 250) + 1).toString(16).padStart(2, '0')];
      }
      default:
        return [0, this.#glyph(char).toString(16).padStart(4, '0')];
    }
  }

  #glyph(char: string): number {
    let glyph = this.#glyphs.get(char);
    if (glyph === undefined) {
      glyph = this.#glyphs.size + 1;
      this.#glyphs.set(char, glyph);
    }
    return glyph;
  }

  /** `hidden`: content between `/OC /Hidden BDC` and `EMC` belongs to a layer that is switched off. */
  write(pages: readonly PdfPage[], hidden = false): Uint8Array {
    const objects: Buffer[] = [];
    const add = (body: string | Buffer): number => {
      objects.push(typeof body === 'string' ? Buffer.from(body, 'latin1') : body);
      return objects.length;
    };
    const stream = (dictionary: string, data: Uint8Array): number => {
      const packed = deflateSync(data);
      return add(
        Buffer.concat([
          Buffer.from(
            `<< ${dictionary} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`,
            'latin1',
          ),
          packed,
          Buffer.from('\nendstream', 'latin1'),
        ]),
      );
    };
    const catalog = add('');
    const tree = add('');
    const layer = hidden ? add('<< /Type /OCG /Name (Hidden) >>') : 0;
    const fonts = this.#writeFonts(add, stream)
      .map((id, i) => `/F${i} ${id} 0 R`)
      .join(' ');
    const forms: string[] = [];
    for (const [name, f] of this.#forms) {
      const id = stream(
        `/Type /XObject /Subtype /Form /BBox [0 0 ${f.width} ${f.height}] /Resources << /Font << ${fonts} >> /XObject << ${forms.join(' ')} >> >>`,
        Buffer.from(f.content, 'latin1'),
      );
      forms.push(`/${name} ${id} 0 R`);
    }
    const kids = pages.map((page) => {
      const images = Object.entries(page.images ?? {}).map(([name, image]) => {
        const size = `/Type /XObject /Subtype /Image /Width ${image.width} /Height ${image.height}`;
        const mask = image.alpha
          ? ` /SMask ${stream(`${size} /ColorSpace /DeviceGray /BitsPerComponent 8`, image.alpha)} 0 R`
          : '';
        const space = image.rgb ? 'DeviceRGB' : 'DeviceGray';
        const id = stream(
          `${size} /ColorSpace /${space} /BitsPerComponent 8${mask}`,
          image.rgb ?? image.gray ?? new Uint8Array(image.width * image.height),
        );
        return `/${name} ${id} 0 R`;
      });
      const content = stream('', Buffer.from(page.content, 'latin1'));
      const stamps = (page.stamps ?? []).map(({ form, subtype, rect }) => {
        const look = forms.find((f) => f.startsWith(`/${form} `))?.slice(form.length + 2) ?? 'null';
        return `<< /Type /Annot /Subtype /${subtype} /Rect ${rect} /F 4 /AP << /N ${look} >> >>`;
      });
      return add(
        `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${page.width} ${page.height}] /Rotate ${page.rotate ?? 0}` +
          ` /Resources << /Font << ${fonts} >> /XObject << ${[...forms, ...images].join(' ')} >>` +
          ` /ExtGState << /Light << /ca 0.3 >> /None << /ca 0 >>${page.states ? ` ${page.states}` : ''} >> ${hidden ? `/Properties << /Hidden ${layer} 0 R >>` : ''} >>` +
          ` ${page.entries ?? ''}${stamps.length > 0 ? ` /Annots [${stamps.join(' ')}]` : ''} /Contents ${content} 0 R >>`,
      );
    });
    const layers = hidden ? `/OCProperties << /OCGs [${layer} 0 R] /D << /OFF [${layer} 0 R] >> >>` : '';
    objects[catalog - 1] = Buffer.from(`<< /Type /Catalog /Pages ${tree} 0 R ${layers} >>`);
    objects[tree - 1] = Buffer.from(
      `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((k) => `${k} 0 R`).join(' ')}] >>`,
    );
    return assemble(objects, catalog);
  }

  #writeFonts(
    add: (body: string) => number,
    stream: (dictionary: string, data: Uint8Array) => number,
  ): number[] {
    const glyphs = [...this.#glyphs];
    if (this.#font === 'type3') {
      const fonts: number[] = [];
      for (let i = 0; i < glyphs.length; i += 250)
        fonts.push(
          writeType3(
            glyphs.slice(i, i + 250).map(([char], code) => [char, code + 1]),
            add,
            stream,
          ),
        );
      return fonts;
    }
    const predefined = this.#font === 'unicode' || this.#font === 'gbk';
    const descriptor = add(
      '<< /Type /FontDescriptor /FontName /SimSun /Flags 6 /FontBBox [0 -141 1000 859] /ItalicAngle 0 /Ascent 859 /Descent -141 /CapHeight 683 /StemV 80 >>',
    );
    const widths = predefined
      ? '/W [1 95 500 814 907 500]'
      : `/W [${glyphs.map(([char, glyph]) => `${glyph} [${advance(char)}]`).join(' ')}]`;
    const ordering = predefined ? 'GB1' : 'Identity';
    const descendant = add(
      `<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement ${predefined ? 4 : 0} >>` +
        ` /DW 1000 ${widths} /FontDescriptor ${descriptor} 0 R >>`,
    );
    const encoding =
      this.#font === 'unicode' ? 'UniGB-UCS2-H' : this.#font === 'gbk' ? 'GBK-EUC-H' : 'Identity-H';
    let back = '';
    if (this.#font === 'identity') back = `/ToUnicode ${stream('', Buffer.from(toUnicode(glyphs, 2)))} 0 R`;
    if (this.#font === 'garbled') {
      const wrong = glyphs.map(([char, glyph]): [string, number] => [
        String.fromCodePoint(0x8000 + ((char.codePointAt(0)! * 7919) % 0x1f00)),
        glyph,
      ]);
      back = `/ToUnicode ${stream('', Buffer.from(toUnicode(wrong, 2)))} 0 R`;
    }
    return [
      add(
        `<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /${encoding} /DescendantFonts [${descendant} 0 R] ${back} >>`,
      ),
    ];
  }
}

function writeType3(
  glyphs: readonly (readonly [string, number])[],
  add: (body: string) => number,
  stream: (dictionary: string, data: Uint8Array) => number,
): number {
  const unicode = stream('', Buffer.from(toUnicode(glyphs, 1)));
  const procedures = glyphs.map(([char, code]) => {
    const width = advance(char);
    const id = stream('', Buffer.from(`${width} 0 0 0 ${width} 880 d1 50 0 ${width - 100} 700 re f`));
    return `/g${code} ${id} 0 R`;
  });
  const names = glyphs.map(([, code]) => `${code} /g${code}`).join(' ');
  const widths = glyphs.map(([char]) => advance(char)).join(' ');
  return add(
    `<< /Type /Font /Subtype /Type3 /FontBBox [0 -120 1000 880] /FontMatrix [0.001 0 0 0.001 0 0]` +
      ` /CharProcs << ${procedures.join(' ')} >> /Encoding << /Type /Encoding /Differences [${names}] >>` +
      ` /FirstChar 1 /LastChar ${glyphs.length} /Widths [${widths}] /ToUnicode ${unicode} 0 R >>`,
  );
}

function advance(char: string): number {
  return char.charCodeAt(0) < 0x100 ? 500 : 1000;
}

function utf16(text: string): string {
  let hex = '';
  for (let i = 0; i < text.length; i++) hex += text.charCodeAt(i).toString(16).padStart(4, '0');
  return hex;
}

function toUnicode(glyphs: readonly (readonly [string, number])[], bytes: number): string {
  const code = (n: number): string => `<${n.toString(16).padStart(2 * bytes, '0')}>`;
  const blocks: string[] = [];
  for (let i = 0; i < glyphs.length; i += 100) {
    const part = glyphs.slice(i, i + 100);
    blocks.push(
      `${part.length} beginbfchar\n${part.map(([char, glyph]) => `${code(glyph)} <${utf16(char)}>`).join('\n')}\nendbfchar`,
    );
  }
  return [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
    '/CMapName /Own def /CMapType 2 def',
    `1 begincodespacerange ${code(0)} ${code(256 ** bytes - 1)} endcodespacerange`,
    ...blocks,
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n');
}

function assemble(objects: readonly Buffer[], catalog: number): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let at = parts[0]!.length;
  const offsets: number[] = [];
  objects.forEach((body, i) => {
    const object = Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    offsets.push(at);
    at += object.length;
    parts.push(object);
  });
  const table = offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root ${catalog} 0 R >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Uint8Array.from(Buffer.concat(parts));
}
