/** Footage that a recorder holds, as the timeline and the player want it. */

import { type Facts, freeIn, knownAt, type Missing, type Span, totalMs } from "./timeline";

/** Files of a recorder that are no farther apart than this are played as one. */
const SEAM_MS = 2_000;
/** A recorder is asked for so much at once, at most. */
export const LONGEST_PLAY_MS = 24 * 3_600_000;
export const LONGEST_SEARCH_MS = 7 * 24 * 3_600_000;
/** Shorter than this nothing is worth a session of a recorder. */
const SHORTEST_MS = 1_000;

/** Spans in order, those that overlap or nearly touch as one. */
export function joinedSpans(spans: readonly Span[], seamMs = 0): Span[] {
  const whole: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = whole.at(-1);
    if (last && from <= last.to + seamMs) last.to = Math.max(last.to, to);
    else whole.push({ from, to });
  }
  return whole;
}

/** The footage on the recorder that holds `ms`; null where there is none. */
export function onRecorderAt({ onRecorder = [] }: Facts, ms: number): Span | null {
  return onRecorder.find(({ from, to }) => ms >= from && ms < to) ?? null;
}

/** Whether it was looked what a recorder holds at `ms`; null: there is no recorder. */
export function isLookedAt({ looked }: Facts, ms: number): boolean | null {
  return looked ? looked.some(({ from, to }) => ms >= from && ms < to) : null;
}

/** So little of a view is not worth a word: time goes on while somebody reads. */
const LITTLE_MS = 60_000;
const LITTLE_SHARE = 0.01;

/** How much of `span` no search has looked at, in milliseconds; 0 where it is next to nothing. */
export function unlookedMs(looked: readonly Span[], span: Span): number {
  const left = totalMs(freeIn(joinedSpans(looked), span), span);
  return left > Math.max(LITTLE_MS, (span.to - span.from) * LITTLE_SHARE) ? left : 0;
}

/**
 * What the recorder is asked to play for somebody who wants to see `ms`: up to where its footage
 * ends, or where ours begins. null: we have it ourselves, or the recorder has not.
 */
export function recorderSpan<G extends Missing>(
  facts: Facts<G>,
  ms: number,
  now: number,
): Span | null {
  if (knownAt(facts, ms, now).kind === "covered") return null;
  const pieces = joinedSpans(facts.onRecorder ?? [], SEAM_MS);
  const held = pieces.find(({ from, to }) => ms >= from && ms < to);
  if (!held) return null;
  const ours = facts.covered.filter(({ from }) => from > ms).map(({ from }) => from);
  const to = Math.min(held.to, now, ms + LONGEST_PLAY_MS, ...ours);
  return to - ms >= SHORTEST_MS ? { from: ms, to } : null;
}

/** What of a view a recorder can be searched for: nothing to come, and its newest seven days. */
export function searchSpan(view: Span, now: number): Span | null {
  const to = Math.min(view.to, now);
  const from = Math.max(view.from, to - LONGEST_SEARCH_MS);
  return to > from ? { from, to } : null;
}
