/** The intervals of a schedule in a week that is drawn: days 1 (Monday) to 7, minutes of a day. */

export const DAY_MINUTES = 24 * 60;
export const EVERY_DAY: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

export interface WeekInterval {
  days: readonly number[];
  from: string;
  to: string;
}

/** The part of an interval that lies on one day. */
export interface Band {
  day: number;
  start: number;
  end: number;
  /** Which interval it belongs to. */
  index: number;
  /** Whether it came over midnight. */
  isRest: boolean;
}

const TIME = /^([01]\d|2[0-4]):([0-5]\d)$/;

/** Minutes since midnight of `HH:MM`; null where it is no time of day. */
export function minutesOf(time: string): number | null {
  const found = TIME.exec(time);
  if (!found) return null;
  const minutes = Number(found[1]) * 60 + Number(found[2]);
  return minutes <= DAY_MINUTES ? minutes : null;
}

/** An end at midnight is the end of the day; an end not after the start is on the day after. */
export function bandsOf(intervals: readonly WeekInterval[]): Band[] {
  return intervals.flatMap(({ days, from, to }, index) => {
    const start = minutesOf(from);
    const end = minutesOf(to);
    if (start === null || end === null) return [];
    const last = end === 0 ? DAY_MINUTES : end;
    return days.flatMap((day): Band[] => {
      if (last > start) return [{ day, start, end: last, index, isRest: false }];
      return [
        { day, start, end: DAY_MINUTES, index, isRest: false },
        { day: (day % 7) + 1, start: 0, end: last, index, isRest: true },
      ];
    });
  });
}

/** Whether it ends on the day after it starts. */
export function isOverMidnight({ from, to }: WeekInterval): boolean {
  const start = minutesOf(from);
  const end = minutesOf(to);
  return start !== null && end !== null && end !== 0 && end <= start;
}

/** The hub writes the end of a day as 24:00, a field for times as 00:00. */
export function toFieldTime(time: string): string {
  return time === "24:00" ? "00:00" : time;
}

export function toHubEnd(time: string): string {
  return time === "00:00" ? "24:00" : time;
}
