import type { Span } from "@/lib/timeline";

import { type FactKind, LOOKS } from "./looks";
import { Paints } from "./patterns";

const EDGE_PX = 3;
const LOOKED_PX = 3;

/** From above, in pixels. */
export interface Place {
  top: number;
  height: number;
}

const kept = new WeakMap<HTMLCanvasElement, { key: string; paints: Paints }>();

/** The paints of a canvas; made anew with another colour scheme or screen. */
export function paintsOf(context: CanvasRenderingContext2D, scheme: string, ratio: number): Paints {
  const key = `${scheme} ${ratio}`;
  const known = kept.get(context.canvas);
  if (known?.key === key) return known.paints;
  const paints = new Paints(context, getComputedStyle(context.canvas), ratio);
  kept.set(context.canvas, { key, paints });
  return paints;
}

/** Makes a canvas as large as it is shown, on this screen; pixels are CSS pixels from then on. */
export function fitCanvas(context: CanvasRenderingContext2D, widthPx: number, heightPx: number): number {
  const { canvas } = context;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(widthPx * ratio), Math.round(heightPx * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, widthPx, heightPx);
  return ratio;
}

/** One bar of a kind: its ground, its pattern, its edges. */
export function paintBar(
  context: CanvasRenderingContext2D,
  paints: Paints,
  kind: FactKind,
  bar: Span,
  { top, height }: Place,
): void {
  const { ground, edge } = LOOKS[kind];
  const length = bar.to - bar.from;
  const pattern = paints.pattern(kind);
  context.fillStyle = paints.ink(ground);
  context.fillRect(bar.from, top, length, height);
  if (pattern) {
    context.fillStyle = pattern;
    context.fillRect(bar.from, top, length, height);
  }
  if (!edge) return;
  const edgeHeight = Math.min(EDGE_PX, height / 8);
  context.fillStyle = paints.ink(edge);
  context.fillRect(bar.from, top, length, edgeHeight);
  context.fillRect(bar.from, top + height - edgeHeight, length, edgeHeight);
}

/** What people recorded by hand: a line of its own along the top of the band. */
export function paintManual(
  context: CanvasRenderingContext2D,
  paints: Paints,
  bar: Span,
  { top, height }: Place,
): void {
  context.fillStyle = paints.ink("manual");
  context.fillRect(bar.from, top, Math.max(2, bar.to - bar.from), height / 9);
}

/** When a recorder was searched: a line along the foot, where its band would be. */
export function paintLooked(
  context: CanvasRenderingContext2D,
  paints: Paints,
  bar: Span,
  { top, height }: Place,
): void {
  context.fillStyle = paints.ink("recorder");
  context.fillRect(bar.from, top + height - LOOKED_PX, Math.max(2, bar.to - bar.from), LOOKED_PX);
}

/** What a recorder holds: a band of its own along the foot, which leaves what is above to be seen. */
export function paintRecorder(
  context: CanvasRenderingContext2D,
  paints: Paints,
  bar: Span,
  { top, height }: Place,
): void {
  const foot = { top: top + height - height / 3, height: height / 3 };
  paintBar(context, paints, "recorder", bar, foot);
  context.fillStyle = paints.ink("recorder");
  context.fillRect(bar.from, foot.top, bar.to - bar.from, Math.max(1, foot.height / 8));
}
