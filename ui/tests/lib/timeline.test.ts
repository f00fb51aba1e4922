import { describe, expect, it } from "vitest";

import {
  barsOf,
  clampView,
  firstView,
  knownAt,
  manualAt,
  pan,
  reveal,
  SHORTEST_VIEW_MS,
  toMs,
  toSelection,
  totalMs,
  toX,
  unplannedIn,
  zoom,
} from "@/lib/timeline";

const MINUTE = 60_000;
const day = { from: 0, to: 1440 * MINUTE };
const span = (from: number, to: number) => ({ from: from * MINUTE, to: to * MINUTE });

describe("the view", () => {
  it("maps moments to places and back", () => {
    const view = span(60, 120);
    expect(toX(90 * MINUTE, view, 600)).toBe(300);
    expect(toMs(300, view, 600)).toBe(90 * MINUTE);
  });

  it("keeps the anchor in place while zooming", () => {
    const anchor = 600 * MINUTE;
    const closer = zoom(day, 0.5, anchor, day);
    expect(closer.to - closer.from).toBe(720 * MINUTE);
    expect(toX(anchor, closer, 1000)).toBeCloseTo(toX(anchor, day, 1000));
  });

  it("never leaves the day and never gets too close", () => {
    expect(zoom(day, 4, 0, day)).toEqual(day);
    const closest = zoom(day, 1e-9, 100 * MINUTE, day);
    expect(closest.to - closest.from).toBe(SHORTEST_VIEW_MS);
    expect(pan(span(0, 60), -5, day)).toEqual(span(0, 60));
    expect(clampView(span(1400, 1500), day)).toEqual(span(1340, 1440));
  });

  it("moves only to show what is out of sight", () => {
    expect(reveal(span(0, 60), 30 * MINUTE, day)).toEqual(span(0, 60));
    expect(reveal(span(0, 60), 600 * MINUTE, day)).toEqual(span(570, 630));
  });
});

describe("the first view", () => {
  const known = (...covered: ReturnType<typeof span>[]) => ({ covered, gaps: [], unreported: [] });

  it("is the whole day where nothing is known, or much", () => {
    expect(firstView(known(), day)).toEqual(day);
    expect(firstView(known(span(-90, -30)), day)).toEqual(day);
    expect(firstView(known(span(60, 61), span(900, 901)), day)).toEqual(day);
  });

  it("shows the short part that is known, with room around it", () => {
    expect(firstView(known(span(843, 847)), day)).toEqual(span(840, 850));
    expect(firstView(known(span(840, 841)), day)).toEqual(span(835, 845));
  });

  it("counts gaps and what is not reported yet as known", () => {
    const facts = { covered: [span(603, 604)], gaps: [span(601, 603)], unreported: [span(604, 640)] };
    expect(firstView(facts, day)).toEqual(span(600, 660));
  });

  it("stands still while footage grows, but for a few large steps", () => {
    const minutes = Array.from({ length: 240 }, (_, index) => index + 1);
    const views = minutes.map((length) => firstView(known(span(602, 602 + length)), day));
    const starts = new Set(views.map((view) => view.from / MINUTE));
    const lengths = new Set(views.map((view) => (view.to - view.from) / MINUTE));
    expect([...starts]).toEqual([600, 0]);
    expect([...lengths]).toEqual([10, 20, 30, 60, 120, 240, 1440]);
  });

  it("stays inside the day", () => {
    expect(firstView(known(span(-60, 3)), day)).toEqual(span(0, 10));
    expect(firstView(known(span(1438, 1440)), day)).toEqual(span(1430, 1440));
  });
});

describe("what is known of a moment", () => {
  const facts = {
    covered: [span(0, 10), span(20, 30)],
    gaps: [{ ...span(10, 20), why: "cable" }],
    unreported: [span(30, 40)],
  };
  const kindAt = (minute: number) => knownAt(facts, minute * MINUTE, 40 * MINUTE).kind;

  it("is half-open at every border", () => {
    expect([0, 10, 20, 30, 40].map(kindAt)).toEqual([
      "covered",
      "gap",
      "covered",
      "unreported",
      "future",
    ]);
  });

  it("gives the gap itself", () => {
    const known = knownAt(facts, 15 * MINUTE, 40 * MINUTE);
    expect(known.kind === "gap" && known.gap.why).toBe("cable");
  });

  it("believes the bytes where footage and gap overlap", () => {
    const both = { ...facts, gaps: [{ ...span(5, 20), why: "cable" }] };
    expect(knownAt(both, 6 * MINUTE, 40 * MINUTE).kind).toBe("covered");
  });

  it("is nothing before the camera existed", () => {
    expect(knownAt(facts, -1, 40 * MINUTE).kind).toBe("nothing");
  });
});

it("draws what touches as one bar, and nothing that is out of sight", () => {
  const bars = barsOf([span(0, 10), span(10, 20), span(50, 60), span(200, 210)], span(0, 100), 100);
  expect(bars).toEqual([
    { from: 0, to: 20 },
    { from: 50, to: 60 },
  ]);
});

it("keeps the shortest gap visible", () => {
  const [bar] = barsOf([{ from: 5, to: 6 }], day, 1000);
  expect((bar?.to ?? 0) - (bar?.from ?? 0)).toBeCloseTo(1);
});

it("joins bars that their least width lets overlap", () => {
  const bars = barsOf([{ from: 10, to: 10.1 }, { from: 12, to: 12.1 }, { from: 16, to: 17 }], span(0, 1), MINUTE, 0, 3);
  expect(bars).toEqual([
    { from: 10, to: 15 },
    { from: 16, to: 19 },
  ]);
});

it("orders a selection, and cuts it to the day", () => {
  expect(toSelection(30, 10, { from: 0, to: 20 })).toEqual({ from: 10, to: 20 });
  expect(toSelection(10, 10, { from: 0, to: 20 })).toBeNull();
});

it("sums only what lies inside", () => {
  expect(totalMs([span(0, 10), span(20, 30)], span(5, 25))).toBe(10 * MINUTE);
});

describe("what was planned", () => {
  const bounds = { from: 0, to: 100 };
  const facts = { covered: [], gaps: [], unreported: [] };

  it("leaves free what no schedule promised", () => {
    const promised = [
      { from: 60, to: 80 },
      { from: 10, to: 40 },
      { from: 30, to: 50 },
    ];
    expect(unplannedIn({ ...facts, promised }, bounds)).toEqual([
      { from: 0, to: 10 },
      { from: 50, to: 60 },
      { from: 80, to: 100 },
    ]);
    expect(unplannedIn({ ...facts, promised: [{ from: -5, to: 200 }] }, bounds)).toEqual([]);
    expect(unplannedIn(facts, bounds)).toEqual([]);
  });

  it("is told apart from what is merely not there", () => {
    const planned = { ...facts, promised: [{ from: 10, to: 20 }] };
    expect(knownAt(planned, 5, 100).kind).toBe("unplanned");
    expect(knownAt(planned, 15, 100).kind).toBe("nothing");
    expect(knownAt(facts, 5, 100).kind).toBe("nothing");
  });

  it("names who recorded by hand", () => {
    const manual = [{ from: 10, to: 20, by: "ana" }];
    expect(manualAt({ ...facts, manual }, 15)?.by).toBe("ana");
    expect(manualAt({ ...facts, manual }, 20)).toBeUndefined();
  });
});
