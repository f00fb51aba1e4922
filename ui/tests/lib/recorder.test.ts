import { describe, expect, it } from "vitest";

import { isLookedAt, joinedSpans, LONGEST_PLAY_MS, LONGEST_SEARCH_MS, onRecorderAt, recorderSpan, searchSpan, unlookedMs } from "@/lib/recorder";
import type { Facts } from "@/lib/timeline";
import { joinFacts } from "@/lib/timelineWindows";

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;

function facts(changes: Partial<Facts> = {}): Facts {
  return { covered: [], gaps: [], unreported: [], onRecorder: [], ...changes };
}

it("joins what overlaps or nearly touches", () => {
  const spans = [{ from: 50, to: 90 }, { from: 0, to: 20 }, { from: 22, to: 40 }, { from: 55, to: 60 }];
  expect(joinedSpans(spans)).toEqual([{ from: 0, to: 20 }, { from: 22, to: 40 }, { from: 50, to: 90 }]);
  expect(joinedSpans(spans, 2)).toEqual([{ from: 0, to: 40 }, { from: 50, to: 90 }]);
});

describe("what a recorder is asked to play", () => {
  const files = [
    { from: 10 * MINUTE, to: 20 * MINUTE },
    { from: 20 * MINUTE + 1_500, to: 30 * MINUTE },
  ];

  it("goes over the joints of its files, to its end", () => {
    expect(recorderSpan(facts({ onRecorder: files }), 12 * MINUTE, NOW)).toEqual({ from: 12 * MINUTE, to: 30 * MINUTE });
  });

  it("ends where our own footage begins", () => {
    const covered = [{ from: 25 * MINUTE, to: 40 * MINUTE }];
    expect(recorderSpan(facts({ onRecorder: files, covered }), 12 * MINUTE, NOW)?.to).toBe(25 * MINUTE);
  });

  it("is nothing where we have it ourselves, or it has not", () => {
    const covered = [{ from: 11 * MINUTE, to: 40 * MINUTE }];
    expect(recorderSpan(facts({ onRecorder: files, covered }), 12 * MINUTE, NOW)).toBeNull();
    expect(recorderSpan(facts({ onRecorder: files }), 40 * MINUTE, NOW)).toBeNull();
    expect(recorderSpan(facts(), 12 * MINUTE, NOW)).toBeNull();
  });

  it("is a day at most, and not what is to come", () => {
    const onRecorder = [{ from: 0, to: 90 * 24 * 60 * MINUTE }];
    const late = 80 * 24 * 60 * MINUTE;
    expect(recorderSpan(facts({ onRecorder }), 0, late)?.to).toBe(LONGEST_PLAY_MS);
    expect(recorderSpan(facts({ onRecorder }), 990 * MINUTE, NOW)?.to).toBe(NOW);
  });

  it("is seen in a gap, for a gap is not footage", () => {
    const gaps = [{ from: 10 * MINUTE, to: 30 * MINUTE }];
    expect(recorderSpan(facts({ onRecorder: files, gaps }), 12 * MINUTE, NOW)).not.toBeNull();
  });
});

it("searches what is in view, its newest seven days, and nothing to come", () => {
  const now = 100 * LONGEST_SEARCH_MS;
  expect(searchSpan({ from: now - 10, to: now + 10 }, now)).toEqual({ from: now - 10, to: now });
  expect(searchSpan({ from: 0, to: now }, now)).toEqual({ from: now - LONGEST_SEARCH_MS, to: now });
  expect(searchSpan({ from: now + 1, to: now + 2 }, now)).toBeNull();
});

it("tells once what two windows of a timeline both tell", () => {
  const file = { from: 5, to: 15 };
  const window = (from: number, to: number) => ({ ...facts({ onRecorder: [file] }), known: [{ from, to }] });
  const joined = joinFacts([window(0, 10), window(10, 20)], () => "");
  expect(joined.onRecorder).toEqual([file]);
  expect(onRecorderAt(joined, 15)).toBeNull();
  expect(onRecorderAt(joined, 14)).toEqual(file);
});

it("knows what no search has looked at, and makes no word of next to nothing", () => {
  const hour = { from: 0, to: 60 * MINUTE };
  expect(unlookedMs([], hour)).toBe(60 * MINUTE);
  expect(unlookedMs([{ from: 30 * MINUTE, to: 50 * MINUTE }, { from: -5, to: 20 * MINUTE }], hour)).toBe(20 * MINUTE);
  expect(unlookedMs([{ from: 0, to: 59.5 * MINUTE }], hour)).toBe(0);
});

it("tells a time without footage from one that nobody has searched", () => {
  const looked = [{ from: 0, to: 10 }];
  expect([5, 10].map((ms) => isLookedAt(facts({ looked }), ms))).toEqual([true, false]);
  expect(isLookedAt(facts(), 5)).toBeNull();
});
