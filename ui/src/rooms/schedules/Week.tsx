import { useTranslation } from "react-i18next";

import type { Interval } from "@/api/planTypes";
import { bandsOf, DAY_MINUTES, EVERY_DAY } from "@/lib/week";
import { weekdays } from "@/lib/zone";

import css from "./Week.module.css";

const HOURS = [0, 6, 12, 18, 24];

/** The week as it was written, drawn; the rows beside it say the same in words. */
export function Week({ intervals }: { intervals: readonly Interval[] }) {
  const { t, i18n } = useTranslation();
  const names = weekdays(i18n.language, "short");
  const bands = bandsOf(intervals);
  const share = (minutes: number) => `${(minutes / DAY_MINUTES) * 100}%`;
  return (
    <figure className={css.week} aria-hidden="true">
      <figcaption>{t("schedule.week")}</figcaption>
      {EVERY_DAY.map((day) => (
        <div key={day} className={css.day}>
          <span className={css.name}>{names[day - 1]}</span>
          <span className={css.line}>
            {bands
              .filter((band) => band.day === day)
              .map((band) => (
                <i
                  key={`${band.index} ${band.start}`}
                  className={css.band}
                  data-rest={band.isRest}
                  style={{ left: share(band.start), width: share(band.end - band.start) }}
                >
                  {band.index + 1}
                </i>
              ))}
          </span>
        </div>
      ))}
      <div className={css.day}>
        <span />
        <span className={css.scale}>
          {HOURS.map((hour) => (
            <i key={hour} style={{ left: share(hour * 60) }}>
              {hour}
            </i>
          ))}
        </span>
      </div>
    </figure>
  );
}
