import { expect, it } from "vitest";

import { backoffMs } from "@/lib/backoff";
import { parseMessage, troubleOf } from "@/lib/live/messages";

it("reads the texts of the live socket", () => {
  const init = { type: "init", mime: "video/mp4", run_id: "r", epoch_ms: 5 };
  expect(parseMessage(JSON.stringify(init))).toEqual(init);
  expect(parseMessage('{"type":"skip"}')).toEqual({ type: "skip" });
});

it("passes over what a newer server may say", () => {
  expect(parseMessage('{"type":"weather"}')).toBeNull();
  expect(parseMessage("5")).toBeNull();
});

it("knows the close codes", () => {
  expect([4401, 4404, 4503, 1006].map(troubleOf)).toEqual([
    "refused",
    "unknown_camera",
    "node_unreachable",
    "lost",
  ]);
});

it("waits longer after each failure, spread, and at most 15 s", () => {
  expect(backoffMs(0, () => 0)).toBe(250);
  expect(backoffMs(0, () => 1)).toBe(500);
  expect(backoffMs(3, () => 1)).toBe(4000);
  expect(backoffMs(60, () => 1)).toBe(15_000);
});
