import { type RefObject, useEffect, useState } from "react";

import type { StreamChoice } from "@/lib/layout";
import { streamFor, type StreamName } from "@/lib/streamChoice";

/** The stream for an element of this size; null until it has one. */
export function useTileStream(
  ref: RefObject<HTMLElement | null>,
  choice: StreamChoice,
  hasSub: boolean,
): StreamName | null {
  const [stream, setStream] = useState<StreamName | null>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const width = element.getBoundingClientRect().width * window.devicePixelRatio;
      setStream((before) => streamFor(choice, hasSub, width, before));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref, choice, hasSub]);
  return stream;
}
