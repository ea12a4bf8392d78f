import { extractReport } from '../../src/extract/extract.ts';
import { cellKey } from '../../src/form/form.ts';
import { DEFAULT_LIMITS } from '../../src/read/document.ts';
import { readPdf } from '../../src/read/pdf/pdf.ts';
import { bodyOf, districtName } from '../render/bodies.ts';
import { expectedFacts } from '../render/expected.ts';
import { type GalleyStyle, PLAIN_GALLEY } from '../render/galley.ts';
import { inventReport, NOTICE } from '../render/invent.ts';
import { type PdfStyle, PLAIN_PDF, renderPdf } from '../render/pdf.ts';
import { Random } from '../render/random.ts';
import type { ReportRecord } from '../render/record.ts';

/** Ways of drawing rules that show every cell. */
export const RULED = [
  'strokes',
  'rectangles',
  'cell edges',
  'frames',
  'dashed',
  'dots',
  'double',
  'glyphs',
  'shaded cells',
] as const;

export type Ruling = 'ruled' | 'unruled';

export interface Trial {
  readonly exact: number;
  /** Read otherwise than printed, but said to be doubtful, inferred or unreadable. */
  readonly marked: number;
  readonly absent: number;
  /** Read otherwise than printed, without any mark. */
  readonly wrong: readonly string[];
}

/** Draws one report in a way that its seed decides, with pages that cut its tables anywhere, and compares what is read. */
export async function trial(ruling: Ruling, seed: number): Promise<Trial> {
  const random = Random.of(`trial ${ruling}`, seed);
  const habits = {
    ...NOTICE,
    zeros: random.pick(['digit', 'digit', 'dash', 'blank', 'mixed', 'word'] as const),
    threeTables: random.chance(0.3),
    subtotalColumn: random.chance(0.2),
  };
  const body = bodyOf(districtName(seed % 9), seed % 13);
  const record = inventReport(5000 + seed, body, 2019 + (seed % 6), habits, random.pick([5, 400, 20_000]));
  const rules =
    ruling === 'unruled'
      ? random.pick(['none', 'vertical', 'horizontal', 'zebra'] as const)
      : random.pick(['strokes', 'rectangles', 'cell edges'] as const);
  const bytes = renderPdf(record, {
    ...PLAIN_PDF,
    rules,
    openCuts: random.chance(0.4),
    galley: anyGalley(random),
  });
  return compare(record, bytes);
}

/** Draws one report in any mixture of the styles in which rules, text and pages may be drawn, and compares what is read. */
export async function mixedTrial(seed: number): Promise<Trial> {
  const random = Random.of('allstyles', seed);
  const habits = {
    ...NOTICE,
    zeros: random.pick(['digit', 'dash', 'blank', 'mixed', 'word'] as const),
    threeTables: random.chance(0.3),
    subtotalColumn: random.chance(0.2),
  };
  const body = bodyOf(districtName(seed % 9), seed % 13);
  const record = inventReport(90_000 + seed, body, 2019 + (seed % 6), habits, random.pick([5, 400, 20_000]));
  const style: PdfStyle = {
    rules: random.pick(RULED),
    text: random.pick(['lines', 'lines', 'letters', 'shuffled letters', 'twice', 'offset twice'] as const),
    font: random.pick(['unicode', 'gbk', 'identity', 'type3'] as const),
    rotate: random.pick([0, 0, 0, 90, 180, 270] as const),
    lying: random.chance(0.1),
    watermark: random.pick(['none', 'none', 'slanted', 'level'] as const),
    pageNumbers: random.pick(['none', 'foot', 'over the table'] as const),
    openCuts: random.chance(0.4),
    form: random.chance(0.2),
    galley: anyGalley(random),
  };
  return compare(record, drawn(record, style));
}

function anyGalley(random: Random): GalleyStyle {
  return {
    ...PLAIN_GALLEY,
    cut: random.pick(['rows', 'lines'] as const),
    align: random.pick(['top', 'middle'] as const),
    offset: random.integer(0, 640),
    numberWidth: random.pick([1.6, 2.2, 2.8, 3.4]),
    labelWidth: random.pick([2.4, 2.4, 4]),
    repeatHead: random.chance(0.3),
    height: random.chance(0.2) ? 595 : 842,
  };
}

/** GBK has no sign for some dashes; then another font draws them. */
function drawn(record: ReportRecord, style: PdfStyle): Uint8Array {
  try {
    return renderPdf(record, style);
  } catch (error) {
    if (!(error instanceof RangeError) || style.font !== 'gbk') throw error;
    return renderPdf(record, { ...style, font: 'identity' });
  }
}

async function compare(record: ReportRecord, bytes: Uint8Array): Promise<Trial> {
  const document = await readPdf({ bytes, name: 'report.pdf' }, DEFAULT_LIMITS);
  const printed = new Map(expectedFacts(record).map((f) => [f.key, `${f.state} ${f.value}`]));
  let [exact, marked, absent] = [0, 0, 0];
  const wrong: string[] = [];
  for (const fact of extractReport(document, { document: 'report' }).tables.flatMap((t) => t.facts)) {
    const key = cellKey(fact.table, fact.row, fact.column);
    const read = `${fact.state} ${fact.value}`;
    if (fact.state === 'absent') absent++;
    else if (read === printed.get(key)) exact++;
    else if (fact.doubtful || fact.confidence !== 'certain' || fact.state === 'unreadable') marked++;
    else wrong.push(`${key} prints ${printed.get(key)}, read ${read} at ${fact.location}`);
  }
  return { exact, marked, absent, wrong };
}
