const STARTS_WITH_NUMBER = /^[\s\u200b\ufeff+\-−－增减減]*[0-9０-９]/;

/** Two numbers one above the other in a cell: joined they would be a third that nobody printed. */
export function holdsSeveralNumbers(lines: readonly string[]): boolean {
  let numbers = 0;
  for (const line of lines) if (STARTS_WITH_NUMBER.test(line)) numbers++;
  return numbers > 1;
}
