import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useLive } from "@/kit/player/useLive";

/** The browser's side of a socket, in the test's hands. */
class Wire {
  static all: Wire[] = [];
  binaryType = "";
  sent: string[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor() {
    Wire.all.push(this);
    queueMicrotask(() => this.onopen?.());
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.isClosed = true;
  }
}

/** Plays H.264 and nothing else. */
class Source extends EventTarget {
  readyState = "closed";
  static isTypeSupported(mime: string): boolean {
    return mime.includes("avc1");
  }
}

function init(codec: string): string {
  const mime = `video/mp4; codecs="${codec}"`;
  return JSON.stringify({ type: "init", mime, run_id: "a", epoch_ms: 7, newest_ms: 8 });
}

function opened(hasOther: boolean, stream: "main" | "sub" = "main") {
  const video = { current: document.createElement("video") };
  const ticket = vi.fn((stream: string) => Promise.resolve(`for ${stream}`));
  const view = renderHook(() =>
    useLive(video, { ticket, isActive: true, stream, hasOther }),
  );
  return { ...view, ticket };
}

async function say(message: string): Promise<void> {
  const wire = Wire.all.at(-1);
  await act(async () => {
    wire?.onmessage?.({ data: message });
    wire?.onmessage?.({ data: new ArrayBuffer(4) });
    await vi.advanceTimersByTimeAsync(1);
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  Wire.all = [];
  vi.stubGlobal("WebSocket", Wire);
  vi.stubGlobal("MediaSource", Source);
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: vi.fn() }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("takes the other stream where the browser cannot play the wanted one", async () => {
  const { result, ticket } = opened(true);
  await act(() => vi.advanceTimersByTimeAsync(1));
  await say(init("hvc1.1.6.L93.B0"));
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(ticket.mock.calls.map(([stream]) => stream)).toEqual(["main", "sub"]);
  expect(Wire.all[0]?.isClosed).toBe(true);
  await say(init("avc1.64001f"));
  expect(result.current).toMatchObject({ stream: "sub", codec: "avc1.64001f", trouble: null });
});

it("says which codec it is where there is no other stream, and plays once it can", async () => {
  const { result, ticket } = opened(false);
  await act(() => vi.advanceTimersByTimeAsync(1));
  await say(init("hvc1.1.6.L93.B0"));
  expect(result.current).toMatchObject({ trouble: "codec", codec: "hvc1.1.6.L93.B0" });
  await say(init("avc1.64001f"));
  expect(result.current).toMatchObject({ trouble: null, codec: "avc1.64001f" });
  expect(ticket).toHaveBeenCalledOnce();
});

it("says so where neither stream can be played, and does not go round in circles", async () => {
  const { result, ticket } = opened(true);
  await act(() => vi.advanceTimersByTimeAsync(1));
  await say(init("hvc1.1.6.L93.B0"));
  await act(() => vi.advanceTimersByTimeAsync(1));
  await say(init("hvc1.1.6.L60.B0"));
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(result.current).toMatchObject({ trouble: "codec", codec: "hvc1.1.6.L60.B0" });
  expect(ticket).toHaveBeenCalledTimes(2);
});

it("takes the main stream where the node does not run the small one", async () => {
  const { result, ticket } = opened(true, "sub");
  await act(() => vi.advanceTimersByTimeAsync(1));
  await act(async () => {
    Wire.all.at(-1)?.onclose?.({ code: 4404 });
    await vi.advanceTimersByTimeAsync(1);
  });
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(ticket.mock.calls.map(([stream]) => stream)).toEqual(["sub", "main"]);
  await say(init("avc1.64001f"));
  expect(result.current).toMatchObject({ stream: "main", trouble: null });
});
