/** How far a device's clock was from ours over some weeks, as a line. */

export interface Reading {
  /** Milliseconds since 1970. */
  at: number;
  /** Device time minus ours. */
  offsetSeconds: number;
}

export interface ClockChart {
  /** Points of a line in the units of the box, `x,y x,y …`. */
  line: string;
  /** Where an exact clock would be. */
  zeroY: number;
  /** The ends of the scale, in seconds; zero lies between them. */
  top: number;
  bottom: number;
}

/** The scale never shows less than this, so that a good clock looks like one. */
const LEAST_SCALE_SECONDS = 2;

export function clockChart(
  readings: readonly Reading[],
  width: number,
  height: number,
): ClockChart | null {
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last) return null;
  const offsets = readings.map(({ offsetSeconds }) => offsetSeconds);
  const top = Math.max(LEAST_SCALE_SECONDS, ...offsets);
  const bottom = Math.min(-LEAST_SCALE_SECONDS, ...offsets);
  const length = Math.max(1, last.at - first.at);
  const y = (seconds: number) => ((top - seconds) / (top - bottom)) * height;
  const points = readings.map(
    ({ at, offsetSeconds }) =>
      `${round(((at - first.at) / length) * width)},${round(y(offsetSeconds))}`,
  );
  // A single reading is a line too, or nothing would be seen.
  if (points.length === 1) points.push(`${width},${round(y(first.offsetSeconds))}`);
  return { line: points.join(" "), zeroY: round(y(0)), top, bottom };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The reading of each day that was farthest from the true time, the newest day first. */
export function worstByDay(
  readings: readonly Reading[],
  dayOf: (ms: number) => string,
): { day: string; offsetSeconds: number }[] {
  const worst = new Map<string, number>();
  for (const { at, offsetSeconds } of readings) {
    const day = dayOf(at);
    const before = worst.get(day);
    const isWorse = before === undefined || Math.abs(offsetSeconds) > Math.abs(before);
    if (isWorse) worst.set(day, offsetSeconds);
  }
  return [...worst]
    .map(([day, offsetSeconds]) => ({ day, offsetSeconds }))
    .sort((a, b) => b.day.localeCompare(a.day));
}
