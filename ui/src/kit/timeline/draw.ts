import type { Tick } from "@/lib/ticks";
import { type Facts, type Span, toX } from "@/lib/timeline";

import { fitCanvas, paintBar, paintLooked, paintManual, paintRecorder, paintsOf } from "./band";
import { factBars, lookedBars, manualBars, recorderBars } from "./factBars";
import type { Ink, Paints } from "./patterns";
import { label, line } from "./strokes";

const TOP = 26;
const SCALE_HEIGHT = 22;
const LANE_GAP = 5;
/** One lane has room; many share it. */
const LANE_HEIGHT = 44;
const LOW_LANE_HEIGHT = 20;

/** Everything that is drawn. */
export interface Scene {
  view: Span;
  width: number;
  ticks: readonly Tick[];
  /** The facts of each camera, from above. */
  lanes: readonly Facts[];
  now: number;
  nowLabel: string;
  playhead: number | null;
  cursor: number | null;
  selection: Span | null;
  /** The colour scheme in force; colours and patterns are read anew when it changes. */
  scheme: string;
}

/** Where things stand, in pixels from above. */
export interface Layout {
  laneHeight: number;
  laneTops: number[];
  bottom: number;
  height: number;
}

export function layoutOf(laneCount: number): Layout {
  const laneHeight = laneCount > 1 ? LOW_LANE_HEIGHT : LANE_HEIGHT;
  const laneTops = Array.from({ length: laneCount }, (_, lane) => TOP + lane * (laneHeight + LANE_GAP));
  const bottom = (laneTops.at(-1) ?? TOP) + laneHeight;
  return { laneHeight, laneTops, bottom, height: bottom + SCALE_HEIGHT };
}

/** Draws what is in view. Each kind differs in pattern as well as in colour. */
export function draw(canvas: HTMLCanvasElement, scene: Scene): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const layout = layoutOf(scene.lanes.length);
  const ratio = fitCanvas(context, scene.width, layout.height);
  const paints = paintsOf(context, scene.scheme, ratio);
  for (const [lane, facts] of scene.lanes.entries()) {
    drawLane(context, scene, facts, layout.laneTops[lane] ?? TOP, layout.laneHeight, paints);
  }
  drawScale(context, scene, layout, paints);
  drawSelection(context, scene, layout, paints.ink);
  drawMarks(context, scene, layout, paints.ink);
}

function drawLane(
  context: CanvasRenderingContext2D,
  scene: Scene,
  facts: Facts,
  top: number,
  height: number,
  paints: Paints,
): void {
  const place = { top, height };
  context.fillStyle = paints.ink("surface-sunk");
  context.fillRect(0, top, scene.width, height);
  for (const { kind, bar } of factBars(facts, scene)) paintBar(context, paints, kind, bar, place);
  for (const bar of lookedBars(facts, scene)) paintLooked(context, paints, bar, place);
  for (const bar of recorderBars(facts, scene)) paintRecorder(context, paints, bar, place);
  for (const bar of manualBars(facts, scene)) paintManual(context, paints, bar, place);
}

function drawScale(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { bottom, height }: Layout,
  paints: Paints,
): void {
  const { ink } = paints;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  context.font = paints.font;
  for (const { ms, label, isDay } of scene.ticks) {
    const x = Math.round(toX(ms, scene.view, scene.width)) + 0.5;
    context.fillStyle = ink(isDay ? "ink-quiet" : "line");
    context.fillRect(x - 0.5, bottom, 1, isDay ? 7 : 5);
    context.fillStyle = ink(isDay ? "ink" : "ink-quiet");
    const half = context.measureText(label).width / 2;
    if (x >= half && x <= scene.width - half) context.fillText(label, x, height - 2);
  }
}

function drawSelection(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { bottom }: Layout,
  ink: Ink,
): void {
  if (!scene.selection) return;
  const from = Math.max(-9, toX(scene.selection.from, scene.view, scene.width));
  const to = Math.min(scene.width + 9, toX(scene.selection.to, scene.view, scene.width));
  const height = bottom - TOP;
  // What is not chosen fades; what is chosen keeps its colours.
  context.globalAlpha = 0.62;
  context.fillStyle = ink("surface");
  context.fillRect(0, TOP, Math.max(0, from), height);
  context.fillRect(to, TOP, Math.max(0, scene.width - to), height);
  context.globalAlpha = 1;
  if (to < from) return;
  context.strokeStyle = ink("surface");
  context.lineWidth = 6;
  context.strokeRect(from, TOP - 3, to - from, height + 6);
  context.strokeStyle = ink("accent-ink");
  context.lineWidth = 3;
  context.strokeRect(from, TOP - 3, to - from, height + 6);
}

function drawMarks(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { bottom }: Layout,
  ink: Ink,
): void {
  const { view, width, now, nowLabel, playhead, cursor } = scene;
  if (now >= view.from && now < view.to) {
    const x = toX(now, view, width);
    line(context, x, TOP - 6, bottom + 4, 1.5, ink("ink"), [3, 3]);
    label(context, nowLabel, x, width, ink("ink"));
  }
  if (cursor !== null && cursor >= view.from && cursor <= view.to) {
    line(context, toX(cursor, view, width), TOP - 4, bottom + 4, 1.5, ink("focus"), []);
  }
  if (playhead !== null && playhead >= view.from && playhead <= view.to) {
    const x = toX(playhead, view, width);
    line(context, x, TOP - 8, bottom + 4, 5, ink("surface"), []);
    line(context, x, TOP - 8, bottom + 4, 2.5, ink("accent-ink"), []);
    context.fillStyle = ink("lantern");
    context.strokeStyle = ink("accent-ink");
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, TOP - 10, 5.5, 0, Math.PI * 2);
    context.fill();
    context.stroke();
  }
}
