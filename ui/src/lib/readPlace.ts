/** What an address asks for: the other side of `places.ts`. */

import type { Span } from "./timeline";

/** The moment and the selection that an address names; null where it names none that can be. */
export function readPlace(
  query: URLSearchParams,
  now: number,
): { at: number | null; select: Span | null } {
  const at = moment(query.get("at"), now);
  const [from, to] = (query.get("select") ?? "").split("/").map((text) => moment(text, now));
  const isSpan = from != null && to != null && from < to;
  return { at, select: isSpan ? { from, to } : null };
}

function moment(text: string | null, now: number): number | null {
  const ms = text ? Date.parse(text) : NaN;
  return Number.isFinite(ms) && ms < now ? ms : null;
}

/** Several cameras at one moment. */
export function togetherPlace(cameraIds: readonly string[], ms: number | null): string {
  const at = ms === null ? "" : `&at=${new Date(ms).toISOString()}`;
  return `/together?cameras=${cameraIds.join(",")}${at}`;
}
