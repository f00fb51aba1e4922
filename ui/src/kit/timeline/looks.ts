import type { GapKind } from "@/lib/gapKinds";

/** How a kind of fact looks: besides its colour it has a pattern of its own, or an even ground. */
export interface Look {
  /** Names of tokens. */
  ground: string;
  pattern: Pattern | null;
  /** Lines along the upper and lower edge. */
  edge: string | null;
}

/** What is drawn over the ground, again and again. */
export interface Pattern {
  shape: Shape;
  /** Name of a token. */
  colour: string;
  everyPx: number;
  linePx: number;
}

/** Lines that rise or fall to the right, cross, stand or lie; dots; a chequerboard. */
export type Shape = "rising" | "falling" | "crossed" | "upright" | "level" | "dots" | "checks";

export type FactKind =
  | "unplanned"
  | "covered"
  | "damaged"
  | "unreported"
  | "recorder"
  | `gap-${GapKind}`;

/** What is a line along the lane's edge, over whatever else is there. */
export type LineKind = "manual" | "looked";

function gapLook(name: string, shape: Shape, everyPx: number, linePx: number): Look {
  return {
    ground: `${name}-ground`,
    pattern: { shape, colour: name, everyPx, linePx },
    edge: name,
  };
}

export const LOOKS: Record<FactKind, Look> = {
  unplanned: {
    ground: "surface",
    pattern: { shape: "dots", colour: "unplanned", everyPx: 8, linePx: 1.5 },
    edge: null,
  },
  covered: { ground: "cover", pattern: null, edge: null },
  damaged: {
    ground: "cover-damaged",
    pattern: { shape: "falling", colour: "cover-edge", everyPx: 12, linePx: 2 },
    edge: "cover-edge",
  },
  unreported: {
    ground: "unreported-ground",
    pattern: { shape: "falling", colour: "unreported", everyPx: 9, linePx: 1 },
    edge: null,
  },
  recorder: {
    ground: "recorder-ground",
    pattern: { shape: "rising", colour: "recorder", everyPx: 5, linePx: 2 },
    edge: null,
  },
  "gap-network": gapLook("gap", "rising", 6, 1.6),
  "gap-camera": gapLook("gap-camera", "crossed", 7, 1.3),
  "gap-disk": gapLook("gap-disk", "level", 6, 1.6),
  "gap-node": gapLook("gap-node", "upright", 6, 1.6),
  "gap-removed": gapLook("gap-removed", "checks", 8, 0),
  "gap-asked": gapLook("gap-asked", "dots", 7, 2),
  "gap-unexplained": { ground: "gap-unexplained-ground", pattern: null, edge: "gap-unexplained" },
};
