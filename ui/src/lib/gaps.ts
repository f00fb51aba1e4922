import type { Span } from "./timeline";

/** Gaps nearer to each other than this belong together, if they have the same cause. */
const TOGETHER_MS = 1000;

/** Gaps told as one: the first of them, up to the end of the last. */
export interface Told<G extends Span> {
  gap: G;
  /** The time without footage, which is less than the whole where footage lies in between. */
  missingMs: number;
}

/** The gaps in order, those right beside each other with the same cause told as one. */
export function tell<G extends Span>(
  gaps: readonly G[],
  causeOf: (gap: G) => string,
): Told<G>[] {
  const told: Told<G>[] = [];
  for (const gap of [...gaps].sort((a, b) => a.from - b.from)) {
    const missingMs = gap.to - gap.from;
    const last = told.at(-1);
    const isSame =
      last && gap.from - last.gap.to < TOGETHER_MS && causeOf(gap) === causeOf(last.gap);
    if (isSame) {
      last.gap = { ...last.gap, to: Math.max(last.gap.to, gap.to) };
      last.missingMs += missingMs;
    } else {
      told.push({ gap, missingMs });
    }
  }
  return told;
}
