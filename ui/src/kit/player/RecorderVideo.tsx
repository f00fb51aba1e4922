import { Button } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { pick } from "@/lib/words";

import { useErrorText } from "../ErrorNote";
import { Icon } from "../icons";
import { Lantern } from "../Lantern";
import css from "./Stage.module.css";
import { type RecorderOptions, type RecorderView, useRecorder } from "./useRecorder";

interface Props extends RecorderOptions {
  label: string;
  isMuted: boolean;
  /** The browser itself turned the sound on or off. */
  onMuted: (isMuted: boolean) => void;
  /** Begins another session at the same moment. */
  onAgain: () => void;
}

/** Footage that a recorder plays, and in words that it does, or why it does not. */
export function RecorderVideo({ label, isMuted, onMuted, onAgain, ...options }: Props) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const view = useRecorder(video, options);
  const words = useTroubleWords(view);
  const isComing = words === null && !view.isPlaying && !options.isPaused;
  return (
    <div className={css.stage} data-dim={words !== null}>
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- nobody has written down what is heard */}
      <video
        ref={video}
        className={css.video}
        data-testid="recorder-video"
        aria-label={label}
        muted={isMuted}
        onVolumeChange={({ currentTarget: { muted } }) => muted !== isMuted && onMuted(muted)}
        playsInline
        tabIndex={-1}
      />
      <span className={css.mark}>
        <Icon name="recorder" size={16} />
        {t("recorder.mark")}
      </span>
      {(words ?? isComing) && (
        <div className={css.cover} role="status">
          <span className={words ? undefined : css.glow}>
            <Lantern size={40} isLit={!words} />
          </span>
          <span className={css.words}>{words ?? <Coming view={view} />}</span>
          {words && (
            <Button
              variant="default"
              size="xs"
              leftSection={<Icon name="retry" size={14} />}
              onClick={onAgain}
            >
              {t("recorder.again")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

/** What is waited for. */
function Coming({ view: { told } }: { view: RecorderView }) {
  const { t, i18n } = useTranslation();
  return told?.reason ? pick(told.reason, i18n.language) : t("recorder.connecting");
}

/** Why nothing more comes; null while it may. */
function useTroubleWords({ told, trouble, refusal, codec }: RecorderView): string | null {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  if (refusal !== null) return errorText(refusal);
  if (told?.state === "failed") {
    return told.reason ? pick(told.reason, i18n.language) : t("recorder.interrupted");
  }
  switch (trouble) {
    case null:
      return null;
    case "codec":
    case "unsupported":
    case "too_many_relays":
      return t(`live.${trouble}`, { codec });
    case "node_unreachable":
      return t("camera.notServed");
    default:
      return t("recorder.interrupted");
  }
}
