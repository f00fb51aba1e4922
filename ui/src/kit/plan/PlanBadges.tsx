import { useTranslation } from "react-i18next";

import type { ManualFact, PauseFact } from "@/lib/acts";
import { untilText } from "@/lib/until";

import { Icon } from "../icons";
import { useNow } from "../useNow";
import css from "./PlanBadges.module.css";

const EVERY_MS = 30_000;

interface Props {
  pause: PauseFact | null;
  manual: ManualFact | null;
  timeZone: string;
  /** Whether the names of people are left out, as on a small tile. */
  isShort?: boolean;
}

/** That a camera is paused or recorded by hand, until when, and by whom. */
export function PlanBadges({ pause, manual, timeZone, isShort = false }: Props) {
  const { t, i18n } = useTranslation();
  const now = useNow(EVERY_MS);
  if (!pause && !manual) return null;
  const until = (at: string) => untilText(Date.parse(at), now, timeZone, i18n.language);
  const by = (name: string) => (name === "" || isShort ? "" : ` ${t("plan.by", { name })}`);
  const manualWords =
    manual &&
    (manual.until === null
      ? t("plan.manualOpen")
      : t("plan.manualUntil", { until: until(manual.until) })) + by(manual.by);
  return (
    <span className={css.badges}>
      {pause && (
        <span className={css.badge} data-kind="pause" title={pause.why || undefined}>
          <Icon name="pause" size={13} />
          {t("plan.pausedUntil", { until: until(pause.until) }) + by(pause.by)}
        </span>
      )}
      {manualWords && (
        <span className={css.badge} data-kind="manual">
          <Icon name="record" size={13} />
          {manualWords}
        </span>
      )}
    </span>
  );
}
