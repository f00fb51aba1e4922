import { type RefObject, useLayoutEffect, useState } from "react";

/** The room a wall has without scrolling. */
export interface Room {
  width: number;
  height: number;
}

/**
 * The width of the element, and the height from its top to the window's end. The element's own
 * height is no measure: it grows with the tiles that are put into it.
 */
export function useRoom(ref: RefObject<HTMLElement | null>): Room {
  const [room, setRoom] = useState<Room>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const { width, top } = element.getBoundingClientRect();
      const below = parseFloat(getComputedStyle(element).scrollMarginBottom) || 0;
      const height = Math.max(0, window.innerHeight - (top + window.scrollY) - below);
      setRoom((before) =>
        before.width === width && before.height === height ? before : { width, height },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // A banner above moves the wall without changing its size.
    observer.observe(document.body);
    window.addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      window.removeEventListener("resize", measure);
    };
  }, [ref]);
  return room;
}
