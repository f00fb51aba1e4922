import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { fetchWhole, inTime } from "@/kit/player/fetchWhole";

const PLACE = new Request("http://here.test/piece");

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A server that sends a byte each time it is told to, and ends when it is told so. */
function server(headers: Record<string, string> = {}) {
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) });
  vi.stubGlobal("fetch", (_: Request, { signal }: RequestInit) => {
    signal?.addEventListener("abort", () => body?.error(new DOMException("given up", "AbortError")));
    return Promise.resolve(new Response(stream, { status: 206, headers }));
  });
  return { send: (byte: number) => body?.enqueue(Uint8Array.of(byte)), end: () => body?.close() };
}

it.each([{}, { "content-length": "3" }, { "content-length": "1" }])(
  "brings what comes slowly, whole (%o)",
  async (headers) => {
    const { send, end } = server(headers);
    const fetched = fetchWhole(PLACE, new AbortController().signal);
    for (const byte of [1, 2, 3]) {
      await vi.advanceTimersByTimeAsync(15_000);
      send(byte);
    }
    end();
    const { status, bytes } = await fetched;
    expect([status, [...bytes]]).toEqual([206, [1, 2, 3]]);
    expect(vi.getTimerCount()).toBe(0);
  },
);

it("gives up a line that went silent", async () => {
  const { send } = server();
  const fetched = fetchWhole(PLACE, new AbortController().signal).catch((error: unknown) => error);
  send(1);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(await fetched).toBeInstanceOf(DOMException);
});

it("gives up when it is told to, also before it began", async () => {
  server();
  const ending = new AbortController();
  const fetched = fetchWhole(PLACE, ending.signal).catch((error: unknown) => error);
  ending.abort();
  expect(await fetched).toBeInstanceOf(DOMException);
});

it("waits for what is promised, not for ever", async () => {
  await expect(inTime(Promise.resolve("ticket"))).resolves.toBe("ticket");
  await expect(inTime(Promise.reject(new Error("refused")))).rejects.toThrow("refused");
  const never = inTime(new Promise(() => undefined)).catch((error: unknown) => String(error));
  await vi.advanceTimersByTimeAsync(25_000);
  expect(await never).toContain("no answer in time");
});
