/** What a camera's stream is doing; `docs/design/seams.md`. */
const STATES = [
  "recording",
  "connecting",
  "waiting",
  "failed",
  "stalled",
  "no_disk",
  "paused",
  "not_scheduled",
  "standby",
  "silent",
  "node_offline",
  "not_assigned",
] as const;

/** `unknown` is our own: a newer hub may have states that this page has no words for. */
export type StateName = (typeof STATES)[number] | "unknown";

export function toState(state: string): StateName {
  return STATES.find((name) => name === state) ?? "unknown";
}
