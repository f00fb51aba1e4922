/** How a kind of fact looks: besides its colour it has a pattern of its own, or an even ground. */
export interface Look {
  /** Names of tokens. */
  ground: string;
  hatch: Hatch | null;
  /** Lines along the upper and lower edge. */
  edge: string | null;
  dots?: string;
}

/** Slanting lines. */
export interface Hatch {
  colour: string;
  /** 1 rises to the right, -1 falls. */
  slope: 1 | -1;
  everyPx: number;
  linePx: number;
}

export type FactKind = "unplanned" | "covered" | "damaged" | "unreported" | "gap";

export const LOOKS: Record<FactKind, Look> = {
  unplanned: { ground: "surface", hatch: null, edge: null, dots: "unplanned" },
  covered: { ground: "cover", hatch: null, edge: null },
  damaged: {
    ground: "cover-damaged",
    hatch: { colour: "cover-edge", slope: -1, everyPx: 12, linePx: 2 },
    edge: "cover-edge",
  },
  unreported: {
    ground: "unreported-ground",
    hatch: { colour: "unreported", slope: -1, everyPx: 9, linePx: 1 },
    edge: null,
  },
  gap: {
    ground: "gap-ground",
    hatch: { colour: "gap", slope: 1, everyPx: 6, linePx: 1.6 },
    edge: "gap",
  },
};
