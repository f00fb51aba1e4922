import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { type LiveListener, LiveSocket } from "@/kit/player/liveSocket";

/** The browser's side of a socket, in the test's hands. */
class Wire {
  static all: Wire[] = [];
  binaryType = "";
  sent: string[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor(readonly url: string) {
    Wire.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.isClosed = true;
  }
}

const INIT = JSON.stringify({ type: "init", mime: "video/mp4", run_id: "a", epoch_ms: 7 });
const bytes = () => new ArrayBuffer(4);

function listener() {
  return {
    onInit: vi.fn<LiveListener["onInit"]>(),
    onFragment: vi.fn<LiveListener["onFragment"]>(),
    onState: vi.fn<LiveListener["onState"]>(),
    onSkip: vi.fn<LiveListener["onSkip"]>(),
    onLost: vi.fn<LiveListener["onLost"]>(),
  };
}

async function connected(heard = listener(), ticket = vi.fn(() => Promise.resolve("t1"))) {
  const socket = new LiveSocket(ticket, heard);
  await vi.advanceTimersByTimeAsync(0);
  const wire = Wire.all.at(-1);
  if (!wire) throw new Error("not connected");
  wire.onopen?.();
  await vi.advanceTimersByTimeAsync(0);
  return { socket, heard, ticket, wire };
}

beforeEach(() => {
  vi.useFakeTimers();
  Wire.all = [];
  vi.stubGlobal("WebSocket", Wire);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("shows its ticket first, in a message and not in the address", async () => {
  const { wire, socket } = await connected();
  expect(wire.url).not.toContain("t1");
  expect(wire.sent).toEqual(['{"ticket":"t1"}']);
  socket.close();
});

it("tells the init from the fragments", async () => {
  const { wire, heard, socket } = await connected();
  wire.onmessage?.({ data: INIT });
  wire.onmessage?.({ data: bytes() });
  wire.onmessage?.({ data: bytes() });
  expect(heard.onInit).toHaveBeenCalledOnce();
  expect(heard.onInit.mock.calls[0]?.[0].epoch_ms).toBe(7);
  expect(heard.onFragment).toHaveBeenCalledOnce();
  socket.close();
});

it("comes back with a new ticket after a pause that grows", async () => {
  const { wire, heard, ticket, socket } = await connected();
  wire.onclose?.({ code: 4401 });
  expect(heard.onLost).toHaveBeenLastCalledWith("refused");
  await vi.advanceTimersByTimeAsync(200);
  expect(ticket).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(400);
  expect(ticket).toHaveBeenCalledTimes(2);
  Wire.all.at(-1)?.onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(450);
  expect(ticket).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(600);
  expect(ticket).toHaveBeenCalledTimes(3);
  socket.close();
});

it("gives up on a socket that says nothing", async () => {
  const { wire, heard, socket } = await connected();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heard.onLost).toHaveBeenCalledWith("lost");
  expect(wire.isClosed).toBe(true);
  socket.close();
});

it("waits in patience for pictures once the node has spoken", async () => {
  const { wire, heard, socket } = await connected();
  wire.onmessage?.({ data: '{"type":"state","state":"waiting","reason":null}' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard.onState).toHaveBeenCalledOnce();
  expect(heard.onLost).not.toHaveBeenCalled();
  socket.close();
});

it("says why it got no ticket", async () => {
  const heard = listener();
  const socket = new LiveSocket(() => Promise.reject(Object.assign(new Error(), { status: 503 })), heard);
  await vi.advanceTimersByTimeAsync(0);
  expect(heard.onLost).toHaveBeenCalledWith("node_unreachable");
  socket.close();
});

it("stays closed", async () => {
  const { wire, ticket, socket } = await connected();
  socket.close();
  wire.onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ticket).toHaveBeenCalledOnce();
});
