import { describe, expect, it } from "vitest";

import { cellFor } from "@/lib/grid";
import {
  freePlace,
  inReadingOrder,
  type LayoutTile,
  leastSize,
  MOST_TILES,
  nearest,
  putDown,
  resized,
  sideBySide,
} from "@/lib/layout";
import { type Box, neighbour } from "@/lib/neighbour";
import { streamFor } from "@/lib/streamChoice";

function tile(camera_id: string, x: number, y: number, w = 1, h = 1): LayoutTile {
  return { camera_id, stream: "auto", x, y, w, h };
}

const PLAN = { columns: 4, rows: 3, tiles: [tile("a", 0, 0, 2, 2), tile("b", 2, 0), tile("c", 3, 2)] };

/** Where each camera stands, as `x,y wxh`. */
function places(tiles: readonly LayoutTile[] | null) {
  return tiles && Object.fromEntries(tiles.map((t) => [t.camera_id, `${t.x},${t.y} ${t.w}x${t.h}`]));
}

describe("putting a camera down", () => {
  it("stands on free cells, where it is asked for", () => {
    expect(places(putDown(PLAN, "d", { x: 2, y: 1, w: 1, h: 1 }))).toMatchObject({ d: "2,1 1x1" });
    expect(places(putDown(PLAN, "a", { x: 1, y: 1, w: 2, h: 2 }))).toMatchObject({ a: "1,1 2x2" });
  });

  it("changes places with the one that stands there, sizes too", () => {
    expect(places(putDown(PLAN, "b", { x: 1, y: 1, w: 1, h: 1 }))).toEqual({
      a: "2,0 1x1",
      b: "0,0 2x2",
      c: "3,2 1x1",
    });
  });

  it("takes the place of another when it is new", () => {
    expect(places(putDown(PLAN, "d", { x: 3, y: 2, w: 1, h: 1 }))).toEqual({
      a: "0,0 2x2",
      b: "2,0 1x1",
      d: "3,2 1x1",
    });
  });

  it("stays where it was when it would lie on two, or outside", () => {
    const two = { ...PLAN, tiles: [...PLAN.tiles, tile("e", 3, 0)] };
    expect(putDown(two, "a", { x: 2, y: 0, w: 2, h: 2 })).toBeNull();
    expect(putDown(PLAN, "a", { x: 3, y: 0, w: 2, h: 2 })).toBeNull();
    expect(putDown(PLAN, "b", { x: -1, y: 0, w: 1, h: 1 })).toBeNull();
  });

  it("has an end", () => {
    const ids = Array.from({ length: MOST_TILES }, (_, index) => `c${index}`);
    const full = { ...sideBySide(ids), rows: 7 };
    expect(putDown(full, "one more", { x: 0, y: 6, w: 1, h: 1 })).toBeNull();
    expect(putDown(full, "one more", { x: 0, y: 0, w: 1, h: 1 })).toHaveLength(MOST_TILES);
    expect(putDown(full, "c0", { x: 0, y: 6, w: 1, h: 1 })).toHaveLength(MOST_TILES);
  });
});

it("grows to where there is room, and else not at all", () => {
  expect(places(resized(PLAN, "b", 2, 1))).toMatchObject({ b: "2,0 2x1" });
  expect(places(resized(PLAN, "c", 2, 2))).toMatchObject({ c: "2,1 2x2" });
  expect(resized(PLAN, "a", 3, 2)).toBeNull();
  expect(resized(PLAN, "c", 4, 4)).toBeNull();
  expect(places(resized(PLAN, "a", 1, 1))).toMatchObject({ a: "0,0 1x1" });
});

it("finds the first free place, the least size, the nearest place", () => {
  expect(freePlace(PLAN)).toEqual({ x: 3, y: 0, w: 1, h: 1 });
  expect(freePlace(PLAN, 2, 1)).toEqual({ x: 2, y: 1, w: 2, h: 1 });
  expect(freePlace(PLAN, 3, 2)).toBeNull();
  expect(leastSize(PLAN.tiles)).toEqual({ columns: 4, rows: 3 });
  expect(leastSize([])).toEqual({ columns: 1, rows: 1 });
  expect(nearest(PLAN, { x: 9, y: -2, w: 2, h: 9 })).toEqual({ x: 2, y: 0, w: 2, h: 3 });
});

it("puts cameras side by side, no two in a cell", () => {
  for (const count of [1, 2, 5, 16, 36, 50]) {
    const plan = sideBySide(Array.from({ length: count }, (_, index) => `c${index}`));
    expect(plan.tiles).toHaveLength(Math.min(count, MOST_TILES));
    expect(new Set(plan.tiles.map(({ x, y }) => `${x},${y}`)).size).toBe(plan.tiles.length);
    const { columns, rows } = leastSize(plan.tiles);
    expect([columns <= plan.columns, rows <= plan.rows]).toEqual([true, true]);
  }
  expect(inReadingOrder(PLAN.tiles).map(({ camera_id }) => camera_id)).toEqual(["a", "b", "c"]);
});

describe("arrows", () => {
  const box = (left: number, top: number, width = 10, height = 10): Box => ({ left, top, width, height });
  // A great one on the left, two small ones beside it, a row of three below.
  const boxes = [box(0, 0, 20, 20), box(20, 0), box(20, 10), box(0, 20), box(10, 20), box(20, 20)];

  it.each([
    [0, "ArrowRight", 1],
    [1, "ArrowLeft", 0],
    [1, "ArrowDown", 2],
    [2, "ArrowDown", 5],
    [5, "ArrowUp", 2],
    [3, "ArrowUp", 0],
    [4, "ArrowRight", 5],
    [0, "ArrowLeft", 0],
    [5, "ArrowDown", 5],
    [2, "ArrowLeft", 0],
  ] as const)("from %i by %s to %i", (from, key, to) => {
    expect(neighbour(boxes, from, key)).toBe(to);
  });
});

describe("which stream a tile shows", () => {
  it("goes by the tile's size, and not to and fro", () => {
    expect(streamFor("auto", true, 480, null)).toBe("sub");
    expect(streamFor("auto", true, 1200, null)).toBe("main");
    expect(streamFor("auto", true, 950, "main")).toBe("main");
    expect(streamFor("auto", true, 950, "sub")).toBe("sub");
    expect(streamFor("auto", true, 880, "main")).toBe("sub");
  });

  it("is what was chosen, if the camera has it", () => {
    expect(streamFor("main", true, 100, null)).toBe("main");
    expect(streamFor("sub", true, 4000, null)).toBe("sub");
    expect(streamFor("sub", false, 100, null)).toBe("main");
    expect(streamFor("auto", false, 100, null)).toBe("main");
  });
});

it("shows a layout whole, then as wide as the screen, then not as drawn", () => {
  expect(cellFor(4, 3, 1600, 800)).toBe(397);
  expect(cellFor(4, 4, 1600, 800)).toBe(Math.floor(((800 - 12) / 4) * (16 / 9)));
  expect(cellFor(4, 12, 1600, 800)).toBe(397);
  expect(cellFor(4, 3, 360, 700)).toBeNull();
  expect(cellFor(2, 2, 360, 700)).toBe(178);
});
