/**
 * The one spelling of everything that is printed for programs: keys as in the dataset, `finding_id` and not `findingId`.
 * Values, and keys that are data (outcomes, cells, names of tables), stay as they are.
 */
export function snakeCased(value: unknown): unknown {
  if (value instanceof Date || value === null || typeof value !== 'object') return value;
  if (value instanceof Set || Array.isArray(value)) return [...value].map(snakeCased);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, inner]) => [snakeKey(String(key)), snakeCased(inner)]));
}

function snakeKey(key: string): string {
  return /^[a-z][A-Za-z0-9]*$/u.test(key) ? key.replace(/[A-Z]/gu, (c) => `_${c.toLowerCase()}`) : key;
}

/** An object over several lines, for a command that prints one. */
export function jsonText(value: unknown): string {
  return JSON.stringify(snakeCased(value), null, 2);
}

/** One line of a list. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(snakeCased(value));
}
