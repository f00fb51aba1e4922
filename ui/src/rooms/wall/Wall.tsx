import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type CSSProperties, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { camerasQuery } from "@/api/queries";
import type { Camera } from "@/api/types";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { useTitle } from "@/kit/useTitle";
import { gridFor, TILE_GAP_PX, tilesOf, WALL_SIZES, type WallSize } from "@/lib/grid";
import { recall, remember } from "@/lib/storage";

import { Tile } from "./Tile";
import { useRoom } from "./useRoom";
import css from "./Wall.module.css";
import { WallBar } from "./WallBar";

const KEY = "wall.size";
const STAGGER_MS = 90;

function firstSize(): WallSize {
  const kept = Number(recall(KEY));
  return WALL_SIZES.find((size) => size === kept) ?? "auto";
}

/** Every camera at a glance, live. */
export function Wall() {
  const { t } = useTranslation();
  useTitle(t("wall.title"));
  const cameras = useQuery(camerasQuery);
  const [size, setSize] = useState(firstSize);
  const [wantedPage, setPage] = useState(0);

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
  const tiles = tilesOf(size);
  const pages = Math.ceil(cameras.data.length / tiles);
  const page = Math.min(wantedPage, pages - 1);
  const shown = cameras.data.slice(page * tiles, (page + 1) * tiles);
  return (
    <div>
      <WallBar
        cameras={cameras.data}
        size={size}
        onSize={(chosen) => {
          remember(KEY, String(chosen));
          setSize(chosen);
        }}
        page={page}
        pages={pages}
        onPage={setPage}
      />
      <Tiles cameras={shown} size={size} />
    </div>
  );
}

function Tiles({ cameras, size }: { cameras: readonly Camera[]; size: WallSize }) {
  const ref = useRef<HTMLDivElement>(null);
  const { width, height } = useRoom(ref);
  const grid = gridFor(size, cameras.length, width, height);
  const style = {
    "--columns": grid.columns,
    "--tile": `${grid.tileWidth}px`,
    gap: TILE_GAP_PX,
  } as CSSProperties;
  return (
    <div ref={ref} className={css.room}>
      {width > 0 && (
        <ul className={css.grid} style={style}>
          {cameras.map((camera, index) => (
            <li key={camera.id}>
              <Tile camera={camera} delayMs={index * STAGGER_MS} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
