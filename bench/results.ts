/** What a run of the bench found. Times are processor time in milliseconds unless a name says seconds. */
export interface Results {
  readonly machine: { readonly processors: number; readonly model: string; readonly memoryGiB: number };
  readonly node: string;
  /** Mean load over the last minute when the run began: above 0.5 the seconds on the clock are not to be trusted. */
  readonly load: number;
  readers?: readonly ReaderResult[];
  stages?: StageResult;
  store?: StoreResult;
  whole?: readonly WholeResult[];
}

export interface ReaderResult {
  readonly container: string;
  readonly documents: number;
  readonly kilobytes: number;
  readonly msPerDocument: number;
  readonly peers: readonly { readonly name: string; readonly msPerDocument: number | null }[];
}

export interface StageResult {
  readonly reports: number;
  readonly extractMs: number;
  readonly checkMs: number;
  /** Localising the wrong cell of table 三, one report with an error. */
  readonly culpritMs: number;
}

export interface StoreResult {
  readonly reports: number;
  readonly facts: number;
  readonly saveMs: number;
  readonly bytesPerReport: number;
  readonly exportMs: number;
  readonly exportSeconds: number;
  /** Of `gongkai export`: the process that was started, and the highest sum with those that it starts. */
  readonly parentMiB: number | null;
  readonly allMiB: number | null;
}

export interface WholeResult {
  readonly reports: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly parentMiB: number | null;
  readonly allMiB: number | null;
  readonly secondRunSeconds: number;
  readonly storeBytes: number;
  readonly datasetBytes: number;
  readonly sourceBytes: number;
}
