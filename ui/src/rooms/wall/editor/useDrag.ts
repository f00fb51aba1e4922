import {
  type Active,
  type Announcements,
  type DndContextProps,
  KeyboardSensor,
  type KeyboardCoordinateGetter,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from "@dnd-kit/core";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { freePlace, type LayoutTile, type Place, type Plan, putDown, resized } from "@/lib/layout";
import { isArrow } from "@/lib/neighbour";

import { type Dragged, over, stepOf, targetOf } from "./geometry";

/** What would happen if it were put down now. */
export interface Target {
  place: Place;
  isPossible: boolean;
}

interface Options {
  grid: RefObject<HTMLElement | null>;
  plan: Plan;
  nameOf: (cameraId: string) => string;
  onChange: (tiles: LayoutTile[]) => void;
}

function draggedOf(active: Active): Dragged {
  return active.data.current as Dragged;
}

function after(plan: Plan, { kind, cameraId }: Dragged, place: Place): LayoutTile[] | null {
  if (kind === "size") return resized(plan, cameraId, place.w, place.h);
  return putDown(plan, cameraId, place);
}

/** Dragging by mouse, finger and keys: what it means on this layout, and how it is told. */
export function useDrag({ grid, plan, nameOf, onChange }: Options) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const [target, setTarget] = useState<Target | null>(null);
  const placeOf = (active: Active): Place | null => {
    const box = active.rect.current.translated;
    const around = grid.current?.getBoundingClientRect();
    return box && around ? targetOf(around, plan, draggedOf(active), box) : null;
  };
  const end = () => {
    setDragged(null);
    setTarget(null);
  };
  const context: DndContextProps = {
    sensors: useWays(grid, plan),
    accessibility: useWords(plan, nameOf, placeOf),
    onDragStart: ({ active }) => setDragged(draggedOf(active)),
    onDragMove: ({ active }) => {
      const place = placeOf(active);
      setTarget(place && { place, isPossible: after(plan, draggedOf(active), place) !== null });
    },
    onDragCancel: end,
    onDragEnd: ({ active }) => {
      end();
      const place = placeOf(active);
      const tiles = place && after(plan, draggedOf(active), place);
      if (tiles) onChange(tiles);
    },
  };
  return { context, dragged, target };
}

/** A mouse drags at once, a finger after a moment, so that the page can be scrolled. */
function useWays(grid: RefObject<HTMLElement | null>, plan: Plan) {
  const latest = useRef(plan);
  useEffect(() => {
    latest.current = plan;
  });
  const coordinateGetter: KeyboardCoordinateGetter = (event, { currentCoordinates, context }) => {
    const around = grid.current?.getBoundingClientRect();
    const { active, collisionRect } = context;
    if (!isArrow(event.code) || !around || !active || !collisionRect) return undefined;
    event.preventDefault();
    const dragged = active.data.current as Dragged;
    if (targetOf(around, latest.current, dragged, collisionRect) === null) {
      return over(around, latest.current, freePlace(latest.current) ?? { x: 0, y: 0 }, collisionRect);
    }
    const step = stepOf(around, latest.current);
    const { x, y } = currentCoordinates;
    switch (event.code) {
      case "ArrowLeft":
        return { x: x - step.x, y };
      case "ArrowRight":
        return { x: x + step.x, y };
      case "ArrowUp":
        return { x, y: y - step.y };
      case "ArrowDown":
        return { x, y: y + step.y };
    }
  };
  return useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 4 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 180, tolerance: 8 } }),
    useSensor(KeyboardSensor, { coordinateGetter }),
  );
}

/** What a screen reader says meanwhile. */
function useWords(plan: Plan, nameOf: Options["nameOf"], placeOf: (active: Active) => Place | null) {
  const { t } = useTranslation();
  const said = useRef("");
  return useMemo(() => {
    const where = (active: Active) => {
      const place = placeOf(active);
      const name = nameOf(draggedOf(active).cameraId);
      return { name, place, cell: place && { name, x: place.x + 1, y: place.y + 1 } };
    };
    const announcements: Announcements = {
      onDragStart: ({ active }) => t("layout.dnd.picked", where(active)),
      onDragOver: () => undefined,
      onDragMove: ({ active }) => {
        const { name, cell } = where(active);
        const words = cell ? t("layout.dnd.over", cell) : t("layout.dnd.outside", { name });
        if (words === said.current) return undefined;
        said.current = words;
        return words;
      },
      onDragEnd: ({ active }) => {
        const { name, place, cell } = where(active);
        if (!place || !cell) return t("layout.dnd.left", { name });
        const isDone = after(plan, draggedOf(active), place) !== null;
        return isDone ? t("layout.dnd.done", cell) : t("layout.dnd.notDone", { name });
      },
      onDragCancel: ({ active }) => t("layout.dnd.left", { name: where(active).name }),
    };
    return { announcements, screenReaderInstructions: { draggable: t("layout.dnd.how") } };
  }, [t, plan, nameOf, placeOf]);
}
