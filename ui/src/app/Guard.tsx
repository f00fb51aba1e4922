import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useLocation } from "react-router";

import { sessionQuery } from "@/api/queries";
import { EmptyState } from "@/kit/EmptyState";

/** Shows its children to people who are signed in, and the sign-in to everyone else. */
export function Guard({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { pathname, search } = useLocation();
  const session = useQuery({ ...sessionQuery, retry: 1 });
  if (session.data?.user) return children;
  if (session.data) return <Navigate to="/signin" replace state={{ from: pathname + search }} />;
  return (
    <main>
      {session.isPending ? (
        <EmptyState title={t("app.loading")} hint="" isLit />
      ) : (
        <EmptyState title={t("outage.title")} hint={t("error.unreachable")}>
          <Button loading={session.isFetching} onClick={() => void session.refetch()}>
            {t("error.retry")}
          </Button>
        </EmptyState>
      )}
    </main>
  );
}
