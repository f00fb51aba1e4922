import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { RecorderVideo } from "@/kit/player/RecorderVideo";

import { show } from "../render";

/** The browser's side of a socket, in the test's hands. */
class Wire {
  static all: Wire[] = [];
  sent: string[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason?: string }) => void) | null = null;
  constructor(readonly url: string) {
    Wire.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.isClosed = true;
  }
  say(message: object): void {
    act(() => this.onmessage?.({ data: JSON.stringify(message) }));
  }
}

const BUSY = { key: "recorder_plays_for_others", en: "One is before you.", es: "Hay uno antes." };

beforeEach(() => {
  Wire.all = [];
  vi.stubGlobal("WebSocket", Wire);
  vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(() => undefined);
  vi.stubGlobal("MediaSource", { isTypeSupported: () => true });
});
afterEach(() => vi.unstubAllGlobals());

async function playing(ticket = () => Promise.resolve("leave")) {
  const heard = { onOver: vi.fn(), onAgain: vi.fn() };
  await show(
    <RecorderVideo
      label="Entrance"
      wish={{ from: 0, to: 60_000 }}
      isPaused={false}
      isMuted
      onMuted={() => undefined}
      ticket={ticket}
      {...heard}
    />,
  );
  await vi.waitFor(() => expect(Wire.all).toHaveLength(1));
  const wire = Wire.all[0] as Wire;
  await act(async () => {
    wire.onopen?.();
    await Promise.resolve();
  });
  return { wire, ...heard };
}

it("says whose footage it is, and what is waited for", async () => {
  const { wire } = await playing();
  expect(wire.url).toMatch(/\/media\/v1\/recorder$/);
  await vi.waitFor(() => expect(wire.sent).toEqual(['{"ticket":"leave"}']));
  expect(screen.getByText("Played by the recorder, 1×")).toBeInTheDocument();
  wire.say({ type: "state", state: "waiting", reason: BUSY });
  expect(screen.getByText(BUSY.en)).toBeInTheDocument();
});

it("says why it failed, and asks again only when somebody wants it", async () => {
  const { wire, onAgain } = await playing();
  wire.say({ type: "state", state: "failed", reason: BUSY });
  expect(wire.isClosed).toBe(true);
  expect(screen.getByRole("status")).toHaveTextContent(BUSY.en);
  await userEvent.click(screen.getByRole("button", { name: "Play on from here" }));
  expect(onAgain).toHaveBeenCalledOnce();
  expect(Wire.all).toHaveLength(1);
});

it("does not come back by itself when the line is cut", async () => {
  const { wire } = await playing();
  act(() => wire.onclose?.({ code: 1006 }));
  expect(screen.getByRole("status")).toHaveTextContent("The recorder's footage was interrupted.");
  vi.useFakeTimers();
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  expect(Wire.all).toHaveLength(1);
});

it("tells its owner when all of it was played, and lets the recorder go", async () => {
  const { wire, onOver } = await playing();
  wire.say({ type: "state", state: "over", reason: null });
  expect(onOver).toHaveBeenCalledOnce();
  expect(wire.isClosed).toBe(true);
});

it("passes on the hub's words where it gives no leave", async () => {
  const refusal = { status: 409, words: { en: "No recorder.", es: "Sin grabador." } };
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the hub's client throws
  await playing(() => Promise.reject(refusal));
  expect(await screen.findByText("No recorder.")).toBeInTheDocument();
});
