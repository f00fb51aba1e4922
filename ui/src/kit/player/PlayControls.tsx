import { NativeSelect, Tooltip, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { SPEEDS, speedText } from "@/lib/speed";

import { Icon, type IconName } from "../icons";
import css from "./PlayControls.module.css";

export const JUMP_MS = 10_000;

interface Props {
  isPaused: boolean;
  rate: number;
  onPause: (isPaused: boolean) => void;
  onRate: (rate: number) => void;
  onStep: (by: 1 | -1) => void;
  onJump: (byMs: number) => void;
}

/** Pause, jumps, single pictures and speed, for one player or for several on one clock. */
export function PlayControls({ isPaused, rate, onPause, onRate, onStep, onJump }: Props) {
  const { t } = useTranslation();
  return (
    <span className={css.buttons}>
      <Control icon="rewind" label={t("camera.back10")} onClick={() => onJump(-JUMP_MS)} />
      <Control icon="stepBack" label={t("camera.stepBack")} onClick={() => onStep(-1)} />
      <Control
        icon={isPaused ? "play" : "pause"}
        label={isPaused ? t("camera.play") : t("camera.pause")}
        onClick={() => onPause(!isPaused)}
      />
      <Control icon="stepOn" label={t("camera.stepOn")} onClick={() => onStep(1)} />
      <Control icon="forward" label={t("camera.forward10")} onClick={() => onJump(JUMP_MS)} />
      <NativeSelect
        className={css.choice ?? ""}
        classNames={{ input: css.select ?? "" }}
        size="xs"
        aria-label={t("camera.speed")}
        value={rate}
        onChange={(event) => onRate(Number(event.currentTarget.value))}
        data={SPEEDS.map((speed) => ({ value: String(speed), label: speedText(speed) }))}
      />
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
