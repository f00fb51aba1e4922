/** Wall-clock time of an HLS playlist, from `EXT-X-PROGRAM-DATE-TIME`. */

/** One entry of the playlist; seconds of the player's time, milliseconds of the wall clock. */
export interface Entry {
  start: number;
  duration: number;
  wallMs: number;
}

/** Wall-clock jumps below this are rounding, not a gap. */
const SMALLEST_GAP_MS = 1500;

/** The wall-clock time shown at `position` seconds, or null before the playlist is known. */
export function wallAt(entries: readonly Entry[], position: number): number | null {
  let found: Entry | undefined;
  for (const entry of entries) {
    if (entry.start > position + 1e-6) break;
    found = entry;
  }
  found ??= entries[0];
  if (!found) return null;
  return found.wallMs + Math.min(position - found.start, found.duration) * 1000;
}

/** The position that shows `wallMs`; in a gap the footage after it; null beyond the end. */
export function positionOf(entries: readonly Entry[], wallMs: number): number | null {
  for (const entry of entries) {
    if (wallMs < entry.wallMs) return entry.start;
    const into = (wallMs - entry.wallMs) / 1000;
    if (into < entry.duration) return entry.start + into;
  }
  return null;
}

/** The gap that lies between two positions that were played one after the other, or null. */
export function gapBetween(
  entries: readonly Entry[],
  before: number,
  after: number,
): { from: number; to: number } | null {
  for (let index = 1; index < entries.length; index += 1) {
    const left = entries[index - 1];
    const right = entries[index];
    if (!left || !right || right.start <= before || right.start > after) continue;
    const from = left.wallMs + left.duration * 1000;
    if (right.wallMs - from > SMALLEST_GAP_MS) return { from, to: right.wallMs };
  }
  return null;
}
