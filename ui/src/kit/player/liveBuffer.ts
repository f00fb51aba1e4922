import { Arrivals } from "@/lib/live/arrivals";
import { captureOf } from "@/lib/live/capture";
import { decide, type Range } from "@/lib/live/edge";

import { joined, sourceClass } from "./mediaSource";
import { startPlaying } from "./startPlaying";

type Operation =
  | { kind: "type"; mime: string }
  | { kind: "append"; bytes: ArrayBuffer; endsBacklog: boolean }
  | { kind: "remove"; from: number; to: number };

const TICK_MS = 250;
const FRESH_SECONDS = 3;
/** Kept when the browser has no more room for media. */
const LEAST_KEPT_SECONDS = 4;
/** Fragments that wait are appended together up to this size: each append costs the browser. */
const TOGETHER_BYTES = 2 * 1024 * 1024;

function nowSeconds(): number {
  return performance.now() / 1000;
}

/**
 * The media of one live view: fragments go in, and the video element stays near the live edge.
 * It holds one run at a time, so media time plus the run's epoch is the wall clock.
 */
export class LiveBuffer {
  /** Everything that was appended. */
  byteCount = 0;
  private readonly source: MediaSource;
  private readonly url: string;
  private readonly timer: ReturnType<typeof setInterval>;
  private buffer: SourceBuffer | null = null;
  private operations: Operation[] = [];
  private current: Operation | null = null;
  private arrivals = new Arrivals();
  private edge = 0;
  private backlogUntilMs = 0;
  private isBacklogIn = false;
  private hasStarted = false;
  private startedAt = 0;
  private epochMs = 0;

  /** `onBroken` is called once, when this buffer cannot go on and a new one is needed. */
  constructor(
    private readonly video: HTMLVideoElement,
    private readonly onBroken: () => void,
  ) {
    const Source = sourceClass();
    if (!Source) throw new Error("no Media Source Extensions");
    this.source = new Source();
    this.source.addEventListener("sourceopen", this.pump);
    this.url = URL.createObjectURL(this.source);
    video.disableRemotePlayback = true;
    video.addEventListener("error", this.fail);
    video.addEventListener("waiting", this.onWaiting);
    video.src = this.url;
    this.timer = setInterval(this.stayNearEdge, TICK_MS);
  }

  /**
   * A new run: what the old one left is removed, for its times mean other moments. Up to `newestMs`
   * of the wall clock everything is on its way already.
   */
  begin(mime: string, init: ArrayBuffer, epochMs: number, newestMs = 0): void {
    this.operations = [
      { kind: "remove", from: 0, to: Infinity },
      { kind: "type", mime },
      { kind: "append", bytes: init, endsBacklog: false },
    ];
    this.arrivals = new Arrivals();
    this.edge = 0;
    this.backlogUntilMs = newestMs;
    this.isBacklogIn = this.hasStarted = false;
    this.epochMs = epochMs;
    this.pump();
  }

  append(bytes: ArrayBuffer): void {
    const capture = captureOf(bytes);
    if (capture) this.epochMs = capture.epochMs;
    const endsBacklog = !capture || capture.wallMs > this.backlogUntilMs - 1;
    this.operations.push({ kind: "append", bytes, endsBacklog });
    this.pump();
  }

  /** The wall-clock time of the picture at `mediaTime` seconds. */
  wallMs(mediaTime: number): number {
    return Math.round(this.epochMs + mediaTime * 1000);
  }

  /** Seconds from the playing position to the end of what has come. */
  get lagSeconds(): number {
    return this.edge - this.video.currentTime;
  }

  close(): void {
    clearInterval(this.timer);
    this.video.removeEventListener("error", this.fail);
    this.video.removeEventListener("waiting", this.onWaiting);
    this.source.removeEventListener("sourceopen", this.pump);
    this.buffer?.removeEventListener("updateend", this.onUpdated);
    this.operations = [];
    URL.revokeObjectURL(this.url);
  }

  private readonly fail = (): void => {
    this.close();
    this.onBroken();
  };

  private readonly onWaiting = (): void => {
    if (this.hasStarted && !this.video.seeking) this.arrivals.ranDry(nowSeconds());
  };

  private readonly onUpdated = (): void => {
    const done = this.current;
    this.current = null;
    if (done?.kind === "append") {
      const edge = this.ranges().at(-1)?.end ?? 0;
      if (edge > this.edge) this.arrivals.meet(nowSeconds(), this.edge, edge);
      this.edge = edge;
      this.isBacklogIn ||= done.endsBacklog;
    }
    this.pump();
  };

  /** Does the next operation; a source buffer takes one at a time. */
  private readonly pump = (): void => {
    if (this.source.readyState !== "open" || this.buffer?.updating) return;
    const operation = this.next();
    if (!operation) {
      this.stayNearEdge();
      return;
    }
    try {
      this.perform(operation);
    } catch (error) {
      this.recover(operation, error);
    }
  };

  /** The next operation; fragments that wait one behind the other are one. */
  private next(): Operation | undefined {
    const first = this.operations.shift();
    if (first?.kind !== "append") return first;
    const parts = [first];
    let size = first.bytes.byteLength;
    for (let next = this.operations[0]; next?.kind === "append"; next = this.operations[0]) {
      size += next.bytes.byteLength;
      if (size > TOGETHER_BYTES) break;
      parts.push(next);
      this.operations.shift();
    }
    if (parts.length === 1) return first;
    return {
      kind: "append",
      bytes: joined(parts.map((part) => part.bytes)),
      endsBacklog: parts.some((part) => part.endsBacklog),
    };
  }

  private perform(operation: Operation): void {
    this.current = operation;
    if (operation.kind === "type") {
      this.setType(operation.mime);
      this.pump();
    } else if (operation.kind === "append") {
      this.buffer?.appendBuffer(operation.bytes);
      this.byteCount += operation.bytes.byteLength;
    } else if (this.buffer && this.buffer.buffered.length > 0) {
      this.buffer.remove(operation.from, operation.to);
    } else {
      this.pump();
    }
  }

  private setType(mime: string): void {
    if (this.buffer) {
      this.buffer.changeType(mime);
      return;
    }
    this.buffer = this.source.addSourceBuffer(mime);
    this.buffer.addEventListener("updateend", this.onUpdated);
  }

  private recover(operation: Operation, error: unknown): void {
    const keptFrom = this.video.currentTime - LEAST_KEPT_SECONDS;
    const oldest = this.ranges()[0]?.start ?? keptFrom;
    const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
    if (!isFull || oldest >= keptFrom) {
      this.fail();
      return;
    }
    this.operations.unshift({ kind: "remove", from: 0, to: keptFrom }, operation);
    this.pump();
  }

  private ranges(): Range[] {
    const buffered = this.buffer?.buffered;
    return Array.from({ length: buffered?.length ?? 0 }, (_, index) => ({
      start: buffered?.start(index) ?? 0,
      end: buffered?.end(index) ?? 0,
    }));
  }

  private readonly stayNearEdge = (): void => {
    if (this.source.readyState !== "open" || !this.buffer || !this.isBacklogIn) return;
    const { currentTime: position, playbackRate: rate } = this.video;
    const ranges = this.ranges();
    const now = nowSeconds();
    const { hasStarted } = this;
    const isFresh = now - this.startedAt < FRESH_SECONDS;
    const wanted = this.arrivals.wanted(now);
    const decision = decide({ position, ranges, rate, hasStarted, isFresh, wanted });
    if (decision.seekTo !== undefined && !this.video.seeking) {
      this.video.currentTime = decision.seekTo;
      if (!hasStarted) this.startedAt = now;
      this.hasStarted = true;
    }
    if (decision.rate !== rate) this.video.playbackRate = decision.rate;
    if (decision.trimBefore !== undefined && !this.buffer.updating) {
      this.buffer.remove(0, decision.trimBefore);
    }
    if (this.video.paused && this.hasStarted) void startPlaying(this.video);
  };
}
