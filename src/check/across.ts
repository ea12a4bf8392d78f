import type { ReportView } from './view.ts';

/** Kinds of body that the rules tell apart; what a body may do and by when it must publish depends on them. */
export type AgencyKind =
  | 'national_department'
  | 'provincial_government'
  | 'city_government'
  | 'county_government'
  | 'township_government'
  | 'department'
  | 'other';

/** One line of the agency register, as far as the rules need it. */
export interface AgencyEntry {
  readonly id: string;
  readonly name: string;
  readonly kind: AgencyKind;
  /** Id of the body that it belongs to. */
  readonly parent: string | null;
  /** First and last year in which it existed; null where open. */
  readonly validFrom: number | null;
  readonly validTo: number | null;
}

/** All current reports of one agency, in any order. Nothing else is needed to check its chain of years. */
export interface AgencyHistory {
  readonly agency: AgencyEntry | null;
  readonly reports: readonly ReportView[];
}

/** One year of a body and the bodies below it. */
export interface RegionYear {
  readonly year: number;
  readonly parent: AgencyEntry;
  /** The report whose numbers stand for all of them; null where there is none. */
  readonly aggregate: ReportView | null;
  /** Every body on the register in that year, with its own report where there is one. */
  readonly bodies: readonly { readonly agency: AgencyEntry; readonly report: ReportView | null }[];
}

/** The same report published several times (page, attachment, another portal). The first is the one kept. */
export interface Copies {
  readonly reports: readonly ReportView[];
}
