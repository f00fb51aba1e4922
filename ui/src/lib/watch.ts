/** What the watchman calls out over all cameras. */
export interface Watch {
  count: number;
  recording: number;
  /** Those that do not record because nobody wants them to now. */
  resting: number;
  isCalm: boolean;
}

const RESTING = ["paused", "not_scheduled", "standby"];

/** A camera that is only just connecting, or is meant to rest, is no reason for alarm. */
export function watchOver(states: readonly string[]): Watch {
  const recording = states.filter((state) => state === "recording").length;
  const resting = states.filter((state) => RESTING.includes(state)).length;
  const connecting = states.filter((state) => state === "connecting").length;
  return {
    count: states.length,
    recording,
    resting,
    isCalm: recording + resting + connecting === states.length,
  };
}
