import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type Layout, layoutsQuery } from "@/api/layouts";
import { camerasQuery } from "@/api/queries";
import type { Camera } from "@/api/types";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { useTitle } from "@/kit/useTitle";

import { useWallAddress } from "./useWallAddress";
import css from "./Wall.module.css";
import { WallView } from "./WallView";

/** Layouts are made rarely: what drags tiles comes when it is needed. */
const LayoutEditor = lazy(async () => ({ default: (await import("./editor/LayoutEditor")).LayoutEditor }));

/** Every camera at a glance, live. */
export function Wall() {
  const { t } = useTranslation();
  useTitle(t("wall.title"));
  const cameras = useQuery(camerasQuery);
  if (cameras.isPending) return <EmptyState title={t("app.loading")} hint="" isLit />;
  if (!cameras.data) {
    return (
      <div className={css.failed}>
        <ErrorNote
          error={cameras.error}
          title={t("cameras.failedTitle")}
          onRetry={() => void cameras.refetch()}
        />
      </div>
    );
  }
  if (cameras.data.length === 0) {
    return (
      <EmptyState title={t("wall.emptyTitle")} hint={t("wall.emptyHint")}>
        <Button component={Link} to="/cameras?add">
          {t("wall.add")}
        </Button>
      </EmptyState>
    );
  }
  return <Chosen cameras={cameras.data} />;
}

/** The layout of the address, all cameras, or the editor. */
function Chosen({ cameras }: { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const address = useWallAddress();
  const { data, isPending, error, refetch } = useQuery(layoutsQuery);
  // Nobody waits for the list of layouts to see all cameras.
  if (isPending && address.layoutId !== null) {
    return <EmptyState title={t("app.loading")} hint="" isLit />;
  }
  const layouts: readonly Layout[] = data ?? [];
  const chosen = layouts.find(({ id }) => id === address.layoutId) ?? null;
  // Changing what could not be fetched would make another one of it.
  if (address.editing === "new" || (address.editing === "chosen" && chosen)) {
    const seen = address.editing === "new" ? null : chosen;
    return (
      <Suspense fallback={<EmptyState title={t("app.loading")} hint="" isLit />}>
        <LayoutEditor
          key={`${seen?.id ?? "new"} ${seen?.version ?? 0}`}
          seen={seen}
          cameras={cameras}
          onDone={address.choose}
          onCancel={() => address.choose(address.layoutId)}
        />
      </Suspense>
    );
  }
  const isUnknown = address.layoutId !== null && !data;
  return (
    <WallView
      key={chosen?.id ?? "all"}
      cameras={cameras}
      layouts={layouts}
      chosen={chosen}
      isGone={address.layoutId !== null && data !== undefined && !chosen}
      trouble={isUnknown ? { error, onRetry: () => void refetch() } : null}
      onChoose={address.choose}
      onEdit={address.edit}
    />
  );
}
