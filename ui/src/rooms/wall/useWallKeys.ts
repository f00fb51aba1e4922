import { useEffect, useRef } from "react";

import { WALL_SIZES, type WallSize } from "@/lib/grid";

import { isCombined, isForField } from "./keys";

export interface WallActs {
  /** Absent where a layout says how many there are. */
  onSize?: ((size: WallSize) => void) | undefined;
  onPage: (by: number) => void;
  onFull: () => void;
  onHelp: () => void;
}

/** The keys of the wall as a whole, wherever on the page the focus is. */
export function useWallKeys(acts: WallActs): void {
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isCombined(event) || isForField(event.target)) return;
      if (act(event.key, latest.current)) event.preventDefault();
    };
    // After the keys of the tile: what it takes is not the wall's.
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}

/** Whether the key meant something. */
function act(key: string, acts: WallActs): boolean {
  const size = key === "0" ? "auto" : WALL_SIZES[Number(key) - 1];
  if (/^[0-9]$/.test(key) && size && acts.onSize) acts.onSize(size);
  else if (key === "PageUp" || key === "PageDown") acts.onPage(key === "PageUp" ? -1 : 1);
  else if (key.toLowerCase() === "w" || key.toLowerCase() === "f") acts.onFull();
  else if (key === "?") acts.onHelp();
  else return false;
  return true;
}
