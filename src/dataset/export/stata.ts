import type { Column, Table } from '../schema.ts';
import { csvCell, type Value } from './csv.ts';
import type { FileSink } from './file-sink.ts';

/** The panel as Stata wants it: no BOM, truth values as 0 and 1, and a script that reads and labels it. */
export class StataFile {
  readonly #sink: FileSink;
  readonly #columns: readonly Column[];

  constructor(sink: FileSink, panel: Table) {
    this.#sink = sink;
    // Only current versions stand in it, so the two columns that tell versions apart are left out.
    this.#columns = panel.columns.filter((c) => c.name !== 'version');
    sink.text(`${this.#columns.map((c) => c.name).join(',')}\r\n`);
  }

  row(values: readonly Value[]): void {
    const cells = this.#columns.map((column, i) => {
      const value = values[i] as Value;
      if (typeof value === 'boolean') return value ? '1' : '0';
      // Stata runs no formulas; its strings stay raw but for line breaks, which its reader takes for new rows.
      return csvCell(
        typeof value === 'string' ? value.replace(/[\r\n]+/g, ' ') : value,
        column.type === 'string' ? 'json' : column.type,
      );
    });
    this.#sink.text(`${cells.join(',')}\r\n`);
  }
}

/** `do panel.do` in the folder of the files reads `panel.csv`, labels it, and saves `panel.dta`. */
export function stataScript(panel: Table): string {
  const columns = panel.columns.filter((c) => c.name !== 'version');
  const strings = columns.filter((c) => c.type === 'string' || c.type === 'date' || c.type === 'json');
  const numbers = columns.map((c, i) => ({ c, i: i + 1 })).filter(({ c }) => strings.includes(c));
  const lines = [
    '* Reads and labels the panel. Needs Stata 14 or later (Unicode).',
    'version 14',
    'clear',
    `import delimited using "panel.csv", varnames(1) case(preserve) encoding("utf-8") bindquote(strict) stringcols(${numbers
      .map(({ i }) => i)
      .join(' ')})`,
    ...columns
      .filter((c) => c.type === 'date')
      .flatMap((c) => [
        `generate long ${c.name}_d = daily(${c.name}, "YMD")`,
        `format ${c.name}_d %td`,
        `drop ${c.name}`,
        `rename ${c.name}_d ${c.name}`,
      ]),
    'label define yesno 0 "no" 1 "yes"',
    ...columns.filter((c) => c.type === 'boolean').map((c) => `label values ${c.name} yesno`),
    // 80 characters is the most that Stata keeps of a label.
    ...columns.map((c) => `label variable ${c.name} "${stataText([...`${c.zh}`].slice(0, 80).join(''))}"`),
    ...columns.map((c) => `note ${c.name}: ${stataText(c.en)}`),
    'compress',
    'save "panel.dta", replace',
  ];
  return `${lines.join('\n')}\n`;
}

function stataText(text: string): string {
  return text.replaceAll('"', "'").replaceAll('`', "'").replaceAll('$', '');
}
