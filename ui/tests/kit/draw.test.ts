import { describe, expect, it } from "vitest";

import { layoutOf } from "@/kit/timeline/draw";
import { factBars, kindsIn, lookedBars, recorderBars } from "@/kit/timeline/factBars";
import { LOOKS } from "@/kit/timeline/looks";
import type { Facts } from "@/lib/timeline";

const SCENE = { view: { from: 0, to: 1000 }, width: 1000 };
const FACTS: Facts = { covered: [], gaps: [], unreported: [] };

describe("each kind of fact", () => {
  const looks = Object.values(LOOKS);

  it("has a colour of its own", () => {
    expect(new Set(looks.map(({ ground }) => ground)).size).toBe(looks.length);
  });

  it("has a pattern of its own, for those who do not see the colours", () => {
    const patterns = looks.map(({ pattern, edge }) => `${pattern?.shape ?? "even"} ${edge !== null}`);
    expect(new Set(patterns).size).toBe(looks.length);
  });
});

it("paints a gap over what it meets, wide enough to be seen", () => {
  const facts = {
    ...FACTS,
    covered: [{ from: 0, to: 800 }],
    gaps: [{ from: 500, to: 500.2, kind: "disk" as const }],
    unreported: [{ from: 800, to: 900 }],
  };
  expect(factBars(facts, SCENE)).toEqual([
    { kind: "covered", bar: { from: 0, to: 800 } },
    { kind: "unreported", bar: { from: 800, to: 900 } },
    { kind: "gap-disk", bar: { from: 500, to: 503 } },
  ]);
});

it("paints what nobody wished over what somebody asked for", () => {
  const gaps = [
    { from: 500, to: 501, kind: "network" as const },
    { from: 501, to: 900, kind: "asked" as const },
    { from: 950, to: 960 },
  ];
  expect(factBars({ ...FACTS, gaps }, SCENE).map(({ kind }) => kind)).toEqual([
    "gap-asked",
    "gap-unexplained",
    "gap-network",
  ]);
});

it("paints when a recorder was searched, found or not", () => {
  const facts = { ...FACTS, looked: [{ from: 100, to: 400 }] };
  expect(lookedBars(facts, SCENE)).toEqual([{ from: 100, to: 400 }]);
  expect(kindsIn(facts, SCENE.view)).toEqual(new Set(["looked"]));
  expect(kindsIn(facts, { from: 400, to: 500 })).toEqual(new Set());
});

it("paints what a recorder holds beside the gap, and not in its place", () => {
  const facts = {
    ...FACTS,
    gaps: [{ from: 100, to: 300, kind: "network" as const }],
    onRecorder: [{ from: 200, to: 290 }, { from: 290.2, to: 400 }],
  };
  expect(factBars(facts, SCENE)).toEqual([{ kind: "gap-network", bar: { from: 100, to: 300 } }]);
  expect(recorderBars(facts, SCENE)).toEqual([{ from: 200, to: 400 }]);
  expect(kindsIn(facts, SCENE.view)).toEqual(new Set(["recorder", "gap-network"]));
});

it("knows what is in view, for the legend", () => {
  const facts: Facts = {
    covered: [{ from: 0, to: 100 }, { from: 200, to: 300, damagedMs: 5 }],
    gaps: [{ from: 100, to: 200, kind: "node" }, { from: 400, to: 500, kind: "camera" }],
    unreported: [],
    promised: [{ from: 0, to: 320 }],
    manual: [{ from: 310, to: 320, by: "ana" }],
  };
  expect(kindsIn(facts, { from: 0, to: 200 })).toEqual(new Set(["covered", "gap-node"]));
  expect(kindsIn(facts, { from: 200, to: 330 })).toEqual(
    new Set(["covered", "damaged", "manual", "unplanned"]),
  );
});

it("does not let a joint between two files look like a gap", () => {
  const covered = [
    { from: 0, to: 400 },
    { from: 400.3, to: 900 },
  ];
  expect(factBars({ ...FACTS, covered }, SCENE)).toEqual([
    { kind: "covered", bar: { from: 0, to: 900 } },
  ]);
});

it("makes of a month with a gap each minute no more bars than there are pixels", () => {
  const gaps = Array.from({ length: 44_640 }, (_, minute) => ({
    from: minute * 60_000,
    to: minute * 60_000 + 5_000,
  }));
  const view = { from: 0, to: 31 * 86_400_000 };
  expect(factBars({ ...FACTS, gaps }, { view, width: 1000 }).length).toBeLessThanOrEqual(1000);
});

it("gives each of several cameras a lane of its own", () => {
  const { laneTops, laneHeight, bottom } = layoutOf(16);
  expect(laneTops).toHaveLength(16);
  for (const [lane, top] of laneTops.entries()) {
    expect(top + laneHeight).toBeLessThan(laneTops[lane + 1] ?? bottom + 1);
  }
});
