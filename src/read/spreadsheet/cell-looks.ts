import type { ReadLimits } from '../document.ts';
import { parseXml } from '../docx/xml.ts';
import { BUILT_IN, NumberFormat } from './number-format.ts';

/** What a cell format does to what a cell holds. */
export interface CellLook {
  readonly struck: boolean;
  readonly format: NumberFormat;
}

/** Cell formats in the order in which cells name them; a workbook without any has one that changes nothing. */
export function cellLooks(styles: string | null, limits: ReadLimits): CellLook[] {
  const codes = new Map(BUILT_IN);
  const struckFonts = new Set<number>();
  const named: { font: number; format: number }[] = [];
  if (styles !== null) {
    let fonts = -1;
    let within = '';
    parseXml(
      styles,
      {
        open(qualified, attributes) {
          const name = local(qualified);
          if (LISTS.has(name)) within = name;
          else if (within === 'numFmts' && name === 'numFmt')
            codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
          else if (within === 'fonts' && name === 'font') fonts += 1;
          else if (within === 'fonts' && name === 'strike' && attributes['val'] !== '0')
            struckFonts.add(fonts);
          else if (within === 'cellXfs' && name === 'xf')
            named.push({
              font: Number(attributes['fontId'] ?? -1),
              format: Number(attributes['numFmtId'] ?? 0),
            });
        },
        close(qualified) {
          if (local(qualified) === within) within = '';
        },
      },
      limits.xmlDepth,
    );
  }
  // The first font is that of cells that name none.
  if (named.length === 0) named.push({ font: 0, format: 0 });
  const formats = new Map<number, NumberFormat>();
  const formatOf = (id: number): NumberFormat => {
    let format = formats.get(id);
    if (!format) {
      format = new NumberFormat(codes.get(id) ?? '');
      formats.set(id, format);
    }
    return format;
  };
  return named.map(({ font, format }) => ({ struck: struckFonts.has(font), format: formatOf(format) }));
}

const LISTS: ReadonlySet<string> = new Set(['numFmts', 'fonts', 'cellXfs', 'cellStyleXfs', 'dxfs']);

const local = (name: string) => name.slice(name.indexOf(':') + 1);
