/** Where tiles stand on a wall. Cells are counted from 0, from the upper left. */

export type StreamChoice = "auto" | "main" | "sub";

export interface Place {
  x: number;
  y: number;
  /** Cells wide and high. */
  w: number;
  h: number;
}

export interface LayoutTile extends Place {
  camera_id: string;
  stream: StreamChoice;
}

/** What a layout is made of, while it is drawn up and when it is shown. */
export interface Plan {
  columns: number;
  rows: number;
  tiles: readonly LayoutTile[];
}

export const MOST_TILES = 36;
/** Cells a side, as many as the hub takes; a tile may be many cells wide. */
export const MOST_CELLS = 24;

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

function isInside({ columns, rows }: Plan, place: Place): boolean {
  const isWhole = place.w >= 1 && place.h >= 1;
  const isAfter = place.x >= 0 && place.y >= 0;
  return isWhole && isAfter && place.x + place.w <= columns && place.y + place.h <= rows;
}

/** The tiles that a tile at `place` would lie on; `cameraId`'s own does not count. */
function under(plan: Plan, place: Place, cameraId: string): LayoutTile[] {
  return plan.tiles.filter((tile) => tile.camera_id !== cameraId && overlap(tile, place));
}

/** The nearest place inside the layout for something of this size. */
export function nearest({ columns, rows }: Plan, place: Place): Place {
  const w = Math.min(Math.max(1, place.w), columns);
  const h = Math.min(Math.max(1, place.h), rows);
  const x = Math.min(Math.max(0, place.x), columns - w);
  const y = Math.min(Math.max(0, place.y), rows - h);
  return { x, y, w, h };
}

/** The first place, as one reads, where something of this size is free; null: nowhere. */
export function freePlace(plan: Plan, w = 1, h = 1): Place | null {
  for (let y = 0; y + h <= plan.rows; y += 1) {
    for (let x = 0; x + w <= plan.columns; x += 1) {
      const place = { x, y, w, h };
      if (under(plan, place, "").length === 0) return place;
    }
  }
  return null;
}

/**
 * The tiles after a camera was put down at `place`: on free cells it stands there; on another tile
 * it takes that one's place, and the other one its own, or leaves where the camera is new. Null
 * where neither is possible.
 */
export function putDown(plan: Plan, cameraId: string, place: Place): LayoutTile[] | null {
  const own = plan.tiles.find(({ camera_id }) => camera_id === cameraId);
  if (!own && plan.tiles.length >= MOST_TILES && under(plan, place, cameraId).length === 0) return null;
  if (!isInside(plan, place)) return null;
  const others = under(plan, place, cameraId);
  const rest = plan.tiles.filter(({ camera_id }) => camera_id !== cameraId);
  const tile = { camera_id: cameraId, stream: own?.stream ?? "auto" } as const;
  if (others.length === 0) return [...rest, { ...tile, ...place }];
  const [other] = others;
  if (!other || others.length > 1) return null;
  const { x, y, w, h } = other;
  const left = rest.filter((each) => each !== other);
  if (!own) return [...left, { ...tile, x, y, w, h }];
  const back = { ...other, x: own.x, y: own.y, w: own.w, h: own.h };
  return [...left, { ...tile, x, y, w, h }, back];
}

/** The tiles with one as large as asked for; null where that does not fit. */
export function resized(plan: Plan, cameraId: string, w: number, h: number): LayoutTile[] | null {
  const own = plan.tiles.find(({ camera_id }) => camera_id === cameraId);
  if (!own) return null;
  // Where it does not fit to the right and below, it grows the other way.
  const places = [
    { x: own.x, y: own.y },
    { x: own.x + own.w - w, y: own.y },
    { x: own.x, y: own.y + own.h - h },
    { x: own.x + own.w - w, y: own.y + own.h - h },
  ].map((corner) => ({ ...corner, w, h }));
  const place = places.find(
    (each) => isInside(plan, each) && under(plan, each, cameraId).length === 0,
  );
  if (!place) return null;
  return plan.tiles.map((tile) => (tile === own ? { ...own, ...place } : tile));
}

/** The fewest columns and rows that hold all tiles. */
export function leastSize(tiles: readonly LayoutTile[]): { columns: number; rows: number } {
  return {
    columns: Math.max(1, ...tiles.map(({ x, w }) => x + w)),
    rows: Math.max(1, ...tiles.map(({ y, h }) => y + h)),
  };
}

/** A layout with these cameras side by side, as square as can be. */
export function sideBySide(cameraIds: readonly string[]): Plan {
  const shown = cameraIds.slice(0, MOST_TILES);
  const columns = Math.max(2, Math.ceil(Math.sqrt(shown.length)));
  const rows = Math.max(2, Math.ceil(shown.length / columns));
  const tiles = shown.map((camera_id, index) => ({
    camera_id,
    stream: "auto" as const,
    x: index % columns,
    y: Math.floor(index / columns),
    w: 1,
    h: 1,
  }));
  return { columns, rows, tiles };
}

/** Tiles as one reads. */
export function inReadingOrder<T extends Place>(tiles: readonly T[]): T[] {
  return [...tiles].sort((a, b) => a.y - b.y || a.x - b.x);
}
