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
  /** Whether it began just now: the first pictures took their time to decode, which is made up. */
  isFresh: boolean;
  /** Where it should be, as `Arrivals` has learned; null: not known yet. */
  wanted: number | null;
}

/** What to do now. Absent means: leave as it is. */
export interface Decision {
  seekTo?: number;
  rate: number;
  /** Remove everything before this time. */
  trimBefore?: number;
}

/** As near to the end as a seek may land: within the last picture. */
const LANDING_LAG = 0.03;
/** Further behind than this, running faster would take too long. */
const SEEK_BEHIND = 1.5;
/** Nearer than this to where it should be, the rate is left alone. */
const NEAR = 0.06;
/** Of one that began just now, in moments in which nothing looks natural yet. */
const FRESH_RATE = 1.5;
const KEPT_BEHIND = 10;
/** Trimming is work, so it waits until there is this much to trim. */
const TRIM_SLACK = 5;

export function decide(standing: Standing): Decision {
  const { position, ranges, rate, hasStarted, isFresh, wanted } = standing;
  const newest = ranges.at(-1);
  const oldest = ranges[0];
  if (!newest || !oldest) return { rate: 1 };
  const latest = newest.end - LANDING_LAG;
  const landing = Math.max(newest.start, hasStarted ? Math.min(wanted ?? latest, latest) : latest);
  const isOutside = position < newest.start - 0.05 || position > newest.end + 0.05;
  const behind = wanted === null ? 0 : wanted - position;
  if (!hasStarted || isOutside || behind > SEEK_BEHIND) return { seekTo: landing, rate: 1 };
  const decision: Decision = { rate: rateFor(behind, rate, isFresh) };
  if (oldest.start < position - KEPT_BEHIND - TRIM_SLACK) {
    decision.trimBefore = position - KEPT_BEHIND;
  }
  return decision;
}

/** Once it runs faster or slower it goes on up to the goal, so that the rate does not flutter. */
function rateFor(behind: number, rate: number, isFresh: boolean): number {
  if (behind > 0 && (rate > 1 || behind > NEAR)) {
    if (isFresh) return FRESH_RATE;
    if (behind > 0.5) return 1.1;
    return behind > 0.15 ? 1.05 : 1.03;
  }
  return behind < 0 && (rate < 1 || behind < -NEAR) ? 0.96 : 1;
}
