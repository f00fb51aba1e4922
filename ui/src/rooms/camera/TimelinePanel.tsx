import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type FootageFacts, useFootageFacts, useLookFurther } from "@/api/footageFacts";
import type { StreamName } from "@/api/playback";
import type { Camera } from "@/api/types";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { find, type Target } from "@/kit/timeline/find";
import { Legend } from "@/kit/timeline/Legend";
import { Timeline } from "@/kit/timeline/Timeline";
import { TimelineTools } from "@/kit/timeline/TimelineTools";
import { clampView, reveal, type Span } from "@/lib/timeline";
import { daySpan, longDay } from "@/lib/zone";

import css from "./CameraScreen.module.css";
import { ClipPanel } from "./ClipPanel";
import { DayPicker } from "./DayPicker";
import { GapList } from "./GapList";
import { Places } from "./Places";
import { RecorderSearch } from "./RecorderSearch";
import { StripPicture } from "./StripPicture";

interface Props {
  camera: Camera;
  stream: StreamName;
  /** The day that is told in words: the one in the middle of the view. */
  day: string;
  onDay: (day: string) => void;
  bounds: Span;
  view: Span;
  onView: (view: Span) => void;
  now: number;
  footage: ReturnType<typeof useFootageFacts>;
  facts: FootageFacts;
  timeZone: string;
  playhead: number | null;
  selection: Span | null;
  onSelection: (selection: Span | null) => void;
  onPlay: (ms: number) => void;
}

/** A gap is shown with this much around it. */
const AROUND_GAP = 4;

/** The timeline with its tools, the day's gaps in words, and the clip cut from it. */
export function TimelinePanel(props: Props) {
  const { camera, day, bounds, view, onView, now, footage, facts, timeZone, playhead } = props;
  const { selection, onSelection, onPlay } = props;
  const { t, i18n } = useTranslation();
  const [cursor, setCursor] = useState<number | null>(null);
  const [isSelecting, setSelecting] = useState(selection !== null);
  const lookFurther = useLookFurther([camera.id]);
  const center = cursor ?? playhead ?? now;
  const isInView = center >= view.from && center < view.to;
  const anchor = isInView ? center : (view.from + view.to) / 2;
  const home = daySpan(day, timeZone);
  const label = t("timeline.label", { day: longDay(day, i18n.language) });

  const goTo = (ms: number | null) => {
    if (ms === null) return;
    setCursor(ms);
    onView(reveal(view, ms, bounds));
  };
  const onFind = (target: Target, from: number, by: 1 | -1) => {
    const near = find(facts, target, from, by);
    if (near !== null) goTo(near);
    else void lookFurther(from, by, (further) => find(further, target, from, by)).then(goTo);
  };
  const select = (chosen: Span | null) => {
    onSelection(chosen && toPast(chosen, now));
    if (chosen) setSelecting(true);
  };
  const write = (chosen: Span | null) => {
    select(chosen);
    if (chosen) onView(reveal(view, chosen.from, bounds));
  };
  const showGap = (gap: Span) => {
    const length = (gap.to - gap.from) * AROUND_GAP;
    const middle = (gap.from + gap.to) / 2;
    onView(clampView({ from: middle - length / 2, to: middle + length / 2 }, bounds));
  };
  return (
    <section className={css.panel} aria-label={label}>
      <div className={css.tools}>
        <DayPicker cameraId={camera.id} day={day} onDay={props.onDay} timeZone={timeZone} />
        <TimelineTools
          view={view}
          bounds={bounds}
          home={home}
          anchor={anchor}
          onView={onView}
          onFind={(target, by) => onFind(target, anchor, by)}
        />
        <Button
          className={css.push ?? ""}
          size="xs"
          variant={isSelecting ? "filled" : "default"}
          aria-pressed={isSelecting}
          leftSection={<Icon name="select" size={16} />}
          onClick={() => {
            setSelecting(!isSelecting);
            onSelection(null);
          }}
        >
          {t("clip.select")}
        </Button>
      </div>
      {footage.error && (
        <ErrorNote error={footage.error} title={t("timeline.failed")} onRetry={footage.retry} />
      )}
      <Timeline
        label={label}
        bounds={bounds}
        view={view}
        home={home}
        lanes={[{ facts }]}
        now={now}
        timeZone={timeZone}
        playhead={playhead}
        selection={selection}
        isSelecting={isSelecting}
        cursor={cursor}
        onCursor={setCursor}
        onView={onView}
        onPlay={(ms) => {
          setCursor(null);
          onPlay(ms);
        }}
        onSelection={select}
        onFind={onFind}
        picture={(ms) => <StripPicture cameraId={camera.id} stream={props.stream} ms={ms} view={view} />}
      />
      <Legend lanes={[{ facts }]} view={view} />
      {isSelecting && (
        <ClipPanel
          camera={camera}
          stream={props.stream}
          day={day}
          bounds={bounds}
          facts={facts}
          timeZone={timeZone}
          selection={selection}
          onSelection={write}
          onPlay={onPlay}
        />
      )}
      {footage.recorder?.can_search && (
        <RecorderSearch
          cameraId={camera.id}
          recorder={footage.recorder}
          looked={facts.looked ?? []}
          view={view}
        />
      )}
      {footage.isComplete && (
        <>
          <GapList facts={facts} bounds={home} timeZone={timeZone} onShow={showGap} />
          <Places facts={facts} bounds={home} />
        </>
      )}
    </section>
  );
}

/** A clip ends now at the latest. */
function toPast(selection: Span, now: number): Span | null {
  const to = Math.min(selection.to, now);
  return to > selection.from ? { from: selection.from, to } : null;
}
