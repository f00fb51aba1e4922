import { NativeSelect, Tooltip, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { SPEEDS, speedText } from "@/lib/speed";

import { Icon, type IconName } from "../icons";
import css from "./PlayControls.module.css";

export const JUMP_MS = 10_000;

interface Props {
  isPaused: boolean;
  onPause: (isPaused: boolean) => void;
  /** Absent where pictures only come one after the other, at their own pace. */
  speed?: { rate: number; onRate: (rate: number) => void; onStep: (by: 1 | -1) => void } | undefined;
  onJump: (byMs: number) => void;
}

/** Pause, jumps, single pictures and speed, for one player or for several on one clock. */
export function PlayControls({ isPaused, speed, onPause, onJump }: Props) {
  const { t } = useTranslation();
  return (
    <span className={css.buttons}>
      <Control icon="rewind" label={t("camera.back10")} onClick={() => onJump(-JUMP_MS)} />
      {speed && (
        <Control icon="stepBack" label={t("camera.stepBack")} onClick={() => speed.onStep(-1)} />
      )}
      <Control
        icon={isPaused ? "play" : "pause"}
        label={isPaused ? t("camera.play") : t("camera.pause")}
        onClick={() => onPause(!isPaused)}
      />
      {speed && <Control icon="stepOn" label={t("camera.stepOn")} onClick={() => speed.onStep(1)} />}
      <Control icon="forward" label={t("camera.forward10")} onClick={() => onJump(JUMP_MS)} />
      {speed && (
        <NativeSelect
          className={css.choice ?? ""}
          classNames={{ input: css.select ?? "" }}
          size="xs"
          aria-label={t("camera.speed")}
          value={speed.rate}
          onChange={(event) => speed.onRate(Number(event.currentTarget.value))}
          data={SPEEDS.map((each) => ({ value: String(each), label: speedText(each) }))}
        />
      )}
    </span>
  );
}

/** Sound on and off; the words say what a press does. */
export function SoundControl({ isMuted, onMuted }: {
  isMuted: boolean;
  onMuted: (isMuted: boolean) => void;
}) {
  const { t } = useTranslation();
  return (
    <Control
      icon={isMuted ? "soundOff" : "sound"}
      label={isMuted ? t("camera.soundOn") : t("camera.soundOff")}
      onClick={() => onMuted(!isMuted)}
    />
  );
}

/** A button on the night below a picture. */
export function Control({ icon, label, onClick }: {
  icon: IconName;
  label: string;
  onClick: () => void;
}) {
  return (
    <Tooltip label={label}>
      <UnstyledButton className={css.control} aria-label={label} onClick={onClick}>
        <Icon name={icon} />
      </UnstyledButton>
    </Tooltip>
  );
}
