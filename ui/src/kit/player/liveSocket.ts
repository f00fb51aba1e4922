import { backoffMs } from "@/lib/backoff";
import { type LiveMessage, type LiveTrouble, parseMessage, troubleOf } from "@/lib/live/messages";

/** What a live socket tells its owner. */
export interface LiveListener {
  onInit(message: Extract<LiveMessage, { type: "init" }>, bytes: ArrayBuffer): void;
  onFragment(bytes: ArrayBuffer): void;
  onState(message: Extract<LiveMessage, { type: "state" }>): void;
  /** This viewer was too slow: what follows begins later. */
  onSkip(): void;
  onLost(trouble: LiveTrouble): void;
}

/** Where live pictures come from, and what a recorder plays; both speak the same. */
export type SocketPath = "/media/v1/live" | "/media/v1/recorder";

/** Longest wait for a ticket, and for the first word of a socket. */
const PATIENCE_MS = 10_000;

/**
 * One camera's live socket, kept open: it takes a new ticket for each connection and comes back
 * after a growing, jittered pause until it is closed. The protocol is in `docs/design/seams.md`.
 */
export class LiveSocket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private isClosed = false;
  private init: Extract<LiveMessage, { type: "init" }> | null = null;

  constructor(
    private readonly takeTicket: () => Promise<string>,
    private readonly listener: LiveListener,
    delayMs = 0,
    private readonly path: SocketPath = "/media/v1/live",
  ) {
    this.timer = setTimeout(() => void this.connect(), delayMs);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.drop();
  }

  /** Gives up this connection and takes another after a pause, unless who hears of it closes. */
  reconnect(trouble: LiveTrouble): void {
    if (this.isClosed) return;
    clearTimeout(this.timer);
    this.drop();
    this.timer = setTimeout(() => void this.connect(), backoffMs(this.attempt));
    this.attempt += 1;
    this.listener.onLost(trouble);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** The socket opens while the hub makes the ticket: neither waits for the other. */
  private async connect(): Promise<void> {
    const socket = this.open();
    const opened = new Promise<void>((resolve) => (socket.onopen = () => resolve()));
    try {
      const [ticket] = await Promise.all([this.takeTicket(), opened]);
      if (socket === this.socket) socket.send(JSON.stringify({ ticket }));
    } catch (error) {
      if (socket === this.socket) this.reconnect(troubleOfTicket(error));
    }
  }

  private open(): WebSocket {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${this.path}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.init = null;
    this.timer = setTimeout(() => this.reconnect("lost"), PATIENCE_MS);
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (socket === this.socket) this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.reconnect(troubleOf(event.code, event.reason));
    };
    return socket;
  }

  private receive(data: string | ArrayBuffer): void {
    clearTimeout(this.timer);
    if (typeof data === "string") {
      const message = parseMessage(data);
      if (message?.type === "init") this.init = message;
      if (message?.type === "skip") this.listener.onSkip();
      if (message?.type === "state") this.listener.onState(message);
      return;
    }
    this.attempt = 0;
    const init = this.init;
    this.init = null;
    if (init) this.listener.onInit(init, data);
    else this.listener.onFragment(data);
  }
}

/** The hub's refusal of a ticket, in the same words as the socket's. */
function troubleOfTicket(error: unknown): LiveTrouble {
  const status = typeof error === "object" && error && "status" in error ? error.status : 0;
  if (status === 401 || status === 403) return "refused";
  if (status === 404) return "unknown_camera";
  return status === 503 ? "node_unreachable" : "lost";
}
