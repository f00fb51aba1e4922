import type { Span } from "./timeline";
import { addDays, clock, dayOf, millis, momentOf, offsetMs } from "./zone";

/** One mark of the scale. */
export interface Tick {
  ms: number;
  label: string;
  /** A day begins here. */
  isDay?: boolean;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Every offset of a zone is a multiple of this, so steps up to it lie on the same moments. */
const QUARTER_MS = 15 * MINUTE_MS;

const STEPS_MS = [
  ...[100, 200, 500],
  ...[1, 2, 5, 10, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7].map((days) => days * DAY_MS),
];

/** The smallest step whose marks stand at least `spacing` pixels apart. */
export function stepFor(view: Span, width: number, spacing: number): number {
  const wanted = ((view.to - view.from) * spacing) / Math.max(1, width);
  return STEPS_MS.find((step) => step >= wanted) ?? 7 * DAY_MS;
}

/**
 * Marks at round times of the site's clock. On a day with a switch an hour is missing or comes
 * twice on the scale, just as on the clock. `nameDay` writes a day, such as `3 Nov`.
 */
export function ticks(
  view: Span,
  width: number,
  timeZone: string,
  nameDay: (day: string) => string,
  spacing = 72,
): Tick[] {
  const step = stepFor(view, width, spacing);
  if (step >= DAY_MS) return dayTicks(view, step / DAY_MS, timeZone, nameDay);
  const stride = Math.min(step, QUARTER_MS);
  const marks: Tick[] = [];
  for (let ms = Math.ceil(view.from / stride) * stride; ms < view.to; ms += stride) {
    const local = ms + offsetMs(ms, timeZone);
    if (local % step !== 0) continue;
    if (local % DAY_MS === 0) marks.push({ ms, label: nameDay(dayOf(ms, timeZone)), isDay: true });
    else marks.push({ ms, label: timeText(ms, timeZone, step) });
  }
  return marks;
}

function timeText(ms: number, timeZone: string, step: number): string {
  if (step < SECOND_MS) return clock(ms, timeZone) + millis(ms).slice(0, 2);
  return clock(ms, timeZone, step < MINUTE_MS);
}

/** Every `count`th midnight; which ones does not depend on the view, so that they stand still. */
function dayTicks(
  view: Span,
  count: number,
  timeZone: string,
  nameDay: (day: string) => string,
): Tick[] {
  const marks: Tick[] = [];
  const end = dayOf(view.to, timeZone);
  for (let day = dayOf(view.from, timeZone); day <= end; day = addDays(day, 1)) {
    if (Math.round(Date.parse(`${day}T00:00Z`) / DAY_MS) % count !== 0) continue;
    const ms = momentOf(day, "00:00", timeZone);
    if (ms >= view.from && ms < view.to) marks.push({ ms, label: nameDay(day), isDay: true });
  }
  return marks;
}
