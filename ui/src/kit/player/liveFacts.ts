import type { LiveTrouble } from "@/lib/live/messages";

import type { LiveBuffer } from "./liveBuffer";

export type StreamName = "main" | "sub";

/** What is known of a live view, for those who ask for details. */
export interface LiveFacts {
  stream: StreamName;
  connection: "connecting" | "open" | LiveTrouble;
  codec: string;
  /** Of the picture, in pixels; 0 while there is none. */
  width: number;
  height: number;
  bitrateBps: number;
  /** From the camera to the screen, by this machine's clock; null while there is no picture. */
  delayMs: number | null;
  /** How much of it lies in the browser's buffer. */
  bufferedMs: number;
  droppedFrames: number;
  /** How often this viewer was too slow and was moved on. */
  skips: number;
}

/** Measures a live view once a second. */
export class FactsMeter {
  private byteCount = 0;
  private measuredAt = performance.now();

  constructor(private readonly video: HTMLVideoElement) {}

  /** The parts of the facts that are measured; bytes are counted since the last call. */
  measure(buffer: LiveBuffer | null): Pick<
    LiveFacts,
    "width" | "height" | "bitrateBps" | "delayMs" | "bufferedMs" | "droppedFrames"
  > {
    const { video } = this;
    const now = performance.now();
    const bytes = Math.max(0, (buffer?.byteCount ?? 0) - this.byteCount);
    const seconds = (now - this.measuredAt) / 1000;
    this.byteCount = buffer?.byteCount ?? 0;
    this.measuredAt = now;
    const isShown = buffer !== null && video.readyState >= video.HAVE_CURRENT_DATA;
    return {
      width: video.videoWidth,
      height: video.videoHeight,
      bitrateBps: seconds > 0 ? Math.round((bytes * 8) / seconds) : 0,
      delayMs: isShown ? Date.now() - buffer.wallMs(video.currentTime) : null,
      bufferedMs: isShown ? Math.round(buffer.lagSeconds * 1000) : 0,
      droppedFrames: video.getVideoPlaybackQuality().droppedVideoFrames,
    };
  }
}
