/** Several pictures on one clock: what a picture must do to show what the clock says. Pure. */

/** The one clock: at `sinceMs` of the machine it showed `atMs`, and it runs at `rate`. */
export interface Clock {
  atMs: number;
  sinceMs: number;
  rate: number;
  isRunning: boolean;
}

/** What the clock shows when the machine's own says `nowMs`. */
export function clockAt({ atMs, sinceMs, rate, isRunning }: Clock, nowMs: number): number {
  return isRunning ? atMs + (nowMs - sinceMs) * rate : atMs;
}

/** Nearer than this is the same: one picture at 25 a second lasts 40 ms. */
const NEAR_MS = 20;
/** Farther than this nobody waits for five percent to make up. */
const JUMP_MS = 500;
/** Who is ahead by more than this stands still until the clock is there: nothing is more exact. */
const WAIT_MS = 80;
const LONGEST_WAIT_MS = 2_000;
const MOST_STEER = 0.05;
/** A difference of this much is answered with all five percent. */
const FULL_AT_MS = 120;

export type Steering = { kind: "rate"; rate: number } | { kind: "wait" } | { kind: "seek" };

/**
 * How a picture that shows `shownMs` comes to what the clock shows. At speed `rate` a second of
 * footage takes less of the person's time, and a difference counts that much less.
 */
export function steer(shownMs: number, clockMs: number, rate: number): Steering {
  const behindMs = (clockMs - shownMs) / Math.max(1, rate);
  if (behindMs > JUMP_MS || -behindMs > LONGEST_WAIT_MS) return { kind: "seek" };
  if (-behindMs > WAIT_MS) return { kind: "wait" };
  if (Math.abs(behindMs) < NEAR_MS) return { kind: "rate", rate };
  const share = Math.max(-1, Math.min(1, behindMs / FULL_AT_MS));
  return { kind: "rate", rate: rate * (1 + MOST_STEER * share) };
}
