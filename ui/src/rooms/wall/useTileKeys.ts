import { type RefObject, useEffect, useRef } from "react";

import { isArrow, neighbour } from "@/lib/neighbour";

import { isCombined, isForField } from "./keys";
import { toggleFloat, toggleFull } from "./screen";

/** The keys of the tile that has the focus, among those in `list`. */
export function useTileKeys(
  list: RefObject<HTMLElement | null>,
  onDetails: (cameraId: string) => void,
): void {
  const latest = useRef(onDetails);
  useEffect(() => {
    latest.current = onDetails;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isCombined(event) || isForField(event.target)) return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>("[data-tile]") ?? [])];
      const tile = event.target instanceof Element ? event.target.closest("article") : null;
      const index = links.findIndex((link) => tile?.contains(link));
      if (!tile || index < 0) return;
      if (goOn(event.key, links, index) || act(event.key, tile)) event.preventDefault();
      else if (event.key.toLowerCase() === "d") latest.current(links[index]?.dataset["tile"] ?? "");
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [list]);
}

/** Leads to another tile; whether the key meant that. */
function goOn(key: string, links: readonly HTMLElement[], from: number): boolean {
  if (isArrow(key)) {
    const boxes = links.map((link) => link.getBoundingClientRect());
    links[neighbour(boxes, from, key)]?.focus();
    return true;
  }
  if (key !== "Home" && key !== "End") return false;
  links.at(key === "End" ? -1 : 0)?.focus();
  return true;
}

function act(key: string, tile: Element): boolean {
  if (key.toLowerCase() === "f") void toggleFull(tile);
  else if (key.toLowerCase() === "p") void toggleFloat(tile);
  else return false;
  return true;
}
