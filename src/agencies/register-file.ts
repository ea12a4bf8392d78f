import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { AGENCY_KINDS, type AgencyKind, Register, type RegisteredAgency } from './register.ts';

/** Columns of `agencies.csv`, in the order in which the program writes them. */
export const REGISTER_COLUMNS = [
  'id',
  'name',
  'aliases',
  'uscc',
  'division_code',
  'parent',
  'kind',
  'first_year',
  'last_year',
] as const;

/** A mistake in the register, with its line as Excel counts it. */
export class RegisterError extends Error {
  override readonly name = 'RegisterError';
}

/**
 * Reads `agencies.csv` (UTF-8, with or without BOM, comma or semicolon as Excel saves it). `aliases` are separated by
 * `|`. Only `id` and `name` are required. Throws RegisterError naming file, line and column.
 */
export async function readRegister(file: string): Promise<Register> {
  return parseRegister(await readFile(file), file);
}

export function parseRegister(bytes: Uint8Array, file = 'agencies.csv'): Register {
  const text = decode(bytes);
  const delimiter = /^[^\n,;\t]*;/u.test(text) ? ';' : /^[^\n,;\t]*\t/u.test(text) ? '\t' : ',';
  let records: { record: Record<string, string>; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      columns: (header: string[]) => header.map((h) => h.trim()),
      delimiter,
      info: true,
      relax_column_count_less: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (error) {
    throw new RegisterError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const header = Object.keys(records[0]?.record ?? {});
  for (const needed of ['id', 'name']) {
    if (records.length > 0 && !header.includes(needed)) {
      throw new RegisterError(
        `${file}: the first line has no column “${needed}”. It must name the columns: ${REGISTER_COLUMNS.join(', ')} (only id and name are required).`,
      );
    }
  }
  const unknown = header.filter((h) => h !== '' && !(REGISTER_COLUMNS as readonly string[]).includes(h));
  if (unknown.length > 0) {
    throw new RegisterError(
      `${file}: unknown column “${unknown.join('”, “')}”. Known: ${REGISTER_COLUMNS.join(', ')}.`,
    );
  }
  const seen = new Map<string, number>();
  const agencies = records.map(({ record, info }) => {
    const line = info.lines;
    const fail = (message: string): never => {
      throw new RegisterError(`${file}, line ${line}: ${message}`);
    };
    const value = (column: (typeof REGISTER_COLUMNS)[number]) => record[column]?.trim() || null;
    const id = value('id') ?? fail('id is empty');
    const name = value('name') ?? fail('name is empty');
    if (seen.has(id)) fail(`id “${id}” was used on line ${seen.get(id)} already`);
    seen.set(id, line);
    const kind = value('kind') ?? 'other';
    if (!(AGENCY_KINDS as readonly string[]).includes(kind)) {
      fail(`kind “${kind}” is none of ${AGENCY_KINDS.join(', ')}`);
    }
    const year = (column: 'first_year' | 'last_year') => {
      const text = value(column);
      if (text === null) return null;
      if (!/^\d{4}$/u.test(text)) fail(`${column} “${text}” is not a year`);
      return Number(text);
    };
    const uscc = value('uscc');
    if (uscc !== null && !isCreditCode(uscc)) {
      fail(
        `uscc “${uscc}” is not a 统一社会信用代码: 18 characters with a valid last one are expected (GB 32100)`,
      );
    }
    const agency: RegisteredAgency = {
      id,
      name,
      aliases: (value('aliases') ?? '')
        .split('|')
        .map((a) => a.trim())
        .filter((a) => a !== ''),
      uscc,
      divisionCode: value('division_code'),
      parent: value('parent'),
      kind: kind as AgencyKind,
      firstYear: year('first_year'),
      lastYear: year('last_year'),
    };
    return agency;
  });
  for (const agency of agencies) {
    if (agency.parent !== null && !seen.has(agency.parent)) {
      throw new RegisterError(
        `${file}, line ${seen.get(agency.id)}: parent “${agency.parent}” is the id of no line`,
      );
    }
  }
  return new Register(agencies);
}

/** Excel on a Chinese Windows saves CSV as GBK. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

const CREDIT_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** GB 32100-2015: weights 3^i mod 31 over the first seventeen characters; the alphabet leaves out I, O, S, V, Z. */
export function isCreditCode(code: string): boolean {
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/u.test(code)) return false;
  let sum = 0;
  let weight = 1;
  for (const character of code.slice(0, 17)) {
    sum += CREDIT_ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return CREDIT_ALPHABET[(31 - (sum % 31)) % 31] === code[17];
}
