import { Title } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { ScheduleCheck } from "@/api/planTypes";
import { Notices } from "@/kit/plan/Notices";
import { ScrollBox } from "@/kit/ScrollBox";
import { daysOf, looksOf, toPieces } from "@/lib/fortnight";

import { FortnightLegend, Line, Scale } from "./Fortnight";
import { FortnightTable } from "./FortnightTable";
import css from "./Schedules.module.css";

/** What the schedule, as it is written now, would do in the next 14 days. */
export function CheckPanel({ check, isStale, timeZone }: {
  check: ScheduleCheck | undefined;
  /** Whether something was written since. */
  isStale: boolean;
  timeZone: string;
}) {
  const { t } = useTranslation();
  const pieces = useMemo(() => toPieces(check?.pieces ?? []), [check]);
  const looks = useMemo(() => looksOf(pieces), [pieces]);
  const [first, last] = [pieces[0], pieces.at(-1)];
  if (!first || !last) return null;
  const window = { from: first.from, to: last.to };
  const days = daysOf(window, timeZone);
  return (
    <section className={css.check} aria-label={t("schedule.next")} aria-busy={isStale}>
      <Title order={2} size="h4">
        {t("schedule.next")}
      </Title>
      <p className={css.hint}>{t("plan.siteTime", { zone: timeZone })}</p>
      <ScrollBox label={t("schedule.next")}>
        <div className={css.alone}>
          <Scale days={days} />
          <Line
            label={t("schedule.next")}
            pieces={pieces}
            window={window}
            days={days}
            looks={looks}
            timeZone={timeZone}
          />
        </div>
      </ScrollBox>
      <FortnightLegend looks={looks} pieces={pieces} />
      <Notices notices={check?.notices ?? []} />
      <details>
        <summary>{t("picture.asTable")}</summary>
        <FortnightTable caption={t("schedule.next")} pieces={pieces} timeZone={timeZone} />
      </details>
    </section>
  );
}
