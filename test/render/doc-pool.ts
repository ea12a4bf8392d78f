import { bodyOf } from './bodies.ts';
import { PLAIN_DOCX, renderDocx } from './docx.ts';
import type { Habits } from './invent.ts';
import { inventYears } from './invent.ts';

/**
 * DOC files by the thousand: a few bodies are converted by LibreOffice once, and every further body is one of them
 * with its name written over in place. Names have to be equally long for that, so the pool has names of its own.
 */
export interface DocPool {
  readonly years: readonly number[];
  /** `chains[i][j]`: body i in year `years[j]`. */
  readonly chains: readonly (readonly Uint8Array[])[];
}

/** Stands in the pool's documents where the body's name goes. */
const PLACEHOLDER = '某某区占位占位占位街道办';

/** @param convert DOCX files to DOC files, in one call. */
export function makeDocPool(
  bodies: number,
  years: readonly number[],
  habits: Habits,
  convert: (documents: readonly Uint8Array[]) => Uint8Array[],
): DocPool {
  const documents = Array.from({ length: bodies }, (_, i) => {
    const body = { ...bodyOf('某某区', 40 + i), name: PLACEHOLDER };
    return inventYears(i, body, years, () => habits, 40).map((record) =>
      renderDocx(record, { ...PLAIN_DOCX, level: 1 }),
    );
  });
  const converted = convert(documents.flat());
  return {
    years,
    chains: documents.map((chain, i) => chain.map((_, j) => converted[i * years.length + j]!)),
  };
}

/** The name of the n-th body of a pool; all have the length of the placeholder. */
export function poolBodyName(index: number): string {
  const digits = [...String(index).padStart(6, '0')].map((d) => '零一二三四五六七八九'[Number(d)]).join('');
  return `某某区${digits}街道办`;
}

export function docOfPool(pool: DocPool, index: number, year: number): Uint8Array {
  const chain = pool.chains[index % pool.chains.length];
  const bytes = chain?.[pool.years.indexOf(year)];
  if (!bytes) throw new RangeError(`the pool has no year ${year}; it has ${pool.years.join(', ')}`);
  // The text is UTF-16; the title among the properties is UTF-8.
  const out = Buffer.from(bytes);
  const found = overwrite(out, 'utf16le', poolBodyName(index)) + overwrite(out, 'utf8', poolBodyName(index));
  if (found === 0) throw new RangeError(`the document does not hold the name ${PLACEHOLDER}`);
  return out;
}

function overwrite(bytes: Buffer, encoding: 'utf16le' | 'utf8', name: string): number {
  const from = Buffer.from(PLACEHOLDER, encoding);
  const to = Buffer.from(name, encoding);
  if (from.length !== to.length) throw new RangeError(`${name} is not as long as ${PLACEHOLDER}`);
  let found = 0;
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + from.length)) {
    to.copy(bytes, at);
    found += 1;
  }
  return found;
}
