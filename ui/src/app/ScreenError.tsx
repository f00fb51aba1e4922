import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { EmptyState } from "@/kit/EmptyState";

/** Stands in for a screen that threw, so that one broken screen does not take the others along. */
export function ScreenError() {
  const { t } = useTranslation();
  return (
    <EmptyState title={t("app.broken")} hint={t("app.brokenHint")}>
      <Button onClick={() => location.reload()}>{t("app.reload")}</Button>
    </EmptyState>
  );
}
