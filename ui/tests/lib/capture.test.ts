import { expect, it } from "vitest";

import { captureOf } from "@/lib/live/capture";

/** The first bytes of a fragment as `media/fmp4/writer.py` writes them. */
function prft(ntpSeconds: number, fraction: number, ticks: bigint): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(64));
  view.setUint32(0, 32);
  view.setUint32(4, 0x70726674);
  view.setUint8(8, 1);
  view.setUint32(12, 1);
  view.setUint32(16, ntpSeconds);
  view.setUint32(20, fraction);
  view.setBigUint64(24, ticks);
  return view.buffer;
}

it("says when it was taken, and when its run would have begun", () => {
  const wallMs = Date.UTC(2026, 10, 21, 22, 0, 0);
  const capture = captureOf(prft(wallMs / 1000 + 2_208_988_800, 2 ** 31, 90_000n * 5n));
  expect(capture?.wallMs).toBeCloseTo(wallMs + 500, 3);
  expect(capture?.epochMs).toBeCloseTo(wallMs + 500 - 5000, 3);
});

it("knows the next era of the clock, from 2036 on", () => {
  const wallMs = Date.UTC(2040, 0, 1);
  const capture = captureOf(prft(wallMs / 1000 + 2_208_988_800 - 2 ** 32, 0, 0n));
  expect(capture?.wallMs).toBe(wallMs);
});

it("says nothing where a fragment does not", () => {
  expect(captureOf(new ArrayBuffer(8))).toBeNull();
  expect(captureOf(new ArrayBuffer(64))).toBeNull();
});
