import { ActionIcon, Button, Group } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon, type IconName } from "@/kit/icons";
import { type Gap, Timeline } from "@/kit/timeline/Timeline";
import { useNow } from "@/kit/useNow";
import {
  clampView,
  type Facts,
  firstView,
  isDamaged,
  pan,
  reveal,
  type Span,
  unplannedIn,
  zoom,
} from "@/lib/timeline";
import { longDay } from "@/lib/zone";

import css from "./CameraScreen.module.css";
import { ClipPanel } from "./ClipPanel";
import { DayPicker } from "./DayPicker";
import { GapList } from "./GapList";

interface Props {
  camera: Camera;
  day: string;
  onDay: (day: string) => void;
  bounds: Span;
  facts: Facts<Gap>;
  timeline: UseQueryResult;
  timeZone: string;
  playhead: number | null;
  onPlay: (ms: number) => void;
}

const ZOOM = 2;
/** A gap is shown with this much around it. */
const AROUND_GAP = 4;

/** The day's timeline with its tools, its gaps in words, and the clip cut from it. */
export function DayPanel(props: Props) {
  const { camera, day, bounds, facts, timeline, timeZone, playhead, onPlay } = props;
  const { t, i18n } = useTranslation();
  const now = useNow();
  // Until somebody chooses a view it follows what becomes known; after that it is left alone.
  const [chosenView, setView] = useState<Span | null>(null);
  const view = useMemo(() => chosenView ?? firstView(facts, bounds), [chosenView, facts, bounds]);
  const [selection, setSelection] = useState<Span | null>(null);
  const [isSelecting, setSelecting] = useState(false);
  const center = playhead ?? now;
  const isInView = center >= view.from && center < view.to;
  const anchor = isInView ? center : (view.from + view.to) / 2;
  const select = (chosen: Span | null) => {
    setView(view);
    setSelection(chosen && toPast(chosen, now));
    if (chosen) setSelecting(true);
  };
  const write = (chosen: Span | null) => {
    select(chosen);
    if (chosen) setView(reveal(view, chosen.from, bounds));
  };
  const showGap = (gap: Span) => {
    const length = (gap.to - gap.from) * AROUND_GAP;
    const middle = (gap.from + gap.to) / 2;
    setView(clampView({ from: middle - length / 2, to: middle + length / 2 }, bounds));
  };
  return (
    <section className={css.panel} aria-label={t("timeline.label", { day: longDay(day, i18n.language) })}>
      <div className={css.tools}>
        <DayPicker cameraId={camera.id} day={day} onDay={props.onDay} timeZone={timeZone} />
        <Group gap={4}>
          <Tool icon="back" name="earlier" onClick={() => setView(pan(view, -0.5, bounds))} />
          <Tool icon="minus" name="zoomOut" onClick={() => setView(zoom(view, ZOOM, anchor, bounds))} />
          <Tool icon="plus" name="zoomIn" onClick={() => setView(zoom(view, 1 / ZOOM, anchor, bounds))} />
          <Tool icon="next" name="later" onClick={() => setView(pan(view, 0.5, bounds))} />
          <Button size="xs" variant="default" onClick={() => setView(bounds)}>
            {t("timeline.wholeDay")}
          </Button>
        </Group>
        <Button
          className={css.push ?? ""}
          size="xs"
          variant={isSelecting ? "filled" : "default"}
          aria-pressed={isSelecting}
          leftSection={<Icon name="select" size={16} />}
          onClick={() => {
            setSelecting(!isSelecting);
            setSelection(null);
          }}
        >
          {t("clip.select")}
        </Button>
      </div>
      {timeline.error && (
        <ErrorNote
          error={timeline.error}
          title={t("timeline.failed")}
          onRetry={() => void timeline.refetch()}
        />
      )}
      <Timeline
        label={t("timeline.label", { day: longDay(day, i18n.language) })}
        bounds={bounds}
        view={view}
        facts={facts}
        now={now}
        timeZone={timeZone}
        playhead={playhead}
        selection={selection}
        isSelecting={isSelecting}
        onView={setView}
        onPlay={(ms) => {
          onPlay(ms);
          setView(reveal(view, ms, bounds));
        }}
        onSelection={select}
      />
      <Legend
        hasDamage={facts.covered.some(isDamaged)}
        hasUnplanned={unplannedIn(facts, bounds).length > 0}
        hasManual={(facts.manual ?? []).length > 0}
      />
      {isSelecting && (
        <ClipPanel
          camera={camera}
          day={day}
          bounds={bounds}
          facts={facts}
          timeZone={timeZone}
          selection={selection}
          onSelection={write}
          onPlay={onPlay}
        />
      )}
      {timeline.isSuccess && (
        <GapList facts={facts} bounds={bounds} timeZone={timeZone} onShow={showGap} />
      )}
    </section>
  );
}

/** A clip ends now at the latest. */
function toPast(selection: Span, now: number): Span | null {
  const to = Math.min(selection.to, now);
  return to > selection.from ? { from: selection.from, to } : null;
}

function Tool({ icon, name, onClick }: {
  icon: IconName;
  name: "earlier" | "later" | "zoomIn" | "zoomOut";
  onClick: () => void;
}) {
  const { t } = useTranslation();
  return (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={t(`timeline.${name}`)}
      title={t(`timeline.${name}`)}
      onClick={onClick}
    >
      <Icon name={icon} size={16} />
    </ActionIcon>
  );
}

function Legend({ hasDamage, hasUnplanned, hasManual }: {
  hasDamage: boolean;
  hasUnplanned: boolean;
  hasManual: boolean;
}) {
  const { t } = useTranslation();
  const kinds = [
    { kind: "covered", words: t("timeline.legendCovered"), isShown: true },
    { kind: "manual", words: t("timeline.legendManual"), isShown: hasManual },
    { kind: "damaged", words: t("timeline.legendDamaged"), isShown: hasDamage },
    { kind: "gap", words: t("timeline.legendGap"), isShown: true },
    { kind: "unreported", words: t("timeline.legendUnreported"), isShown: true },
    { kind: "unplanned", words: t("timeline.legendUnplanned"), isShown: hasUnplanned },
  ];
  return (
    <ul className={css.legend}>
      {kinds
        .filter(({ isShown }) => isShown)
        .map(({ kind, words }) => (
          <li key={kind}>
            <span className={css.swatch} data-kind={kind} />
            {words}
          </li>
        ))}
    </ul>
  );
}
