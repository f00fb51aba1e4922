import { describe, expect, it } from "vitest";

import { type FileFacts, gapBefore, mergeGops, placeAt, runOf, toGops } from "@/lib/footageIndex";
import { keyFragment, samplesOf, withoutSound } from "@/lib/fmp4";
import { readPlace } from "@/lib/readPlace";
import { momentPlace, selectionPlace } from "@/lib/places";
import { nextSpeed, showsKeyFramesOnly, SPEEDS, speedText } from "@/lib/speed";
import { clockAt, steer } from "@/lib/steer";
import { joinFacts, windowsOf } from "@/lib/timelineWindows";
import { daySpan } from "@/lib/zone";

const START_US = 1_795_000_000_000_000;
const START = START_US / 1000;

function aFile(changes: Partial<FileFacts> = {}): FileFacts {
  return {
    address: "segments/a.mp4",
    run_id: "run",
    mime: 'video/mp4; codecs="avc1.64001f"',
    init_bytes: 800,
    start_us: START_US,
    start_ticks: 180_000,
    entries: [
      [START_US, 2_000_000, 800, 1000],
      [START_US + 2_000_000, 2_000_000, 1800, 1200],
    ],
    ...changes,
  };
}

const LATER = aFile({
  address: "segments/b.mp4",
  run_id: "other",
  start_us: START_US + 60_000_000,
  entries: [[START_US + 60_000_000, 2_000_000, 800, 900]],
});

describe("the index of footage", () => {
  const gops = toGops([aFile(), LATER]);

  it("knows the moment of media time 0", () => {
    expect(gops[0]?.file.epochMs).toBe(START - 2000);
  });

  it("finds what shows a moment, or what comes after it", () => {
    expect(placeAt(gops, START)).toBe(0);
    expect(placeAt(gops, START + 2000)).toBe(1);
    expect(placeAt(gops, START + 30_000)).toBe(2);
    expect(placeAt(gops, START + 62_000)).toBeNull();
    expect(placeAt(gops, START - 5)).toBe(0);
  });

  it("tells the gap before footage, and none where footage goes on", () => {
    expect(gapBefore(gops, 2)).toEqual({ from: START + 4000, to: START + 60_000 });
    expect(gapBefore(gops, 1)).toBeNull();
  });

  it("fetches what follows in one file in one go, within a bound", () => {
    expect(runOf(gops, 0, Infinity, 10_000)).toHaveLength(2);
    expect(runOf(gops, 0, START + 2000, 10_000)).toHaveLength(1);
    expect(runOf(gops, 0, Infinity, 1500)).toHaveLength(1);
  });

  it("takes the newer word of what two windows tell", () => {
    const grown = toGops([aFile({ entries: [[START_US + 2_000_000, 3_000_000, 1800, 2000]] })]);
    const merged = mergeGops(gops, grown);
    expect(merged).toHaveLength(3);
    expect(merged[1]).toMatchObject({ to: START + 5000, sizeBytes: 2000 });
  });
});

function box(type: string, ...parts: (number[] | Uint8Array)[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 8);
  const made = new Uint8Array(size);
  new DataView(made.buffer).setUint32(0, size);
  made.set(new TextEncoder().encode(type), 4);
  let at = 8;
  for (const part of parts) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

function words(...values: number[]): number[] {
  return values.flatMap((value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
}

/** A fragment of two pictures of 3 and 2 bytes, 3600 ticks each, the first decoded at `ticks`. */
function aFragment(ticks: number): Uint8Array {
  const head = (offset: number) =>
    box(
      "moof",
      box("mfhd", words(0, 1)),
      box(
        "traf",
        box("tfhd", words(0x020000, 1)),
        box("tfdt", words(1 << 24, 0, ticks)),
        box("trun", words((1 << 24) | 0x305, 2, offset, 0x02000000, 3600, 3, 3600, 2)),
      ),
    );
  const length = head(0).length + 8;
  const moof = head(length);
  const media = box("mdat", [1, 2, 3, 4, 5]);
  const whole = new Uint8Array(moof.length + media.length);
  whole.set(moof);
  whole.set(media, moof.length);
  return whole;
}

describe("the pictures of a fragment", () => {
  it("are read with their times and places", () => {
    const bytes = aFragment(90_000);
    const samples = samplesOf(bytes);
    expect(samples.map(({ shownTicks, size }) => [shownTicks, size])).toEqual([
      [90_000, 3],
      [93_600, 2],
    ]);
    const second = samples[1];
    expect([...bytes.subarray(second?.offset, (second?.offset ?? 0) + 2)]).toEqual([4, 5]);
  });

  it("are those alone that were fetched to their end", () => {
    expect(samplesOf(aFragment(0).subarray(0, -2))).toHaveLength(1);
    expect(samplesOf(aFragment(0).subarray(0, 40))).toHaveLength(0);
  });

  it("can be the key frame alone, shown for longer", () => {
    const bytes = aFragment(2 ** 33);
    const [key] = samplesOf(bytes);
    if (!key) throw new Error("no picture");
    const [alone, ...others] = samplesOf(keyFragment(bytes, key, 180_000));
    expect(others).toEqual([]);
    expect(alone).toMatchObject({ decodeTicks: key.decodeTicks, durationTicks: 180_000, size: 3 });
  });
});

it("takes sound out of a file's head", () => {
  const track = (id: number) => box("trak", box("tkhd", words(0, 0, 0, id, 0)));
  const extends_ = (id: number) => box("trex", words(0, id));
  const both = box("moov", box("mvhd", words(0)), track(1), track(2), box("mvex", extends_(1), extends_(2)));
  const one = box("moov", box("mvhd", words(0)), track(1), box("mvex", extends_(1)));
  expect(withoutSound(both)).toEqual(one);
});

describe("several pictures on one clock", () => {
  it("count time at the clock's speed", () => {
    const clock = { atMs: 1000, sinceMs: 50, rate: 4, isRunning: true };
    expect(clockAt(clock, 150)).toBe(1400);
    expect(clockAt({ ...clock, isRunning: false }, 150)).toBe(1000);
  });

  it("are steered by five percent at most, jump from far behind, and wait when ahead", () => {
    expect(steer(1000, 1010, 1)).toEqual({ kind: "rate", rate: 1 });
    expect(steer(1000, 1400, 1)).toEqual({ kind: "rate", rate: 1.05 });
    expect(steer(1000, 1501, 1)).toEqual({ kind: "seek" });
    expect(steer(1200, 1000, 1)).toEqual({ kind: "wait" });
    expect(steer(1050, 1000, 1)).toMatchObject({ kind: "rate" });
    expect(steer(1000, 3000, 8)).toMatchObject({ kind: "rate", rate: 8.4 });
  });
});

it("has speeds from an eighth to sixteen, the fast ones by key frames", () => {
  expect(SPEEDS.map(speedText).join(" ")).toBe("1/8× 1/4× 1/2× 1× 2× 4× 8× 16×");
  expect(nextSpeed(16, 1)).toBe(16);
  expect(nextSpeed(1, -1)).toBe(0.5);
  expect([4, 8].map(showsKeyFramesOnly)).toEqual([false, true]);
});

describe("the windows of a timeline", () => {
  const bounds = { from: 0, to: Date.parse("2026-11-21T23:00:00Z") };

  it("are days of the site where little is in view", () => {
    const view = { from: Date.parse("2026-10-24T12:00:00Z"), to: Date.parse("2026-10-25T12:00:00Z") };
    const madrid = "Europe/Madrid";
    expect(windowsOf(view, bounds, madrid)).toEqual([
      daySpan("2026-10-24", madrid),
      daySpan("2026-10-25", madrid),
    ]);
  });

  it("are at most three for a month, whatever its beginning", () => {
    for (let day = 0; day < 28; day += 1) {
      const from = Date.parse("2026-09-01T00:00:00Z") + day * 86_400_000;
      const windows = windowsOf({ from, to: from + 31 * 86_400_000 }, bounds, "UTC");
      expect(windows.length).toBeLessThanOrEqual(3);
      expect(windows[0]?.from).toBeLessThanOrEqual(from);
    }
  });

  it("tell a gap that they cut in two as one", () => {
    const part = (from: number, to: number) => ({
      covered: [],
      gaps: [{ from, to, why: "cable" }],
      unreported: [],
      known: [{ from, to }],
    });
    const facts = joinFacts([part(0, 100), part(100, 150)], ({ why }) => why);
    expect(facts.gaps).toEqual([{ from: 0, to: 150, why: "cable" }]);
    expect(facts.known).toEqual([{ from: 0, to: 150 }]);
  });
});

describe("an address", () => {
  const now = START + 1000;
  const read = (place: string) => readPlace(new URL(place, "http://x").searchParams, now);

  it("leads back to its moment and its selection", () => {
    expect(read(momentPlace("a", START)).at).toBe(START);
    const span = { from: START - 5000, to: START };
    expect(read(selectionPlace("a", span)).select).toEqual(span);
  });

  it("of the future, or of nonsense, leads to now", () => {
    expect(read(momentPlace("a", now + 1))).toEqual({ at: null, select: null });
    expect(read("/cameras/a?at=tomorrow&select=b/c")).toEqual({ at: null, select: null });
  });
});
