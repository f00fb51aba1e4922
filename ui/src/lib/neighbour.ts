/** A tile's place on the screen, in pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type ArrowKey = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

export function isArrow(key: string): key is ArrowKey {
  return ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(key);
}

/** A box as seen in the direction of an arrow: ahead is along it, aside across it. */
interface Seen {
  start: number;
  end: number;
  asideStart: number;
  asideEnd: number;
}

function seen({ left, top, width, height }: Box, key: ArrowKey): Seen {
  const [right, bottom] = [left + width, top + height];
  switch (key) {
    case "ArrowRight":
      return { start: left, end: right, asideStart: top, asideEnd: bottom };
    case "ArrowLeft":
      return { start: -right, end: -left, asideStart: top, asideEnd: bottom };
    case "ArrowDown":
      return { start: top, end: bottom, asideStart: left, asideEnd: right };
    case "ArrowUp":
      return { start: -bottom, end: -top, asideStart: left, asideEnd: right };
  }
}

/** Edges that touch may be drawn on the same pixel. */
const TOLERATED_PX = 1;

/** The index of the tile next to `from` in the direction of an arrow; `from` itself at the edge. */
export function neighbour(boxes: readonly Box[], from: number, key: ArrowKey): number {
  const start = boxes[from];
  if (!start) return 0;
  const own = seen(start, key);
  let best = from;
  let leastCost = Infinity;
  boxes.forEach((box, index) => {
    const other = seen(box, key);
    if (index === from || other.start < own.end - TOLERATED_PX) return;
    const shared = Math.min(own.asideEnd, other.asideEnd) - Math.max(own.asideStart, other.asideStart);
    // A tile straight ahead is nearer than any beside it.
    const aside = shared > TOLERATED_PX ? 0 : 1 - shared;
    const cost = other.start - own.end + aside * 1000;
    if (cost < leastCost) [best, leastCost] = [index, cost];
  });
  return best;
}
