const zones = new Map<string, Intl.DateTimeFormat>();

/** The civil time that a clock on the wall shows in a time zone. */
export interface CivilTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Milliseconds since midnight. */
  readonly msOfDay: number;
}

export function civilTime(now: number, timezone: string): CivilTime {
  let format = zones.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    zones.set(timezone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(now)) part[type] = Number(value);
  return {
    year: part['year'] ?? 0,
    month: part['month'] ?? 0,
    day: part['day'] ?? 0,
    msOfDay:
      (((part['hour'] ?? 0) * 60 + (part['minute'] ?? 0)) * 60 + (part['second'] ?? 0)) * 1000 +
      (((now % 1000) + 1000) % 1000),
  };
}

/**
 * Hours in which a portal may be asked, as milliseconds of the day; `from` after `to` goes over midnight. From 0 to the
 * end of the day is the whole day, which never closes.
 */
export interface Window {
  readonly from: number;
  readonly to: number;
}

const dayMs = 86_400_000;

/** `22:00-07:00`; null when it is no window. `00:00-24:00` is the whole day. */
export function parseWindow(text: string): Window | null {
  const match = /^(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)$/.exec(text.trim());
  if (!match) return null;
  const [from, to] = [time(match[1], match[2]), time(match[3], match[4])];
  if (from === null || to === null || from === to) return null;
  return { from: from % dayMs, to: to === 0 ? dayMs : to };
}

function time(hours: string | undefined, minutes: string | undefined): number | null {
  const value = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return Number(minutes) < 60 && value <= dayMs ? value : null;
}

export function isOpen(window: Window | null, now: number, timezone: string): boolean {
  if (!window) return true;
  const at = civilTime(now, timezone).msOfDay;
  return window.from < window.to ? at >= window.from && at < window.to : at >= window.from || at < window.to;
}

/** Milliseconds until the window opens; 0 while it is open. */
export function untilOpen(window: Window | null, now: number, timezone: string): number {
  if (!window || isOpen(window, now, timezone)) return 0;
  return (((window.from - civilTime(now, timezone).msOfDay) % dayMs) + dayMs) % dayMs;
}

/** Milliseconds until the window closes; 0 while it is closed, infinite where it never closes. */
export function untilClosed(window: Window | null, now: number, timezone: string): number {
  if (!window || window.to - window.from === dayMs) return Number.POSITIVE_INFINITY;
  if (!isOpen(window, now, timezone)) return 0;
  return (((window.to - civilTime(now, timezone).msOfDay) % dayMs) + dayMs) % dayMs || dayMs;
}
