import { useTranslation } from "react-i18next";

import { useOutage } from "@/api/outage";
import { Icon } from "@/kit/icons";

import css from "./Shell.module.css";

/** Says that the hub is away, and what that means for the recording. */
export function OutageBanner() {
  const { t } = useTranslation();
  if (!useOutage()) return null;
  return (
    <div className={css.outage} role="alert">
      <Icon name="offline" />
      <span>
        <strong>{t("outage.title")}.</strong> {t("outage.body")}
      </span>
    </div>
  );
}
