import type { RecheckCalendar } from '../config/config.ts';

const day = 86_400_000;

/**
 * When an unchanged report is asked for again: often while it is new, since offices correct their reports in the weeks
 * after publication; seldom later; once a year for report years before the last two.
 */
export function nextCheck(
  calendar: RecheckCalendar,
  report: { readonly firstSeen: number; readonly year: number | null },
  now: number,
  currentYear: number,
): number {
  const every =
    now - report.firstSeen < calendar.newDays * day
      ? calendar.newEveryDays
      : report.year !== null && report.year < currentYear - 2
        ? calendar.oldEveryDays
        : calendar.laterEveryDays;
  return now + every * day;
}

/** At least this long between two downloads of an attachment whose link did not change. */
export const fullCheckEvery = 365 * day;
