/** The geometry of time on a line: moments in milliseconds, places in pixels, all pure. */

import type { GapKind } from "./gapKinds";

/** A half-open range of moments, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** A time with footage. */
export interface Footage extends Span {
  /** How much of it losses may have damaged. */
  damagedMs?: number;
  /** The machine that has it, where that is known. */
  node?: string;
}

/** A time without footage. */
export interface Missing extends Span {
  /** What its cause is about; absent: nobody said. */
  kind?: GapKind;
}

export function isDamaged({ damagedMs = 0 }: Footage): boolean {
  return damagedMs > 0;
}

/** A time that a person recorded by hand. */
export interface Manual extends Span {
  by: string;
}

/** What is known about one moment. */
export type Known<G extends Missing = Missing> =
  | { kind: "covered"; span: Footage }
  | { kind: "gap"; gap: G }
  | { kind: "unreported" | "future" | "unplanned" | "nothing" | "unknown" };

/** Facts of one camera over a time, as the timeline shows them. */
export interface Facts<G extends Missing = Missing> {
  covered: readonly Footage[];
  gaps: readonly G[];
  unreported: readonly Span[];
  /** When recording was or is promised; absent: nobody knows. */
  promised?: readonly Span[];
  manual?: readonly Manual[];
  /** What a recorder holds, as it was last asked. */
  onRecorder?: readonly Span[];
  /** When a recorder was searched: there, what is not on it is not; absent: there is no recorder. */
  looked?: readonly Span[];
  /** The times that these facts tell of; absent: all. */
  known?: readonly Span[];
}

/** The parts of `bounds` in which no recording is promised; none where nobody knows. */
export function unplannedIn({ promised, known }: Facts, bounds: Span): Span[] {
  if (!promised) return [];
  const sorted = [...promised].sort((a, b) => a.from - b.from);
  return (known ?? [bounds]).flatMap((told) => {
    const from = Math.max(told.from, bounds.from);
    return freeIn(sorted, { from, to: Math.min(told.to, bounds.to) });
  });
}

/** What of `bounds` none of the sorted spans takes. */
export function freeIn(sorted: readonly Span[], bounds: Span): Span[] {
  const free: Span[] = [];
  let { from } = bounds;
  for (const span of sorted) {
    if (span.to <= from) continue;
    if (span.from >= bounds.to) break;
    if (span.from > from) free.push({ from, to: span.from });
    from = span.to;
  }
  if (from < bounds.to) free.push({ from, to: bounds.to });
  return free;
}

/** The manual recording under way at `ms`, if any. */
export function manualAt({ manual = [] }: Facts, ms: number): Manual | undefined {
  return at(manual, ms);
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
export const SHORTEST_VIEW_MS = 1000;
export const LONGEST_VIEW_MS = 31 * DAY_MS;
/** How much a first view shows: the least of these that holds what is known, else the day. */
const FIRST_VIEWS_MS = [10, 20, 30, 60, 120, 240].map((minutes) => minutes * MINUTE_MS);
/** A first view begins at a round time, and this share of it stays free on the right. */
const ROUND_MS = 5 * MINUTE_MS;
const FREE_SHARE = 0.1;

export function toX(ms: number, view: Span, width: number): number {
  return ((ms - view.from) / (view.to - view.from)) * width;
}

export function toMs(x: number, view: Span, width: number): number {
  return view.from + (x / width) * (view.to - view.from);
}

/** A length as near to `wanted` as a view may have. */
function viewLength(wanted: number, bounds: Span): number {
  const longest = Math.min(bounds.to - bounds.from, LONGEST_VIEW_MS);
  return Math.min(longest, Math.max(SHORTEST_VIEW_MS, wanted));
}

/** `view` moved and, where needed, shortened so that it lies inside `bounds`. */
export function clampView(view: Span, bounds: Span): Span {
  const length = viewLength(view.to - view.from, bounds);
  const from = Math.min(Math.max(view.from, bounds.from), bounds.to - length);
  return { from, to: from + length };
}

/**
 * What to show of a day before anybody has chosen: only the part of which something is known where
 * that is short, as in the first hours of a camera, else all of it. It grows in few large steps, so
 * that what grows every second does not move under the pointer.
 */
export function firstView({ covered, gaps, unreported }: Facts, bounds: Span): Span {
  const spans = [...covered, ...gaps, ...unreported].filter(
    (span) => span.to > bounds.from && span.from < bounds.to,
  );
  if (spans.length === 0) return bounds;
  const start = spans.reduce((least, span) => Math.min(least, span.from), bounds.to);
  const end = spans.reduce((most, span) => Math.max(most, span.to), bounds.from);
  const round = Math.floor((start - MINUTE_MS) / ROUND_MS) * ROUND_MS;
  const from = Math.max(bounds.from, round);
  const length = FIRST_VIEWS_MS.find((step) => end <= from + step * (1 - FREE_SHARE));
  return length === undefined ? bounds : clampView({ from, to: from + length }, bounds);
}

/** Zooms by `factor` (below 1 is closer) and keeps `anchor` where it is on the screen. */
export function zoom(view: Span, factor: number, anchor: number, bounds: Span): Span {
  const length = view.to - view.from;
  const wanted = viewLength(length * factor, bounds);
  const share = (anchor - view.from) / length;
  const from = anchor - share * wanted;
  return clampView({ from, to: from + wanted }, bounds);
}

/** Moves the view by a share of its own length. */
export function pan(view: Span, share: number, bounds: Span): Span {
  const step = (view.to - view.from) * share;
  return clampView({ from: view.from + step, to: view.to + step }, bounds);
}

/** The least movement of the view that shows `ms`. */
export function reveal(view: Span, ms: number, bounds: Span): Span {
  if (ms >= view.from && ms < view.to) return view;
  const length = view.to - view.from;
  return clampView({ from: ms - length / 2, to: ms + length / 2 }, bounds);
}

function at<S extends Span>(spans: readonly S[], ms: number): S | undefined {
  return spans.find((span) => ms >= span.from && ms < span.to);
}

/** What is known about `ms`. Footage wins over a gap, as bytes are proof. */
export function knownAt<G extends Missing>(facts: Facts<G>, ms: number, now: number): Known<G> {
  const span = at(facts.covered, ms);
  if (span) return { kind: "covered", span };
  const gap = at(facts.gaps, ms);
  if (gap) return { kind: "gap", gap };
  if (ms >= now) return { kind: "future" };
  if (facts.known && !at(facts.known, ms)) return { kind: "unknown" };
  if (at(facts.unreported, ms)) return { kind: "unreported" };
  const isPlanned = !facts.promised || at(facts.promised, ms);
  return { kind: isPlanned ? "nothing" : "unplanned" };
}

/**
 * Spans of one kind that are in order and do not overlap, as bars at least `narrowest` pixels wide;
 * those closer than `closest` pixels are drawn as one. Looks at none that is out of view.
 */
export function barsOf(
  sorted: readonly Span[],
  view: Span,
  width: number,
  closest = 0,
  narrowest = 1,
): Span[] {
  const bars: Span[] = [];
  const scale = width / (view.to - view.from);
  let last: Span | undefined;
  for (let place = firstEndingAfter(sorted, view.from); place < sorted.length; place += 1) {
    const span = sorted[place];
    if (!span || span.from >= view.to) break;
    if (span.to <= view.from) continue;
    const from = Math.max(0, (span.from - view.from) * scale);
    const to = Math.min(width, Math.max(from + narrowest, (span.to - view.from) * scale));
    if (last && from <= last.to + closest) last.to = Math.max(last.to, to);
    else bars.push((last = { from, to }));
  }
  return bars;
}

/** Whether any of the sorted spans has a moment in view. */
export function isAnyIn(sorted: readonly Span[], view: Span): boolean {
  const span = sorted[firstEndingAfter(sorted, view.from)];
  return span !== undefined && span.from < view.to;
}

function firstEndingAfter(sorted: readonly Span[], ms: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.to ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A selection with its ends in order, inside `bounds`, or null where nothing is left. */
export function toSelection(a: number, b: number, bounds: Span): Span | null {
  const from = Math.max(bounds.from, Math.min(a, b));
  const to = Math.min(bounds.to, Math.max(a, b));
  return to > from ? { from, to } : null;
}

/** The sum of the lengths, in milliseconds. */
export function totalMs(spans: readonly Span[], bounds: Span): number {
  return spans.reduce(
    (sum, span) =>
      sum + Math.max(0, Math.min(span.to, bounds.to) - Math.max(span.from, bounds.from)),
    0,
  );
}

/** How much each machine has, the most first; without what nobody knows the place of. */
export function totalsByNode(covered: readonly Footage[], bounds: Span): [string, number][] {
  const totals = new Map<string, number>();
  for (const span of covered) {
    const ms = totalMs([span], bounds);
    if (span.node && ms > 0) totals.set(span.node, (totals.get(span.node) ?? 0) + ms);
  }
  return [...totals].sort(([, one], [, other]) => other - one);
}
