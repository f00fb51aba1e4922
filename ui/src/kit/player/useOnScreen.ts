import { type RefObject, useEffect, useState } from "react";

/** Whether the element is in sight: inside the window, or nearly, and the tab not hidden. */
export function useOnScreen(ref: RefObject<HTMLElement | null>): boolean {
  const [isInside, setInside] = useState(false);
  const [isHidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => setInside(entries.at(-1)?.isIntersecting ?? false),
      { rootMargin: "100px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  useEffect(() => {
    const look = () => setHidden(document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return isInside && !isHidden;
}
