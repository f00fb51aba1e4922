import { type RefObject, useEffect, useRef, useState } from "react";

import type { LiveTrouble, Reason } from "@/lib/live/messages";

import { canPlay, canPlayLive, LiveBuffer } from "./liveBuffer";
import { LiveSocket } from "./liveSocket";
import { watchFrames } from "./wallClock";

/** How a live picture is doing. */
export interface LiveView {
  isPlaying: boolean;
  trouble: LiveTrouble | "unsupported" | null;
  /** The format that came, such as `avc1.64001f`. */
  codec: string;
  /** What the node said last on this socket; newer than any list of cameras. */
  told: { state: string; reason: Reason | null } | null;
}

export interface LiveOptions {
  ticket: () => Promise<string>;
  /** False pauses: the socket closes, the last picture stays. */
  isActive: boolean;
  /** Wait before the first connection, so that a wall does not start all at once. */
  delayMs?: number;
  /** The wall-clock time of each picture shown. */
  onFrame?: (wallMs: number) => void;
}

const START: LiveView = { isPlaying: false, trouble: null, codec: "", told: null };

function codecOf(mime: string): string {
  return /codecs="([^"]+)"/.exec(mime)?.[1] ?? mime;
}

/** Plays one camera live in `videoRef`. */
export function useLive(
  videoRef: RefObject<HTMLVideoElement | null>,
  { ticket, isActive, delayMs = 0, onFrame }: LiveOptions,
): LiveView {
  const [view, setView] = useState(START);
  const latest = useRef({ ticket, onFrame, delayMs });
  useEffect(() => {
    latest.current = { ticket, onFrame, delayMs };
  });

  useEffect(() => {
    const video = videoRef.current;
    if (!isActive || !video || !canPlayLive()) return;
    const change = (part: Partial<LiveView>) => setView((before) => ({ ...before, ...part }));
    let buffer: LiveBuffer | null = null;
    const dropBuffer = () => {
      buffer?.close();
      buffer = null;
    };
    const socket = new LiveSocket(
      () => latest.current.ticket(),
      {
        onInit: (message, bytes) => {
          const codec = codecOf(message.mime);
          if (!canPlay(message.mime)) {
            dropBuffer();
            change({ codec, trouble: "codec", isPlaying: false });
            return;
          }
          change({ codec, trouble: null });
          buffer ??= new LiveBuffer(video, () => {
            buffer = null;
            socket.reconnect("lost");
          });
          buffer.begin(message.mime, bytes, message.epoch_ms);
        },
        onFragment: (bytes) => buffer?.append(bytes),
        onState: ({ state, reason }) => change({ told: { state, reason } }),
        onLost: (trouble) => {
          dropBuffer();
          change({ trouble, isPlaying: false });
        },
      },
      latest.current.delayMs,
    );
    latest.current.delayMs = 0;
    const stopWatching = watchFrames(video, (mediaTime) => {
      if (!buffer) return;
      const wallMs = buffer.wallMs(mediaTime);
      video.dataset["wallMs"] = String(wallMs);
      latest.current.onFrame?.(wallMs);
      setView((before) => (before.isPlaying ? before : { ...before, isPlaying: true }));
    });
    return () => {
      stopWatching();
      socket.close();
      dropBuffer();
      change({ isPlaying: false });
    };
  }, [isActive, videoRef]);

  return canPlayLive() ? view : { ...START, trouble: "unsupported" };
}
