import { useTranslation } from "react-i18next";

import type { Schedule } from "@/api/planTypes";
import { daysText, isEveryDay } from "@/lib/days";
import { toFieldTime } from "@/lib/week";

/** When a schedule runs, in a line. */
export function useWhenWords(): (schedule: Schedule) => string {
  const { t, i18n } = useTranslation();
  return ({ kind, intervals, once, cron, cron_minutes }) => {
    switch (kind) {
      case "continuous":
        return t("schedule.kinds.continuous");
      case "once":
        return once ? `${localText(once.from)} – ${localText(once.to)}` : t("schedule.never");
      case "cron":
        return t("schedule.cronWords", { cron, count: cron_minutes });
      case "daily":
      case "weekly":
        if (intervals.length === 0) return t("schedule.never");
        return intervals
          .map(({ days, from, to }) => {
            const times = `${from.slice(0, 5)}–${toFieldTime(to.slice(0, 5))}`;
            if (isEveryDay(days)) return `${t("schedule.everyDay")} ${times}`;
            return `${daysText(days, i18n.language)} ${times}`;
          })
          .join("; ");
    }
  };
}

/** `2026-11-21 22:00` of a local time as the hub writes it. */
function localText(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
