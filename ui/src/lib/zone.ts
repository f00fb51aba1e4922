/** Times of a site: its zone, its days, both switches of daylight saving included. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter is slow, so each is made once. */
function formatter(
  locale: string,
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale}|${timeZone}|${JSON.stringify(options)}`;
  let made = formatters.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, { ...options, timeZone });
    formatters.set(key, made);
  }
  return made;
}

const PARTS: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
};

/** Clocks of zones are set at quarters of an hour of UTC, so an offset holds for one. */
const QUARTER_MS = 15 * MINUTE_MS;
const MOST_OFFSETS = 20_000;
const offsets = new Map<string, number>();

/** What the clock on the site's wall shows at `ms`, written as if it were UTC. */
function wallClockMs(ms: number, timeZone: string): number {
  return ms + offsetMs(ms, timeZone);
}

/** How far the site's wall clock is ahead of UTC at `ms`, in milliseconds. */
export function offsetMs(ms: number, timeZone: string): number {
  const quarter = Math.floor(ms / QUARTER_MS) * QUARTER_MS;
  const key = `${timeZone}|${quarter}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    offset = readClock(quarter, timeZone) - quarter;
    if (offsets.size >= MOST_OFFSETS) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}

/** As above, read from the browser's own tables, which is slow. */
function readClock(ms: number, timeZone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatter("en-CA", timeZone, PARTS).formatToParts(ms)) {
    part[type] = Number(value);
  }
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** The site's calendar day at `ms`, as `2026-11-03`. */
export function dayOf(ms: number, timeZone: string): string {
  return new Date(wallClockMs(ms, timeZone)).toISOString().slice(0, 10);
}

/** The calendar day `count` days after `day`. */
export function addDays(day: string, count: number): string {
  const noon = Date.parse(`${day}T12:00:00Z`);
  return new Date(noon + count * 24 * HOUR_MS).toISOString().slice(0, 10);
}

/**
 * The moment at which the site's clock shows `day` and `time` (`HH:MM` or `HH:MM:SS`). A time that
 * comes twice is the first one; a time that a switch skips is the moment of the switch plus what
 * was asked beyond it, as clocks do.
 */
export function momentOf(day: string, time: string, timeZone: string): number {
  const wanted = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  const before = wanted - offsetMs(wanted - 24 * HOUR_MS, timeZone);
  const after = wanted - offsetMs(wanted + 24 * HOUR_MS, timeZone);
  const fits = [before, after].filter((ms) => wallClockMs(ms, timeZone) === wanted);
  return fits.length > 0 ? Math.min(...fits) : before;
}

/** The day as a half-open span of moments: 23, 24 or 25 hours long. */
export function daySpan(day: string, timeZone: string): { from: number; to: number } {
  return {
    from: momentOf(day, "00:00", timeZone),
    to: momentOf(addDays(day, 1), "00:00", timeZone),
  };
}

/** `14:05`, or `14:05:09` with seconds. */
export function clock(ms: number, timeZone: string, withSeconds = true): string {
  return new Date(wallClockMs(ms, timeZone)).toISOString().slice(11, withSeconds ? 19 : 16);
}

/** `.040`: what a clock with seconds leaves out. */
export function millis(ms: number): string {
  return `.${String(Math.floor(((ms % 1000) + 1000) % 1000)).padStart(3, "0")}`;
}

/** `Tuesday, 3 November 2026` in the reader's language. */
export function longDay(day: string, language: string): string {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  return formatter(locale(language), "UTC", options).format(Date.parse(`${day}T12:00:00Z`));
}

/** `3 Nov` in the reader's language. */
export function shortDay(day: string, language: string): string {
  const options = { day: "numeric", month: "short" } as const;
  return formatter(locale(language), "UTC", options).format(Date.parse(`${day}T12:00:00Z`));
}

/** `Tue` in the reader's language. */
export function weekday(day: string, language: string): string {
  const options = { weekday: "short" } as const;
  return formatter(locale(language), "UTC", options).format(Date.parse(`${day}T12:00:00Z`));
}

/** The names of the days of a week, Monday first. */
export function weekdays(language: string, length: "short" | "long"): string[] {
  const names = formatter(locale(language), "UTC", { weekday: length });
  // The first of January 2024 was a Monday.
  return [1, 2, 3, 4, 5, 6, 7].map((day) => names.format(Date.UTC(2024, 0, day)));
}

/** `3 Nov 2026, 14:05:09` in the reader's language. */
export function dateTime(ms: number, timeZone: string, language: string): string {
  const options = { day: "numeric", month: "short", year: "numeric" } as const;
  return `${formatter(locale(language), timeZone, options).format(ms)}, ${clock(ms, timeZone)}`;
}

/** The zone's short name at `ms`, such as `CET` or `GMT-3`. */
export function zoneName(ms: number, timeZone: string, language: string): string {
  const parts = formatter(locale(language), timeZone, { timeZoneName: "short" }).formatToParts(ms);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? timeZone;
}

function locale(language: string): string {
  return language === "en" ? "en-GB" : language;
}
