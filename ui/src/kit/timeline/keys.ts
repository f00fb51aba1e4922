import type { KeyboardEvent } from "react";

import { pan, reveal, type Span, toSelection, zoom } from "@/lib/timeline";

export interface KeyOptions {
  view: Span;
  bounds: Span;
  cursor: number;
  gaps: readonly Span[];
  selection: Span | null;
  onCursor: (ms: number) => void;
  onView: (view: Span) => void;
  onPlay: (ms: number) => void;
  onSelection: (selection: Span | null) => void;
}

/** One step is this share of what is seen. */
const STEP = 1 / 100;
const ZOOM = 1.6;

/** The whole timeline from the keyboard; `timeline.help` tells people the same. */
export function timelineKeys(options: KeyOptions) {
  const { view, bounds, cursor, gaps, selection, onCursor, onView, onPlay, onSelection } = options;
  const length = view.to - view.from;
  const go = (ms: number) => {
    const target = Math.min(bounds.to - 1, Math.max(bounds.from, ms));
    onCursor(target);
    onView(reveal(view, target, bounds));
    return target;
  };
  const step = (event: KeyboardEvent, direction: 1 | -1) => {
    const target = go(cursor + direction * length * STEP);
    if (!event.shiftKey) return;
    // The end of the selection that is not under the cursor stays.
    const held = selection && Math.abs(selection.to - cursor) > Math.abs(selection.from - cursor)
      ? selection.to
      : (selection?.from ?? cursor);
    onSelection(toSelection(held, target, bounds));
  };
  const nextGap = () => {
    const later = gaps.filter((gap) => gap.from > cursor);
    const gap = later[0] ?? gaps[0];
    if (gap) go(gap.from);
  };
  const acts: Record<string, (event: KeyboardEvent) => void> = {
    ArrowLeft: (event) => step(event, -1),
    ArrowRight: (event) => step(event, 1),
    ArrowDown: (event) => step(event, -1),
    ArrowUp: (event) => step(event, 1),
    PageUp: () => go(cursor + length / 4),
    PageDown: () => go(cursor - length / 4),
    Home: () => go(view.from),
    End: () => go(view.to - 1),
    Enter: () => onPlay(cursor),
    " ": () => onPlay(cursor),
    "+": () => onView(zoom(view, 1 / ZOOM, cursor, bounds)),
    "=": () => onView(zoom(view, 1 / ZOOM, cursor, bounds)),
    "-": () => onView(zoom(view, ZOOM, cursor, bounds)),
    "0": () => onView(bounds),
    "[": () => onView(pan(view, -0.5, bounds)),
    "]": () => onView(pan(view, 0.5, bounds)),
    g: nextGap,
    G: nextGap,
    Escape: () => onSelection(null),
  };
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  };
}
