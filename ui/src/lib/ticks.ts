import type { Span } from "./timeline";
import { clock, offsetMs } from "./zone";

/** One mark of the scale. */
export interface Tick {
  ms: number;
  label: string;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Every offset of a zone is a multiple of this, so steps up to it lie on the same moments. */
const QUARTER_MS = 15 * MINUTE_MS;

const STEPS_MS = [
  10 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  QUARTER_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
];

/** The smallest step whose marks stand at least `spacing` pixels apart. */
export function stepFor(view: Span, width: number, spacing: number): number {
  const wanted = ((view.to - view.from) * spacing) / Math.max(1, width);
  return STEPS_MS.find((step) => step >= wanted) ?? 12 * HOUR_MS;
}

/**
 * Marks at round times of the site's clock. On a day with a switch an hour is missing or comes
 * twice on the scale, just as on the clock.
 */
export function ticks(view: Span, width: number, timeZone: string, spacing = 72): Tick[] {
  const step = stepFor(view, width, spacing);
  const stride = Math.min(step, QUARTER_MS);
  const marks: Tick[] = [];
  for (let ms = Math.ceil(view.from / stride) * stride; ms < view.to; ms += stride) {
    if ((ms + offsetMs(ms, timeZone)) % step === 0) {
      marks.push({ ms, label: clock(ms, timeZone, step < MINUTE_MS) });
    }
  }
  return marks;
}
