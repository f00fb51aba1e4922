/** How many columns a wall has, and how wide each tile is. A tile is exactly 16:9. */
export interface Grid {
  columns: number;
  /** Pixels. */
  tileWidth: number;
}

export const WALL_SIZES = [1, 4, 9, 16, 25, 36] as const;
export type WallSize = (typeof WALL_SIZES)[number] | "auto";

const MOST_TILES = 36;
const RATIO = 16 / 9;
/** Pixels between tiles. */
export const TILE_GAP_PX = 4;
/** Below this width a picture tells nothing, so the page scrolls instead. */
const NARROWEST_TILE_PX = 150;
/** A tile that the screen chose by itself is at least this wide. */
const COMFORTABLE_TILE_PX = 200;

/** The width that each of `count` tiles in a row has in `width` pixels. */
function share(width: number, count: number): number {
  return (width - (count - 1) * TILE_GAP_PX) / count;
}

/** The grid whose tiles are as large as `width` × `height` pixels allow without scrolling. */
function fitting(columns: number, rows: number, width: number, height: number): Grid {
  const tileWidth = Math.floor(Math.min(share(width, columns), share(height, rows) * RATIO));
  return { columns, tileWidth };
}

/** The grid that gives `count` pictures of 16:9 the most room in `width` × `height` pixels. */
function fullest(count: number, width: number, height: number): Grid {
  let best = fitting(1, count, width, height);
  for (let columns = 2; columns <= count; columns += 1) {
    const grid = fitting(columns, Math.ceil(count / columns), width, height);
    if (grid.tileWidth > best.tileWidth) best = grid;
  }
  return best;
}

/** A grid as wide as the screen allows; the page scrolls. */
function scrolling(columns: number, width: number): Grid {
  return { columns, tileWidth: Math.floor(share(width, columns)) };
}

/** The grid for `count` cameras on a wall of the chosen size in `width` × `height` pixels. */
export function gridFor(size: WallSize, count: number, width: number, height: number): Grid {
  if (size === "auto") {
    const tiles = Math.max(1, Math.min(MOST_TILES, count));
    const grid = fullest(tiles, width, height);
    if (grid.tileWidth >= Math.min(COMFORTABLE_TILE_PX, Math.floor(width))) return grid;
    return scrolling(Math.max(1, Math.floor(width / COMFORTABLE_TILE_PX)), width);
  }
  const side = Math.sqrt(size);
  const grid = fitting(side, side, width, height);
  if (grid.tileWidth >= Math.min(NARROWEST_TILE_PX, Math.floor(width))) return grid;
  const across = Math.max(1, Math.floor(width / NARROWEST_TILE_PX));
  return scrolling(Math.min(side, across), width);
}

/**
 * The width of a cell of a layout that is shown whole, or as wide as the screen where that is too
 * small to see anything; null where even that is: the tiles stand one below the other then.
 */
export function cellFor(columns: number, rows: number, width: number, height: number): number | null {
  const whole = fitting(columns, rows, width, height).tileWidth;
  if (whole >= NARROWEST_TILE_PX) return whole;
  const wide = Math.floor(share(width, columns));
  return wide >= Math.min(NARROWEST_TILE_PX, Math.floor(width)) ? Math.max(whole, wide) : null;
}

/** How many tiles one page of the wall holds. */
export function tilesOf(size: WallSize): number {
  return size === "auto" ? MOST_TILES : size;
}
