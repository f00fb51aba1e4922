import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import { camerasQuery, sitesQuery } from "@/api/queries";
import type { Camera } from "@/api/types";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { useTitle } from "@/kit/useTitle";
import { readPlace } from "@/lib/readPlace";

import { CameraPicker, MOST_CAMERAS } from "./CameraPicker";
import { Stage } from "./Stage";
import css from "./Together.module.css";

const BEHIND_NOW_MS = 10_000;

/** Several cameras at one moment; which ones, and when, is in the address. */
export function TogetherScreen() {
  const { t } = useTranslation();
  useTitle(t("together.title"));
  const [query, setQuery] = useSearchParams();
  const cameras = useQuery(camerasQuery);
  const sites = useQuery(sitesQuery);
  const [startMs] = useState(() => readPlace(query, Date.now()).at ?? Date.now() - BEHIND_NOW_MS);
  if (cameras.isPending || sites.isPending) {
    return <EmptyState title={t("app.loading")} hint="" isLit />;
  }
  if (!cameras.data) {
    return (
      <div className={css.screen}>
        <ErrorNote
          error={cameras.error}
          title={t("cameras.failedTitle")}
          onRetry={() => void cameras.refetch()}
        />
      </div>
    );
  }
  const chosen = named(query.get("cameras") ?? "", cameras.data);
  const choose = (cameraIds: string[]) => {
    const next = new URLSearchParams(query);
    next.set("cameras", cameraIds.join(","));
    setQuery(next, { replace: true });
  };
  return (
    <div className={css.screen}>
      <Title order={1} size="h3">
        {t("together.title")}
      </Title>
      <CameraPicker
        cameras={cameras.data}
        chosen={chosen.map(({ id }) => id)}
        onChoose={choose}
      />
      {chosen.length === 0 ? (
        <EmptyState isPart title={t("together.none")} hint={t("together.chooseHint")} />
      ) : (
        <Stage cameras={chosen} startMs={startMs} />
      )}
    </div>
  );
}

/** The cameras of an address, each once, in its order. */
function named(list: string, cameras: readonly Camera[]): Camera[] {
  const known = new Map(cameras.map((camera) => [camera.id, camera]));
  const found = new Set(list.split(",").flatMap((id) => known.get(id) ?? []));
  return [...found].slice(0, MOST_CAMERAS);
}
