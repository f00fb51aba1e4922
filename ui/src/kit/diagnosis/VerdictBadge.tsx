import { useTranslation } from "react-i18next";

import type { Verdict } from "@/lib/diagnosis";

import { MoodBadge } from "../MoodBadge";
import type { Look } from "../state";

const LOOKS: Record<Verdict, Look> = {
  ok: { mood: "good", icon: "check" },
  warning: { mood: "warn", icon: "alert" },
  failed: { mood: "bad", icon: "close" },
  skipped: { mood: "idle", icon: "minus" },
  running: { mood: "busy", icon: "retry" },
};

/** What came of a step: a sign and a word, never a colour alone. */
export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const { t } = useTranslation();
  return <MoodBadge look={LOOKS[verdict]}>{t(`diagnosis.verdict.${verdict}`)}</MoodBadge>;
}
