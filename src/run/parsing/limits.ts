import { DEFAULT_LIMITS, type ReadLimits } from '../../read/document.ts';

/** Everything a document may cost. The read limits are kept by the readers, the others by the pool from outside. */
export interface ParseLimits {
  readonly read: ReadLimits;
  /** Wall time of one document; past it its process is killed and the document is `timed_out`. */
  readonly wallMs: number;
  /** Resident memory of the process that reads it, programs it started left out; past it → `too_large`. */
  readonly memoryBytes: number;
  /** How often a document that takes its process down is tried before it is set aside as `crashed`. */
  readonly attempts: number;
  /** Documents after which a process is replaced, so that what a library leaks cannot add up. */
  readonly documentsPerProcess: number;
}

export const DEFAULT_PARSE_LIMITS: ParseLimits = {
  read: DEFAULT_LIMITS,
  wallMs: 60_000,
  memoryBytes: 1024 * 2 ** 20,
  attempts: 2,
  documentsPerProcess: 1000,
};
