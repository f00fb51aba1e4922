import { describe, expect, it } from "vitest";

import { decide, type Standing } from "@/lib/live/edge";

function standing(changes: Partial<Standing>): Standing {
  return { position: 99, ranges: [{ start: 90, end: 100 }], rate: 1, hasStarted: true, ...changes };
}

describe("staying near the live edge", () => {
  it("waits while nothing is buffered", () => {
    expect(decide(standing({ ranges: [] }))).toEqual({ rate: 1 });
  });

  it("jumps over the cached GOP at the start", () => {
    const { seekTo } = decide(standing({ position: 90, hasStarted: false }));
    expect(seekTo).toBeGreaterThan(99);
    expect(seekTo).toBeLessThan(100);
  });

  it("leaves a player alone that is a second behind", () => {
    expect(decide(standing({ position: 99 }))).toEqual({ rate: 1 });
  });

  it("runs a little faster when it is two seconds behind", () => {
    const { rate, seekTo } = decide(standing({ position: 98 }));
    expect(rate).toBeGreaterThan(1);
    expect(rate).toBeLessThanOrEqual(1.15);
    expect(seekTo).toBeUndefined();
  });

  it("goes on catching up to one second, and does not begin again at once", () => {
    expect(decide(standing({ position: 98.8, rate: 1.07 })).rate).toBeGreaterThan(1);
    expect(decide(standing({ position: 99.05, rate: 1.07 })).rate).toBe(1);
    expect(decide(standing({ position: 98.8, rate: 1 })).rate).toBe(1);
  });

  it("reaches the edge from any lag below the seek, and never overtakes it", () => {
    let position = 96.1;
    let end = 100;
    let rate = 1;
    for (let tick = 0; tick < 400; tick += 1) {
      rate = decide({ position, ranges: [{ start: 90, end }], rate, hasStarted: true }).rate;
      position += 0.25 * rate;
      end += 0.25;
    }
    expect(end - position).toBeLessThanOrEqual(1.5);
    expect(end - position).toBeGreaterThan(0.5);
  });

  it("seeks when it is more than four seconds behind", () => {
    expect(decide(standing({ position: 95 })).seekTo).toBeCloseTo(99.4);
  });

  it("enters the newest stretch when it stands in a hole", () => {
    const ranges = [
      { start: 80, end: 90 },
      { start: 93, end: 95 },
    ];
    expect(decide(standing({ position: 90.5, ranges })).seekTo).toBeCloseTo(94.4);
  });

  it("never lands before the first picture it has", () => {
    const ranges = [{ start: 99.9, end: 100 }];
    expect(decide(standing({ position: 50, ranges, hasStarted: false })).seekTo).toBe(99.9);
  });

  it("keeps 20 s behind and trims only when it is worth it", () => {
    const lately = { position: 99.2, ranges: [{ start: 76, end: 100 }] };
    expect(decide(standing(lately)).trimBefore).toBeUndefined();
    const long = { position: 99.2, ranges: [{ start: 70, end: 100 }] };
    expect(decide(standing(long)).trimBefore).toBeCloseTo(79.2);
  });
});
