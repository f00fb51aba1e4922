import type { StreamChoice } from "./layout";

export type StreamName = "main" | "sub";

/**
 * Up to this many of the screen's own pixels a tile is wide, the smaller stream fills it well
 * enough: those are 640 to 720 wide, and half as large again still looks sharp at a glance.
 */
const SUB_UP_TO_PX = 1000;
/** A tile must shrink below this to go back, so that moving a window does not go to and fro. */
const SUB_BELOW_PX = 900;

/** The stream for a tile `widthPx` of the screen's own pixels wide; `before`: what it shows now. */
export function streamFor(
  choice: StreamChoice,
  hasSub: boolean,
  widthPx: number,
  before: StreamName | null,
): StreamName {
  if (!hasSub) return "main";
  if (choice !== "auto") return choice;
  const limit = before === "main" ? SUB_BELOW_PX : SUB_UP_TO_PX;
  return widthPx < limit ? "sub" : "main";
}
