/**
 * What a gap's cause is about, as the hub says it: few enough to be told apart at a glance. In the
 * order in which they are painted: where there is no room for all, what nobody wished lies on top.
 */
export const GAP_KINDS = [
  "removed",
  "asked",
  "unexplained",
  "node",
  "network",
  "camera",
  "disk",
] as const;

export type GapKind = (typeof GAP_KINDS)[number];

/** A newer hub may have kinds that this page has no words for. */
export function toGapKind(kind: string | undefined): GapKind {
  return GAP_KINDS.find((known) => known === kind) ?? "unexplained";
}
