import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFootageFacts, useLookFurther } from "@/api/footageFacts";
import { useTimeZone } from "@/api/queries";
import type { Camera } from "@/api/types";
import { ErrorNote } from "@/kit/ErrorNote";
import { PlayControls } from "@/kit/player/PlayControls";
import bar from "@/kit/player/PlayControls.module.css";
import { usePlayerKeys } from "@/kit/player/usePlayerKeys";
import { find, type Target } from "@/kit/timeline/find";
import { Legend } from "@/kit/timeline/Legend";
import { Timeline } from "@/kit/timeline/Timeline";
import { TimelineTools } from "@/kit/timeline/TimelineTools";
import { useTimeView } from "@/kit/timeline/useTimeView";
import { useNow } from "@/kit/useNow";
import { nextSpeed } from "@/lib/speed";
import { reveal } from "@/lib/timeline";
import { dateTime, dayOf, daySpan, longDay, millis, zoneName } from "@/lib/zone";

import { FollowedVideo } from "./FollowedVideo";
import css from "./Together.module.css";
import { useGroup } from "./useGroup";

/** The pictures, their one clock, and a lane for each on one timeline. */
export function Stage({ cameras, startMs }: { cameras: readonly Camera[]; startMs: number }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone(cameras[0]?.site_id);
  const now = useNow();
  const time = useTimeView(timeZone, startMs);
  const ids = cameras.map(({ id }) => id);
  const footage = useFootageFacts(ids, time.wanted, time.bounds, timeZone);
  const lookFurther = useLookFurther(ids);
  const { shown, group, join } = useGroup(startMs);
  const [cursor, setCursor] = useState<number | null>(null);
  const view = time.wanted;
  const lanes = cameras.flatMap(({ name }, camera) => {
    const facts = footage.facts[camera];
    return facts ? [{ name, facts }] : [];
  });
  const day = dayOf((view.from + view.to) / 2, timeZone);
  const home = daySpan(day, timeZone);
  const anchor = cursor ?? shown.ms;

  const play = (ms: number) => {
    setCursor(null);
    group.seek(ms);
    time.setView(reveal(view, ms, time.bounds));
  };
  const goTo = (ms: number | null) => {
    if (ms === null) return;
    setCursor(ms);
    time.setView(reveal(view, ms, time.bounds));
  };
  const onFind = (target: Target, from: number, by: 1 | -1) => {
    const found = lanes
      .map(({ facts }) => find(facts, target, from, by))
      .filter((ms) => ms !== null);
    if (found.length > 0) goTo(by === 1 ? Math.min(...found) : Math.max(...found));
    else void lookFurther(from, by, (facts) => find(facts, target, from, by)).then(goTo);
  };
  usePlayerKeys({
    isPlayback: true,
    togglePause: () => group.pause(!shown.isPaused),
    step: (by) => void group.step(by),
    jump: (byMs) => play(group.ms + byMs),
    faster: (by) => group.setRate(nextSpeed(shown.rate, by)),
    goLive: () => play(Date.now()),
  });

  const columns = Math.ceil(Math.sqrt(cameras.length));
  return (
    <>
      <div className={`${css.player} on-night`}>
        <div className={css.grid} style={{ ["--columns" as string]: columns }}>
          {cameras.map((camera, place) => (
            <FollowedVideo
              key={camera.id}
              camera={camera}
              ms={shown.ms}
              state={shown.members[camera.id]}
              facts={footage.facts[place]}
              onPlayer={join(camera.id)}
            />
          ))}
        </div>
        <div className={bar.bar} role="group" aria-label={t("together.controls")}>
          <span className={bar.time} data-testid="group-time">
            {dateTime(shown.ms, timeZone, i18n.language)}
            {shown.isPaused && <span className={bar.zone}>{millis(shown.ms)}</span>}
            <span className={bar.zone}>{zoneName(shown.ms, timeZone, i18n.language)}</span>
          </span>
          <PlayControls
            isPaused={shown.isPaused}
            onPause={(isPaused) => group.pause(isPaused)}
            speed={{
              rate: shown.rate,
              onRate: (rate) => group.setRate(rate),
              onStep: (by) => void group.step(by),
            }}
            onJump={(byMs) => play(group.ms + byMs)}
          />
        </div>
      </div>
      <section className={css.panel} aria-label={t("together.label", { count: cameras.length, day: longDay(day, i18n.language) })}>
        <div className={css.tools}>
          <TimelineTools
            view={view}
            bounds={time.bounds}
            home={home}
            anchor={anchor}
            onView={time.setView}
            onFind={(target, by) => onFind(target, anchor, by)}
          />
        </div>
        {footage.error && (
          <ErrorNote error={footage.error} title={t("timeline.failed")} onRetry={footage.retry} />
        )}
        <Timeline
          label={t("together.label", { count: cameras.length, day: longDay(day, i18n.language) })}
          bounds={time.bounds}
          view={view}
          home={home}
          lanes={lanes}
          now={now}
          timeZone={timeZone}
          playhead={shown.ms}
          selection={null}
          isSelecting={false}
          cursor={cursor}
          onCursor={setCursor}
          onView={time.setView}
          onPlay={play}
          onSelection={() => undefined}
          onFind={onFind}
        />
        <Legend lanes={lanes} view={view} />
      </section>
    </>
  );
}
