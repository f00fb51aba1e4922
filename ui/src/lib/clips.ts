/** Made clips: what a row says, and until when they are kept. */

/** What becomes of a clip. */
export type ClipState = "waiting" | "making" | "ready" | "failed";

const DAY_MS = 24 * 3600_000;

/** For how many days a clip can be kept from now on. */
export const KEPT_DAYS = [1, 7, 30, 365] as const;

/** When a clip goes that is kept for so many days more. */
export function expiryAfter(days: number, now: number): string {
  return new Date(now + days * DAY_MS).toISOString();
}

/** How much of a clip is made, in percent; null where nobody knows yet. */
export function progressOf(clip: {
  state: ClipState;
  done_bytes: number;
  size_bytes: number | null;
}): number | null {
  if (clip.state !== "making" || !clip.size_bytes) return null;
  return Math.min(100, Math.floor((clip.done_bytes / clip.size_bytes) * 100));
}

/** The time inside a clip without footage, in milliseconds. */
export function missingMs(gaps: readonly { from: string; to: string }[]): number {
  return gaps.reduce((sum, { from, to }) => sum + Date.parse(to) - Date.parse(from), 0);
}
