import { useTranslation } from "react-i18next";

import type { Verdict } from "@/lib/diagnosis";

import { Icon, type IconName } from "../icons";
import badge from "../StateBadge.module.css";

const LOOKS: Record<Verdict, { mood: string; icon: IconName }> = {
  ok: { mood: "good", icon: "check" },
  warning: { mood: "warn", icon: "alert" },
  failed: { mood: "bad", icon: "close" },
  skipped: { mood: "idle", icon: "minus" },
  running: { mood: "busy", icon: "retry" },
};

/** What came of a step: a sign and a word, never a colour alone. */
export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation();
  const { mood, icon } = LOOKS[verdict];
  return (
    <span className={badge.badge} data-mood={mood}>
      <Icon name={icon} size={14} />
      {t(`diagnosis.verdict.${verdict}`)}
    </span>
  );
}
