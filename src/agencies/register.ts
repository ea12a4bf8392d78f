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
}

export const EMPTY_REGISTER = new Register([]);

function foldName(name: string): string {
  return foldPhrase(name).replace(/[()（）[\]【】〔〕“”"'·,，.。、:：\-—]/gu, '');
}
