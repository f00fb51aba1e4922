import { UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Control, PlayControls } from "@/kit/player/PlayControls";
import bar from "@/kit/player/PlayControls.module.css";
import { dateTime, millis, zoneName } from "@/lib/zone";

import css from "./CameraScreen.module.css";
import type { Viewing } from "./useViewer";

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
}

/** What time is shown, and the controls that fit it. */
export function ViewerBar(props: Props) {
  const { viewer, timeZone, onLive, onHelp, onFull } = props;
  const { mode, playing, notice, isPaused } = viewer;
  const { t, i18n } = useTranslation();
  const isLive = mode.kind === "live";
  return (
    <div className={bar.bar}>
      <span className={css.mode} data-live={isLive && playing !== null}>
        <i />
        {isLive ? t("camera.live") : t("camera.playback")}
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
          rate={viewer.rate}
          onPause={viewer.setPaused}
          onRate={viewer.setRate}
          onStep={props.onStep}
          onJump={props.onJump}
        />
      )}
      <span className={`${bar.buttons} ${css.push}`}>
        {props.streamChoice}
        {!isLive && (
          <UnstyledButton className={bar.control} data-accent="true" onClick={onLive}>
            {t("camera.backToLive")}
          </UnstyledButton>
        )}
        <Control icon="question" label={t("camera.keys")} onClick={onHelp} />
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
