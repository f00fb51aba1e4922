/** The speeds of playing. */

export const SPEEDS = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16] as const;

/** Above this browsers do not decode every picture in time, so key frames are shown alone. */
const MOST_WITH_ALL_PICTURES = 4;

export function showsKeyFramesOnly(rate: number): boolean {
  return rate > MOST_WITH_ALL_PICTURES;
}

/** `1/8×`, `4×`. */
export function speedText(rate: number): string {
  return rate < 1 ? `1/${Math.round(1 / rate)}×` : `${rate}×`;
}

/** The next speed up or down; the ends stay. */
export function nextSpeed(rate: number, by: 1 | -1): number {
  const place = SPEEDS.findIndex((speed) => speed >= rate);
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, place + by))] ?? rate;
}
