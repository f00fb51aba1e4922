import { expect, it } from "vitest";

import { backoffMs } from "@/lib/backoff";
import { parseMessage, troubleOf } from "@/lib/live/messages";
import { refusalKey } from "@/lib/refusal";

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
  expect([4401, 4404, 4503, 1006].map((code) => troubleOf(code))).toEqual([
    "refused",
    "unknown_camera",
    "node_unreachable",
    "lost",
  ]);
});

it("tells one view too many of a site from a node that is away", () => {
  expect(troubleOf(4503, "too_many_relays")).toBe("too_many_relays");
  expect(troubleOf(4503, "node_away")).toBe("node_unreachable");
  expect(refusalKey({ error: { key: "too_many_relays", en: "", es: "" } })).toBe("too_many_relays");
  for (const odd of [null, 5, {}, { error: null }, { error: { key: 5 } }]) expect(refusalKey(odd)).toBeNull();
});

it("waits longer after each failure, spread, and at most 15 s", () => {
  expect(backoffMs(0, () => 0)).toBe(250);
  expect(backoffMs(0, () => 1)).toBe(500);
  expect(backoffMs(3, () => 1)).toBe(4000);
  expect(backoffMs(60, () => 1)).toBe(15_000);
});
