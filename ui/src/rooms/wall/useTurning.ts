import { useEffect, useRef } from "react";

/** Calls `onTurn` every so many seconds; 0: never. Not while the page is hidden. */
export function useTurning(seconds: number, onTurn: () => void): void {
  const latest = useRef(onTurn);
  useEffect(() => {
    latest.current = onTurn;
  });
  useEffect(() => {
    if (seconds === 0) return;
    const timer = setInterval(() => {
      if (!document.hidden) latest.current();
    }, seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
}
