import type { Tick } from "@/lib/ticks";
import { type Footage, isDamaged, type Span, toBars, toX } from "@/lib/timeline";

import { type FactKind, type Hatch, LOOKS } from "./looks";

export const HEIGHT = 92;
const BAND_TOP = 26;
const BAND_HEIGHT = 44;
const BAND_BOTTOM = BAND_TOP + BAND_HEIGHT;
/** A short gap or damage is still seen. */
const NARROWEST_PX = 3;

/** Everything that is drawn. */
export interface Scene {
  view: Span;
  width: number;
  ticks: readonly Tick[];
  covered: readonly Footage[];
  gaps: readonly Span[];
  unreported: readonly Span[];
  /** Times in which nothing is promised. */
  unplanned: readonly Span[];
  manual: readonly Span[];
  now: number;
  nowLabel: string;
  playhead: number | null;
  cursor: number | null;
  selection: Span | null;
}

const EDGE_PX = 3;

type Ink = (name: string) => string;

/** The tokens of the colour scheme in force, by name. */
export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

/** Draws the day. Each kind differs in pattern as well as in colour. */
export function draw(canvas: HTMLCanvasElement, scene: Scene): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(scene.width * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const ink = inkOf(canvas);
  drawGround(context, scene, ink);
  drawFacts(context, scene, ink);
  drawManual(context, scene, ink);
  drawScale(context, scene, ink);
  drawSelection(context, scene, ink);
  drawMarks(context, scene, ink);
}

function drawGround(context: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  context.clearRect(0, 0, scene.width, HEIGHT);
  context.fillStyle = ink("surface-sunk");
  context.fillRect(0, BAND_TOP, scene.width, BAND_HEIGHT);
}

/** What is painted where, later ones over earlier ones: a gap is never hidden. */
export function factBars(
  { covered, unreported, unplanned, gaps, view, width }: Scene,
): { kind: FactKind; bar: Span }[] {
  const paint = (kind: FactKind, bars: Span[]) => bars.map((bar) => ({ kind, bar }));
  const seen = ({ from, to }: Span) => ({ from, to: Math.max(to, from + NARROWEST_PX) });
  return [
    ...paint("unplanned", toBars(unplanned, view, width)),
    ...paint("covered", toBars(covered, view, width, 0.5)),
    ...paint("damaged", toBars(covered.filter(isDamaged), view, width).map(seen)),
    ...paint("unreported", toBars(unreported, view, width)),
    ...paint("gap", toBars(gaps, view, width).map(seen)),
  ];
}

function drawFacts(context: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  for (const { kind, bar } of factBars(scene)) {
    const { ground, hatch, edge, dots } = LOOKS[kind];
    const length = bar.to - bar.from;
    context.fillStyle = ink(ground);
    context.fillRect(bar.from, BAND_TOP, length, BAND_HEIGHT);
    if (hatch) drawHatch(context, bar, hatch, ink(hatch.colour));
    if (dots) drawDots(context, bar, ink(dots));
    if (!edge) continue;
    context.fillStyle = ink(edge);
    context.fillRect(bar.from, BAND_TOP, length, EDGE_PX);
    context.fillRect(bar.from, BAND_BOTTOM - EDGE_PX, length, EDGE_PX);
  }
}

/** Slanting lines inside a bar. */
function drawHatch(
  context: CanvasRenderingContext2D,
  { from, to }: Span,
  { slope, everyPx, linePx }: Hatch,
  colour: string,
): void {
  context.save();
  context.beginPath();
  context.rect(from, BAND_TOP, to - from, BAND_HEIGHT);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = linePx;
  context.beginPath();
  // From a multiple of the spacing, so that the lines stand still while the bar grows.
  const first = Math.floor((from - BAND_HEIGHT) / everyPx) * everyPx;
  for (let x = first; x < to + BAND_HEIGHT; x += everyPx) {
    context.moveTo(x, slope === 1 ? BAND_BOTTOM : BAND_TOP);
    context.lineTo(x + BAND_HEIGHT, slope === 1 ? BAND_TOP : BAND_BOTTOM);
  }
  context.stroke();
  context.restore();
}

const DOTS_EVERY_PX = 8;

/** Dots in rows, which no slanting line resembles. */
function drawDots(context: CanvasRenderingContext2D, { from, to }: Span, colour: string): void {
  context.fillStyle = colour;
  const first = Math.ceil(from / DOTS_EVERY_PX) * DOTS_EVERY_PX;
  for (let x = first; x < to; x += DOTS_EVERY_PX) {
    for (let y = BAND_TOP + 6; y < BAND_BOTTOM; y += DOTS_EVERY_PX) context.fillRect(x, y, 1.5, 1.5);
  }
}

const MANUAL_PX = 5;

/** What people recorded by hand: a line of its own along the top of the band. */
function drawManual(context: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  context.fillStyle = ink("manual");
  for (const bar of toBars(scene.manual, scene.view, scene.width)) {
    context.fillRect(bar.from, BAND_TOP, Math.max(2, bar.to - bar.from), MANUAL_PX);
  }
}

function drawScale(context: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  context.font = `12px ${getComputedStyle(context.canvas).fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "bottom";
  for (const { ms, label } of scene.ticks) {
    const x = Math.round(toX(ms, scene.view, scene.width)) + 0.5;
    context.fillStyle = ink("line");
    context.fillRect(x - 0.5, BAND_BOTTOM, 1, 5);
    context.fillStyle = ink("ink-quiet");
    const half = context.measureText(label).width / 2;
    if (x >= half && x <= scene.width - half) context.fillText(label, x, HEIGHT - 2);
  }
}

function drawSelection(context: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  if (!scene.selection) return;
  const from = toX(scene.selection.from, scene.view, scene.width);
  const to = toX(scene.selection.to, scene.view, scene.width);
  // What is not chosen fades; what is chosen keeps its colours.
  context.globalAlpha = 0.62;
  context.fillStyle = ink("surface");
  context.fillRect(0, BAND_TOP, from, BAND_HEIGHT);
  context.fillRect(to, BAND_TOP, scene.width - to, BAND_HEIGHT);
  context.globalAlpha = 1;
  context.strokeStyle = ink("surface");
  context.lineWidth = 6;
  context.strokeRect(from, BAND_TOP - 3, to - from, BAND_HEIGHT + 6);
  context.strokeStyle = ink("accent-ink");
  context.lineWidth = 3;
  context.strokeRect(from, BAND_TOP - 3, to - from, BAND_HEIGHT + 6);
}

function drawMarks(context: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  const { view, width, now, nowLabel, playhead, cursor } = scene;
  if (now >= view.from && now < view.to) {
    const x = toX(now, view, width);
    line(context, x, BAND_TOP - 6, BAND_BOTTOM + 4, 1.5, ink("ink"), [3, 3]);
    label(context, nowLabel, x, width, ink("ink"));
  }
  if (cursor !== null && cursor >= view.from && cursor <= view.to) {
    line(context, toX(cursor, view, width), BAND_TOP - 4, BAND_BOTTOM + 4, 1.5, ink("focus"), []);
  }
  if (playhead !== null && playhead >= view.from && playhead <= view.to) {
    const x = toX(playhead, view, width);
    line(context, x, BAND_TOP - 8, BAND_BOTTOM + 4, 5, ink("surface"), []);
    line(context, x, BAND_TOP - 8, BAND_BOTTOM + 4, 2.5, ink("accent-ink"), []);
    context.fillStyle = ink("lantern");
    context.strokeStyle = ink("accent-ink");
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, BAND_TOP - 10, 5.5, 0, Math.PI * 2);
    context.fill();
    context.stroke();
  }
}

function line(
  context: CanvasRenderingContext2D,
  x: number,
  top: number,
  bottom: number,
  lineWidth: number,
  colour: string,
  dash: number[],
): void {
  context.save();
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = lineWidth;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.stroke();
  context.restore();
}

function label(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  width: number,
  colour: string,
): void {
  context.fillStyle = colour;
  context.textAlign = "center";
  context.textBaseline = "top";
  const half = context.measureText(text).width / 2;
  context.fillText(text, Math.min(width - half, Math.max(half, x)), 2);
}
