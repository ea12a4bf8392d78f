import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import type { Fact, Report } from '../../src/extract/report.ts';
import type { CellKey, TableId } from '../../src/form/form.ts';
import {
  anyDocxStyle,
  anyHtmlStyle,
  anyRecipe,
  anyTextLayout,
  type Recipe,
  reportOf,
} from '../render/arbitrary.ts';
import { type DocxStyle, docxParts } from '../render/docx.ts';
import { type ExpectedFact, expectedFacts, trim } from '../render/expected.ts';
import { type HtmlStyle, renderHtml } from '../render/html.ts';
import { MUTATION_KINDS, mutate, numbersOf, setCell } from '../render/mutations.ts';
import { nativeZip } from '../render/native-zip.ts';
import { renderOfd } from '../render/ofd.ts';
import { type PdfStyle, PLAIN_PDF, renderPdf } from '../render/pdf.ts';
import { Random } from '../render/random.ts';
import type { ReportRecord } from '../render/record.ts';
import { renderText, type TextLayout } from '../render/text.ts';
import { changeObjects, PDF_CHANGES, type Shows } from './pdf-objects.ts';
import { RESHAPING, type Reshaped, reshape } from './reshape.ts';

/** A document that was changed, and what may be read from it. */
export interface Mutant {
  readonly kind: 'structured' | 'bytes';
  /** Container and change, for the figures. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What is wrong with a reading of it; empty where it is as shown, marked, or refused. */
  readonly judge: (report: Report) => readonly string[];
}

type Container =
  | { readonly docx: DocxStyle }
  | { readonly html: HtmlStyle }
  | { readonly text: TextLayout }
  | { readonly pdf: Partial<PdfStyle> }
  | { readonly ofd: true };

const anyContainer: fc.Arbitrary<Container> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ docx: anyDocxStyle }) },
  { weight: 3, arbitrary: fc.record({ html: anyHtmlStyle }) },
  { weight: 2, arbitrary: fc.record({ text: anyTextLayout }) },
  {
    weight: 2,
    arbitrary: fc.record({
      pdf: fc.record({
        rules: fc.constantFrom('strokes', 'rectangles', 'cell edges', 'double', 'dots', 'none', 'horizontal'),
        text: fc.constantFrom('lines', 'letters', 'shuffled letters', 'twice'),
        font: fc.constantFrom('identity', 'unicode', 'type3'),
        openCuts: fc.boolean(),
        form: fc.boolean(),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ ofd: true as const }) },
);

/** What a cell may hold that is no plain number, and the numbers that may be read from it without a mark. */
const ODD_CELLS: readonly (readonly [string, readonly number[]])[] = [
  ['1O', []],
  ['l2', []],
  ['12/3', []],
  ['1e3', []],
  ['0x10', []],
  ['5-', []],
  ['约5', []],
  ['3或4', []],
  ['见附件', []],
  ['?', []],
  ['＃', []],
  ['=1+1', []],
  ['１２', [12]],
  ['5件', [5]],
  ['5.0', [5]],
  ['1,234', [1234]],
  ['-5', [-5]],
];

/** Changes of the markup after which the page looks as before, or shows less; by container. */
const SAME_DOCX: Readonly<Record<string, (xml: string, random: Random) => string>> = {
  comments: (xml, random) => between(xml, /<w:(?:p|r|tc)[ >]/g, random, () => '<!-- 99 -->'),
  instructions: (xml, random) => between(xml, /<w:(?:p|r)[ >]/g, random, () => '<?x 99?>'),
  'hidden digits': (xml, random) =>
    between(
      xml,
      /<\/w:r>(?=<\/w:p>)/g,
      random,
      () => '</w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>77</w:t></w:r>',
      true,
    ),
  'deleted digits': (xml, random) =>
    between(
      xml,
      /<\/w:r>(?=<\/w:p>)/g,
      random,
      () => '</w:r><w:del w:id="9"><w:r><w:delText>88</w:delText></w:r></w:del>',
      true,
    ),
  'unknown elements': (xml, random) => between(xml, /<w:r[ >]/g, random, () => '<w:unknownThing w:x="9"/>'),
  'moved digits': (xml, random) =>
    between(
      xml,
      /<\/w:r>(?=<\/w:p>)/g,
      random,
      () => '</w:r><w:moveFrom w:id="9"><w:r><w:t>66</w:t></w:r></w:moveFrom>',
      true,
    ),
  'references as characters': (xml) =>
    xml.replace(
      />(\d+)<\/w:t>/g,
      (_, n: string) => `>${[...n].map((d) => `&#${d.charCodeAt(0)};`).join('')}</w:t>`,
    ),
  'empty runs': (xml, random) => between(xml, /<w:r[ >]/g, random, () => '<w:r><w:t/></w:r>'),
};

const SAME_HTML: Readonly<Record<string, (html: string, random: Random) => string>> = {
  comments: (html, random) => between(html, /<\/td>/g, random, () => '<!-- 99 -->'),
  'hidden digits': (html, random) =>
    between(html, /<\/td>/g, random, () => '<span style="display:none">77</span>'),
  scripts: (html, random) => between(html, /<\/td>/g, random, () => '<script>var a = 99</script>'),
  'unknown elements': (html, random) => between(html, /<\/td>/g, random, () => '<x-y></x-y>'),
  'references as characters': (html) =>
    html.replace(/>(\d+)<\/(?:td|span|p|font)>/g, (all, n: string) =>
      all.replace(`>${n}<`, `>${[...n].map((d) => `&#x${d.charCodeAt(0).toString(16)};`).join('')}<`),
    ),
  'capital tags': (html) =>
    html.replace(
      /<(\/?)(table|tr|td|tbody)\b/g,
      (_, slash: string, name: string) => `<${slash}${name.toUpperCase()}`,
    ),
  templates: (html, random) => between(html, /<\/td>/g, random, () => '<template>99</template>'),
};

const anyStructured: fc.Arbitrary<Mutant> = fc
  .record({
    recipe: anyRecipe(),
    container: anyContainer,
    change: fc.constantFrom('typing error', 'blank', 'odd cell', 'same', 'same', 'reshape', 'reshape'),
    seed: fc.nat(),
  })
  .map(({ recipe, container, change, seed }) => structured(recipe, container, change, seed));

function structured(recipe: Recipe, container: Container, change: string, seed: number): Mutant {
  const random = Random.of('mutant', seed);
  const kind = Object.keys(container)[0]!;
  let record = reportOf(recipe);
  const odd = new Map<CellKey, readonly number[]>();
  let name = change;
  let edit: (markup: string) => string = (markup) => markup;
  /** What the page shows where, after its tables were given another shape. */
  let reshaped: Reshaped | null = null;
  const table = random.pick<TableId>(['t2', 't3', 't4']);
  const numbers = [...numbersOf(record, table).keys()];
  if (change === 'typing error') {
    const mutation = mutate(record, table, random.pick(MUTATION_KINDS), random);
    if (mutation) record = mutation.record;
  } else if (change === 'blank' && numbers.length > 0) {
    record = setCell(record, random.pick(numbers), { state: 'blank', text: '' });
  } else if (change === 'odd cell' && numbers.length > 0) {
    const [text, readable] = random.pick(ODD_CELLS);
    const key = random.pick(numbers);
    record = setCell(record, key, { state: 'text', text });
    odd.set(key, readable);
    name = `odd cell ${text}`;
  } else if (change === 'same' && ('docx' in container || 'html' in container)) {
    const all = 'docx' in container ? SAME_DOCX : SAME_HTML;
    name = random.pick(Object.keys(all));
    edit = (markup) => all[name]!(markup, random);
  } else if (change === 'reshape' && ('docx' in container || 'html' in container)) {
    const how = random.pick(RESHAPING);
    name = how;
    edit = (markup) => {
      reshaped = reshape(markup, 'docx' in container ? 'docx' : 'html', record, how, random);
      return reshaped.markup;
    };
  }
  const objects =
    'pdf' in container && (change === 'reshape' || change === 'same') ? random.pick(PDF_CHANGES) : null;
  if (objects) name = objects;
  let shows: Shows = 'same';
  const drawn = (pdf: Uint8Array): Uint8Array => {
    if (objects === null) return pdf;
    const changed = changeObjects(pdf, objects, random);
    shows = changed.shows;
    return changed.bytes;
  };
  // Reshaping is by pattern, and patterns do not nest.
  const flat = change === 'reshape' ? { nested: false, textBox: false } : {};
  const bytes =
    'docx' in container
      ? editedDocx(record, { ...container.docx, ...flat }, edit)
      : 'html' in container
        ? editedHtml(
            record,
            {
              ...container.html,
              ...flat,
              ...(name === change
                ? {}
                : {
                    encoding: 'utf-8' as const,
                    portal: 'none' as const,
                    missingEnds: false,
                    missingStarts: false,
                  }),
            },
            edit,
          )
        : 'text' in container
          ? Buffer.from(renderText(record, container.text))
          : 'pdf' in container
            ? drawn(renderPdf(record, { ...PLAIN_PDF, ...container.pdf }))
            : renderOfd(record);
  return {
    kind: 'structured',
    name: `${kind}: ${name}`,
    bytes,
    judge: (report) =>
      shows === 'unknown' ? [] : unmarkedWrong(record, report, odd, reshaped, shows === 'same'),
  };
}

function editedDocx(record: ReportRecord, style: DocxStyle, edit: (markup: string) => string): Uint8Array {
  const parts = docxParts(record, style);
  return nativeZip({ ...parts, 'word/document.xml': edit(parts['word/document.xml'] ?? '') });
}

function editedHtml(record: ReportRecord, style: HtmlStyle, edit: (markup: string) => string): Uint8Array {
  const bytes = renderHtml(record, style);
  if (style.encoding !== 'utf-8') return bytes;
  return Buffer.from(edit(Buffer.from(bytes).toString('utf8')));
}

/** Puts something before some of the places that match, or instead of them. */
function between(text: string, places: RegExp, random: Random, piece: () => string, instead = false): string {
  return text.replace(places, (found) =>
    random.chance(0.1) ? (instead ? piece() : piece() + found) : found,
  );
}

/**
 * Numbers without a mark that the document does not show, and cells said to be empty that show a number. A cell may be
 * missing.
 * @param whole nothing that the record prints was taken away
 */
function unmarkedWrong(
  record: ReportRecord,
  report: Report,
  odd: ReadonlyMap<CellKey, readonly number[]>,
  reshaped: Reshaped | null,
  whole: boolean,
): string[] {
  const expected = new Map(expectedFacts(record).map((e) => [e.key, e]));
  const printed = (keys: readonly CellKey[]) => keys.flatMap((key) => expected.get(key) ?? []);
  const standing = (key: CellKey): readonly Shown[] => {
    if (reshaped === null) return printed([key]);
    return (reshaped.shown.get(key) ?? []).flatMap((cell) => (cell.key ? printed([cell.key]) : other(cell)));
  };
  const found: string[] = [];
  for (const fact of report.tables.flatMap((t) => t.facts)) {
    if (fact.doubtful) continue;
    const key = `${fact.table}/${fact.row}/${fact.column}` as CellKey;
    const there = standing(key);
    // What was moved and read as part of its own column all the same is right as well.
    const right = [...there, ...printed([key])];
    const numbers: readonly (number | null)[] =
      odd.get(key) ?? right.flatMap((e) => (e.state === 'number' ? [e.value] : []));
    const shown = right.map((e) => e.raw || 'nothing').join(' or ') || 'nothing';
    if (fact.state === 'number') {
      if (!numbers.includes(fact.value)) found.push(`${key}: shown ${shown}, read ${describe(fact)}`);
    } else if (
      (fact.state === 'blank' || fact.state === 'dash') &&
      whole &&
      !odd.has(key) &&
      there.length > 0 &&
      right.every((e) => e.state === 'number')
    ) {
      found.push(`${key}: shown ${shown}, read ${describe(fact)}`);
    }
  }
  return found;
}

type Shown = Pick<ExpectedFact, 'state' | 'value' | 'raw'>;

/** A label, or a number in a column that the form does not have. */
function other({ text }: { readonly text: string }): Shown[] {
  const raw = trim(text);
  if (raw === '') return [{ state: 'blank', value: null, raw }];
  const isNumber = /^\d+$/u.test(raw.normalize('NFKC'));
  return [
    { state: isNumber ? 'number' : 'text', value: isNumber ? Number(raw.normalize('NFKC')) : null, raw },
  ];
}

function describe(fact: Fact): string {
  return `${fact.state} ${fact.value ?? ''} ${JSON.stringify(fact.raw)} (${fact.confidence})`;
}

const FIXTURES = new URL('../../fixtures/', import.meta.url);
/** Real files of every container that is kept. */
const WHOLE = [
  '2022/jiaoyuju.docx',
  '2023/quzhengfu.docx',
  '2021/jiaoyuju.html',
  '2023/tongjiju.html',
  '2023/caizhengju.pdf',
  '2021/quzhengfu.doc',
  '2020/xijie.txt',
  '2019/xijie.txt',
] as const;
const whole = new Map<string, Uint8Array>();

function wholeFile(name: string): Uint8Array {
  let bytes = whole.get(name);
  if (!bytes) {
    bytes =
      name === 'ofd'
        ? renderOfd(reportOf(fc.sample(anyRecipe(), { seed: 8, numRuns: 1 })[0]!))
        : readFileSync(new URL(name, FIXTURES));
    whole.set(name, bytes);
  }
  return bytes;
}

const HARM = ['bit', 'byte', 'zeros', 'cut', 'removed', 'doubled', 'swapped', 'spliced'] as const;

/** What a report of the undamaged file holds, by file; given by whoever runs the mutants. */
export type Baseline = (name: string) => readonly Fact[];

/** The files that are damaged, so that they can be read undamaged first. */
export const BASELINES: readonly { readonly name: string; readonly bytes: () => Uint8Array }[] = [
  ...WHOLE,
  'ofd',
].map((name) => ({ name, bytes: () => wholeFile(name) }));

function anyDamaged(baseline: Baseline): fc.Arbitrary<Mutant> {
  return fc
    .record({
      file: fc.constantFrom(...WHOLE, 'ofd' as const),
      harm: fc.constantFrom(...HARM),
      times: fc.integer({ min: 1, max: 6 }),
      seed: fc.nat(),
    })
    .map(({ file, harm, times, seed }): Mutant => {
      const bytes = damaged(Buffer.from(wholeFile(file)), harm, times, Random.of('damage', seed));
      // A splice may end in another file that is whole.
      const checked = (file.endsWith('.docx') || file === 'ofd') && harm !== 'spliced';
      const same = Buffer.compare(bytes, wholeFile(file)) === 0;
      return {
        kind: 'bytes',
        name: `${file.replace(/^.*\./, '')}: ${harm}`,
        bytes,
        judge: (report) => (checked && !same ? unnoticed(baseline(file), report) : []),
      };
    });
}

function damaged(bytes: Buffer, harm: (typeof HARM)[number], times: number, random: Random): Uint8Array {
  let out = bytes;
  for (let i = 0; i < times && out.length > 16; i += 1) {
    const at = random.integer(0, out.length - 1);
    const length = Math.min(random.integer(1, 200), out.length - at);
    if (harm === 'bit') out[at] = out[at]! ^ (1 << random.integer(0, 7));
    else if (harm === 'byte') out[at] = random.integer(0, 255);
    else if (harm === 'zeros') out.fill(0, at, at + length);
    else if (harm === 'cut') out = out.subarray(0, at);
    else if (harm === 'removed') out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
    else if (harm === 'doubled') out = Buffer.concat([out.subarray(0, at + length), out.subarray(at)]);
    else if (harm === 'swapped') {
      const to = random.integer(0, out.length - length);
      const piece = Buffer.from(out.subarray(at, at + length));
      out.copy(out, at, to, to + length);
      piece.copy(out, to);
    } else {
      const other = wholeFile(random.pick(WHOLE));
      out = Buffer.concat([out.subarray(0, at), other.subarray(random.integer(0, other.length - 1))]);
    }
  }
  return new Uint8Array(out);
}

/** A container with checksums was damaged and read all the same: then every cell must be as in the whole file. */
function unnoticed(before: readonly Fact[], report: Report): string[] {
  const facts = new Map(before.map((f) => [`${f.table}/${f.row}/${f.column}`, f]));
  return report.tables
    .flatMap((t) => t.facts)
    .filter((f) => !f.doubtful)
    .flatMap((f) => {
      const was = facts.get(`${f.table}/${f.row}/${f.column}`);
      const same = was?.state === f.state && was.value === f.value;
      return same
        ? []
        : [`${f.table}/${f.row}/${f.column}: was ${was ? describe(was) : 'nothing'}, read ${describe(f)}`];
    });
}

/** Half of them change what a document says or how it says it, half damage its bytes. */
export function anyMutant(baseline: Baseline): fc.Arbitrary<Mutant> {
  return fc.oneof(anyStructured, anyDamaged(baseline));
}
