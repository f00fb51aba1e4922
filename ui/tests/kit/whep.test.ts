import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { serversOf, type WhepListener, WhepSession } from "@/kit/player/whep";

/** The browser's WebRTC, in the test's hands. */
class Peer {
  static newest: Peer;
  connectionState = "new";
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { track: unknown }) => void) | null = null;
  configuration: RTCConfiguration | null = null;
  local: unknown = null;
  remote: unknown = null;
  kinds: string[] = [];
  constructor() {
    Peer.newest = this;
  }
  addTransceiver(kind: string) {
    this.kinds.push(kind);
    return { receiver: {} };
  }
  createOffer() {
    return Promise.resolve({ type: "offer", sdp: "v=0 offer" });
  }
  setConfiguration(configuration: RTCConfiguration) {
    this.configuration = configuration;
  }
  setLocalDescription(description: unknown) {
    this.local = description;
    return Promise.resolve();
  }
  setRemoteDescription(description: unknown) {
    this.remote = description;
    return Promise.resolve();
  }
  close() {
    this.connectionState = "closed";
  }
  become(state: string) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

const ANSWER = { status: 201, headers: { Location: "/media/v1/whep/x1" } };
let answer: () => Response;
const asked = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

async function begun() {
  const video = document.createElement("video");
  let show: () => void = () => undefined;
  video.requestVideoFrameCallback = (callback) => {
    show = () => callback(0, {} as VideoFrameCallbackMetadata);
    return 1;
  };
  const heard = {
    onPicture: vi.fn<WhepListener["onPicture"]>(),
    onTrouble: vi.fn<WhepListener["onTrouble"]>(),
  };
  const session = new WhepSession(video, () => Promise.resolve("t1"), heard);
  await vi.advanceTimersByTimeAsync(0);
  return { session, heard, video, peer: Peer.newest, show: () => show() };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("RTCPeerConnection", Peer);
  answer = () => new Response("v=0 answer", ANSWER);
  asked.mockReset();
  asked.mockImplementation(() => Promise.resolve(answer()));
  vi.stubGlobal("fetch", asked);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("offers to take one video and plays what is answered", async () => {
  const { heard, peer, show } = await begun();
  const [url, init] = asked.mock.calls[0] ?? [];
  expect(url).toBe("/media/v1/whep");
  expect(init?.body).toBe("v=0 offer");
  expect(init?.headers).toEqual({ Authorization: "Bearer t1", "Content-Type": "application/sdp" });
  expect(peer.kinds).toEqual(["video"]);
  expect(peer.remote).toEqual({ type: "answer", sdp: "v=0 answer" });
  show();
  expect(heard.onPicture).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard.onTrouble).not.toHaveBeenCalled();
});

it("ends the session at the node, once", async () => {
  const { session, peer } = await begun();
  session.close();
  session.close();
  expect(peer.connectionState).toBe("closed");
  const ended = asked.mock.calls.filter(([, init]) => init.method === "DELETE");
  expect(ended.map(([url]) => url)).toEqual(["/media/v1/whep/x1"]);
});

it("ends also a session that was answered too late", async () => {
  let arrive: (response: Response) => void = () => undefined;
  asked.mockImplementationOnce(() => new Promise((resolve) => (arrive = resolve)));
  const { session } = await begun();
  session.close();
  arrive(answer());
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.mock.calls.map(([, init]) => init.method)).toEqual(["POST", "DELETE"]);
});

it("hands on the node's words", async () => {
  const error = { key: "whep_b_frames", field: null, en: "Reordered.", es: "Reordenado." };
  answer = () => Response.json({ error }, { status: 422 });
  const { heard, peer } = await begun();
  const words = { en: "Reordered.", es: "Reordenado." };
  const trouble = { kind: "refused", key: "whep_b_frames", words };
  expect(heard.onTrouble).toHaveBeenCalledExactlyOnceWith(trouble);
  expect(peer.connectionState).toBe("closed");
});

it("tells a way that is not found from one that is lost", async () => {
  const never = await begun();
  never.peer.become("failed");
  expect(never.heard.onTrouble).toHaveBeenCalledExactlyOnceWith({ kind: "no_path" });
  const later = await begun();
  later.show();
  later.peer.become("failed");
  expect(later.heard.onTrouble).toHaveBeenCalledExactlyOnceWith({ kind: "lost" });
  const silent = await begun();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(silent.heard.onTrouble).toHaveBeenCalledExactlyOnceWith({ kind: "no_path" });
});

it("uses the servers that the node names", async () => {
  const link =
    '<stun:a.example:3478>; rel="ice-server", ' +
    '<turn:b.example?transport=udp>; rel="ice-server"; username="u, x"; ' +
    'credential="p\\"w\\\\"; credential-type="password"';
  answer = () => new Response("v=0", { status: 201, headers: { ...ANSWER.headers, Link: link } });
  const { peer } = await begun();
  const servers = [
    { urls: "stun:a.example:3478" },
    { urls: "turn:b.example?transport=udp", username: "u, x", credential: 'p"w\\' },
  ];
  expect(peer.configuration).toEqual({ iceServers: servers });
  expect(serversOf(null)).toEqual([]);
});
