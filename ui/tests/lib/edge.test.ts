import { describe, expect, it } from "vitest";

import { Arrivals } from "@/lib/live/arrivals";
import { decide, type Standing } from "@/lib/live/edge";

function standing(changes: Partial<Standing>): Standing {
  return {
    position: 99.8,
    ranges: [{ start: 80, end: 100 }],
    rate: 1,
    hasStarted: true,
    isFresh: false,
    wanted: 99.8,
    ...changes,
  };
}

describe("staying near the live edge", () => {
  it("waits while nothing is buffered", () => {
    expect(decide(standing({ ranges: [] }))).toEqual({ rate: 1 });
  });

  it("jumps over the cached GOP at the start, onto its last picture", () => {
    const { seekTo } = decide(standing({ position: 90, hasStarted: false, wanted: null }));
    expect(seekTo).toBeCloseTo(99.97);
  });

  it("leaves a player alone that is where it should be, or nearly", () => {
    for (const position of [99.75, 99.8, 99.85]) {
      expect(decide(standing({ position })).rate).toBe(1);
    }
  });

  it("leaves a player alone while nothing is known of how media arrive", () => {
    expect(decide(standing({ position: 91, wanted: null }))).toEqual({ rate: 1 });
  });

  it("runs a little faster when it is behind, and a little slower when it is too near", () => {
    for (const [position, least, most] of [
      [99.0, 1.1, 1.1],
      [99.6, 1.05, 1.05],
      [99.7, 1.02, 1.04],
      [99.9, 0.95, 0.98],
    ] as const) {
      const { rate, seekTo } = decide(standing({ position }));
      expect(rate).toBeGreaterThanOrEqual(least);
      expect(rate).toBeLessThanOrEqual(most);
      expect(seekTo).toBeUndefined();
    }
  });

  it("makes up quickly what the first pictures took, and runs no faster than that later", () => {
    expect(decide(standing({ position: 99.6, isFresh: true })).rate).toBe(1.5);
    expect(decide(standing({ position: 99.79, rate: 1.5, isFresh: true })).rate).toBe(1.5);
    expect(decide(standing({ position: 99.81, rate: 1.5, isFresh: true })).rate).toBe(1);
    expect(decide(standing({ position: 99.6, rate: 1.5 })).rate).toBe(1.05);
  });

  it("goes on up to the goal, and does not begin again at once", () => {
    expect(decide(standing({ position: 99.77, rate: 1.03 })).rate).toBe(1.03);
    expect(decide(standing({ position: 99.81, rate: 1.03 })).rate).toBe(1);
    expect(decide(standing({ position: 99.83, rate: 0.96 })).rate).toBe(0.96);
    expect(decide(standing({ position: 99.79, rate: 0.96 })).rate).toBe(1);
  });

  it("seeks when running faster would take too long", () => {
    expect(decide(standing({ position: 98 })).seekTo).toBeCloseTo(99.8);
  });

  it("enters the newest stretch when it stands in a hole", () => {
    const ranges = [
      { start: 80, end: 90 },
      { start: 93, end: 95 },
    ];
    expect(decide(standing({ position: 90.5, ranges, wanted: 94.8 })).seekTo).toBeCloseTo(94.8);
    expect(decide(standing({ position: 90.5, ranges, wanted: 99 })).seekTo).toBeCloseTo(94.97);
    expect(decide(standing({ position: 90.5, ranges, wanted: 91 })).seekTo).toBeCloseTo(93);
  });

  it("never lands before the first picture it has", () => {
    const ranges = [{ start: 99.99, end: 100 }];
    expect(decide(standing({ position: 50, ranges, hasStarted: false })).seekTo).toBe(99.99);
  });

  it("keeps 10 s behind and trims only when it is worth it", () => {
    const lately = { ranges: [{ start: 86, end: 100 }] };
    expect(decide(standing(lately)).trimBefore).toBeUndefined();
    const long = { ranges: [{ start: 80, end: 100 }] };
    expect(decide(standing(long)).trimBefore).toBeCloseTo(89.8);
  });
});

/** Fragments of 40 ms that come `late(n)` seconds after they were taken. */
function play(late: (n: number) => number, seconds: number, rates: number[] = []) {
  const arrivals = new Arrivals();
  const step = 0.04;
  const due = Array.from({ length: seconds / step }, (_, n) => (n + 1) * step + late(n));
  let edge = 0;
  let position = 0;
  let rate = 1;
  let hasStarted = false;
  let dry = 0;
  let wasDry = true;
  let next = 0;
  const delays: number[] = [];
  for (let now = 0; now < seconds; now += 0.01) {
    while (next < due.length && (due[next] ?? Infinity) <= now) {
      const after = (next + 1) * step;
      arrivals.meet(now, edge, after);
      edge = after;
      next += 1;
    }
    const decision = decide({
      position,
      ranges: edge > 0 ? [{ start: 0, end: edge }] : [],
      rate,
      isFresh: now < 3,
      hasStarted,
      wanted: arrivals.wanted(now),
    });
    if (decision.seekTo !== undefined) {
      position = decision.seekTo;
      hasStarted = true;
    }
    rate = decision.rate;
    rates.push(rate);
    const isDry = position + 0.01 * rate > edge;
    if (isDry && !wasDry && hasStarted) {
      dry += 1;
      arrivals.ranDry(now);
    }
    wasDry = isDry;
    if (!isDry && hasStarted) position += 0.01 * rate;
    delays.push(now - position);
  }
  return { delays, dry };
}

/** The same numbers each time, from 0 to 1. */
function noise(n: number): number {
  return Math.abs(Math.sin(n * 12.9898) * 43758.5453) % 1;
}

describe("the delay follows how media arrive", () => {
  const late = (n: number) => 0.05 + 0.02 * noise(n);

  it("is small where they come steadily, for as long as they do", () => {
    const { delays, dry } = play(late, 120);
    expect(Math.max(...delays.slice(1000))).toBeLessThan(0.3);
    expect(dry).toBeLessThanOrEqual(1);
  });

  it("grows where they jitter, so that the picture does not stand still", () => {
    const { delays, dry } = play((n) => 0.05 + 0.3 * noise(n), 120);
    expect(Math.max(...delays.slice(3000))).toBeLessThan(0.7);
    expect(dry).toBeLessThanOrEqual(4);
  });

  it("is small again after they were held up once", () => {
    const held = (n: number) => (n > 500 && n < 600 ? (600 - n) * 0.04 : 0) + late(n);
    const { delays } = play(held, 90);
    expect(Math.max(...delays.slice(-2000))).toBeLessThan(0.3);
  });

  it("does not grow where the camera's clock runs fast or slow", () => {
    for (const drift of [-1, 1]) {
      const { delays, dry } = play((n) => 0.5 + drift * n * 0.04 * 2e-4 + late(n), 600);
      const lateness = 0.5 + drift * 600 * 2e-4;
      expect((delays.at(-1) ?? Infinity) - lateness).toBeLessThan(0.3);
      expect(dry).toBeLessThanOrEqual(2);
    }
  });

  it("makes up a backlog at once", () => {
    const { delays } = play((n) => Math.max(0, 3 - n * 0.04) + late(n), 20);
    expect(Math.max(...delays.slice(-500))).toBeLessThan(0.3);
  });
});
