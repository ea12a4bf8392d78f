import { deflateSync } from 'node:zlib';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import jpeg from 'jpeg-js';
import type { ScannedPage } from '../../src/read/scan/scanned-page.ts';
import { convertAll } from '../read/converted.ts';
import { faxed, OFFICE_SCAN, photographed, rasterise, worn } from '../read/scanned.ts';
import type { ScanFixture } from './fixture-set.ts';

const DPI = 200;

/** The bytes of a scan: a PDF of pages in black and white, or a photograph of one long page. */
export function renderScan(fixture: ScanFixture, soffice: string, pdftoppm: string): Uint8Array {
  const docx = fixture.kind === 'photograph' ? onOnePage(fixture.docx) : fixture.docx;
  const [pdf] = convertAll(soffice, [{ extension: 'docx', bytes: docx }], 'pdf');
  const pages = rasterise(pdftoppm, pdf!, DPI);
  if (fixture.kind === 'scan')
    return bilevelPdf(
      pages.map((page) => faxed(worn(page, { ...OFFICE_SCAN, skew: 0.9, noise: 0, dust: 12 }), 185)),
    );
  const soft = worn(pages[0]!, { ...OFFICE_SCAN, skew: 0.4, noise: 0, dust: 0 });
  return photograph(photographed(soft, 0.02, 0.004, 0.7));
}

function onOnePage(docx: Uint8Array): Uint8Array {
  const parts = unzipSync(docx);
  const name = 'word/document.xml';
  return zipSync({
    ...parts,
    [name]: strToU8(strFromU8(parts[name]!).replace('w:h="16838"', 'w:h="28800"')),
  });
}

function photograph({ width, height, gray }: ScannedPage): Uint8Array {
  const data = Buffer.alloc(width * height * 4, 255);
  for (let at = 0; at < gray.length; at++) data.fill(gray[at]!, at * 4, at * 4 + 3);
  return jpeg.encode({ width, height, data }, 45).data;
}

/** One picture a page, one bit a pixel. */
function bilevelPdf(pages: readonly ScannedPage[]): Uint8Array {
  const objects: Buffer[] = [];
  const add = (head: string, stream?: Buffer): number => {
    const body = stream
      ? Buffer.concat([
          Buffer.from(`${head.slice(0, -2)} /Length ${stream.length}>>\nstream\n`),
          stream,
          Buffer.from('\nendstream'),
        ])
      : Buffer.from(head);
    objects.push(body);
    return objects.length;
  };
  const catalog = add('<</Type /Catalog /Pages 2 0 R>>');
  add('');
  const kids = pages.map((page) => {
    const image = add(
      `<</Type /XObject /Subtype /Image /Width ${page.width} /Height ${page.height} /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode>>`,
      deflateSync(bits(page), { level: 9 }),
    );
    const [width, height] = [(page.width * 72) / page.dpi, (page.height * 72) / page.dpi];
    const content = add('<<>>', Buffer.from(`q ${width} 0 0 ${height} 0 0 cm /I Do Q`));
    return add(
      `<</Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources <</XObject <</I ${image} 0 R>>>> /Contents ${content} 0 R>>`,
    );
  });
  objects[1] = Buffer.from(
    `<</Type /Pages /Count ${kids.length} /Kids [${kids.map((k) => `${k} 0 R`).join(' ')}]>>`,
  );
  const parts = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let length = parts[0]!.length;
  for (const [index, body] of objects.entries()) {
    offsets.push(length);
    const object = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    parts.push(object);
    length += object.length;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<</Size ${objects.length + 1} /Root ${catalog} 0 R>>\nstartxref\n${length}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

function bits({ width, height, gray }: ScannedPage): Buffer {
  const row = Math.ceil(width / 8);
  const out = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (gray[y * width + x]! > 127) out[y * row + (x >> 3)]! |= 128 >> (x & 7);
  return out;
}
