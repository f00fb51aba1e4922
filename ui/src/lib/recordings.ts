/** The list of recordings: what is looked for, and what a row says. */

import type { Span } from "./timeline";
import { addDays, clock, dateTime, dayOf, daySpan, momentOf } from "./zone";

export const WHENS = ["day", "week", "month", "year"] as const;
export type When = (typeof WHENS)[number];
export const ORDERS = ["newest", "oldest", "longest", "largest"] as const;
export type Order = (typeof ORDERS)[number];

/** What is looked for; "" where nothing is asked of it. */
export interface RecordingWish {
  camera: string;
  when: When;
  /** `2026-11-03`, where one day is looked at. */
  day: string;
  /** A reason's key, or GOING_ON. */
  cause: string;
  stream: string;
  /** At least so many seconds. */
  length: string;
  /** At least so many bytes. */
  size: string;
  order: Order;
}

export const NO_RECORDING_WISH: RecordingWish = {
  camera: "",
  when: "week",
  day: "",
  cause: "",
  stream: "",
  length: "",
  size: "",
  order: "newest",
};

/** In place of a cause: it has not ended. */
export const GOING_ON = "going-on";
export const LENGTHS = [10, 60, 600, 3600, 86_400] as const;
export const SIZES = [1_000_000, 100_000_000, 1_000_000_000, 10_000_000_000] as const;

const DAYS: Record<When, number> = { day: 1, week: 7, month: 31, year: 365 };

/** The time that is looked at: whole days at the site, today the last one. */
export function spanOfWish(wish: RecordingWish, now: number, timeZone: string): Span {
  const today = dayOf(now, timeZone);
  if (wish.when === "day") return daySpan(wish.day || today, timeZone);
  const first = addDays(today, 1 - DAYS[wish.when]);
  return {
    from: momentOf(first, "00:00", timeZone),
    to: momentOf(addDays(today, 1), "00:00", timeZone),
  };
}

/** `3 Nov 2026, 14:05:09 – 15:10:00`; the day is said again only where it is another. */
export function spanText(span: Span, timeZone: string, language: string): string {
  const isOneDay = dayOf(span.from, timeZone) === dayOf(span.to, timeZone);
  const end = isOneDay ? clock(span.to, timeZone) : dateTime(span.to, timeZone, language);
  return `${dateTime(span.from, timeZone, language)} – ${end}`;
}

/** A second into a recording, in microseconds since 1970: near enough, and never before it. */
export function pictureMoment(span: Span): number {
  const middle = (span.from + span.to) / 2;
  return Math.ceil(Math.min(span.from + 1000, middle)) * 1000;
}
