/** How many columns and rows a wall has, and whether all of it fits the room it was given. */
export interface Grid {
  columns: number;
  rows: number;
  fits: boolean;
}

export const WALL_SIZES = [1, 4, 9, 16, 25, 36] as const;
export type WallSize = (typeof WALL_SIZES)[number] | "auto";

const MOST_TILES = 36;
const RATIO = 16 / 9;
/** Below this width a picture tells nothing, so the page scrolls instead. */
const NARROWEST_TILE_PX = 150;
/** A tile that the screen chose by itself is at least this wide. */
const COMFORTABLE_TILE_PX = 200;

/** The width of a 16:9 picture in a cell of the grid. */
function tileWidth(columns: number, rows: number, width: number, height: number): number {
  return Math.min(width / columns, (height / rows) * RATIO);
}

/** The grid that gives `count` pictures of 16:9 the most room in `width` × `height` pixels. */
function fullest(count: number, width: number, height: number): Grid {
  let best: Grid = { columns: 1, rows: count, fits: true };
  for (let columns = 2; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const now = tileWidth(best.columns, best.rows, width, height);
    if (tileWidth(columns, rows, width, height) > now) best = { columns, rows, fits: true };
  }
  return best;
}

/** A grid as wide as the screen allows; the page scrolls. */
function scrolling(columns: number, count: number): Grid {
  return { columns, rows: Math.ceil(count / columns), fits: false };
}

/** The grid for `count` cameras on a wall of the chosen size in `width` × `height` pixels. */
export function gridFor(size: WallSize, count: number, width: number, height: number): Grid {
  if (size === "auto") {
    const tiles = Math.max(1, Math.min(MOST_TILES, count));
    const grid = fullest(tiles, width, height);
    const least = Math.min(COMFORTABLE_TILE_PX, width);
    if (tileWidth(grid.columns, grid.rows, width, height) >= least) return grid;
    return scrolling(Math.max(1, Math.floor(width / COMFORTABLE_TILE_PX)), tiles);
  }
  const side = Math.sqrt(size);
  if (tileWidth(side, side, width, height) >= Math.min(NARROWEST_TILE_PX, width)) {
    return { columns: side, rows: side, fits: true };
  }
  const across = Math.max(1, Math.floor(width / NARROWEST_TILE_PX));
  return scrolling(Math.min(side, across), Math.max(1, count));
}

/** How many tiles one page of the wall holds. */
export function tilesOf(size: WallSize): number {
  return size === "auto" ? MOST_TILES : size;
}
