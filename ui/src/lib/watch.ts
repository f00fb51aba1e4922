/** What the watchman calls out over all cameras. */
export interface Watch {
  count: number;
  recording: number;
  isCalm: boolean;
}

/** A camera that is only just connecting is no reason for alarm. */
export function watchOver(states: readonly string[]): Watch {
  const recording = states.filter((state) => state === "recording").length;
  const troubled = states.filter((state) => state !== "recording" && state !== "connecting");
  return { count: states.length, recording, isCalm: troubled.length === 0 };
}
