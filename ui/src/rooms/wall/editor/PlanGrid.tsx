import type { CSSProperties, RefObject } from "react";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { inReadingOrder, type LayoutTile, type Plan, resized } from "@/lib/layout";

import css from "./Editor.module.css";
import { PlanTile } from "./PlanTile";
import type { Target } from "./useDrag";

/** The wall that is drawn up: its cells, its tiles, and where what is dragged would go. */
export function PlanGrid({ grid, plan, cameras, target, onChange }: {
  grid: RefObject<HTMLDivElement | null>;
  plan: Plan;
  cameras: ReadonlyMap<string, Camera>;
  target: Target | null;
  onChange: (tiles: LayoutTile[]) => void;
}) {
  const { t } = useTranslation();
  const { columns, rows, tiles } = plan;
  const change = (tile: LayoutTile, part: Partial<LayoutTile>) =>
    onChange(tiles.map((each) => (each === tile ? { ...tile, ...part } : each)));
  return (
    <div
      ref={grid}
      className={css.plan}
      role="group"
      aria-label={t("layout.plan", { columns, rows })}
      style={{ "--columns": columns, "--rows": rows } as CSSProperties}
    >
      {Array.from({ length: columns * rows }, (_, index) => (
        <div key={index} className={css.cell} style={cellAt(index % columns, Math.floor(index / columns))} />
      ))}
      {inReadingOrder(tiles).map((tile) => (
        <PlanTile
          key={tile.camera_id}
          tile={tile}
          name={cameras.get(tile.camera_id)?.name ?? ""}
          hasSub={(cameras.get(tile.camera_id)?.sub_address ?? "") !== ""}
          fits={(w, h) => resized(plan, tile.camera_id, w, h) !== null}
          onSize={(w, h) => onChange(resized(plan, tile.camera_id, w, h) ?? [...tiles])}
          onStream={(stream) => change(tile, { stream })}
          onTakeOff={() => onChange(tiles.filter((each) => each !== tile))}
        />
      ))}
      {target && (
        <div
          className={css.target}
          data-possible={target.isPossible}
          style={cellAt(target.place.x, target.place.y, target.place.w, target.place.h)}
        />
      )}
    </div>
  );
}

function cellAt(x: number, y: number, w = 1, h = 1): CSSProperties {
  return { gridColumn: `${x + 1} / span ${w}`, gridRow: `${y + 1} / span ${h}` };
}
