import { nearest, type Place, type Plan } from "@/lib/layout";
import type { Box } from "@/lib/neighbour";

/** What is being dragged: a tile, a camera from the shelf, or a tile's corner. */
export type Dragged = { kind: "tile" | "shelf" | "size"; cameraId: string };

/** Pixels between cells, as in the style sheet. */
export const GAP_PX = 6;

/** Pixels from one cell to the next. */
export function stepOf(grid: Box, plan: Plan): { x: number; y: number } {
  return { x: (grid.width + GAP_PX) / plan.columns, y: (grid.height + GAP_PX) / plan.rows };
}

/** Where what is dragged would be put down with `box` where it is now; null: off the wall. */
export function targetOf(grid: Box, plan: Plan, dragged: Dragged, box: Box): Place | null {
  const step = stepOf(grid, plan);
  const middle = { x: box.left + box.width / 2 - grid.left, y: box.top + box.height / 2 - grid.top };
  const cell = { x: Math.floor(middle.x / step.x), y: Math.floor(middle.y / step.y) };
  const isOff = cell.x < 0 || cell.y < 0 || cell.x >= plan.columns || cell.y >= plan.rows;
  const own = plan.tiles.find(({ camera_id }) => camera_id === dragged.cameraId);
  if (dragged.kind === "size" && own) {
    const w = Math.min(plan.columns - own.x, Math.max(1, cell.x - own.x + 1));
    const h = Math.min(plan.rows - own.y, Math.max(1, cell.y - own.y + 1));
    return { ...own, w, h };
  }
  if (isOff) return null;
  if (dragged.kind === "shelf" || !own) return { ...cell, w: 1, h: 1 };
  const x = Math.round((box.left - grid.left) / step.x);
  const y = Math.round((box.top - grid.top) / step.y);
  return nearest(plan, { x, y, w: own.w, h: own.h });
}

/** Where the upper left of a box this large must be so that its middle is in the middle of a cell. */
export function over(grid: Box, plan: Plan, cell: { x: number; y: number }, size: Pick<Box, "width" | "height">) {
  const step = stepOf(grid, plan);
  return {
    x: grid.left + (cell.x + 0.5) * step.x - GAP_PX / 2 - size.width / 2,
    y: grid.top + (cell.y + 0.5) * step.y - GAP_PX / 2 - size.height / 2,
  };
}
