import { useTranslation } from "react-i18next";

import type { StateName } from "@/lib/state";

import { Icon } from "./icons";
import { lookOf } from "./state";
import css from "./StateBadge.module.css";

/** A camera's state in a word. */
export function StateBadge({ state }: { state: StateName }) {
  const { t } = useTranslation();
  const look = lookOf(state);
  return (
    <span className={css.badge} data-mood={look.mood} title={t(`stateHint.${state}`)}>
      <Icon name={look.icon} size={14} />
      {t(`state.${state}`)}
    </span>
  );
}
