import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { type GalleyStyle, measure, PLAIN_GALLEY, type Sheet, setSheets } from './galley.ts';
import type { ReportRecord } from './record.ts';

export interface OfdStyle {
  readonly galley: GalleyStyle;
  /** Rules as strokes or as thin filled rectangles. */
  readonly rules: 'strokes' | 'rectangles';
  /** Prefix of the element names, with its colon; producers differ. */
  readonly namespace: string;
  /** Advances written out one by one, or with the `g` shorthand. */
  readonly deltas: 'each' | 'grouped';
  /** Coordinates scaled down by a CTM. */
  readonly scaled: boolean;
  /** A line of text on every page from a template. */
  readonly template: string | null;
}

export const PLAIN_OFD: OfdStyle = {
  galley: PLAIN_GALLEY,
  rules: 'strokes',
  namespace: 'ofd:',
  deltas: 'grouped',
  scaled: false,
  template: null,
};

const MILLIMETRES = 25.4 / 72;
/** The same bytes in every run. */
const FIXED_DATE = new Date(2025, 0, 1, 0, 0, 0);
const XMLNS = 'http://www.ofdspec.org/2016';

/** Draws the report as an OFD document in the structure of GB/T 33190. */
export function renderOfd(record: ReportRecord, style: OfdStyle = PLAIN_OFD): Uint8Array {
  const sheets = setSheets(record, style.galley);
  const p = style.namespace;
  const xmlns = p ? `xmlns:${p.slice(0, -1)}="${XMLNS}"` : `xmlns="${XMLNS}"`;
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  const { width, height } = style.galley;
  const area = `<${p}PhysicalBox>0 0 ${mm(width)} ${mm(height)}</${p}PhysicalBox>`;
  const parts: Record<string, string> = {
    'OFD.xml': `${head}<${p}OFD ${xmlns} Version="1.0" DocType="OFD"><${p}DocBody><${p}DocInfo><${p}Title>${escapeXml(record.title)}</${p}Title></${p}DocInfo><${p}DocRoot>Doc_0/Document.xml</${p}DocRoot></${p}DocBody></${p}OFD>`,
    'Doc_0/Document.xml':
      `${head}<${p}Document ${xmlns}><${p}CommonData><${p}MaxUnitID>100000</${p}MaxUnitID><${p}PageArea>${area}</${p}PageArea>` +
      (style.template ? `<${p}TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/>` : '') +
      `</${p}CommonData><${p}Pages>${sheets.map((_, i) => `<${p}Page ID="${i + 10}" BaseLoc="Pages/Page_${i}/Content.xml"/>`).join('')}</${p}Pages></${p}Document>`,
  };
  if (style.template)
    parts['Doc_0/Tpls/Tpl_0/Content.xml'] =
      `${head}<${p}Page ${xmlns}><${p}Content><${p}Layer ID="3">${text({ x: 200, y: 40, size: 9, text: style.template }, style, 4)}</${p}Layer></${p}Content></${p}Page>`;
  sheets.forEach((sheet, i) => {
    const use = style.template ? `<${p}Template TemplateID="2" ZOrder="Background"/>` : '';
    parts[`Doc_0/Pages/Page_${i}/Content.xml`] =
      `${head}<${p}Page ${xmlns}>${use}<${p}Content><${p}Layer ID="${i + 1000}">${objects(sheet, style)}</${p}Layer></${p}Content></${p}Page>`;
  });
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, xml]) => [name, strToU8(xml)])), {
    mtime: FIXED_DATE,
  });
}

function mm(points: number): string {
  return (points * MILLIMETRES).toFixed(3);
}

function objects(sheet: Sheet, style: OfdStyle): string {
  const p = style.namespace;
  const out: string[] = [];
  let id = 2000;
  for (const c of sheet.cells) {
    const lines = [
      [c.x0, c.y0, c.x1, c.y0],
      [c.x0, c.y1, c.x1, c.y1],
      [c.x0, c.y0, c.x0, c.y1],
      [c.x1, c.y0, c.x1, c.y1],
    ] as const;
    for (const [x0, y0, x1, y1] of lines) {
      const boundary = `Boundary="${mm(x0)} ${mm(y0)} ${mm(x1 - x0 + 1)} ${mm(y1 - y0 + 1)}"`;
      const w = mm(x1 - x0);
      const h = mm(y1 - y0);
      out.push(
        style.rules === 'strokes'
          ? `<${p}PathObject ID="${id++}" ${boundary} LineWidth="0.18"><${p}StrokeColor Value="0 0 0"/><${p}AbbreviatedData>M 0 0 L ${w} ${h}</${p}AbbreviatedData></${p}PathObject>`
          : `<${p}PathObject ID="${id++}" ${boundary} Stroke="false" Fill="true"><${p}FillColor Value="0 0 0"/><${p}AbbreviatedData>M 0 0 L ${Math.max(0.2, Number(w))} 0 L ${Math.max(0.2, Number(w))} ${Math.max(0.2, Number(h))} L 0 ${Math.max(0.2, Number(h))} C</${p}AbbreviatedData></${p}PathObject>`,
      );
    }
  }
  for (const t of sheet.texts) out.push(text(t, style, id++));
  return out.join('');
}

function text(t: Sheet['texts'][number], style: OfdStyle, id: number): string {
  const p = style.namespace;
  const scale = style.scaled ? 0.5 : 1;
  const size = (t.size * MILLIMETRES) / scale;
  const widths = [...t.text].map((char) => measure(char) * size);
  const steps = widths.slice(0, -1);
  let delta = '';
  if (steps.length > 0) {
    if (style.deltas === 'each') delta = steps.map((s) => s.toFixed(4)).join(' ');
    else {
      const words: string[] = [];
      for (let i = 0; i < steps.length; ) {
        let n = 1;
        while (i + n < steps.length && steps[i + n] === steps[i]) n++;
        words.push(n > 1 ? `g ${n} ${steps[i]!.toFixed(4)}` : steps[i]!.toFixed(4));
        i += n;
      }
      delta = words.join(' ');
    }
  }
  const boundary = `Boundary="${mm(t.x)} ${mm(t.y - t.size)} ${mm(measure(t.text) * t.size)} ${mm(t.size * 1.3)}"`;
  const ctm = style.scaled ? ' CTM="0.5 0 0 0.5 0 0"' : '';
  const y = ((t.size * MILLIMETRES) / scale).toFixed(4);
  return `<${p}TextObject ID="${id}" ${boundary} Font="1" Size="${size.toFixed(4)}"${ctm}><${p}TextCode X="0" Y="${y}"${delta ? ` DeltaX="${delta}"` : ''}>${escapeXml(t.text)}</${p}TextCode></${p}TextObject>`;
}

function escapeXml(value: string): string {
  return value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** A picture and where it stands on its page; millimetres. */
export interface OfdPicture {
  /** From 0. */
  readonly page: number;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly box: readonly [x: number, y: number, width: number, height: number];
  /** The unit square of the picture in its boundary; by default it fills it. */
  readonly matrix?: string;
}

/** An OFD document of A4 pages that hold nothing yet. */
export function emptyOfd(pages: number): Uint8Array {
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  const ofd = `xmlns:ofd="${XMLNS}"`;
  const parts: Record<string, string> = {
    'OFD.xml': `${head}<ofd:OFD ${ofd} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`,
    'Doc_0/Document.xml': `${head}<ofd:Document ${ofd}><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>${Array.from({ length: pages }, (_, i) => `<ofd:Page ID="${i + 10}" BaseLoc="Pages/Page_${i}/Content.xml"/>`).join('')}</ofd:Pages></ofd:Document>`,
  };
  for (let i = 0; i < pages; i++)
    parts[`Doc_0/Pages/Page_${i}/Content.xml`] =
      `${head}<ofd:Page ${ofd}><ofd:Content><ofd:Layer ID="${i + 1000}"></ofd:Layer></ofd:Content></ofd:Page>`;
  return zipSync(Object.fromEntries(Object.entries(parts).map(([name, xml]) => [name, strToU8(xml)])));
}

/** The document with pictures on its pages, as resources of the document. */
export function withPictures(ofd: Uint8Array, pictures: readonly OfdPicture[]): Uint8Array {
  const parts = unzipSync(ofd);
  const p = strFromU8(parts['OFD.xml']!).includes('<ofd:OFD') ? 'ofd:' : '';
  const xmlns = p ? `xmlns:ofd="${XMLNS}"` : `xmlns="${XMLNS}"`;
  const media = pictures.map(
    ({ name }, i) =>
      `<${p}MultiMedia ID="${i + 500}" Type="Image" Format="${name.split('.').at(-1)!.toUpperCase()}"><${p}MediaFile>${name}</${p}MediaFile></${p}MultiMedia>`,
  );
  parts['Doc_0/DocumentRes.xml'] = strToU8(
    `<${p}Res ${xmlns} BaseLoc="Res"><${p}MultiMedias>${media.join('')}</${p}MultiMedias></${p}Res>`,
  );
  const document = strFromU8(parts['Doc_0/Document.xml']!);
  parts['Doc_0/Document.xml'] = strToU8(
    document.replace(
      `</${p}CommonData>`,
      `<${p}DocumentRes>DocumentRes.xml</${p}DocumentRes></${p}CommonData>`,
    ),
  );
  for (const [i, { page, name, bytes, box, matrix }] of pictures.entries()) {
    parts[`Doc_0/Res/${name}`] = Uint8Array.from(bytes);
    const part = `Doc_0/Pages/Page_${page}/Content.xml`;
    const image = `<${p}ImageObject ID="${i + 700}" Boundary="${box.join(' ')}" CTM="${matrix ?? `${box[2]} 0 0 ${box[3]} 0 0`}" ResourceID="${i + 500}"/>`;
    parts[part] = strToU8(strFromU8(parts[part]!).replace(`</${p}Layer>`, `${image}</${p}Layer>`));
  }
  return zipSync(parts);
}
