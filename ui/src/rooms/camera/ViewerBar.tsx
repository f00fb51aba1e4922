import { NativeSelect, Tooltip, UnstyledButton } from "@mantine/core";
import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Icon, type IconName } from "@/kit/icons";
import { dateTime, zoneName } from "@/lib/zone";

import css from "./CameraScreen.module.css";

const SPEEDS = [0.5, 1, 2, 4, 8];
const JUMP_MS = 10_000;

interface Props {
  isLive: boolean;
  playing: number | null;
  timeZone: string;
  notice: string | null;
  video: RefObject<HTMLVideoElement | null>;
  rate: number;
  onRate: (rate: number) => void;
  onSeek: (ms: number) => void;
  onLive: () => void;
  onFull: () => void;
}

/** What time is shown, and the controls that fit it. */
export function ViewerBar(props: Props) {
  const { isLive, playing, timeZone, notice, onLive, onFull } = props;
  const { t, i18n } = useTranslation();
  return (
    <div className={css.bar}>
      <span className={css.mode} data-live={isLive && playing !== null}>
        <i />
        {isLive ? t("camera.live") : t("camera.playback")}
      </span>
      {playing !== null && (
        <span className={css.time} data-testid="playing-time">
          {dateTime(playing, timeZone, i18n.language)}
          <span className={css.zone}>{zoneName(playing, timeZone, i18n.language)}</span>
        </span>
      )}
      {!isLive && <PlaybackControls {...props} />}
      <span className={`${css.buttons} ${css.push}`}>
        {!isLive && (
          <UnstyledButton className={css.control} data-accent="true" onClick={onLive}>
            {t("camera.backToLive")}
          </UnstyledButton>
        )}
        <Control icon="full" label={t("camera.fullscreen")} onClick={onFull} />
      </span>
      {notice && (
        <p className={css.notice} role="status">
          {notice}
        </p>
      )}
    </div>
  );
}

function PlaybackControls({ playing, video, rate, onRate, onSeek }: Props) {
  const { t } = useTranslation();
  const isPaused = usePaused(video);
  const toggle = () => {
    if (isPaused) void video.current?.play();
    else video.current?.pause();
  };
  const jump = (by: number) => playing !== null && onSeek(playing + by);
  return (
    <span className={css.buttons}>
      <Control icon="rewind" label={t("camera.back10")} onClick={() => jump(-JUMP_MS)} />
      <Control
        icon={isPaused ? "play" : "pause"}
        label={isPaused ? t("camera.play") : t("camera.pause")}
        onClick={toggle}
      />
      <Control icon="forward" label={t("camera.forward10")} onClick={() => jump(JUMP_MS)} />
      <NativeSelect
        className={css.speed ?? ""}
        classNames={{ input: css.select ?? "" }}
        size="xs"
        aria-label={t("camera.speed")}
        value={rate}
        onChange={(event) => onRate(Number(event.currentTarget.value))}
        data={SPEEDS.map((speed) => ({ value: String(speed), label: `${speed}×` }))}
      />
    </span>
  );
}

/** Whether the video stands still, by its own word. */
function usePaused(video: RefObject<HTMLVideoElement | null>): boolean {
  const [isPaused, setPaused] = useState(false);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    const look = () => setPaused(element.paused);
    element.addEventListener("play", look);
    element.addEventListener("pause", look);
    return () => {
      element.removeEventListener("play", look);
      element.removeEventListener("pause", look);
    };
  }, [video]);
  return isPaused;
}

function Control({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <UnstyledButton className={css.control} aria-label={label} onClick={onClick}>
        <Icon name={icon} />
      </UnstyledButton>
    </Tooltip>
  );
}
