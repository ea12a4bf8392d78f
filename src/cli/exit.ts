/** Exit statuses, as docs/commands.md lists them. */
export const EXIT = {
  done: 0,
  /** Findings at or above `--fail-on`, or an error that is none of the others. */
  failed: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** Done, but some documents could not be read. */
  unreadable: 3,
  aborted: 4,
  interrupted: 130,
} as const;

/**
 * What the other statuses mean, command by command, for docs/commands.md. Every command ends with 0 when it is done, with
 * 2 for a mistake of the user and with 4 when it was aborted.
 */
export const STATUSES: Readonly<Record<string, Readonly<Partial<Record<1 | 3 | 130, string>>>>> = {
  extract: {
    1: 'findings at or above `--fail-on`, in the whole dataset',
    3: 'documents that cannot be read, now or in an earlier run, or folders that cannot be looked into',
    130: 'interrupted; the same command goes on',
  },
  check: { 1: 'findings at or above `--fail-on`', 130: 'interrupted; the same command begins again' },
  findings: {},
  explain: {},
  decide: { 1: 'lines of the sheet name findings that are not there; the others were recorded' },
  review: { 130: 'stopped, its ordinary end' },
  notice: {},
  export: {},
  crawl: {
    3: 'addresses failed, documents cannot be read, or a portal was blocked or failed',
    130: 'interrupted; the next run goes on',
  },
  schedule: { 130: 'stopped, its ordinary end' },
  worker: { 130: 'stopped, its ordinary end without `--until-idle`' },
  'fleet status': {},
  'fleet enqueue': {
    3: 'folders that cannot be looked into',
    130: 'interrupted; the same command goes on',
  },
  'fleet retry': {},
  'portals check': { 1: '`--probe` met a problem', 130: 'interrupted' },
  add: { 3: 'documents that cannot be read', 130: 'interrupted' },
  withdraw: { 130: 'interrupted after the documents were taken back; the same command goes on' },
  transcribe: { 130: 'interrupted after the cells were stored; `gongkai check` goes on' },
  backup: {},
  warc: {},
  doctor: { 1: 'the store is not sound' },
  completion: {},
};

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** A mistake of the user: what was given, what was expected, what to do. Printed without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
