import { VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { healthQuery } from "@/api/health";
import { urgentCount } from "@/lib/health";

import css from "./HealthBadge.module.css";

/** How many problems need somebody, beside the way to them; nothing while all is well. */
export function HealthBadge() {
  const { t } = useTranslation();
  const health = useQuery(healthQuery).data;
  const count = urgentCount(health?.problems ?? []);
  if (count === 0) return null;
  return (
    <>
      <span className={css.badge} aria-hidden="true">
        {count}
      </span>
      <VisuallyHidden>({t("health.badge", { count })})</VisuallyHidden>
    </>
  );
}
