import { useTranslation } from "react-i18next";

import type { StateName } from "@/lib/state";

import { MoodBadge } from "./MoodBadge";
import { lookOf } from "./state";

/** A camera's state in a word. */
export function StateBadge({ state }: { state: StateName }) {
  const { t } = useTranslation();
  return (
    <MoodBadge look={lookOf(state)} title={t(`stateHint.${state}`)}>
      {t(`state.${state}`)}
    </MoodBadge>
  );
}
