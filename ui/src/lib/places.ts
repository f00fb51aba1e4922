/** Addresses that lead to a moment or a selection, also for a colleague. */

import type { Span } from "./timeline";

/** A camera's page, playing from a moment. */
export function momentPlace(cameraId: string, ms: number): string {
  return `/cameras/${cameraId}?at=${new Date(ms).toISOString()}`;
}

/** A camera's page with a selection, to be looked at and cut. */
export function selectionPlace(cameraId: string, span: Span): string {
  const [from, to] = [span.from, span.to].map((ms) => new Date(ms).toISOString());
  return `/cameras/${cameraId}?select=${from}/${to}`;
}
