/**
 * Staying near the live edge. Every decision about a live buffer is made here, from plain numbers;
 * times are seconds of media time.
 */

/** One stretch of buffered media. */
export interface Range {
  start: number;
  end: number;
}

/** How a live player stands at this moment. */
export interface Standing {
  position: number;
  ranges: readonly Range[];
  rate: number;
  /** False until the first seek: the cached GOP is skipped over at once. */
  hasStarted: boolean;
}

/** What to do now. Absent means: leave as it is. */
export interface Decision {
  seekTo?: number;
  rate: number;
  /** Remove everything before this time. */
  trimBefore?: number;
}

/** Delay that is neither sped up nor slowed down, in seconds. */
export const WANTED_LAG = 1;
/** Where a seek lands: far enough from the edge not to run dry at once. */
const LANDING_LAG = 0.6;
/** Catch-up begins above this and ends at `WANTED_LAG`, so that the rate does not flutter. */
const CATCH_UP_LAG = 1.5;
/** Further behind than this, running faster would take too long. */
const SEEK_LAG = 4;
const KEPT_BEHIND = 20;
/** Trimming is work, so it waits until there is this much to trim. */
const TRIM_SLACK = 5;

export function decide({ position, ranges, rate, hasStarted }: Standing): Decision {
  const newest = ranges.at(-1);
  const oldest = ranges[0];
  if (!newest || !oldest) return { rate: 1 };
  const landing = Math.max(newest.start, newest.end - LANDING_LAG);
  const isOutside = position < newest.start - 0.05 || position > newest.end + 0.05;
  const lag = newest.end - position;
  if (!hasStarted || isOutside || lag > SEEK_LAG) return { seekTo: landing, rate: 1 };
  const decision: Decision = { rate: rateFor(lag, rate) };
  if (oldest.start < position - KEPT_BEHIND - TRIM_SLACK) {
    decision.trimBefore = position - KEPT_BEHIND;
  }
  return decision;
}

function rateFor(lag: number, rate: number): number {
  const isCatchingUp = rate > 1 ? lag > WANTED_LAG : lag > CATCH_UP_LAG;
  if (!isCatchingUp) return 1;
  return lag > 2.5 ? 1.15 : 1.07;
}
