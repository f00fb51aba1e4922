import { useComputedColorScheme, VisuallyHidden } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";

import { ticks } from "@/lib/ticks";
import { type Facts, type Missing, type Span, toMs, toX } from "@/lib/timeline";
import type { Words } from "@/lib/words";
import { shortDay } from "@/lib/zone";

import { draw, layoutOf } from "./draw";
import type { Target } from "./find";
import { timelineKeys } from "./keys";
import { Tip } from "./Tip";
import css from "./Timeline.module.css";
import { useSay } from "./useSay";
import { useTimelinePointer } from "./useTimelinePointer";

/** A time without footage, and why. */
export interface Gap extends Missing {
  reason: Words;
}

/** One camera's line. */
export interface Lane {
  /** Absent where there is one only. */
  name?: string;
  facts: Facts<Gap>;
}

interface Props {
  label: string;
  /** How far the view may go. */
  bounds: Span;
  view: Span;
  /** The day, which the key 0 shows. */
  home: Span;
  lanes: readonly Lane[];
  now: number;
  timeZone: string;
  playhead: number | null;
  selection: Span | null;
  /** Whether dragging selects instead of moving the view. */
  isSelecting: boolean;
  onView: (view: Span) => void;
  onPlay: (ms: number) => void;
  onSelection: (selection: Span | null) => void;
  /** What the keys point at, once they were used. */
  cursor: number | null;
  onCursor: (ms: number | null) => void;
  /** Goes to the next gap or beginning after the cursor, or to the one before. */
  onFind: (target: Target, from: number, by: 1 | -1) => void;
  /** The picture of a moment, shown above it. */
  picture?: (ms: number) => ReactNode;
}

/** Footage on a line, a month or a second of it: what is there, what is missing and why. */
export function Timeline(props: Props) {
  const { bounds, view, lanes, now, timeZone, playhead, selection, onCursor } = props;
  const { t, i18n } = useTranslation();
  const helpId = useId();
  const scheme = useComputedColorScheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const { ref: measure, width } = useElementSize();
  const ref = useMergedRef(box, measure);
  const say = useSay(lanes, now, timeZone);
  const { hover, handlers } = useTimelinePointer(box, props);
  const layout = layoutOf(lanes.length);

  // A moment before now: now itself is the first moment that nobody knows yet.
  const start = playhead ?? Math.min(now, bounds.to) - 1;
  const cursor = Math.min(bounds.to, Math.max(bounds.from, props.cursor ?? start));
  const shownCursor = props.cursor === null ? null : cursor;
  const tip = hover !== null ? toMs(hover, view, width) : shownCursor;

  useEffect(() => {
    if (!canvas.current || width === 0) return;
    const nameDay = (day: string) => shortDay(day, i18n.language);
    draw(canvas.current, {
      lanes: lanes.map(({ facts }) => facts),
      view,
      width,
      ticks: ticks(view, width, timeZone, nameDay),
      now,
      nowLabel: t("timeline.now"),
      playhead,
      cursor: shownCursor,
      selection,
      scheme,
    });
  }, [lanes, view, width, timeZone, now, t, i18n.language, playhead, shownCursor, selection, scheme]);

  return (
    <div
      ref={ref}
      className={css.timeline}
      data-selecting={props.isSelecting}
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-describedby={helpId}
      aria-valuemin={bounds.from}
      aria-valuemax={bounds.to}
      aria-valuenow={Math.round(cursor)}
      aria-valuetext={say(cursor)}
      onKeyDown={timelineKeys({
        ...props,
        cursor,
        onFind: (target, by) => props.onFind(target, cursor, by),
        onPlay: (ms) => {
          onCursor(null);
          props.onPlay(ms);
        },
      })}
      onBlur={() => onCursor(null)}
      {...handlers}
    >
      <canvas ref={canvas} style={{ height: layout.height }} aria-hidden="true" />
      {lanes.map(({ name }, lane) => name && (
        <span
          key={name}
          className={css.name}
          style={{ top: layout.laneTops[lane], height: layout.laneHeight }}
        >
          {name}
        </span>
      ))}
      <VisuallyHidden id={helpId}>{t("timeline.help")}</VisuallyHidden>
      {tip !== null && width > 0 && (
        <Tip x={toX(tip, view, width)} width={width} hairHeight={layout.bottom - 18}>
          {hover !== null && props.picture?.(tip)}
          {say(tip)}
        </Tip>
      )}
    </div>
  );
}
