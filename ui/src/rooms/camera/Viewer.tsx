import { Text, Title } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { liveTicket } from "@/api/liveTickets";
import { useFootageFacts } from "@/api/footageFacts";
import { playbackTicket, recorderTicket, type StreamName } from "@/api/playback";
import { useTimeZone } from "@/api/queries";
import type { Camera } from "@/api/types";
import { Icon } from "@/kit/icons";
import { LiveVideo } from "@/kit/player/LiveVideo";
import type { Playback } from "@/kit/player/playback";
import { PlaybackVideo } from "@/kit/player/PlaybackVideo";
import { RecorderVideo } from "@/kit/player/RecorderVideo";
import { SoundControl } from "@/kit/player/PlayControls";
import { usePlayerKeys } from "@/kit/player/usePlayerKeys";
import { lookOf } from "@/kit/state";
import { PlanBadges } from "@/kit/plan/PlanBadges";
import { StateBadge } from "@/kit/StateBadge";
import { useTimeView } from "@/kit/timeline/useTimeView";
import { useNow } from "@/kit/useNow";
import { useTitle } from "@/kit/useTitle";
import { nextSpeed } from "@/lib/speed";
import type { StateName } from "@/lib/state";
import { reveal, type Span } from "@/lib/timeline";
import { pick } from "@/lib/words";
import { dayOf } from "@/lib/zone";

import css from "./CameraScreen.module.css";
import { CameraTools } from "./CameraTools";
import { Details } from "./Details";
import { KeyHelp } from "./KeyHelp";
import { NewestPicture } from "./NewestPicture";
import { StreamChoice } from "./StreamChoice";
import { TimelinePanel } from "./TimelinePanel";
import { useLiveWay } from "./useLiveWay";
import { useViewer } from "./useViewer";
import { ViewerBar } from "./ViewerBar";

/** States in which the live picture is about to come. */
const COMING: readonly StateName[] = ["recording", "connecting"];

interface Props {
  camera: Camera;
  /** Where to begin, as the address says: a moment to play, or a selection. */
  startMs: number | null;
  startSelection: Span | null;
}

/** The picture above, its time below. */
export function Viewer({ camera, startMs, startSelection }: Props) {
  useTitle(camera.name);
  const timeZone = useTimeZone(camera.site_id);
  const now = useNow();
  const time = useTimeView(timeZone, startMs ?? startSelection?.from ?? null);
  const footage = useFootageFacts([camera.id], time.wanted, time.bounds, timeZone);
  const facts = footage.facts[0] ?? NOTHING;
  const view = time.viewOf(facts);
  const hasRecorder = footage.recorder?.can_play ?? false;
  const viewer = useViewer({ facts, timeZone, startMs, hasRecorder, now });
  const player = useRef<HTMLDivElement>(null);
  const playback = useRef<Playback | null>(null);
  const [stream, setStream] = useState<StreamName>("main");
  const way = useLiveWay(camera, stream);
  const [isMuted, setMuted] = useState(true);
  const [hasSound, setSound] = useState(false);
  const [selection, setSelection] = useState(startSelection);
  const [hasDetails, setDetails] = useState(false);
  const [hasHelp, setHelp] = useState(false);
  const { mode, playing } = viewer;
  const isPlayback = mode.kind !== "live";

  const play = (ms: number) => {
    viewer.playFrom(ms);
    time.setView(reveal(view, ms, time.bounds));
  };
  const jump = (byMs: number) => play((playing ?? Date.now()) + byMs);
  const step = (by: 1 | -1) => {
    // A recorder plays and nothing else.
    if (mode.kind !== "playback") return;
    viewer.setPaused(true);
    void playback.current?.step(by);
  };
  const goLive = () => {
    time.setView(reveal(view, Date.now(), time.bounds));
    viewer.goLive();
  };
  const toggleFull = () => void toggleFullscreen(player.current);
  usePlayerKeys({
    isPlayback,
    togglePause: () => viewer.setPaused(!viewer.isPaused),
    step,
    jump,
    faster: (by) => mode.kind === "playback" && viewer.setRate(nextSpeed(viewer.rate, by)),
    goLive,
    toggleFull,
    toggleSound: () => hasSound && setMuted(!isMuted),
    showHelp: () => setHelp(true),
  });

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
        <CameraTools
          camera={camera}
          timeZone={timeZone}
          playing={playing}
          onDetails={() => setDetails(true)}
        />
      </div>
      {(isPlayback || camera.status.state === "no_disk") && <Trouble camera={camera} />}
      <div className={`${css.player} on-night`} ref={player}>
        <div className={css.picture}>
          {mode.kind === "recorder" && (
            <RecorderVideo
              label={camera.name}
              wish={mode.span}
              isPaused={viewer.isPaused}
              isMuted={isMuted}
              onMuted={setMuted}
              onSound={setSound}
              ticket={(span) => recorderTicket(camera.id, span)}
              onFrame={viewer.onFrame}
              onOver={viewer.goOn}
              onAgain={() => viewer.playFrom(playing ?? mode.span.from)}
            />
          )}
          {mode.kind === "live" && (
            <LiveVideo
              label={camera.name}
              known={camera.status}
              stream={stream}
              ticket={(of) => liveTicket(camera.id, of)}
              onFrame={viewer.onFrame}
              isDirect={way.isDirect}
              onDirectTrouble={way.fail}
              isMuted={isMuted}
              onMuted={setMuted}
              onSound={setSound}
            >
              {({ state }, hasPicture) =>
                !hasPicture && !COMING.includes(state) && <NewestPicture camera={camera} />
              }
            </LiveVideo>
          )}
          {mode.kind === "playback" && (
            <PlaybackVideo
              key={stream}
              label={camera.name}
              wish={mode}
              rate={viewer.rate}
              isPaused={viewer.isPaused}
              isMuted={isMuted}
              onMuted={setMuted}
              onSound={setSound}
              takeTicket={(span) => playbackTicket(camera.id, stream, span)}
              onPlayer={(made) => {
                playback.current = made;
              }}
              onFrame={viewer.onFrame}
              onGap={viewer.tellGap}
              onEnd={viewer.tellEnd}
            />
          )}
        </div>
        <ViewerBar
          viewer={viewer}
          timeZone={timeZone}
          onStep={step}
          onJump={jump}
          onLive={goLive}
          onHelp={() => setHelp(true)}
          onFull={toggleFull}
          sound={hasSound && <SoundControl isMuted={isMuted} onMuted={setMuted} />}
          way={way}
          streamChoice={
            camera.sub_address !== "" && (
              <StreamChoice
                stream={stream}
                onStream={(chosen) => {
                  setStream(chosen);
                  // What is played goes on at the same moment.
                  if (isPlayback && playing !== null) viewer.playFrom(playing);
                }}
              />
            )
          }
        />
      </div>
      <TimelinePanel
        camera={camera}
        stream={stream}
        day={dayOf((view.from + view.to) / 2, timeZone)}
        onDay={time.showDay}
        bounds={time.bounds}
        view={view}
        onView={time.setView}
        now={now}
        footage={footage}
        facts={facts}
        timeZone={timeZone}
        playhead={isPlayback ? playing : null}
        selection={selection}
        onSelection={setSelection}
        onPlay={play}
      />
      <Details
        camera={camera}
        timeZone={timeZone}
        isOpen={hasDetails}
        onClose={() => setDetails(false)}
      />
      <KeyHelp isOpen={hasHelp} onClose={() => setHelp(false)} />
    </div>
  );
}

const NOTHING = { covered: [], gaps: [], unreported: [], known: [] };

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
