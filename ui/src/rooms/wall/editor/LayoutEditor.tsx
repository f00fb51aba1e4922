import { DndContext, DragOverlay } from "@dnd-kit/core";
import { NumberInput } from "@mantine/core";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Layout, LayoutFields } from "@/api/layouts";
import type { Camera } from "@/api/types";
import { freePlace, leastSize, type LayoutTile, MOST_CELLS, putDown, sideBySide } from "@/lib/layout";

import css from "./Editor.module.css";
import { PlanGrid } from "./PlanGrid";
import { SaveBar } from "./SaveBar";
import { Shelf } from "./Shelf";
import { useDrag } from "./useDrag";

interface Props {
  /** Null: a new one. */
  seen: Layout | null;
  cameras: readonly Camera[];
  onDone: (id: number | null) => void;
  onCancel: () => void;
}

/** A wall of a few cameras begins with all of them; a greater one is put together. */
const MOST_AT_FIRST = 16;

function firstDraft(seen: Layout | null, cameras: readonly Camera[]): LayoutFields {
  if (seen) {
    const { name, is_shared, columns, rows, tiles } = seen;
    return { name, is_shared, columns, rows, tiles };
  }
  const ids = cameras.length <= MOST_AT_FIRST ? cameras.map(({ id }) => id) : [];
  const plan = ids.length > 0 ? sideBySide(ids) : { columns: 3, rows: 3, tiles: [] };
  return { name: "", is_shared: false, ...plan };
}

/** Which cameras stand where: by dragging, by keys, or by the buttons beside each. */
export function LayoutEditor({ seen, cameras, onDone, onCancel }: Props) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => firstDraft(seen, cameras));
  const [isFull, setFull] = useState(false);
  const grid = useRef<HTMLDivElement>(null);
  const known = useMemo(() => new Map(cameras.map((camera) => [camera.id, camera])), [cameras]);
  const nameOf = useCallback((id: string) => known.get(id)?.name ?? "", [known]);
  const change = (part: Partial<LayoutFields>) => {
    setFull(false);
    setDraft((before) => ({ ...before, ...part }));
  };
  const onChange = (tiles: LayoutTile[]) => change({ tiles });
  const put = (cameraId: string) => {
    const place = freePlace(draft);
    const tiles = place && putDown(draft, cameraId, place);
    if (tiles) onChange(tiles);
    else setFull(true);
  };
  const { context, dragged, target } = useDrag({ grid, plan: draft, nameOf, onChange });
  const placed = new Set(draft.tiles.map(({ camera_id }) => camera_id));
  const least = leastSize(draft.tiles);
  return (
    <DndContext {...context}>
      <div className={css.editor}>
        <SaveBar seen={seen} draft={draft} onChange={change} onDone={onDone} onCancel={onCancel} />
        <div className={css.table}>
          <div className={css.stage}>
            <div className={css.sizes}>
              <Count label={t("layout.columns")} value={draft.columns} least={least.columns} onChange={(columns) => change({ columns })} />
              <Count label={t("layout.rows")} value={draft.rows} least={least.rows} onChange={(rows) => change({ rows })} />
            </div>
            <p role="status" className={css.full}>
              {isFull && t("layout.full")}
            </p>
            <PlanGrid grid={grid} plan={draft} cameras={known} target={target} onChange={onChange} />
          </div>
          <Shelf cameras={cameras.filter(({ id }) => !placed.has(id))} onPut={put} />
        </div>
      </div>
      <DragOverlay dropAnimation={null}>
        {dragged && dragged.kind !== "size" && <div className={css.overlay}>{nameOf(dragged.cameraId)}</div>}
      </DragOverlay>
    </DndContext>
  );
}

function Count({ label, value, least, onChange }: {
  label: string;
  value: number;
  /** What the tiles need. */
  least: number;
  onChange: (value: number) => void;
}) {
  return (
    <NumberInput
      label={label}
      size="xs"
      w={96}
      min={least}
      max={Math.max(least, MOST_CELLS)}
      clampBehavior="strict"
      allowDecimal={false}
      value={value}
      onChange={(wanted) => {
        if (typeof wanted === "number" && wanted >= least) onChange(wanted);
      }}
    />
  );
}
