import { DIVISION_CODES } from './division-codes.ts';

/** A province, prefecture or county. */
export interface Division {
  /** Six digits, `330105`. */
  readonly code: string;
  readonly name: string;
  readonly level: 'province' | 'prefecture' | 'county';
}

let divisions: Map<string, Division> | null = null;

function all(): Map<string, Division> {
  if (divisions) return divisions;
  const map = new Map<string, Division>();
  for (const line of DIVISION_CODES.trim().split('\n')) {
    const [head = '', name = '', ...counties] = line.split(' ');
    const level = head.endsWith('00') ? 'province' : 'prefecture';
    if (name !== '') map.set(`${head}00`, { code: `${head}00`, name, level });
    for (const county of counties) {
      const code = head + county.slice(0, 2);
      map.set(code, { code, name: county.slice(2), level: 'county' });
    }
  }
  divisions = map;
  return map;
}

/**
 * The division of a code of six digits or more (a town's code begins with its county's). Null for codes that were
 * abolished before or introduced after the list was made: codes change, so an unknown one is no error.
 */
export function divisionOf(code: string): Division | null {
  return all().get(code.slice(0, 6)) ?? null;
}

/** `浙江省杭州市拱墅区`; empty for an unknown code. Names that only fill a level (市辖区) are left out. */
export function divisionName(code: string): string {
  const six = code.slice(0, 6);
  const codes = [`${six.slice(0, 2)}0000`, `${six.slice(0, 4)}00`, six];
  return [...new Set(codes)]
    .map((c) => all().get(c)?.name ?? '')
    .filter((name) => !/^(?:市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)$/u.test(name))
    .join('');
}
