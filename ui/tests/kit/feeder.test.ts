import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Footage } from "@/kit/player/footage";
import { GopFeeder } from "@/kit/player/gopFeeder";
import { Playback } from "@/kit/player/playback";
import type { Gop } from "@/lib/footageIndex";

const SECOND = 1000;
/** A moment long ago; groups of ten seconds follow, one behind the other. */
const START = 1_795_000_000_000;
const FILE = { address: "segments/a.mp4", runId: "a", mime: 'video/mp4; codecs="avc1.64001f"', initBytes: 8, epochMs: START };
const GOPS: Gop[] = Array.from({ length: 8 }, (_, place) => ({
  file: FILE,
  from: START + place * 10 * SECOND,
  to: START + (place + 1) * 10 * SECOND,
  offsetBytes: 8 + place * 16,
  sizeBytes: 16,
}));

/** Footage that is there at once. */
function footageOf(gops: readonly Gop[]): Footage {
  const footage = {
    gops,
    firstAt: (ms: number) => Promise.resolve(gops.find(({ to }) => to > ms) ?? null),
    bytes: (_file: unknown, from: number, to: number) => Promise.resolve(new Uint8Array(to - from)),
  };
  return footage as unknown as Footage;
}

/** Where the browser's buffer ends, in its own seconds. */
let bufferEnd = Infinity;

/** A browser's buffer that holds whatever was put into it. */
class Buffer extends EventTarget {
  timestampOffset = 0;
  appendBuffer(): void {
    queueMicrotask(() => this.dispatchEvent(new Event("updateend")));
  }
  get buffered() {
    return { length: 1, start: () => 0, end: () => bufferEnd };
  }
  remove(): void {
    this.appendBuffer();
  }
}

class Source extends EventTarget {
  duration = 0;
  static isTypeSupported = () => true;
  constructor() {
    super();
    queueMicrotask(() => this.dispatchEvent(new Event("sourceopen")));
  }
  addSourceBuffer = () => new Buffer();
}

function aVideo() {
  const video = {
    currentTime: 0,
    paused: true,
    muted: true,
    seeking: false,
    readyState: 4,
    HAVE_CURRENT_DATA: 2,
    dataset: {},
    play: () => Promise.resolve(),
    pause: () => undefined,
    requestVideoFrameCallback: () => 1,
    cancelVideoFrameCallback: () => undefined,
  };
  return Object.assign(new EventTarget(), video) as unknown as HTMLVideoElement;
}

function heard() {
  return {
    onTrouble: vi.fn(),
    onGap: vi.fn(),
    onEnd: vi.fn(),
    onSound: vi.fn<(hasSound: boolean) => void>(),
  };
}

beforeEach(() => {
  bufferEnd = Infinity;
  vi.useFakeTimers({ now: START + 3_600 * SECOND });
  vi.stubGlobal("MediaSource", Source);
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: vi.fn() }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("knows a hole in what is at hand, where the next picture that it has is not the next one", async () => {
  const told = heard();
  const feeder = new GopFeeder(aVideo(), footageOf(GOPS), told);
  for (const second of [5, 25]) {
    feeder.seek(START + second * SECOND);
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(feeder.lacksBetween(START + 1 * SECOND, START + 9 * SECOND)).toBe(false);
  expect(feeder.lacksBetween(START + 9 * SECOND, START + 21 * SECOND)).toBe(true);
  expect(feeder.lacksBetween(START + 21 * SECOND, START + 9 * SECOND)).toBe(true);
  // The edge of a group is not in the next one, whatever roundings say.
  expect(feeder.lacksBetween(START + 5 * SECOND, START + 10 * SECOND + 0.5)).toBe(false);
  expect(told.onTrouble).not.toHaveBeenCalled();
  feeder.close();
});

it.each([
  ['video/mp4; codecs="avc1.64001f"', false],
  ['video/mp4; codecs="avc1.64001f, mp4a.40.2"', true],
])("tells whether %s can be heard", async (mime, hasSound) => {
  const told = heard();
  const gops = GOPS.map((gop) => ({ ...gop, file: { ...FILE, mime } }));
  const feeder = new GopFeeder(aVideo(), footageOf(gops), told);
  feeder.seek(START);
  await vi.advanceTimersByTimeAsync(10);
  expect(told.onSound.mock.calls).toEqual([[hasSound]]);
  // Fast playing shows key frames alone, in silence.
  feeder.setRate(8, true);
  await vi.advanceTimersByTimeAsync(10);
  expect(told.onSound).toHaveBeenLastCalledWith(false);
  feeder.close();
});

it("seeks to the moment of a clock that stands once, and again when the clock moved", () => {
  const seek = vi.spyOn(GopFeeder.prototype, "seek").mockImplementation(() => undefined);
  vi.spyOn(GopFeeder.prototype, "isSeeking", "get").mockReturnValue(false);
  const position = vi.spyOn(GopFeeder.prototype, "position").mockReturnValue(START);
  vi.spyOn(Footage.prototype, "gapAt").mockReturnValue(null);
  const player = new Playback(aVideo(), {
    ...heard(),
    takeTicket: () => Promise.reject(new Error("not asked")),
    onFrame: vi.fn(),
  });
  const stands = (atMs: number) => player.follow({ atMs, sinceMs: 0, rate: 1, isRunning: false }, 0).kind;
  expect([stands(START), stands(START), stands(START)]).toEqual(["loading", "shown", "shown"]);
  expect(seek.mock.calls).toEqual([[START]]);
  position.mockReturnValue(START + 40);
  expect([stands(START + 40), stands(START + 40)]).toEqual(["loading", "shown"]);
  player.follow({ atMs: START + 40, sinceMs: 0, rate: 1, isRunning: true }, 0);
  expect([stands(START + 40), stands(START + 40)]).toEqual(["loading", "shown"]);
  expect(seek.mock.calls).toEqual([[START], [START + 40], [START + 40]]);
  player.close();
});

/** Ten seconds, and ten more a minute later. */
function withGap(mimeAfter = FILE.mime): Gop[] {
  const [before, , after] = GOPS;
  if (!before || !after) throw new Error("too few groups");
  const file = { ...FILE, address: "segments/b.mp4", runId: "b", mime: mimeAfter };
  return [before, { ...after, file, from: after.from + 40 * SECOND, to: after.to + 40 * SECOND }];
}

/** A video that played from START and stands `shortMs` before the end of the first ten seconds. */
async function standing(gops: readonly Gop[], shortMs: number) {
  const told = heard();
  const video = aVideo();
  const feeder = new GopFeeder(video, footageOf(gops), told);
  feeder.seek(START);
  await vi.advanceTimersByTimeAsync(10);
  const began = video.currentTime;
  bufferEnd = began + 10;
  video.currentTime = bufferEnd - shortMs / SECOND;
  Object.assign(video, { paused: false, readyState: 2 });
  return { told, video, feeder, began };
}

const GAP = { from: START + 10 * SECOND, to: START + 60 * SECOND };

it.each([
  ["what follows is of the same kind", FILE.mime, 60],
  ["what follows has sound", 'video/mp4; codecs="avc1.64001f, mp4a.40.2"', 0],
])("steps over a gap though the video stands a picture before it: %s", async (_, mime, seconds) => {
  const { told, video, feeder, began } = await standing(withGap(mime), 40);
  await vi.advanceTimersByTimeAsync(300);
  expect(told.onGap.mock.calls).toEqual([[GAP]]);
  // Another kind of footage begins a buffer of its own.
  expect(video.currentTime).toBeCloseTo(began + seconds, 3);
  feeder.close();
});

it("steps over what a browser will not show, once it stood there for long", async () => {
  const { told, video, feeder, began } = await standing(withGap(), 500);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(video.currentTime).toBeCloseTo(began + 9.5, 3);
  expect(told.onGap).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(video.currentTime).toBeCloseTo(began + 60, 3);
  expect(told.onGap.mock.calls).toEqual([[GAP]]);
  feeder.close();
});

it("lets a video stand that somebody stopped", async () => {
  const { told, video, feeder, began } = await standing(withGap(), 40);
  Object.assign(video, { paused: true });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(video.currentTime).toBeCloseTo(began + 9.96, 3);
  expect(told.onGap).not.toHaveBeenCalled();
  feeder.close();
});

it("tells the end of all footage though the video stands a picture before it", async () => {
  const { told, feeder } = await standing(GOPS.slice(0, 1), 40);
  await vi.advanceTimersByTimeAsync(500);
  expect(told.onEnd).toHaveBeenCalledOnce();
  feeder.close();
});

it("goes on with another speed though the browser let go of a buffer without a word", async () => {
  const append = vi.spyOn(Buffer.prototype, "appendBuffer").mockImplementation(() => undefined);
  const told = heard();
  const video = aVideo();
  const feeder = new GopFeeder(video, footageOf(GOPS), told);
  feeder.seek(START);
  await vi.advanceTimersByTimeAsync(10);
  expect(video.currentTime).toBe(0);
  append.mockRestore();
  feeder.setRate(1, true);
  await vi.advanceTimersByTimeAsync(300);
  expect(video.currentTime).toBeGreaterThan(0);
  expect(told.onTrouble).not.toHaveBeenCalled();
  feeder.close();
});
