import type { Interval, Schedule, ScheduleFields } from "@/api/planTypes";
import { EVERY_DAY, toFieldTime, toHubEnd } from "@/lib/week";

/** A schedule as the form holds it: ends of a day as 00:00, everything of every kind kept. */
export type Draft = ScheduleFields;

export const WORKING_DAYS = [1, 2, 3, 4, 5];

export function newInterval(): Interval {
  return { days: WORKING_DAYS, from: "08:00", to: "18:00", profile_id: null };
}

export function newDraft(): Draft {
  return {
    name: "",
    purpose: "recording",
    kind: "weekly",
    is_enabled: true,
    intervals: [newInterval()],
    once: null,
    cron: "",
    cron_minutes: 60,
    exceptions: [],
    calendar_id: null,
    holiday_intervals: [],
    profile_id: null,
    camera_ids: [],
    group_ids: [],
  };
}

const toField = (interval: Interval): Interval => ({
  ...interval,
  from: interval.from.slice(0, 5),
  to: toFieldTime(interval.to.slice(0, 5)),
});

export function draftOf(schedule: Schedule): Draft {
  return {
    ...fieldsOf(schedule),
    intervals: schedule.intervals.map(toField),
    holiday_intervals: schedule.holiday_intervals.map(toField),
    exceptions: schedule.exceptions.map((exception) => ({
      ...exception,
      intervals: exception.intervals.map(toField),
    })),
    once: schedule.once && { from: schedule.once.from.slice(0, 16), to: schedule.once.to.slice(0, 16) },
  };
}

/** What a person writes, without what the hub keeps beside it. */
function fieldsOf(schedule: Schedule): ScheduleFields {
  const { name, purpose, kind, is_enabled, profile_id, camera_ids, group_ids } = schedule;
  const { intervals, once, cron, cron_minutes } = schedule;
  const { exceptions, calendar_id, holiday_intervals } = schedule;
  return {
    name,
    purpose,
    kind,
    is_enabled,
    intervals,
    once,
    cron,
    cron_minutes,
    exceptions,
    calendar_id,
    holiday_intervals,
    profile_id,
    camera_ids,
    group_ids,
  };
}

/** Only what the kind uses; what was written for another kind is not sent. */
export function toBody(draft: Draft): ScheduleFields {
  const { kind } = draft;
  const hasIntervals = kind === "daily" || kind === "weekly";
  const isDaily = kind === "daily";
  const toHub = (isEveryDay: boolean) => (interval: Interval) => ({
    ...interval,
    days: isEveryDay ? [...EVERY_DAY] : interval.days,
    to: toHubEnd(interval.to),
  });
  return {
    ...draft,
    name: draft.name.trim(),
    intervals: hasIntervals ? draft.intervals.map(toHub(isDaily)) : [],
    once: kind === "once" ? draft.once : null,
    cron: kind === "cron" ? draft.cron.trim() : "",
    cron_minutes: kind === "cron" ? draft.cron_minutes : 0,
    exceptions:
      kind === "once"
        ? []
        : draft.exceptions.map((exception) => ({
            ...exception,
            intervals: exception.intervals.map(toHub(true)),
          })),
    calendar_id: kind === "once" ? null : draft.calendar_id,
    holiday_intervals:
      kind === "once" || draft.calendar_id === null ? [] : draft.holiday_intervals.map(toHub(true)),
  };
}
