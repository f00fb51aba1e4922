/** Where a stream's footage lies: whole groups of pictures as ranges of bytes of segment files. */

import type { Span } from "./timeline";

/** A file of footage, as far as a player needs to know it. */
export interface FootageFile {
  address: string;
  runId: string;
  mime: string;
  /** The head, without which no picture of its run can be decoded. */
  initBytes: number;
  /** The moment of media time 0, in milliseconds since 1970. */
  epochMs: number;
}

/** Pictures from one key frame up to the next: the least that can be decoded alone. */
export interface Gop extends Span {
  file: FootageFile;
  offsetBytes: number;
  sizeBytes: number;
}

/** An item of `vod/index.json`, one a file; `_us` are microseconds since 1970. */
export interface FileFacts {
  address: string;
  run_id: string;
  mime: string;
  init_bytes: number;
  start_us: number;
  /** Media time at `start_us`, in 1/90000 s. */
  start_ticks: number;
  /** Each `[start_us, duration_us, offset_bytes, size_bytes]`. */
  entries: readonly (readonly [number, number, number, number])[];
}

const TICKS_PER_MS = 90;

/** The groups of pictures of all files, oldest first. */
export function toGops(facts: readonly FileFacts[]): Gop[] {
  return facts.flatMap((each) => {
    const file: FootageFile = {
      address: each.address,
      runId: each.run_id,
      mime: each.mime,
      initBytes: each.init_bytes,
      epochMs: each.start_us / 1000 - each.start_ticks / TICKS_PER_MS,
    };
    return each.entries.map(([startUs, durationUs, offsetBytes, sizeBytes]) => ({
      file,
      from: startUs / 1000,
      to: (startUs + durationUs) / 1000,
      offsetBytes,
      sizeBytes,
    }));
  });
}

/** Names a group of pictures; it may be told by two windows. */
export function nameOf(gop: Gop): string {
  return `${gop.file.address}@${gop.offsetBytes}`;
}

/** What is known of two windows that may tell the same, in order; of the same, `newer` counts. */
export function mergeGops(known: readonly Gop[], newer: readonly Gop[]): Gop[] {
  const byName = new Map(known.map((gop) => [nameOf(gop), gop]));
  for (const gop of newer) byName.set(nameOf(gop), gop);
  return [...byName.values()].sort((a, b) => a.from - b.from);
}

/** The place of the last group that begins at or before `ms`; -1: none does. */
export function placeBefore(gops: readonly Gop[], ms: number): number {
  let low = 0;
  let high = gops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((gops[middle]?.from ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Times closer than this are the same: clocks are told in whole microseconds. */
const SAME_MS = 0.01;

/** The place of the group that shows `ms`, or of the first one after it; null: there is none. */
export function placeAt(gops: readonly Gop[], ms: number): number | null {
  const place = placeBefore(gops, ms + SAME_MS);
  const gop = gops[place];
  if (gop && ms < gop.to - SAME_MS) return place;
  return place + 1 < gops.length ? place + 1 : null;
}

/** Groups that follow each other in one file from `place` on, to be fetched in one go. */
export function runOf(gops: readonly Gop[], place: number, until: number, mostBytes: number): Gop[] {
  const run: Gop[] = [];
  let bytes = 0;
  for (const gop of gops.slice(place)) {
    const last = run.at(-1);
    const isNext = !last || (last.file.address === gop.file.address
      && last.offsetBytes + last.sizeBytes === gop.offsetBytes);
    if (last && (!isNext || gop.from >= until || bytes + gop.sizeBytes > mostBytes)) break;
    run.push(gop);
    bytes += gop.sizeBytes;
  }
  return run;
}

/** Where `lengthMs` of footage from `first` on end, however long the gaps between. */
export function endOfFootage(gops: readonly Gop[], first: Gop, lengthMs: number): number {
  let end = first.to;
  let leftMs = lengthMs;
  for (let place = gops.indexOf(first); place < gops.length && leftMs > 0; place += 1) {
    const gop = gops[place];
    if (!gop) break;
    leftMs -= gop.to - gop.from;
    end = gop.to;
  }
  return end;
}

/** Breaks shorter than this are no gap to a person: a picture that came late. */
const SHORTEST_GAP_MS = 1500;

/** The gap before the group at `place`, where there is one worth telling. */
export function gapBefore(gops: readonly Gop[], place: number): Span | null {
  const [before, after] = [gops[place - 1], gops[place]];
  if (!before || !after || after.from - before.to < SHORTEST_GAP_MS) return null;
  return { from: before.to, to: after.from };
}

/** How many kinds of media a file has: pictures, and sound where a second codec is named. */
export function trackCount(mime: string): number {
  return mime.split(",").length;
}
