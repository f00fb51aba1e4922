/** The coverage report: its periods and its figures. */

import type { Span } from "./timeline";
import { addDays, dayOf, momentOf } from "./zone";

export const PERIODS = ["today", "yesterday", "week", "month"] as const;
export type PeriodName = (typeof PERIODS)[number];

const DAYS: Record<PeriodName, number> = { today: 1, yesterday: 1, week: 7, month: 30 };

/** First and last day of a period; all but today end yesterday, as that day is over. */
export function daysOfPeriod(
  period: PeriodName,
  now: number,
  timeZone: string,
): { first: string; last: string } {
  const today = dayOf(now, timeZone);
  const last = period === "today" ? today : addDays(today, -1);
  return { first: addDays(last, 1 - DAYS[period]), last };
}

/** The time from the first day's beginning to the last day's end, up to now. */
export function spanOfDays(first: string, last: string, now: number, timeZone: string): Span | null {
  const from = momentOf(first, "00:00", timeZone);
  const to = Math.min(now, momentOf(addDays(last, 1), "00:00", timeZone));
  return to > from ? { from, to } : null;
}

/** One decimal, rounded down: whole only when nothing is missing. */
export function percentText(percent: number, language: string): string {
  const down = Math.floor(percent * 10) / 10;
  const figure = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(down);
  return language === "es" ? `${figure} %` : `${figure}%`;
}

/** A part of a whole, in percent, for a bar. */
export function shareOf(seconds: number, whole: number): number {
  return whole > 0 ? Math.min(100, (seconds / whole) * 100) : 0;
}
