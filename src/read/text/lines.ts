/** A line of a text file with its number, from 1. */
export interface TextLine {
  readonly number: number;
  readonly text: string;
}

export function splitLines(text: string): TextLine[] {
  return text
    .split(/\r\n?|\n/)
    .map((line, index) => ({ number: index + 1, text: line.replace(/[\f\v\ufeff]/g, '') }));
}
