import { type RefObject, useEffect, useRef, useState } from "react";

import type { Span } from "@/lib/timeline";

import { Lantern } from "../Lantern";
import { Playback, type PlaybackTrouble } from "./playback";
import css from "./Stage.module.css";
import { watchFrames } from "./wallClock";

interface Props {
  videoRef: RefObject<HTMLVideoElement | null>;
  label: string;
  /** What to play. A new object is a new wish, even for the same moment. */
  wish: { at: number; span: Span };
  rate: number;
  takeTicket: (span: Span) => Promise<string>;
  onFrame: (wallMs: number) => void;
  onGap: (gap: Span) => void;
  onEnd: (span: Span) => void;
  troubleText: (trouble: PlaybackTrouble) => string;
  loadingText: string;
}

/** Recorded footage. A wish inside the span that is loaded is a seek, any other loads its own. */
export function PlaybackVideo(props: Props) {
  const { videoRef, wish, rate } = props;
  const playback = useRef<Playback | null>(null);
  const span = useRef(wish.span);
  const latest = useRef(props);
  const [trouble, setTrouble] = useState<PlaybackTrouble | null>(null);
  const [isWaiting, setWaiting] = useState(true);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const video = videoRef.current;
    if (!video || playback.current?.seek(wish.at)) return;
    playback.current?.close();
    span.current = wish.span;
    setTrouble(null);
    setWaiting(true);
    playback.current = new Playback(video, wish.at, {
      takeTicket: () => latest.current.takeTicket(wish.span),
      onGap: (gap) => latest.current.onGap(gap),
      onTrouble: (met) => {
        playback.current?.close();
        playback.current = null;
        setTrouble(met);
      },
    });
  }, [videoRef, wish]);

  useEffect(() => {
    const video = videoRef.current;
    if (!video) return;
    const stop = watchFrames(video, (mediaTime) => {
      const wallMs = playback.current?.arrive(mediaTime);
      if (wallMs === null || wallMs === undefined) return;
      video.dataset["wallMs"] = String(Math.round(wallMs));
      setWaiting(false);
      latest.current.onFrame(wallMs);
    });
    return () => {
      stop();
      playback.current?.close();
      playback.current = null;
    };
  }, [videoRef]);

  useEffect(() => {
    if (videoRef.current) videoRef.current.playbackRate = rate;
  }, [videoRef, rate, wish]);

  return (
    <div className={css.stage} data-dim={trouble !== null}>
      <video
        ref={videoRef}
        className={css.video}
        data-testid="playback-video"
        aria-label={props.label}
        muted
        playsInline
        onEnded={() => props.onEnd(span.current)}
        onWaiting={() => setWaiting(true)}
        onPlaying={() => setWaiting(false)}
        onSeeked={() => setWaiting(false)}
      />
      {(trouble ?? isWaiting) && (
        <div className={css.cover} role="status">
          <span className={trouble ? undefined : css.glow}>
            <Lantern size={40} isLit={!trouble} />
          </span>
          <span className={css.words}>
            {trouble ? props.troubleText(trouble) : props.loadingText}
          </span>
        </div>
      )}
    </div>
  );
}
