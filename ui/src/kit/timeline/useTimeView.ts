import { useState } from "react";

import { clampView, type Facts, firstView, type Span } from "@/lib/timeline";
import { addDays, dayOf, daySpan } from "@/lib/zone";

import { useNow } from "../useNow";

/** How far back the timeline goes. */
const DAYS_BACK = 400;
/** What is shown around a moment that an address names. */
const AROUND_MS = 10 * 60_000;

/** Which time the timeline shows. Until somebody chooses a view it follows what becomes known. */
export function useTimeView(timeZone: string, startMs: number | null) {
  const today = dayOf(useNow(60_000), timeZone);
  const bounds: Span = {
    from: daySpan(addDays(today, -DAYS_BACK), timeZone).from,
    to: daySpan(today, timeZone).to,
  };
  const [day, setDay] = useState(() => dayOf(startMs ?? Date.now(), timeZone));
  const [chosen, setView] = useState<Span | null>(() =>
    startMs === null
      ? null
      : clampView({ from: startMs - AROUND_MS, to: startMs + AROUND_MS }, bounds),
  );
  const home = daySpan(day, timeZone);
  return {
    bounds,
    /** What must be known: the view, or the whole day while nobody has chosen one. */
    wanted: chosen ?? home,
    viewOf: (facts: Facts): Span => chosen ?? firstView(facts, home),
    setView,
    showDay: (shown: string) => {
      setDay(shown);
      setView(shown === today ? null : daySpan(shown, timeZone));
    },
  };
}
