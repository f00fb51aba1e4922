import { type RefObject, useEffect, useRef, useState } from "react";

import { trackCount } from "@/lib/footageIndex";
import type { LiveTrouble, Reason } from "@/lib/live/messages";

import { LiveBuffer } from "./liveBuffer";
import { FactsMeter, type LiveFacts, type StreamName } from "./liveFacts";
import { LiveSocket } from "./liveSocket";
import { canPlay, canPlayLive } from "./mediaSource";
import { watchFrames } from "./wallClock";

/** How a live picture is doing. */
export interface LiveView {
  isPlaying: boolean;
  trouble: LiveTrouble | "unsupported" | null;
  /** The format that came, such as `avc1.64001f`. */
  codec: string;
  /** Whether there is anything to hear. */
  hasSound: boolean;
  /** What the node said last on this socket; newer than any list of cameras. */
  told: { state: string; reason: Reason | null } | null;
  /** The stream that is shown: the other one where the browser cannot play the wanted. */
  stream: StreamName;
  /** Measured each second where they were asked for. */
  facts: LiveFacts | null;
}

export interface LiveOptions {
  ticket: (stream: StreamName) => Promise<string>;
  /** False pauses: the socket closes, the last picture stays. */
  isActive: boolean;
  /** Which stream to show; the camera's main one by default. */
  stream?: StreamName;
  /** Whether there is another stream to fall back to. */
  hasOther?: boolean;
  /** Wait before the first connection, so that a wall does not start all at once. */
  delayMs?: number;
  /** The wall-clock time of each picture shown. */
  onFrame?: (wallMs: number) => void;
  /** Measure `facts`. */
  isMeasured?: boolean;
}

const FACTS_MS = 1000;

const START: Omit<LiveView, "stream"> = {
  isPlaying: false,
  trouble: null,
  codec: "",
  hasSound: false,
  told: null,
  facts: null,
};

function codecOf(mime: string): string {
  return /codecs="([^"]+)"/.exec(mime)?.[1] ?? mime;
}

function otherThan(stream: StreamName): StreamName {
  return stream === "main" ? "sub" : "main";
}

/** Plays one camera live in `videoRef`. */
export function useLive(
  videoRef: RefObject<HTMLVideoElement | null>,
  options: LiveOptions,
): LiveView {
  const { isActive, stream: wanted = "main", isMeasured = false } = options;
  const [unplayable, setUnplayable] = useState<StreamName | null>(null);
  const stream = unplayable === wanted ? otherThan(wanted) : wanted;
  const [view, setView] = useState(START);
  const latest = useRef(options);
  const playing = useRef<LiveBuffer | null>(null);
  const skips = useRef(0);
  useEffect(() => {
    latest.current = options;
  });
  const isDelayed = useRef(true);

  useEffect(() => {
    const video = videoRef.current;
    if (!isActive || !video || !canPlayLive()) return;
    const change = (part: Partial<typeof START>) => setView((before) => ({ ...before, ...part }));
    let buffer: LiveBuffer | null = null;
    const dropBuffer = () => {
      buffer?.close();
      playing.current = buffer = null;
    };
    // Also where the node does not run this one: its profile names the other alone.
    const turnToOther = () => {
      if (latest.current.hasOther && stream === wanted) setUnplayable(stream);
    };
    const newBuffer = () =>
      (playing.current = new LiveBuffer(video, () => {
        playing.current = buffer = null;
        socket.reconnect("lost");
      }));
    const socket = new LiveSocket(
      () => latest.current.ticket(stream),
      {
        onInit: (message, bytes) => {
          const codec = codecOf(message.mime);
          if (!canPlay(message.mime)) {
            dropBuffer();
            change({ codec, trouble: "codec", isPlaying: false });
            turnToOther();
            return;
          }
          change({ codec, trouble: null, hasSound: trackCount(message.mime) > 1 });
          buffer ??= newBuffer();
          buffer.begin(message.mime, bytes, message.epoch_ms, message.newest_ms);
        },
        onFragment: (bytes) => buffer?.append(bytes),
        onState: ({ state, reason }) => change({ told: { state, reason } }),
        onSkip: () => (skips.current += 1),
        onLost: (trouble) => {
          dropBuffer();
          change({ trouble, isPlaying: false });
          if (trouble === "unknown_camera") turnToOther();
        },
      },
      isDelayed.current ? latest.current.delayMs : 0,
    );
    isDelayed.current = false;
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
  }, [isActive, videoRef, stream, wanted]);

  useEffect(() => {
    const video = videoRef.current;
    if (!isActive || !isMeasured || !video) return;
    const meter = new FactsMeter(video);
    const timer = setInterval(() => {
      const measured = meter.measure(playing.current);
      setView((before) => ({
        ...before,
        facts: {
          ...measured,
          stream,
          codec: before.codec,
          skips: skips.current,
          connection: before.trouble === null || before.trouble === "unsupported"
            ? (before.told ? "open" : "connecting")
            : before.trouble,
        },
      }));
    }, FACTS_MS);
    return () => clearInterval(timer);
  }, [isActive, isMeasured, videoRef, stream]);

  return canPlayLive() ? { ...view, stream } : { ...START, stream, trouble: "unsupported" };
}
