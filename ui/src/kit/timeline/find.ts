import type { Facts, Span } from "@/lib/timeline";

/** What one can go to. */
export type Target = "gap" | "start";

/** Footage that follows other footage this closely begins nothing. */
const SAME_MS = 1500;

/** The beginnings of gaps or of unbroken footage, in order. */
function momentsOf({ gaps, covered }: Facts, target: Target): number[] {
  const sorted = (spans: readonly Span[]) => [...spans].sort((a, b) => a.from - b.from);
  if (target === "gap") return sorted(gaps).map(({ from }) => from);
  const starts: number[] = [];
  let end = -Infinity;
  for (const { from, to } of sorted(covered)) {
    if (from - end > SAME_MS) starts.push(from);
    end = Math.max(end, to);
  }
  return starts;
}

/** The next one after `ms`, or the last one before it; null where these facts know of none. */
export function find(facts: Facts, target: Target, ms: number, by: 1 | -1): number | null {
  const moments = momentsOf(facts, target);
  const found = by === 1
    ? moments.find((moment) => moment > ms + 1)
    : moments.findLast((moment) => moment < ms - 1);
  return found ?? null;
}
