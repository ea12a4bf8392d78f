import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ReadError } from '../document.ts';
import { runProgram } from '../program.ts';
import type { GrayImage } from './image.ts';

/** A word as Tesseract gives it; the box in pixels of the picture, `confidence` 0 to 100. */
export interface OcrWord {
  readonly text: string;
  readonly confidence: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Words of one line share it. */
  readonly line: string;
}

export interface OcrOptions {
  readonly language: 'eng' | 'chi_sim';
  /** Page segmentation: a line, a block of lines, or a page with columns. */
  readonly layout: 'line' | 'block' | 'page';
  /** Only these characters are read. */
  readonly characters?: string;
  readonly dpi: number;
}

const LAYOUTS = { line: '7', block: '6', page: '4' } as const;
/** Ten times what a slow machine needs: only a hung process is to be ended. */
const SECONDS_PER_PICTURE = { line: 4, block: 30, page: 60 } as const;
const SECONDS_AT_LEAST = 120;

export const NEEDS_OCR =
  'The pages are pictures. Install Tesseract with Chinese (Debian, Ubuntu: tesseract-ocr tesseract-ocr-chi-sim) to have them read.';

/** Pictures of one call on which Tesseract may die before it is taken for broken. */
const MOST_DEATHS = 8;

/**
 * Reads pictures with the `tesseract` program, all of them in one call. Words come per picture, in order; none for a
 * picture on which Tesseract dies, as it does by a division by zero on lines that are not lines.
 *
 * Throws `needs_ocr` where the program or the language is not installed, `timed_out`, `crashed`.
 */
export async function recognise(pictures: readonly GrayImage[], options: OcrOptions): Promise<OcrWord[][]> {
  let deaths = 0;
  const read = async (some: readonly GrayImage[]): Promise<OcrWord[][]> => {
    if (some.length === 0) return [];
    const words = await inOneCall(some, options);
    if (words !== null) return words;
    if (some.length === 1) {
      deaths += 1;
      if (deaths > MOST_DEATHS)
        throw new ReadError(
          'crashed',
          `Tesseract was killed on more than ${MOST_DEATHS} pictures of a document.`,
        );
      return [[]];
    }
    const half = some.length >> 1;
    return [...(await read(some.slice(0, half))), ...(await read(some.slice(half)))];
  };
  return read(pictures);
}

/** Null where a signal ended Tesseract. */
async function inOneCall(pictures: readonly GrayImage[], options: OcrOptions): Promise<OcrWord[][] | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gongkai-ocr-'));
  try {
    const names: string[] = [];
    for (const [index, picture] of pictures.entries()) {
      const name = path.join(folder, `${index}.pgm`);
      await writeFile(name, portableGrayMap(picture));
      names.push(name);
    }
    const list = path.join(folder, 'list.txt');
    await writeFile(list, `${names.join('\n')}\n`);
    const output = path.join(folder, 'words');
    const allowed = options.characters ? ['-c', `tessedit_char_whitelist=${options.characters}`] : [];
    const ended = await run(
      [
        list,
        output,
        '-l',
        options.language,
        '--psm',
        LAYOUTS[options.layout],
        '--dpi',
        String(Math.round(options.dpi)),
        '-c',
        'tessedit_create_tsv=1',
        ...allowed,
      ],
      Math.max(SECONDS_AT_LEAST, pictures.length * SECONDS_PER_PICTURE[options.layout]),
    );
    return ended ? wordsOf(await readFile(`${output}.tsv`, 'utf8'), pictures.length) : null;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  }
}

/** Whether it came to its end; not when a signal ended it. */
async function run(options: readonly string[], seconds: number): Promise<boolean> {
  // Its threads hinder each other on pictures this small.
  const { how, code, errors } = await runProgram('tesseract', options, {
    env: { OMP_THREAD_LIMIT: '1' },
    seconds,
  });
  if (how === 'late') throw new ReadError('timed_out', `Tesseract did not finish within ${seconds} seconds.`);
  if (how === 'missing' || /Failed loading language|Error opening data file/.test(errors))
    throw new ReadError('needs_ocr', NEEDS_OCR);
  if (code === null) return false;
  if (code !== 0)
    throw new ReadError('crashed', `Tesseract ended with code ${code}: ${errors.slice(0, 300)}`);
  return true;
}

function portableGrayMap({ width, height, gray }: GrayImage): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1'), gray]);
}

const WORD = '5';

function wordsOf(tsv: string, pictures: number): OcrWord[][] {
  const words: OcrWord[][] = Array.from({ length: pictures }, () => []);
  for (const row of tsv.split('\n')) {
    const [level, page, block, paragraph, line, , left, top, width, height, confidence, text] =
      row.split('\t');
    if (level !== WORD || text === undefined || text.trim() === '') continue;
    words[Number(page) - 1]?.push({
      text: text.trim(),
      confidence: Number(confidence),
      left: Number(left),
      top: Number(top),
      right: Number(left) + Number(width),
      bottom: Number(top) + Number(height),
      line: `${block}.${paragraph}.${line}`,
    });
  }
  return words;
}
