/** Why there is no picture by WebRTC. `words` are the node's own, in both languages. */
export type WhepTrouble =
  | { kind: "refused"; key: string; words: { en: string; es: string } }
  | { kind: "unsupported" | "no_path" | "lost" };

/** What a session tells its owner. After `onTrouble` it is over. */
export interface WhepListener {
  onPicture(): void;
  onTrouble(trouble: WhepTrouble): void;
}

const ENDPOINT = "/media/v1/whep";
/** From the answer to the first picture; the node gives up after as long. */
const PATIENCE_MS = 20_000;

export function canPlayWhep(): boolean {
  return "RTCPeerConnection" in window;
}

/**
 * One camera, live in `video` by WebRTC (draft-ietf-wish-whep). It is not begun anew by itself:
 * whoever hears of its trouble shows the ordinary live view instead. No sound: cameras send none
 * that WebRTC takes.
 */
export class WhepSession {
  private readonly connection = new RTCPeerConnection();
  private leave: (() => Promise<void>) | null = null;
  private isOver = false;
  private hasShown = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly takeTicket: () => Promise<string>,
    private readonly listener: WhepListener,
  ) {
    this.timer = setTimeout(() => this.fail({ kind: "no_path" }), PATIENCE_MS);
    void this.open().catch(() => this.fail({ kind: "lost" }));
  }

  /** Ends the session here and at the node. */
  close(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.connection.close();
    if (this.video.srcObject) this.video.srcObject = null;
    void this.leave?.();
  }

  private fail(trouble: WhepTrouble): void {
    if (this.isOver) return;
    this.close();
    this.listener.onTrouble(trouble);
  }

  private async open(): Promise<void> {
    this.listen();
    const offer = await this.connection.createOffer();
    const ticket = await this.takeTicket();
    const response = await fetch(ENDPOINT, {
      method: "POST",
      headers: { Authorization: `Bearer ${ticket}`, "Content-Type": "application/sdp" },
      body: offer.sdp ?? "",
    });
    if (!response.ok) {
      this.fail(await refusalOf(response));
      return;
    }
    const answer = await response.text();
    this.leave = () => leave(response.headers.get("Location") ?? "", ticket);
    if (this.connection.connectionState === "closed") {
      await this.leave();
      return;
    }
    // Addresses are gathered only now that the servers are known. The node needs none of them: it
    // answers to wherever the browser calls it from.
    this.connection.setConfiguration({ iceServers: serversOf(response.headers.get("Link")) });
    await this.connection.setLocalDescription(offer);
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer });
  }

  private listen(): void {
    const { connection, video } = this;
    const { receiver } = connection.addTransceiver("video", { direction: "recvonly" });
    // As late as the network makes it, and no later.
    if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
    connection.ontrack = ({ track }) => {
      video.srcObject = new MediaStream([track]);
      void video.play().catch(() => undefined); // where it may not, its own button starts it
    };
    video.requestVideoFrameCallback(() => {
      if (this.isOver) return;
      clearTimeout(this.timer);
      this.hasShown = true;
      this.listener.onPicture();
    });
    connection.onconnectionstatechange = () => {
      if (connection.connectionState !== "failed") return;
      this.fail({ kind: this.hasShown ? "lost" : "no_path" });
    };
  }
}

async function leave(url: string, ticket: string): Promise<void> {
  const headers = { Authorization: `Bearer ${ticket}` };
  // Gone with the page or not: the node also ends what nobody answers any more.
  await fetch(url, { method: "DELETE", headers, keepalive: true }).catch(() => undefined);
}

async function refusalOf(response: Response): Promise<WhepTrouble> {
  const said: unknown = await response.json().catch(() => null);
  if (typeof said !== "object" || said === null || !("error" in said)) return { kind: "lost" };
  const { key, en, es } = said.error as { key: string; en: string; es: string };
  return { kind: "refused", key, words: { en, es } };
}

const LINK = /<((?:stun|turns?):[^>]+)>((?:\s*;\s*[\w-]+="(?:[^"\\]|\\.)*")*)/g;
const PARAMETER = /([\w-]+)="((?:[^"\\]|\\.)*)"/g;

/** STUN and TURN servers in a `Link` header (RFC 8288; WHEP, 4.6). */
export function serversOf(header: string | null): RTCIceServer[] {
  return Array.from((header ?? "").matchAll(LINK), ([, urls = "", rest = ""]) => {
    const given = new Map(
      Array.from(rest.matchAll(PARAMETER), ([, name, value]) => [
        name,
        (value ?? "").replace(/\\(.)/g, "$1"),
      ]),
    );
    const username = given.get("username");
    const credential = given.get("credential");
    return username === undefined || credential === undefined
      ? { urls }
      : { urls, username, credential };
  });
}
