import { Text, Title } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { liveTicket, spanTicket } from "@/api/actions";
import { useTimeZone } from "@/api/queries";
import type { Camera } from "@/api/types";
import { Icon } from "@/kit/icons";
import { LiveVideo } from "@/kit/player/LiveVideo";
import { PlaybackVideo } from "@/kit/player/PlaybackVideo";
import { lookOf } from "@/kit/state";
import { PlanBadges } from "@/kit/plan/PlanBadges";
import { StateBadge } from "@/kit/StateBadge";
import { useTitle } from "@/kit/useTitle";
import type { StateName } from "@/lib/state";
import { pick } from "@/lib/words";
import { dayOf } from "@/lib/zone";

import css from "./CameraScreen.module.css";
import { CameraTools } from "./CameraTools";
import { DayPanel } from "./DayPanel";
import { Details } from "./Details";
import { NewestPicture } from "./NewestPicture";
import { useDay } from "./useDay";
import { useViewer } from "./useViewer";
import { ViewerBar } from "./ViewerBar";

const TROUBLE_KEYS = {
  nothing: "camera.nothing",
  notServed: "camera.notServed",
  broken: "camera.cannotPlay",
} as const;

/** States in which the live picture is about to come. */
const COMING: readonly StateName[] = ["recording", "connecting"];

/** The picture above, the day below. */
export function Viewer({ camera }: { camera: Camera }) {
  const { t } = useTranslation();
  useTitle(camera.name);
  const timeZone = useTimeZone(camera.site_id);
  const [day, setDay] = useState(() => dayOf(Date.now(), timeZone));
  const { facts, bounds, timeline } = useDay(camera.id, day, timeZone);
  const viewer = useViewer(facts, bounds, timeZone);
  const player = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [rate, setRate] = useState(1);
  const [hasDetails, setDetails] = useState(false);
  const { mode } = viewer;

  return (
    <div className={css.screen}>
      <div className={css.head}>
        <Title order={1} size="h3">
          {camera.name}
        </Title>
        {!(camera.pause && camera.status.state === "paused") && (
          <StateBadge state={camera.status.state} />
        )}
        <PlanBadges pause={camera.pause} manual={camera.manual} timeZone={timeZone} />
        <CameraTools camera={camera} timeZone={timeZone} onDetails={() => setDetails(true)} />
      </div>
      {(mode.kind === "playback" || camera.status.state === "no_disk") && <Trouble camera={camera} />}
      <div className={`${css.player} on-night`} ref={player}>
        <div className={css.picture}>
          {mode.kind === "live" ? (
            <LiveVideo
              label={camera.name}
              known={camera.status}
              ticket={() => liveTicket(camera.id)}
              onFrame={viewer.onFrame}
            >
              {({ state }, hasPicture) =>
                !hasPicture && !COMING.includes(state) && <NewestPicture camera={camera} />
              }
            </LiveVideo>
          ) : (
            <PlaybackVideo
              videoRef={video}
              label={camera.name}
              wish={mode}
              rate={rate}
              takeTicket={(span) => spanTicket(camera.id, "playback", span)}
              onFrame={viewer.onFrame}
              onGap={viewer.tellGap}
              onEnd={(span) => viewer.playFrom(span.to)}
              troubleText={(trouble) => t(TROUBLE_KEYS[trouble])}
              loadingText={t("camera.loadingFootage")}
            />
          )}
        </div>
        <ViewerBar
          isLive={mode.kind === "live"}
          playing={viewer.playing}
          timeZone={timeZone}
          notice={viewer.notice}
          video={video}
          rate={rate}
          onRate={setRate}
          onSeek={viewer.playFrom}
          onLive={() => {
            setDay(dayOf(Date.now(), timeZone));
            viewer.goLive();
          }}
          onFull={() => void toggleFullscreen(player.current)}
        />
      </div>
      <DayPanel
        key={day}
        camera={camera}
        day={day}
        onDay={setDay}
        bounds={bounds}
        facts={facts}
        timeline={timeline}
        timeZone={timeZone}
        playhead={mode.kind === "playback" ? viewer.playing : null}
        onPlay={viewer.playFrom}
      />
      <Details
        camera={camera}
        timeZone={timeZone}
        isOpen={hasDetails}
        onClose={() => setDetails(false)}
      />
    </div>
  );
}

async function toggleFullscreen(element: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement) await document.exitFullscreen();
  else await element?.requestFullscreen();
}

/** Why the camera is not recording now; where live is shown and dark, the player says it. */
function Trouble({ camera: { status } }: { camera: Camera }) {
  const { t, i18n } = useTranslation();
  const { mood, icon } = lookOf(status.state);
  if (mood === "good" || mood === "busy") return null;
  return (
    <div className={css.reason} data-mood={mood} role="status">
      <Icon name={icon} />
      <Text span inherit>
        {status.reason ? pick(status.reason, i18n.language) : t(`stateHint.${status.state}`)}
      </Text>
    </div>
  );
}
