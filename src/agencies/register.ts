import { foldPhrase } from '../form/fold.ts';

/** The agency register: who the bodies are, whatever a report or a portal calls them. */

export const AGENCY_KINDS = [
  'national_department',
  'provincial_government',
  'city_government',
  'county_government',
  'township_government',
  'department',
  'other',
] as const;

export type AgencyKind = (typeof AGENCY_KINDS)[number];

/** One line of `agencies.csv`. */
export interface RegisteredAgency {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** 统一社会信用代码. */
  readonly uscc: string | null;
  /** 行政区划代码: six digits (GB/T 2260) or nine for towns (GB/T 10114). */
  readonly divisionCode: string | null;
  /** Id of the body it belongs to. */
  readonly parent: string | null;
  readonly kind: AgencyKind;
  /** First and last data year; null where open. */
  readonly firstYear: number | null;
  readonly lastYear: number | null;
}

/** A name that fits one body is a match; one that fits several is nobody's until a person decides. */
export type NameMatch =
  | { readonly kind: 'certain'; readonly agency: RegisteredAgency }
  | { readonly kind: 'ambiguous'; readonly agencies: readonly RegisteredAgency[] }
  | { readonly kind: 'unknown' };

export class Register {
  readonly agencies: readonly RegisteredAgency[];
  readonly #byId: ReadonlyMap<string, RegisteredAgency>;
  readonly #byName = new Map<string, RegisteredAgency[]>();
  readonly #byUscc = new Map<string, RegisteredAgency>();
  readonly #children = new Map<string, RegisteredAgency[]>();

  constructor(agencies: readonly RegisteredAgency[]) {
    this.agencies = agencies;
    this.#byId = new Map(agencies.map((a) => [a.id, a]));
    for (const agency of agencies) {
      for (const name of new Set([agency.name, ...agency.aliases].map(foldName))) {
        const list = this.#byName.get(name) ?? [];
        this.#byName.set(name, list);
        list.push(agency);
      }
      if (agency.uscc) this.#byUscc.set(agency.uscc, agency);
      if (agency.parent) {
        const list = this.#children.get(agency.parent) ?? [];
        this.#children.set(agency.parent, list);
        list.push(agency);
      }
    }
  }

  get(id: string): RegisteredAgency | undefined {
    return this.#byId.get(id);
  }

  /** Bodies whose parent is `id`, in the order of the register. */
  childrenOf(id: string): readonly RegisteredAgency[] {
    return this.#children.get(id) ?? [];
  }

  byUscc(code: string): RegisteredAgency | undefined {
    return this.#byUscc.get(code);
  }

  /**
   * The body that a printed name means in a data year. Names are compared whole (character forms and punctuation
   * folded): 某某局 is never taken for 某某县某某局, because several counties have one.
   */
  match(name: string, year: number | null): NameMatch {
    const all = this.#byName.get(foldName(name)) ?? [];
    const valid = all.filter(
      (a) => year === null || ((a.firstYear ?? year) <= year && year <= (a.lastYear ?? year)),
    );
    if (valid.length === 1) return { kind: 'certain', agency: valid[0] as RegisteredAgency };
    return valid.length > 1 ? { kind: 'ambiguous', agencies: valid } : { kind: 'unknown' };
  }

  /**
   * Can a printed name be meant for this body, where somebody says that it is? A name or alias of the register, or one
   * that differs from it by the districts that it begins with and the words for a government, nothing else: a bureau is
   * not the government that it belongs to. A former name or an abbreviation is known by the aliases only.
   */
  canMean(name: string, agency: RegisteredAgency): boolean {
    return [agency.name, ...agency.aliases].some(
      (own) =>
        foldName(name) === foldName(own) || isShorterForm(name, own) || this.#isLongerForm(name, own, agency),
    );
  }

  /** The districts before the name of a body must be those of the bodies above it, as far as they are known. */
  #isLongerForm(name: string, own: string, agency: RegisteredAgency): boolean {
    if (!isShorterForm(own, name)) return false;
    const before = foldCore(name).slice(0, -foldCore(own).length);
    const above: RegisteredAgency[] = [];
    for (let id = agency.parent; id !== null && above.length < 8; id = above.at(-1)?.parent ?? null) {
      const parent = this.#byId.get(id);
      if (!parent) break;
      above.push(parent);
    }
    const districts = above.filter((a) => ENDS_AS_DISTRICT.test(foldCore(a.name)));
    return (
      before === '' ||
      districts.length === 0 ||
      districts.some(
        (a) => foldCore(a.name) === before || isShorterForm(before, a.name) || isShorterForm(a.name, before),
      )
    );
  }
}

export const EMPTY_REGISTER = new Register([]);

/** What is left to say of two names where the register knows neither. */
export function mayBeOneBody(a: string, b: string): boolean {
  return foldName(a) === foldName(b) || isShorterForm(a, b) || isShorterForm(b, a);
}

const DISTRICT = '省市区县州盟旗镇乡';
const ENDS_AS_DISTRICT = new RegExp(`(?:[${DISTRICT}]|街道)$`, 'u');
/** What a district leaves behind when its own name is left out: 区教育局 of 某某区教育局. 市场监管局 is no such rest. */
const BEGINS_AS_DISTRICT = new RegExp(
  `^(?:市(?![场容]|政(?![务法府协]))|[${DISTRICT.replace('市', '')}])`,
  'u',
);
const ENDS_AS_PLACE = new RegExp(`^(?:.*[${DISTRICT}])?[^${DISTRICT}]{1,4}$`, 'u');

function isShorterForm(short: string, long: string): boolean {
  const [end, whole] = [foldCore(short), foldCore(long)];
  if (end === '' || !whole.endsWith(end) || areRivals(short, long)) return false;
  const before = whole.slice(0, whole.length - end.length);
  return (
    before === '' ||
    ENDS_AS_DISTRICT.test(before) ||
    (BEGINS_AS_DISTRICT.test(end) && ENDS_AS_PLACE.test(before))
  );
}

/** A district and a zone in it can have one name, and then a government and a committee. */
function areRivals(a: string, b: string): boolean {
  const [one, other] = [foldName(a), foldName(b)];
  const isGovernment = (name: string) => name.endsWith('政府');
  return (isGovernment(one) && COMMITTEE.test(other)) || (isGovernment(other) && COMMITTEE.test(one));
}

const COMMITTEE = /(?<=区)(?:管理委员会|管委会)$/u;

/** 某某区 is 某某区人民政府, 某某新区 its 管理委员会, and 某某街道 is 某某区人民政府某某街道办事处. */
function foldCore(name: string): string {
  return foldName(name)
    .replace(/(?:本级|机关)+$/u, '')
    .replace(/(?:人民)?政府(?!信息)/gu, '')
    .replace(COMMITTEE, '')
    .replace(/(?<=街道)办(?:事处)?$/u, '');
}

function foldName(name: string): string {
  return foldPhrase(name).replace(/[()（）[\]【】〔〕“”"'·,，.。、:：\-—]/gu, '');
}
