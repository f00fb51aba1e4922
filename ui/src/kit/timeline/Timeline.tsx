import { useComputedColorScheme, VisuallyHidden } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { duration } from "@/lib/format";
import { ticks } from "@/lib/ticks";
import {
  type Facts,
  isDamaged,
  knownAt,
  manualAt,
  type Span,
  toMs,
  toX,
  unplannedIn,
} from "@/lib/timeline";
import { pick, type Words } from "@/lib/words";
import { clock } from "@/lib/zone";

import { draw, HEIGHT } from "./draw";
import { timelineKeys } from "./keys";
import css from "./Timeline.module.css";
import { useTimelinePointer } from "./useTimelinePointer";

/** A time without footage, and why. */
export interface Gap extends Span {
  reason: Words;
}

interface Props {
  label: string;
  /** The day; the view never leaves it. */
  bounds: Span;
  view: Span;
  facts: Facts<Gap>;
  now: number;
  timeZone: string;
  playhead: number | null;
  selection: Span | null;
  /** Whether dragging selects instead of moving the view. */
  isSelecting: boolean;
  onView: (view: Span) => void;
  onPlay: (ms: number) => void;
  onSelection: (selection: Span | null) => void;
}

/** A day of footage on a line: what is there, what is missing and why, and the way to each moment. */
export function Timeline(props: Props) {
  const { bounds, view, facts, now, timeZone, playhead, selection } = props;
  const { t } = useTranslation();
  const helpId = useId();
  const scheme = useComputedColorScheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const { ref: measure, width } = useElementSize();
  const ref = useMergedRef(box, measure);
  const [ownCursor, setCursor] = useState<number | null>(null);
  const [isFocused, setFocused] = useState(false);
  const say = useSay(facts, now, timeZone);
  const { hover, handlers } = useTimelinePointer(box, props);

  // A moment before now: now itself is the first moment that nobody knows yet.
  const start = playhead ?? Math.min(now, bounds.to) - 1;
  const cursor = Math.min(bounds.to, Math.max(bounds.from, ownCursor ?? start));
  const shownCursor = isFocused && ownCursor !== null ? cursor : null;
  const tip = hover !== null ? toMs(hover, view, width) : shownCursor;

  useEffect(() => {
    if (!canvas.current || width === 0) return;
    draw(canvas.current, {
      ...facts,
      unplanned: unplannedIn(facts, bounds),
      manual: facts.manual ?? [],
      view,
      width,
      ticks: ticks(view, width, timeZone),
      now,
      nowLabel: t("timeline.now"),
      playhead,
      cursor: shownCursor,
      selection,
    });
  }, [facts, bounds, view, width, timeZone, now, t, playhead, shownCursor, selection, scheme]);

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
        gaps: facts.gaps,
        onCursor: setCursor,
        onPlay: (ms) => {
          setCursor(null);
          props.onPlay(ms);
        },
      })}
      onFocus={() => setFocused(true)}
      onBlur={() => {
        setFocused(false);
        setCursor(null);
      }}
      {...handlers}
    >
      <canvas ref={canvas} style={{ height: HEIGHT }} aria-hidden="true" />
      <VisuallyHidden id={helpId}>{t("timeline.help")}</VisuallyHidden>
      {tip !== null && width > 0 && (
        <Tip x={toX(tip, view, width)} width={width} words={say(tip)} />
      )}
    </div>
  );
}

/** What is known about a moment, in words. */
function useSay(facts: Facts<Gap>, now: number, timeZone: string): (ms: number) => string {
  const { t } = useTranslation();
  const sayKnown = useSayKnown(facts, now, timeZone);
  return (ms) => {
    const manual = manualAt(facts, ms);
    if (!manual) return sayKnown(ms);
    return `${sayKnown(ms)}; ${t("timeline.valueManual", { by: manual.by })}`;
  };
}

function useSayKnown(facts: Facts<Gap>, now: number, timeZone: string): (ms: number) => string {
  const { t, i18n } = useTranslation();
  return (ms) => {
    const time = clock(ms, timeZone);
    const known = knownAt(facts, ms, now);
    switch (known.kind) {
      case "covered":
        return isDamaged(known.span)
          ? t("timeline.valueDamaged", { time, length: duration(known.span.damagedMs ?? 0) })
          : t("timeline.valueCovered", { time });
      case "gap":
        return t("timeline.valueGap", { time, reason: pick(known.gap.reason, i18n.language) });
      case "unreported":
        return t("timeline.valueUnreported", { time });
      case "future":
        return t("timeline.valueFuture", { time });
      case "unplanned":
        return t("timeline.valueUnplanned", { time });
      case "nothing":
        return t("timeline.valueNothing", { time });
    }
  };
}

/** Half the greatest width of the tip, so that it stays inside. */
const HALF_TIP_PX = 150;

function Tip({ x, width, words }: { x: number; width: number; words: string }) {
  const middle = width < 2 * HALF_TIP_PX ? width / 2 : Math.min(width - HALF_TIP_PX, Math.max(HALF_TIP_PX, x));
  return (
    <>
      <span className={css.hair} style={{ left: x }} aria-hidden="true" />
      <span className={css.tip} style={{ left: middle }} aria-hidden="true">
        {words}
      </span>
    </>
  );
}
