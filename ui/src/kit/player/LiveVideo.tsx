import { type ReactNode, type RefObject, useEffect, useEffectEvent, useRef } from "react";
import { useTranslation } from "react-i18next";

import { type StateName, toState } from "@/lib/state";
import { pick } from "@/lib/words";

import { Icon } from "../icons";
import { Lantern } from "../Lantern";
import { lookOf } from "../state";
import { useNow } from "../useNow";
import css from "./Stage.module.css";
import type { LiveFacts, StreamName } from "./liveFacts";
import { type LiveOptions, type LiveView, useLive } from "./useLive";
import { useOnScreen } from "./useOnScreen";
import { usePictureInPicture } from "./usePictureInPicture";
import { useWhep } from "./useWhep";
import type { WhepTrouble } from "./whep";

/** What the list of cameras knows; the socket's own word is newer. */
export interface Known {
  state: StateName;
  reason: { en: string; es: string } | null;
  /** When a camera that failed is tried again. */
  next_try?: string | null;
  /** Why it failed before the try that is being made. */
  last_error?: { en: string; es: string } | null;
}

interface Props {
  /** Absent where the words beside the picture name it already. */
  label?: string;
  known: Known;
  ticket: (stream: StreamName) => Promise<string>;
  /** Which stream to show; the main one by default. */
  stream?: StreamName;
  /** Whether the camera has the other stream too, for a browser that cannot play this one. */
  hasOther?: boolean;
  delayMs?: number;
  /** By WebRTC, for the least delay; silent, for cameras send no sound that it takes. */
  isDirect?: boolean;
  /** WebRTC cannot go on: whoever hears of it shows the ordinary live view. */
  onDirectTrouble?: (trouble: WhepTrouble) => void;
  /** Silent by default, as browsers want it of what begins by itself. */
  isMuted?: boolean;
  /** The browser itself turned the sound on or off. */
  onMuted?: (isMuted: boolean) => void;
  /** Whether there is anything to hear. */
  onSound?: (hasSound: boolean) => void;
  /** Measure what `children` get as facts. */
  isMeasured?: boolean;
  onFrame?: (wallMs: number) => void;
  /**
   * Shown over the picture; gets the state as known now, whether there is a picture, and the facts
   * where they are measured.
   */
  children?: (now: Known, hasPicture: boolean, facts: LiveFacts | null) => ReactNode;
}

/** A camera, live. Where there is no picture it says in words why. */
export function LiveVideo(props: Props) {
  const { label, known, isMuted = true, isDirect = false, children, ...options } = props;
  const stage = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const isFloating = usePictureInPicture(video);
  const isOnScreen = useOnScreen(stage);
  const isActive = isOnScreen || isFloating;
  const view = useShown(video, { ...options, isActive, isDirect });
  const now = newest(known, view);
  // Whatever else is said, the last picture is of another time.
  const state = isDirect ? known.state : view.told?.state;
  const hasPicture = view.isPlaying && state === "recording";
  const { hasSound } = view;
  const onSound = useEffectEvent((has: boolean) => props.onSound?.(has));
  useEffect(() => onSound(hasSound), [hasSound]);
  return (
    <div ref={stage} className={css.stage} data-dim={!hasPicture}>
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- nobody has written down what is heard */}
      <video
        ref={video}
        className={css.video}
        data-testid="live-video"
        {...(label ? { "aria-label": label } : { "aria-hidden": true })}
        muted={isMuted}
        onVolumeChange={({ currentTarget: { muted } }) => muted !== isMuted && props.onMuted?.(muted)}
        playsInline
        tabIndex={-1}
      />
      {!hasPicture && <NoPicture now={now} view={view} isActive={isActive} />}
      {children?.(now, hasPicture, view.facts)}
    </div>
  );
}

interface ShownOptions extends LiveOptions {
  isDirect: boolean;
  onDirectTrouble?: (trouble: WhepTrouble) => void;
}

/** The picture by the way that was chosen. */
function useShown(
  video: RefObject<HTMLVideoElement | null>,
  { isDirect, isActive, onDirectTrouble, ...options }: ShownOptions,
): LiveView {
  const { stream = "main", ticket, onFrame } = options;
  const direct = { stream, ticket, onFrame, onTrouble: onDirectTrouble };
  const isPlaying = useWhep(video, { ...direct, isActive: isActive && isDirect });
  const view = useLive(video, { ...options, isActive: isActive && !isDirect });
  if (!isDirect) return view;
  // What a socket said before is of another time.
  return { ...view, isPlaying, stream, trouble: null, told: null, hasSound: false, facts: null };
}

/** A state that the hub alone can know wins; else the socket's, which is seconds newer. */
function newest(known: Known, { told, trouble }: LiveView): Known {
  if (!told || trouble !== null) return known;
  if (known.state === "node_offline" || known.state === "not_assigned") return known;
  return { ...known, state: toState(told.state), reason: told.reason };
}

function NoPicture({ now, view, isActive }: { now: Known; view: LiveView; isActive: boolean }) {
  const { t, i18n } = useTranslation();
  const look = lookOf(now.state);
  const isTriedAgain = now.state === "connecting" && now.last_error != null;
  const isWell = now.state === "recording" || (now.state === "connecting" && !isTriedAgain);
  const reason = isTriedAgain ? now.last_error : now.reason;
  const words = reason ? pick(reason, i18n.language) : t(`stateHint.${now.state}`);
  const trouble = view.trouble && t(`live.${view.trouble}`, { codec: view.codec });
  return (
    <div className={css.cover}>
      {isWell ? (
        <>
          <span className={isActive ? css.glow : undefined}>
            <Lantern size={40} />
          </span>
          <span className={css.words}>{trouble ?? t("wall.waitingPicture")}</span>
        </>
      ) : (
        <>
          <span className={css.mood} data-mood={look.mood}>
            <Icon name={look.icon} size={30} />
          </span>
          <span className={css.words} title={words}>
            {words}
          </span>
          {now.state === "waiting" && now.next_try && <NextTry at={now.next_try} />}
        </>
      )}
    </div>
  );
}

/** Counts down to the next attempt; silent while it is being made. */
function NextTry({ at }: { at: string }) {
  const { t } = useTranslation();
  const seconds = Math.ceil((Date.parse(at) - useNow()) / 1000);
  if (seconds <= 0) return null;
  return (
    <span className={`${css.quiet} numeric`} aria-hidden="true">
      {t("wall.nextTry", { seconds })}
    </span>
  );
}
