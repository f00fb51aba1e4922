import { type CSSProperties, type RefObject, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { cellFor, gridFor, TILE_GAP_PX, type WallSize } from "@/lib/grid";
import type { Place, StreamChoice } from "@/lib/layout";

import { Tile } from "./Tile";
import { useTileKeys } from "./useTileKeys";
import { type Room, useRoom } from "./useRoom";
import css from "./Wall.module.css";

/** A camera to show, with its place where a layout says one. */
export interface Shown {
  camera: Camera;
  choice: StreamChoice;
  place?: Place;
}

/** How the tiles stand: by a layout, or as many as were asked for. */
export type Manner = { columns: number; rows: number } | { size: WallSize };

/** Pictures of a page begin a few at a time: each is work for the browser, and one call for all. */
const AT_ONCE = 4;
const BETWEEN_MS = 100;

/** The tiles of one page. `room` is what goes to full screen. */
export function Tiles({ shown, manner, room }: {
  shown: readonly Shown[];
  manner: Manner;
  room: RefObject<HTMLDivElement | null>;
}) {
  const { t } = useTranslation();
  const measured = useRoom(room);
  const list = useRef<HTMLUListElement>(null);
  const [wanted, setCurrent] = useState("");
  const [detailed, setDetailed] = useState<readonly string[]>([]);
  const current = shown.some(({ camera }) => camera.id === wanted) ? wanted : shown[0]?.camera.id;
  const toggle = (id: string) =>
    setDetailed((ids) => (ids.includes(id) ? ids.filter((each) => each !== id) : [...ids, id]));
  useTileKeys(list, toggle);
  const { isStacked, style } = look(manner, shown.length, measured);
  return (
    <div ref={room} className={css.room}>
      {measured.width > 0 && (
        <ul ref={list} className={css.grid} style={style} aria-label={t("wall.tiles")}>
          {shown.map(({ camera, choice, place }, index) => (
            <li key={camera.id} style={place && !isStacked ? placed(place) : undefined}>
              <Tile
                camera={camera}
                choice={choice}
                delayMs={Math.floor(index / AT_ONCE) * BETWEEN_MS}
                isCurrent={camera.id === current}
                hasDetails={detailed.includes(camera.id)}
                onFocus={() => setCurrent(camera.id)}
                onDetails={() => toggle(camera.id)}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function placed({ x, y, w, h }: Place): CSSProperties {
  return { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}`, aspectRatio: "auto" };
}

function look(manner: Manner, count: number, { width, height }: Room) {
  const cell = "size" in manner ? null : cellFor(manner.columns, manner.rows, width, height);
  if ("size" in manner || cell === null) {
    const grid = gridFor("size" in manner ? manner.size : "auto", count, width, height);
    return { isStacked: true, style: gridStyle(grid.columns, grid.tileWidth) };
  }
  const style = { ...gridStyle(manner.columns, cell), gridAutoRows: `${(cell * 9) / 16}px` };
  return { isStacked: false, style };
}

function gridStyle(columns: number, tileWidth: number): CSSProperties {
  return { "--columns": columns, "--tile": `${tileWidth}px`, gap: TILE_GAP_PX } as CSSProperties;
}
