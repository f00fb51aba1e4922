import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";

import { camerasQuery, sitesQuery } from "@/api/queries";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { useNow } from "@/kit/useNow";
import { readPlace } from "@/lib/readPlace";

import css from "./CameraScreen.module.css";
import { Viewer } from "./Viewer";

/** One camera: live, its past, and what is wrong with it. */
export function CameraScreen() {
  const { t } = useTranslation();
  const { cameraId } = useParams();
  const [query] = useSearchParams();
  const now = useNow(60_000);
  const cameras = useQuery(camerasQuery);
  // The site's zone says what day it is there, so nothing is shown before it is known.
  const sites = useQuery(sitesQuery);
  const camera = cameras.data?.find(({ id }) => id === cameraId);
  if (camera && !sites.isPending) {
    const { at, select } = readPlace(query, now);
    const key = `${camera.id} ${query.toString()}`;
    return <Viewer key={key} camera={camera} startMs={at} startSelection={select} />;
  }
  if (cameras.isPending || camera) return <EmptyState title={t("app.loading")} hint="" isLit />;
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
  return (
    <EmptyState title={t("camera.missingTitle")} hint={t("camera.missingHint")}>
      <Button component={Link} to="/">
        {t("app.toWall")}
      </Button>
    </EmptyState>
  );
}
