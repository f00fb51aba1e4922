const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * Milliseconds to wait before attempt `attempt` (0 is the first repetition): doubling, capped, and
 * spread over its upper half so that many tiles do not come back in the same instant.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return Math.round(full * (0.5 + random() / 2));
}
