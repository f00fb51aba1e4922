import { describe, expect, it } from "vitest";

import { factBars, type Scene } from "@/kit/timeline/draw";
import { LOOKS } from "@/kit/timeline/looks";

const SCENE: Scene = {
  view: { from: 0, to: 1000 },
  width: 1000,
  ticks: [],
  covered: [],
  gaps: [],
  unreported: [],
  unplanned: [],
  manual: [],
  now: 1000,
  nowLabel: "now",
  playhead: null,
  cursor: null,
  selection: null,
};

describe("each kind of fact", () => {
  const looks = Object.values(LOOKS);

  it("has a colour of its own", () => {
    expect(new Set(looks.map(({ ground }) => ground)).size).toBe(looks.length);
  });

  it("has a pattern of its own, for those who do not see the colours", () => {
    const patterns = looks.map(({ hatch, edge, dots }) => `${hatch?.slope ?? "even"} ${edge !== null} ${dots !== undefined}`);
    expect(new Set(patterns).size).toBe(looks.length);
  });
});

it("paints a gap over what it meets, wide enough to be seen", () => {
  const painted = factBars({
    ...SCENE,
    covered: [{ from: 0, to: 800 }],
    gaps: [{ from: 500, to: 500.2 }],
    unreported: [{ from: 800, to: 900 }],
  });
  expect(painted).toEqual([
    { kind: "covered", bar: { from: 0, to: 800 } },
    { kind: "unreported", bar: { from: 800, to: 900 } },
    { kind: "gap", bar: { from: 500, to: 503 } },
  ]);
});

it("does not let a joint between two files look like a gap", () => {
  const covered = [
    { from: 0, to: 400 },
    { from: 400.3, to: 900 },
  ];
  expect(factBars({ ...SCENE, covered })).toEqual([{ kind: "covered", bar: { from: 0, to: 900 } }]);
});
