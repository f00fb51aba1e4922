/** The picture of the days to come: pieces of a plan as bars along a line, in shares of the whole. */

import type { Span } from "./timeline";
import type { Words } from "./words";
import { addDays, dayOf, momentOf } from "./zone";

export interface Piece extends Span {
  runs: boolean;
  /** The profile's name; empty: the camera's own manner. */
  profile: string;
  why: Words & { key: string };
}

/** A piece and its place on the line, from 0 to 1. */
export interface Bar {
  start: number;
  length: number;
  piece: Piece;
}

/** One day of the scale; the first and the last may be parts of one. */
export interface DayMark {
  day: string;
  start: number;
  length: number;
}

export interface RawPiece {
  from: string;
  to: string;
  runs: boolean;
  profile: string;
  why: Words & { key: string };
}

export function toPieces(raw: readonly RawPiece[]): Piece[] {
  return raw.map(({ from, to, runs, profile, why }) => ({
    from: Date.parse(from),
    to: Date.parse(to),
    runs,
    profile,
    why,
  }));
}

/** The pieces that lie in the window. */
export function barsOf(pieces: readonly Piece[], window: Span): Bar[] {
  const length = window.to - window.from;
  return pieces.flatMap((piece) => {
    const from = Math.max(piece.from, window.from);
    const to = Math.min(piece.to, window.to);
    if (to <= from) return [];
    return [{ start: (from - window.from) / length, length: (to - from) / length, piece }];
  });
}

/** The days of the site's calendar that the window touches. */
export function daysOf(window: Span, timeZone: string): DayMark[] {
  const length = window.to - window.from;
  const marks: DayMark[] = [];
  for (let day = dayOf(window.from, timeZone); ; day = addDays(day, 1)) {
    const from = Math.max(window.from, momentOf(day, "00:00", timeZone));
    if (from >= window.to) return marks;
    const to = Math.min(window.to, momentOf(addDays(day, 1), "00:00", timeZone));
    marks.push({ day, start: (from - window.from) / length, length: (to - from) / length });
  }
}

/** How many patterns there are; a profile beyond them shares one, and its letter tells them apart. */
export const PATTERNS = 6;

/** What a profile is drawn with. */
export interface ProfileLook {
  profile: string;
  letter: string;
  pattern: number;
}

/** A look for each profile that is used, the camera's own manner first, then by name. */
export function looksOf(pieces: readonly Piece[]): ProfileLook[] {
  const names = new Set(pieces.filter(({ runs }) => runs).map(({ profile }) => profile));
  return [...names]
    .sort((a, b) => a.localeCompare(b))
    .map((profile, index) => ({ profile, letter: letterOf(index), pattern: index % PATTERNS }));
}

function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}

/** How a piece is drawn. */
export type PieceKind = "runs" | "manual" | "paused" | "rests";

export function kindOf({ runs, why }: Piece): PieceKind {
  if (why.key === "paused") return "paused";
  if (!runs) return "rests";
  return why.key === "manual" ? "manual" : "runs";
}
