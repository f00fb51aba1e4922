import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { EmptyState } from "@/kit/EmptyState";
import { useTitle } from "@/kit/useTitle";

export function NotFound() {
  const { t } = useTranslation();
  useTitle(t("app.notFound"));
  return (
    <EmptyState title={t("app.notFound")} hint={t("app.notFoundHint")}>
      <Button component={Link} to="/">
        {t("app.toWall")}
      </Button>
    </EmptyState>
  );
}
