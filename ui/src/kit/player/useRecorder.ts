import { type RefObject, useEffect, useEffectEvent, useState } from "react";

import { trackCount } from "@/lib/footageIndex";
import type { LiveTrouble, Reason } from "@/lib/live/messages";
import type { Span } from "@/lib/timeline";

import { LiveBuffer } from "./liveBuffer";
import { LiveSocket } from "./liveSocket";
import { canPlay, canPlayLive } from "./mediaSource";
import { watchFrames } from "./wallClock";

/** How footage that a recorder plays is doing. */
export interface RecorderView {
  isPlaying: boolean;
  /** What the node said last: `waiting`, `connecting`, `playing`, `over` or `failed`. */
  told: { state: string; reason: Reason | null } | null;
  /** Why there is no picture, where nobody said anything else. */
  trouble: LiveTrouble | "unsupported" | null;
  /** Why the hub gave no ticket. */
  refusal: unknown;
  codec: string;
}

export interface RecorderOptions {
  /** What to play; a new object is a new session of the recorder. */
  wish: Span;
  /** Ends the session: a recorder holds its few places for nobody. */
  isPaused: boolean;
  ticket: (span: Span) => Promise<string>;
  onFrame?: ((wallMs: number) => void) | undefined;
  onSound?: ((hasSound: boolean) => void) | undefined;
  /** All of it was played. */
  onOver?: (() => void) | undefined;
}

/** What is known of a session, and of which. */
interface Kept {
  of: Span | null;
  view: RecorderView;
}

const START: RecorderView = {
  isPlaying: false,
  told: null,
  trouble: null,
  refusal: null,
  codec: "",
};

/**
 * Plays footage of a recorder in `videoRef`, at its own pace. A session that ends, ends: what comes
 * next is a person's word, for a recorder plays for few and is not asked again by itself.
 */
export function useRecorder(
  videoRef: RefObject<HTMLVideoElement | null>,
  options: RecorderOptions,
): RecorderView {
  const { wish, isPaused } = options;
  const [kept, setKept] = useState<Kept>({ of: null, view: START });
  const takeTicket = useEffectEvent(() => options.ticket(wish));
  const onFrame = useEffectEvent((wallMs: number) => options.onFrame?.(wallMs));
  const onSound = useEffectEvent((hasSound: boolean) => options.onSound?.(hasSound));
  const onOver = useEffectEvent(() => options.onOver?.());

  useEffect(() => {
    const video = videoRef.current;
    if (isPaused || !video || !canPlayLive()) return;
    // What is known of another session says nothing of this one.
    const change = (part: Partial<RecorderView>) =>
      setKept(({ of, view }) => ({ of: wish, view: { ...(of === wish ? view : START), ...part } }));
    let buffer: LiveBuffer | null = null;
    let isShown = false;
    const end = (part: Partial<RecorderView>) => {
      socket.close();
      change(part);
    };
    const socket = new LiveSocket(
      async () => {
        try {
          return await takeTicket();
        } catch (refusal) {
          change({ refusal });
          throw refusal;
        }
      },
      {
        onInit: ({ mime, epoch_ms, newest_ms }, bytes) => {
          const codec = /codecs="([^"]+)"/.exec(mime)?.[1] ?? mime;
          if (!canPlay(mime)) {
            end({ codec, trouble: "codec" });
            return;
          }
          change({ codec });
          onSound(trackCount(mime) > 1);
          buffer ??= new LiveBuffer(video, () => end({ trouble: "lost", isPlaying: false }));
          buffer.begin(mime, bytes, epoch_ms, newest_ms);
        },
        onFragment: (bytes) => buffer?.append(bytes),
        onState: ({ state, reason }) => {
          change({ told: { state, reason } });
          if (state !== "over" && state !== "failed") return;
          socket.close();
          if (state === "over") onOver();
        },
        onSkip: () => undefined,
        onLost: (trouble) => end({ trouble, isPlaying: false }),
      },
      0,
      "/media/v1/recorder",
    );
    const stopWatching = watchFrames(video, (mediaTime) => {
      if (!buffer) return;
      const wallMs = buffer.wallMs(mediaTime);
      video.dataset["wallMs"] = String(wallMs);
      onFrame(wallMs);
      if (!isShown) change({ isPlaying: true });
      isShown = true;
    });
    return () => {
      stopWatching();
      socket.close();
      buffer?.close();
      // The last picture stays.
      video.pause();
    };
  }, [wish, isPaused, videoRef]);

  if (!canPlayLive()) return { ...START, trouble: "unsupported" };
  return kept.of === wish ? kept.view : START;
}
