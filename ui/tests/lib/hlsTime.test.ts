import { describe, expect, it } from "vitest";

import { gapBetween, positionOf, wallAt } from "@/lib/hlsTime";

/** Two entries, a gap of a minute, one more entry. */
const ENTRIES = [
  { start: 0, duration: 6, wallMs: 1_000_000 },
  { start: 6, duration: 6, wallMs: 1_006_000 },
  { start: 12, duration: 6, wallMs: 1_072_000 },
];

describe("the wall clock of a playlist", () => {
  it("goes on inside an entry and jumps at the gap", () => {
    expect(wallAt(ENTRIES, 2.5)).toBe(1_002_500);
    expect(wallAt(ENTRIES, 11.9)).toBeCloseTo(1_011_900);
    expect(wallAt(ENTRIES, 12)).toBe(1_072_000);
    expect(wallAt([], 3)).toBeNull();
  });

  it("never runs past the last picture", () => {
    expect(wallAt(ENTRIES, 30)).toBe(1_078_000);
  });

  it("finds the place of a moment; in a gap the footage after it", () => {
    expect(positionOf(ENTRIES, 1_007_500)).toBe(7.5);
    expect(positionOf(ENTRIES, 1_040_000)).toBe(12);
    expect(positionOf(ENTRIES, 999_000)).toBe(0);
    expect(positionOf(ENTRIES, 1_078_000)).toBeNull();
  });

  it("is its own inverse inside footage", () => {
    for (const position of [0, 3.2, 8, 14.7]) {
      const wall = wallAt(ENTRIES, position) ?? NaN;
      expect(positionOf(ENTRIES, wall)).toBeCloseTo(position);
    }
  });
});

it("tells the gap that playing stepped over, once", () => {
  expect(gapBetween(ENTRIES, 11.98, 12.02)).toEqual({ from: 1_012_000, to: 1_072_000 });
  expect(gapBetween(ENTRIES, 12.02, 12.06)).toBeNull();
  expect(gapBetween(ENTRIES, 5.98, 6.02)).toBeNull();
});
