import type { KeyboardEvent } from "react";

import { pan, reveal, type Span, toSelection, zoom } from "@/lib/timeline";

import type { Target } from "./find";

export interface KeyOptions {
  view: Span;
  bounds: Span;
  /** What "all" means: the day. */
  home: Span;
  cursor: number;
  selection: Span | null;
  onCursor: (ms: number) => void;
  onView: (view: Span) => void;
  onPlay: (ms: number) => void;
  onSelection: (selection: Span | null) => void;
  onFind: (target: Target, by: 1 | -1) => void;
}

/** One step is this share of what is seen. */
const STEP = 1 / 100;
const ZOOM = 1.6;

/** The whole timeline from the keyboard; `timeline.help` tells people the same. */
export function timelineKeys(options: KeyOptions) {
  const { view, bounds, cursor, selection, onCursor, onView, onPlay, onSelection, onFind } = options;
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
    "0": () => onView(options.home),
    "[": () => onView(pan(view, -0.5, bounds)),
    "]": () => onView(pan(view, 0.5, bounds)),
    g: ({ shiftKey }) => onFind("gap", shiftKey ? -1 : 1),
    s: ({ shiftKey }) => onFind("start", shiftKey ? -1 : 1),
    Escape: () => onSelection(null),
  };
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = acts[event.key] ?? acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act(event);
  };
}
