import { createColors } from 'picocolors';

/**
 * Data goes to stdout, everything else to stderr. Colour only on a terminal and never with NO_COLOR.
 */
export interface Terminal {
  /** Data. */
  readonly out: (text: string) => void;
  /** Messages; silent with `--quiet`. */
  readonly say: (text: string) => void;
  /** Problems; printed even with `--quiet`. */
  readonly warn: (text: string) => void;
  readonly colors: ReturnType<typeof createColors>;
  readonly quiet: boolean;
  /** stderr is a terminal: a progress bar makes sense. */
  readonly interactive: boolean;
  readonly width: number;
}

export function terminal(options: { readonly quiet: boolean }): Terminal {
  const plain = process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '';
  const interactive = process.stderr.isTTY === true;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    say: (text) => {
      if (!options.quiet) process.stderr.write(`${text}\n`);
    },
    warn: (text) => void process.stderr.write(`${text}\n`),
    colors: createColors(!plain && process.stdout.isTTY === true && interactive),
    quiet: options.quiet,
    interactive: interactive && !options.quiet,
    width: process.stdout.columns ?? 100,
  };
}

/** `1 error`, `2 errors`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** Columns that a text takes on a terminal: Chinese characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (/\p{M}|\p{Default_Ignorable_Code_Point}/u.test(character)) continue;
    const wide =
      (code >= 0x1100 && code <= 0x115f) ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0xffe0 && code <= 0xffe6) ||
      (code >= 0x1f300 && code <= 0x1faff) ||
      (code >= 0x20000 && code <= 0x3fffd);
    width += wide ? 2 : 1;
  }
  return width;
}

/** Control characters out of a document must not reach the terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu, '�');
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Cuts to a width in columns, with … */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  for (const character of text) {
    if (displayWidth(cut + character) > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}
