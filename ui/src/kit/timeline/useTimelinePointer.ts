import { type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";

import { clampView, type Span, toMs, toSelection, zoom } from "@/lib/timeline";

/** Less movement than this is a click. */
const CLICK_PX = 4;

export interface PointerOptions {
  view: Span;
  bounds: Span;
  isSelecting: boolean;
  onView: (view: Span) => void;
  onPlay: (ms: number) => void;
  onSelection: (selection: Span | null) => void;
}

interface Drag {
  x: number;
  view: Span;
  selects: boolean;
  hasMoved: boolean;
}

/** Click plays, drag moves the view, drag with Shift or in select mode selects, wheel zooms. */
export function useTimelinePointer(ref: RefObject<HTMLElement | null>, options: PointerOptions) {
  const { view, bounds, isSelecting, onView, onPlay, onSelection } = options;
  const drag = useRef<Drag | null>(null);
  const [hover, setHover] = useState<number | null>(null);
  const place = (event: PointerEvent): { x: number; width: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, width: box.width };
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const selects = isSelecting || event.shiftKey;
    drag.current = { x: place(event).x, view, selects, hasMoved: false };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const { x, width } = place(event);
    setHover(event.pointerType === "touch" ? null : Math.min(width, Math.max(0, x)));
    const held = drag.current;
    if (!held) return;
    held.hasMoved ||= Math.abs(x - held.x) >= CLICK_PX;
    if (!held.hasMoved) return;
    if (held.selects) {
      onSelection(toSelection(toMs(held.x, view, width), toMs(x, view, width), bounds));
    } else {
      const shift = ((held.x - x) / width) * (held.view.to - held.view.from);
      onView(clampView({ from: held.view.from + shift, to: held.view.to + shift }, bounds));
    }
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const held = drag.current;
    drag.current = null;
    if (!held || held.hasMoved || held.selects) return;
    const { x, width } = place(event);
    onPlay(toMs(x, view, width));
  };
  const onPointerCancel = () => {
    drag.current = null;
  };
  const onPointerLeave = () => setHover(null);

  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  // React's own wheel listener may not stop the page from scrolling.
  useEffect(() => {
    const element = ref.current;
    const onWheel = (event: WheelEvent) => {
      const now = latest.current;
      const box = element?.getBoundingClientRect();
      if (!box) return;
      event.preventDefault();
      const length = now.view.to - now.view.from;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const shift = ((event.deltaX || event.deltaY) / box.width) * length;
        now.onView(
          clampView({ from: now.view.from + shift, to: now.view.to + shift }, now.bounds),
        );
        return;
      }
      const anchor = toMs(event.clientX - box.left, now.view, box.width);
      now.onView(zoom(now.view, Math.exp(event.deltaY * 0.0022), anchor, now.bounds));
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [ref]);

  return {
    hover,
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel, onPointerLeave },
  };
}
