import type { ColumnType, Generated } from 'kysely';

/**
 * The tables as both databases hold them. Truth values are 0 or 1, lists and records are JSON text, closed lists are
 * small numbers (`codes.ts`): what SQLite and Postgres have in common. Row ids never leave the store.
 */
export interface Tables {
  meta: { key: string; value: string };
  /** One row for every transaction that changed what the exports show; their number is the store's revision. */
  changes: { id: Generated<number> };
  cells: { id: number; key: string };
  agencies: AgencyTable;
  reports: ReportTable;
  sources: SourceTable;
  readings: ReadingTable;
  layouts: { id: number; hash: string; body: Uint8Array };
  table_readings: TableReadingTable;
  facts: FactTable;
  refusals: RefusalTable;
  extras: ExtraTable;
  statements: StatementTable;
  charts: ChartTable;
  checks: CheckTable;
  findings: FindingTable;
  finding_changes: { run_id: number; finding_id: string; change: number };
  decisions: DecisionTable;
  transcriptions: TranscriptionTable;
  runs: RunTable;
  exports: { target: string; fingerprint: string };
  report_list: ReportListTable;
  finding_list: FindingListTable;
  crawl_urls: CrawlUrlTable;
  crawl_versions: CrawlVersionTable;
  crawl_events: CrawlEventTable;
  crawl_exchanges: CrawlExchangeTable;
  crawl_column_runs: CrawlColumnRunTable;
  crawl_portal_runs: CrawlPortalRunTable;
  crawl_robots: { origin: string; record: string };
  crawl_blocked: { host: string; record: string };
  crawl_locks: { portal: string; owner: string; until: string };
}

type Flag = ColumnType<number, number, number>;

export interface AgencyTable {
  id: string;
  name: string;
  aliases: string;
  uscc: string | null;
  division_code: string | null;
  parent: string | null;
  kind: string | null;
  first_year: number | null;
  last_year: number | null;
}

export interface ReportTable {
  id: number;
  report_id: string;
  /** Orders reports by agency, year, scope, kind, id; unique. Of the primary reading. */
  sort_key: string;
  agency_key: string;
  year: number | null;
  primary_reading: number | null;
  unchecked: Flag;
}

export interface SourceTable {
  id: number;
  document: string;
  url: string | null;
  attachment_of: string | null;
  /** Whose report it is by the word of somebody else; all null where nobody said anything. */
  said_agency_id: string | null;
  said_agency: string | null;
  said_by: string | null;
  sha256: string;
  size: number;
  mtime: number;
  missing: Flag;
  /** The reading of the present bytes. */
  reading_id: number;
  extractor_version: string;
  /** Fingerprint of the transcriptions that the reading took in; empty for none. */
  transcriptions: string;
}

export interface ReadingTable {
  id: number;
  source_id: number;
  report_id: number;
  version: number;
  superseded_by: number | null;
  /** The document now holds another report; this one is no longer there. */
  displaced: Flag;
  sha256: string;
  size: number;
  /** Of the report and the agency match: equal means nothing to write. */
  content_hash: string;
  container: string;
  reader: string;
  extractor_version: string;
  outcome: string;
  outcome_reason: string | null;
  title: string | null;
  agency: string | null;
  agency_from: string;
  agency_id: string | null;
  region_code: string | null;
  year: number | null;
  year_from: string;
  scope: string;
  kind: string;
  published_on: string | null;
  needs_review: Flag;
  period: string | null;
  conflicts: string;
  /** Cells that are doubtful or not certain; decides between copies. */
  unsure_cells: number;
  /** Sections and narrative, deflated JSON. */
  body: Uint8Array;
}

export interface TableReadingTable {
  reading_id: number;
  part: number;
  table_id: string;
  edition: string;
  method: string;
  used_identities: string;
  layout_id: number;
}

export interface FactTable {
  reading_id: number;
  part: number;
  cell_id: number;
  state: number;
  confidence: number;
  doubtful: number;
  value: number | null;
  value_wan: number | null;
  /** Null where it is the plain printing of the value, or empty. */
  raw: string | null;
  alternatives: string | null;
}

export interface RefusalTable {
  reading_id: number;
  seq: number;
  table_id: string;
  code: string;
  reason: string;
  location: string | null;
}

export interface ExtraTable {
  reading_id: number;
  seq: number;
  table_id: string | null;
  kind: string;
  code: string;
  label: string;
  raw: string;
  value: number | null;
  location: string;
}

export interface StatementTable {
  reading_id: number;
  seq: number;
  kind: string;
  value: number | null;
  unit: string | null;
  about: string | null;
  words: string;
  scope: string;
  year: number | null;
  text: string;
  start: number;
  length: number;
  section: number | null;
  location: string;
}

export interface ChartTable {
  reading_id: number;
  seq: number;
  title: string | null;
  categories: string;
  values: string;
  location: string;
}

export interface CheckTable {
  reading_id: number;
  seq: number;
  rule: string;
  target: string;
  outcome: number;
  lhs: number | null;
  rhs: number | null;
}

export interface FindingTable {
  reading_id: number;
  finding_id: string;
  seq: number;
  rule: string;
  rule_version: number;
  severity: number;
  verdict: string | null;
  table_id: string | null;
  cells: string;
  discriminator: string;
  message_zh: string;
  message_en: string;
  lhs: number | null;
  rhs: number | null;
  difference: number | null;
  culprit: string;
  suggested: string;
  evidence: string;
  operands: string;
  operands_hash: string;
}

export interface DecisionTable {
  id: number;
  finding_id: string;
  state: string;
  note: string | null;
  person: string | null;
  at: string;
  operands_hash: string;
  /** 1 for the last one on its finding. */
  latest: Flag;
}

export interface TranscriptionTable {
  document: string;
  sha256: string;
  cell: string;
  raw: string;
  author: string;
  at: string;
  note: string | null;
}

export interface RunTable {
  id: number;
  command: string;
  started_at: string;
  ended_at: string | null;
  summary: string | null;
}

/** Repeats what is listed of a current report; see `lists.ts`. */
export interface ReportListTable {
  report_row: number;
  report_id: string;
  sort_key: string;
  agency_key: string;
  agency: string | null;
  agency_id: string | null;
  region_code: string | null;
  year: number | null;
  scope: string;
  kind: string;
  outcome: string;
  outcome_reason: string | null;
  document: string;
  title: string | null;
  needs_review: Flag;
  /** The primary document is no longer there. */
  gone: Flag;
  /** Totals of table 三 where they are safe numbers. */
  received: number | null;
  carried_in: number | null;
  granted: number | null;
  partly_granted: number | null;
  concluded: number | null;
  carried_out: number | null;
}

/** Repeats what is listed of a current finding; see `lists.ts`. */
export interface FindingListTable {
  finding_id: string;
  report_row: number;
  /** 0 error, 1 warning, 2 info, 3 our own doubt (`suspect_extraction`). */
  gravity: number;
  rule: string;
  verdict: string | null;
  table_id: string | null;
  sort_key: string;
  agency_key: string;
  agency: string | null;
  region_code: string | null;
  /** 0 where none is known, so that lists can be ordered by it. */
  year: number;
  /** Of the decision that counts. */
  state: string;
  lapsed: Flag;
  message_zh: string;
  message_en: string;
}

/** `record` is the whole record as JSON; the columns beside it are what is searched for, and win where both have it. */
export interface CrawlUrlTable {
  portal: string;
  url: string;
  role: string;
  column_id: string;
  status: string;
  parent: string | null;
  next_check: string | null;
  last_seen_run: string;
  miss_count: number;
  record: string;
}

export interface CrawlVersionTable {
  portal: string;
  url: string;
  n: number;
  report_key: string | null;
  fetched_at: string;
  superseded_by: string | null;
  taken: Flag;
  record: string;
}

export interface CrawlEventTable {
  id: string;
  portal: string;
  run: string;
  at: string;
  record: string;
}

export interface CrawlExchangeTable {
  run: string;
  url: string;
  fetched_at: string;
  portal: string;
  record: string;
}

export interface CrawlColumnRunTable {
  run: string;
  portal: string;
  column_id: string;
  started_at: string;
  record: string;
}

export interface CrawlPortalRunTable {
  run: string;
  portal: string;
  started_at: string;
  record: string;
}
