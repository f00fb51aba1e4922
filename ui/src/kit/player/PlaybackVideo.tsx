import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Span } from "@/lib/timeline";

import { Lantern } from "../Lantern";
import type { TakeTicket } from "./footage";
import { Playback, type PlaybackTrouble } from "./playback";
import css from "./Stage.module.css";

/** What to play. A new object is a new wish, even for the same moment. */
export interface Wish {
  at: number;
}

interface Props {
  label: string;
  /** Absent where somebody else leads the player. */
  wish?: Wish;
  rate?: number;
  isPaused?: boolean;
  /** Silent by default, as browsers want it of what begins by itself. */
  isMuted?: boolean;
  /** The browser itself turned the sound on or off. */
  onMuted?: (isMuted: boolean) => void;
  /** Whether there is anything to hear. */
  onSound?: (hasSound: boolean) => void;
  takeTicket: TakeTicket;
  /** Gets the player while there is one, for steps and for others that lead it. */
  onPlayer?: (player: Playback | null) => void;
  onFrame?: (wallMs: number) => void;
  onGap?: (gap: Span) => void;
  onEnd?: () => void;
  /** Shown over the picture. */
  children?: ReactNode;
}

const TROUBLE_KEYS = {
  nothing: "camera.nothing",
  notServed: "camera.notServed",
  crowded: "live.too_many_relays",
  broken: "camera.cannotPlay",
  codec: "camera.cannotDecode",
} as const satisfies Record<PlaybackTrouble, string>;

/** Recorded footage of one stream, from any moment on. */
export function PlaybackVideo(props: Props) {
  const { wish, rate = 1, isPaused = false, isMuted = true, label } = props;
  const isLed = wish === undefined;
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const player = useRef<Playback | null>(null);
  const [trouble, setTrouble] = useState<PlaybackTrouble | null>(null);
  const [isWaiting, setWaiting] = useState(true);
  const onFrame = useEffectEvent((wallMs: number) => {
    setWaiting(false);
    setTrouble(null);
    props.onFrame?.(wallMs);
  });
  const onGap = useEffectEvent((gap: Span) => props.onGap?.(gap));
  const onEnd = useEffectEvent(() => props.onEnd?.());
  const onSound = useEffectEvent((hasSound: boolean) => props.onSound?.(hasSound));
  const takeTicket = useEffectEvent((span: Span) => props.takeTicket(span));
  const onPlayer = useEffectEvent((made: Playback | null) => props.onPlayer?.(made));

  useEffect(() => {
    if (!video.current) return;
    const made = new Playback(video.current, {
      takeTicket: (span) => takeTicket(span),
      onFrame: (wallMs) => onFrame(wallMs),
      onGap: (gap) => onGap(gap),
      onEnd: () => onEnd(),
      onTrouble: setTrouble,
      onSound: (hasSound) => onSound(hasSound),
    });
    player.current = made;
    onPlayer(made);
    return () => {
      player.current = null;
      onPlayer(null);
      made.close();
    };
  }, []);
  useEffect(() => {
    if (!isLed) player.current?.setRate(rate);
  }, [isLed, rate]);
  useEffect(() => {
    if (wish) player.current?.seek(wish.at);
  }, [wish]);
  useEffect(() => {
    if (isLed) return;
    if (isPaused) player.current?.pause();
    else player.current?.play();
  }, [isLed, isPaused]);

  return (
    <div className={css.stage} data-dim={trouble !== null}>
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- nobody has written down what is heard */}
      <video
        ref={video}
        className={css.video}
        data-testid="playback-video"
        aria-label={label}
        muted={isMuted}
        onVolumeChange={({ currentTarget: { muted } }) => muted !== isMuted && props.onMuted?.(muted)}
        playsInline
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
            {trouble ? t(TROUBLE_KEYS[trouble]) : t("camera.loadingFootage")}
          </span>
        </div>
      )}
      {props.children}
    </div>
  );
}
