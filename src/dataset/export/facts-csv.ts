import { CONFIDENCES, decode, STATES } from '../codes.ts';
import type { Layout, PackedTable } from '../packing.ts';
import { rawOf } from '../packing.ts';
import type { ReadingRecord } from '../reader.ts';
import { csvCell } from './csv.ts';

/**
 * The lines of `facts.csv`, two hundred for every report: what repeats (the report's columns, the labels of a layout)
 * is quoted once and put together. The result is that of `CsvWriter.row(factRows(…))`, cell by cell; a test says so.
 */
export class FactLines {
  readonly #layouts = new WeakMap<Layout, Map<string, readonly LayoutText[]>>();
  readonly #keyOf: ReadonlyMap<number, string>;

  constructor(keyOf: ReadonlyMap<number, string>) {
    this.#keyOf = keyOf;
  }

  /** `tail` is what further columns hold, quoted, each after a comma. */
  of(reading: ReadingRecord, table: PackedTable, tail = ''): string {
    const head = `${csvCell(reading.reportId, 'string')},${csvCell(reading.document, 'string')},${csvCell(reading.agency, 'string')},${csvCell(reading.year, 'integer')},`;
    const texts = this.#textsOf(table);
    let lines = '';
    for (let i = 0; i < table.facts.length; i++) {
      const fact = table.facts[i] as PackedTable['facts'][number];
      const text = texts[i] as LayoutText;
      lines += `${head}${text.labels}${fact.value ?? ''},${text.unit}${fact.valueWan ?? ''},${STATE_TEXTS[fact.state]}${
        fact.raw === null && fact.value !== null ? fact.value : csvCell(rawOf(fact), 'string')
      },${text.location}${CONFIDENCE_TEXTS[fact.confidence]}${fact.doubtful === 1 ? 'true' : 'false'}${tail}\r\n`;
    }
    return lines;
  }

  #textsOf(table: PackedTable): readonly LayoutText[] {
    let byEdition = this.#layouts.get(table.layout);
    if (!byEdition) {
      byEdition = new Map();
      this.#layouts.set(table.layout, byEdition);
    }
    let texts = byEdition.get(table.edition + table.table);
    if (!texts) {
      const { layout } = table;
      texts = layout.cells.map((cell, i) => {
        const [, row, column] = (this.#keyOf.get(cell) ?? '//').split('/');
        const labels = [row ?? '', column ?? '', layout.rowLabels[i] ?? '', layout.columnLabels[i] ?? ''];
        return {
          labels: `${table.edition},${table.table},${labels.map((l) => csvCell(l, 'string')).join(',')},`,
          unit: `${csvCell(layout.units[i] ?? null, 'string')},`,
          location: `${csvCell(layout.locations[i] ?? '', 'string')},`,
        };
      });
      byEdition.set(table.edition + table.table, texts);
    }
    return texts;
  }
}

interface LayoutText {
  readonly labels: string;
  readonly unit: string;
  readonly location: string;
}

const STATE_TEXTS = STATES.map((_, code) => `${decode(STATES, code)},`);
const CONFIDENCE_TEXTS = CONFIDENCES.map((_, code) => `${decode(CONFIDENCES, code)},`);
