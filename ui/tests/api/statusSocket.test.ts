import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { StatusSocket } from "@/api/statusSocket";
import { parseStatus, stateAfter, type StatusMessage, tellsOfDevices } from "@/lib/status";

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  isClosed = false;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  close() {
    this.isClosed = true;
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const SNAPSHOT = { type: "snapshot", id: 7, cameras: [{ camera_id: "a", state: "waiting", reason: null }] };

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function listening() {
  const heard: string[] = [];
  const socket = new StatusSocket({
    onMessage: (message) => heard.push(`${message.type} ${message.id}`),
    onChange: (isOpen) => heard.push(isOpen ? "open" : "lost"),
    onRefused: () => heard.push("refused"),
  });
  return { heard, socket, last: () => FakeSocket.all.at(-1) as FakeSocket };
}

it("goes on after the last number that it heard", () => {
  const { heard, last } = listening();
  expect(last().url).toMatch(/^ws:\/\/[^/]+\/ws\/status$/);
  last().onopen?.();
  last().say(SNAPSHOT);
  last().say({ type: "stream_started", id: 9, camera_id: "a", stream: "main" });
  last().onclose?.({ code: 1013 });
  expect(FakeSocket.all).toHaveLength(1);
  vi.advanceTimersByTime(15_000);
  expect(last().url).toMatch(/\/ws\/status\?after=9$/);
  expect(heard).toEqual(["open", "snapshot 7", "stream_started 9", "lost"]);
});

it("waits longer each time until one lasted", () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const { last } = listening();
  const lose = () => last().onclose?.({ code: 1006 });
  for (const pause of [500, 1000, 2000]) {
    const count = FakeSocket.all.length;
    last().onopen?.();
    lose();
    vi.advanceTimersByTime(pause - 1);
    expect(FakeSocket.all).toHaveLength(count);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all).toHaveLength(count + 1);
  }
  last().onopen?.();
  vi.advanceTimersByTime(11_000);
  lose();
  vi.advanceTimersByTime(500);
  expect(FakeSocket.all).toHaveLength(5);
});

it("stays away when the session ended, or nobody listens", () => {
  const { heard, last } = listening();
  last().onclose?.({ code: 4401 });
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(1);
  expect(heard).toEqual(["lost", "refused"]);
  const { socket, last: other } = listening();
  socket.close();
  expect(other().isClosed).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all).toHaveLength(2);
});

it("says what a camera's state becomes", () => {
  const event = (type: string, stream: string): StatusMessage => ({
    id: 1,
    type,
    camera_id: "a",
    stream,
    state: "recording",
    at: "2026-11-21T12:00:00Z",
    reason: null,
  });
  expect(stateAfter(event("stream_started", "main"), "a")?.state).toBe("recording");
  expect(stateAfter(event("stream_started", "sub"), "a")).toBeNull();
  expect(stateAfter(event("camera_online", "main"), "a")).toBeNull();
  expect(stateAfter(event("stream_started", "main"), "b")).toBeNull();
  expect(stateAfter(SNAPSHOT as StatusMessage, "a")?.state).toBe("waiting");
  expect(stateAfter(SNAPSHOT as StatusMessage, "b")).toBeNull();
  expect(parseStatus('{"hello": 1}')).toBeNull();
});

it("hears of devices, and only of those that changed", () => {
  const event = { type: "nvr_offline", id: 9, camera_id: null, device_id: "d", stream: "", state: "offline" };
  const told = (message: object) => parseStatus(JSON.stringify(message)) as StatusMessage;
  expect(tellsOfDevices(told(event), undefined)).toBe(true);
  expect(stateAfter(told(event), "a")).toBeNull();
  expect(tellsOfDevices(told({ ...event, camera_id: "a", device_id: null }), undefined)).toBe(false);
  const snapshot = told({ ...SNAPSHOT, devices: [{ device_id: "d", state: "offline", reason: null }] });
  expect(tellsOfDevices(snapshot, [{ id: "d", state: "online" }])).toBe(true);
  expect(tellsOfDevices(snapshot, [{ id: "d", state: "offline" }])).toBe(false);
  expect(tellsOfDevices(told(SNAPSHOT), [{ id: "d", state: "online" }])).toBe(false);
});
