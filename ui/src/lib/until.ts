import { addDays, clock, dayOf, shortDay, weekday } from "./zone";

/** A weekday's name says which day is meant only within this many days. */
const NEAR_DAYS = 6;

/** A moment to come, as short as it is clear: `08:00`, `Tue 08:00`, `3 Dec, 08:00`. */
export function untilText(ms: number, now: number, timeZone: string, language: string): string {
  const time = clock(ms, timeZone, false);
  const day = dayOf(ms, timeZone);
  const today = dayOf(now, timeZone);
  if (day === today) return time;
  if (day > today && day <= addDays(today, NEAR_DAYS)) return `${weekday(day, language)} ${time}`;
  return `${shortDay(day, language)}, ${time}`;
}
