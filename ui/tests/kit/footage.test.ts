import { expect, it, vi } from "vitest";

import { Footage } from "@/kit/player/footage";

it("knows that a camera of which nothing was recorded has a gap, but for what comes now", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("[]")));
  const footage = new Footage(() => Promise.resolve({ ticket: "leave", parts: [] }));
  const now = Date.now();
  expect(footage.gapAt(now - 60_000)).toBeNull();
  await footage.know({ from: now - 60_000, to: now }, new AbortController().signal);
  expect(footage.gapAt(now - 60_000)?.to).toBe(now - 60_000);
  expect(footage.gapAt(now - 5_000)).toBeNull();
});
