import { useState } from "react";

/** The first of many things, and a way to more of them: what nobody scrolls to is not drawn. */
export function useGrowing<Thing>(things: readonly Thing[], step: number) {
  const [shown, setShown] = useState(step);
  const rest = Math.max(0, things.length - shown);
  return {
    some: rest > 0 ? things.slice(0, shown) : things,
    rest,
    more: () => setShown((before) => before + step),
  };
}
