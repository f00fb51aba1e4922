import { Tooltip, UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Control, PlayControls } from "@/kit/player/PlayControls";
import bar from "@/kit/player/PlayControls.module.css";
import { dateTime, millis, zoneName } from "@/lib/zone";

import css from "./CameraScreen.module.css";
import type { useLiveWay } from "./useLiveWay";
import type { Viewing } from "./useViewer";

const MODE_KEYS = {
  live: "camera.live",
  playback: "camera.playback",
  recorder: "recorder.mode",
} as const;

type LiveWay = ReturnType<typeof useLiveWay>;

interface Props {
  viewer: Viewing;
  timeZone: string;
  onStep: (by: 1 | -1) => void;
  onJump: (byMs: number) => void;
  onLive: () => void;
  onHelp: () => void;
  onFull: () => void;
  /** Which of the camera's streams is shown, where there is a choice. */
  streamChoice?: ReactNode;
  /** Sound on and off, where there is any. */
  sound?: ReactNode;
  /** How live pictures come. */
  way: LiveWay;
}

/** What time is shown, and the controls that fit it. */
export function ViewerBar(props: Props) {
  const { viewer, timeZone, way, onLive, onHelp, onFull } = props;
  const { mode, playing, notice, isPaused } = viewer;
  const { t, i18n } = useTranslation();
  const isLive = mode.kind === "live";
  const said = isLive ? (notice ?? way.notice) : notice;
  return (
    <div className={bar.bar}>
      <span
        className={css.mode}
        data-live={isLive && playing !== null}
        title={mode.kind === "recorder" ? t("recorder.modeHint") : undefined}
      >
        <i />
        {t(MODE_KEYS[mode.kind])}
      </span>
      {playing !== null && (
        <span className={bar.time} data-testid="playing-time">
          {dateTime(playing, timeZone, i18n.language)}
          {!isLive && isPaused && <span className={bar.zone}>{millis(playing)}</span>}
          <span className={bar.zone}>{zoneName(playing, timeZone, i18n.language)}</span>
        </span>
      )}
      {!isLive && (
        <PlayControls
          isPaused={isPaused}
          onPause={viewer.setPaused}
          speed={
            mode.kind === "playback"
              ? { rate: viewer.rate, onRate: viewer.setRate, onStep: props.onStep }
              : undefined
          }
          onJump={props.onJump}
        />
      )}
      <span className={`${bar.buttons} ${css.push}`}>
        {props.sound}
        {isLive && way.isOffered && <DirectChoice way={way} />}
        {props.streamChoice}
        {!isLive && (
          <UnstyledButton className={bar.control} data-accent="true" onClick={onLive}>
            {t("camera.backToLive")}
          </UnstyledButton>
        )}
        <Control icon="question" label={t("camera.keys")} onClick={onHelp} />
        <Control icon="full" label={t("camera.fullscreen")} onClick={onFull} />
      </span>
      {said && (
        <p className={css.notice} role="status">
          {said}
        </p>
      )}
    </div>
  );
}

/** The least delay, by WebRTC; pressed while it is shown so. */
function DirectChoice({ way }: { way: LiveWay }) {
  const { t } = useTranslation();
  return (
    <Tooltip label={t("camera.directHint")} multiline w={260}>
      <UnstyledButton
        className={bar.control}
        data-accent={way.isChosen}
        aria-pressed={way.isChosen}
        onClick={() => way.choose(!way.isChosen)}
      >
        {t("camera.direct")}
      </UnstyledButton>
    </Tooltip>
  );
}
