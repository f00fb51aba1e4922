/** Days of a week in words. */

import { EVERY_DAY } from "./week";
import { weekdays } from "./zone";

/** `Mon–Fri`, `Sat, Sun`: three or more in a row as a range. */
export function daysText(days: readonly number[], language: string): string {
  const names = weekdays(language, "short");
  const nameOf = (day: number) => names[day - 1] ?? String(day);
  return toRuns(days)
    .flatMap((run) => {
      const [first, last] = [run[0], run.at(-1)];
      if (first === undefined || last === undefined) return [];
      return run.length > 2 ? [`${nameOf(first)}–${nameOf(last)}`] : run.map(nameOf);
    })
    .join(", ");
}

export function isEveryDay(days: readonly number[]): boolean {
  return EVERY_DAY.every((day) => days.includes(day));
}

/** The days in order, those that follow each other together. */
function toRuns(days: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const day of [...new Set(days)].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run?.at(-1) === day - 1) run.push(day);
    else runs.push([day]);
  }
  return runs;
}
