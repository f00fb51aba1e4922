import { decide, type Range } from "@/lib/live/edge";

type Operation =
  | { kind: "type"; mime: string }
  | { kind: "append"; bytes: ArrayBuffer }
  | { kind: "remove"; from: number; to: number };

const TICK_MS = 250;
/** Kept when the browser has no more room for media. */
const LEAST_KEPT_SECONDS = 4;

declare global {
  interface Window {
    /** Safari on a phone has this one only. */
    ManagedMediaSource?: typeof MediaSource;
  }
}

function sourceClass(): typeof MediaSource | undefined {
  return window.ManagedMediaSource ?? window.MediaSource;
}

export function canPlayLive(): boolean {
  return sourceClass() !== undefined;
}

export function canPlay(mime: string): boolean {
  return sourceClass()?.isTypeSupported(mime) ?? false;
}

/**
 * The media of one live view: fragments go in, and the video element stays near the live edge.
 * It holds one run at a time, so media time plus the run's epoch is the wall clock.
 */
export class LiveBuffer {
  private readonly source: MediaSource;
  private readonly url: string;
  private readonly timer: ReturnType<typeof setInterval>;
  private buffer: SourceBuffer | null = null;
  private operations: Operation[] = [];
  private hasStarted = false;
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
    video.src = this.url;
    this.timer = setInterval(this.stayNearEdge, TICK_MS);
  }

  /** A new run: what the old one left is removed, for its times mean other moments. */
  begin(mime: string, init: ArrayBuffer, epochMs: number): void {
    this.operations = [
      { kind: "remove", from: 0, to: Infinity },
      { kind: "type", mime },
      { kind: "append", bytes: init },
    ];
    this.hasStarted = false;
    this.epochMs = epochMs;
    this.pump();
  }

  append(bytes: ArrayBuffer): void {
    this.operations.push({ kind: "append", bytes });
    this.pump();
  }

  /** The wall-clock time of the picture at `mediaTime` seconds. */
  wallMs(mediaTime: number): number {
    return Math.round(this.epochMs + mediaTime * 1000);
  }

  close(): void {
    clearInterval(this.timer);
    this.video.removeEventListener("error", this.fail);
    this.source.removeEventListener("sourceopen", this.pump);
    this.buffer?.removeEventListener("updateend", this.pump);
    this.operations = [];
    URL.revokeObjectURL(this.url);
  }

  private readonly fail = (): void => {
    this.close();
    this.onBroken();
  };

  /** Does the next operation; a source buffer takes one at a time. */
  private readonly pump = (): void => {
    if (this.source.readyState !== "open" || this.buffer?.updating) return;
    const operation = this.operations.shift();
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

  private perform(operation: Operation): void {
    if (operation.kind === "type") {
      this.setType(operation.mime);
      this.pump();
    } else if (operation.kind === "append") {
      this.buffer?.appendBuffer(operation.bytes);
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
    this.buffer.addEventListener("updateend", this.pump);
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
    if (this.source.readyState !== "open" || !this.buffer) return;
    const { currentTime: position, playbackRate: rate } = this.video;
    const ranges = this.ranges();
    const decision = decide({ position, ranges, rate, hasStarted: this.hasStarted });
    if (decision.seekTo !== undefined) {
      this.video.currentTime = decision.seekTo;
      this.hasStarted = true;
    }
    if (decision.rate !== rate) this.video.playbackRate = decision.rate;
    if (decision.trimBefore !== undefined && !this.buffer.updating) {
      this.buffer.remove(0, decision.trimBefore);
    }
    if (this.video.paused && this.hasStarted) {
      // Refused only where the browser forbids moving pictures; the next tick asks again.
      this.video.play().catch(() => undefined);
    }
  };
}
