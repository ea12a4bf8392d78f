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

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** A mistake of the user: what was given, what was expected, what to do. Printed without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
