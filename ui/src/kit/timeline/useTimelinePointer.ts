import { type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";

import { clampView, type Span, toMs, toSelection, zoom } from "@/lib/timeline";

import { useFrame } from "./useFrame";

/** Less movement than this is a click. */
const CLICK_PX = 4;
const ZOOM_A_PIXEL = 0.0022;

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

/** Two fingers: the moments that they hold stay under them. */
interface Pinch {
  middle: number;
  distance: number;
  view: Span;
}

/**
 * Click plays, drag moves the view, drag with Shift or in select mode selects, wheel and pinch zoom.
 * Whatever comes in between two pictures of the screen counts as one movement.
 */
export function useTimelinePointer(ref: RefObject<HTMLElement | null>, options: PointerOptions) {
  const { view, bounds, isSelecting, onPlay, onSelection } = options;
  const drag = useRef<Drag | null>(null);
  const pinch = useRef<Pinch | null>(null);
  const fingers = useRef(new Map<number, number>());
  const [hover, setHover] = useState<number | null>(null);
  const moveView = useFrame(options.onView);
  const place = (event: PointerEvent): { x: number; width: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, width: box.width };
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { x } = place(event);
    fingers.current.set(event.pointerId, x);
    const [one, other] = [...fingers.current.values()];
    if (one !== undefined && other !== undefined) {
      pinch.current = { middle: (one + other) / 2, distance: Math.abs(one - other), view };
      drag.current = null;
      return;
    }
    const selects = isSelecting || event.shiftKey;
    drag.current = { x, view, selects, hasMoved: false };
  };
  const spread = (width: number) => {
    const held = pinch.current;
    const [one, other] = [...fingers.current.values()];
    if (!held || one === undefined || other === undefined) return;
    const factor = Math.max(20, held.distance) / Math.max(20, Math.abs(one - other));
    const zoomed = zoom(held.view, factor, toMs(held.middle, held.view, width), bounds);
    const shift = ((held.middle - (one + other) / 2) / width) * (zoomed.to - zoomed.from);
    moveView(clampView({ from: zoomed.from + shift, to: zoomed.to + shift }, bounds));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const { x, width } = place(event);
    setHover(event.pointerType === "touch" ? null : Math.min(width, Math.max(0, x)));
    if (fingers.current.has(event.pointerId)) fingers.current.set(event.pointerId, x);
    if (pinch.current) {
      spread(width);
      return;
    }
    const held = drag.current;
    if (!held) return;
    held.hasMoved ||= Math.abs(x - held.x) >= CLICK_PX;
    if (!held.hasMoved) return;
    if (held.selects) {
      onSelection(toSelection(toMs(held.x, view, width), toMs(x, view, width), bounds));
    } else {
      const shift = ((held.x - x) / width) * (held.view.to - held.view.from);
      moveView(clampView({ from: held.view.from + shift, to: held.view.to + shift }, bounds));
    }
  };
  const release = (event: PointerEvent<HTMLElement>) => {
    fingers.current.delete(event.pointerId);
    if (fingers.current.size < 2) pinch.current = null;
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    release(event);
    const held = drag.current;
    drag.current = null;
    if (!held || held.hasMoved || held.selects) return;
    const { x, width } = place(event);
    onPlay(toMs(x, view, width));
  };
  const onPointerCancel = (event: PointerEvent<HTMLElement>) => {
    release(event);
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
      const seen = moveView.pending() ?? now.view;
      const length = seen.to - seen.from;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const shift = ((event.deltaX || event.deltaY) / box.width) * length;
        moveView(clampView({ from: seen.from + shift, to: seen.to + shift }, now.bounds));
        return;
      }
      const anchor = toMs(event.clientX - box.left, seen, box.width);
      moveView(zoom(seen, Math.exp(event.deltaY * ZOOM_A_PIXEL), anchor, now.bounds));
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, [ref, moveView]);

  return {
    hover,
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel, onPointerLeave },
  };
}
