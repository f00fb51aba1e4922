import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { timelineQuery } from "@/api/queries";
import type { Timeline } from "@/api/types";
import type { Gap } from "@/kit/timeline/Timeline";
import type { Facts, Span } from "@/lib/timeline";
import { daySpan } from "@/lib/zone";

const NOTHING: Facts<Gap> = { covered: [], gaps: [], unreported: [] };

function toSpan({ from, to }: { from: string; to: string }): Span {
  return { from: Date.parse(from), to: Date.parse(to) };
}

function toFacts(timeline: Timeline | undefined): Facts<Gap> {
  if (!timeline) return NOTHING;
  return {
    covered: timeline.covered.map((footage) => ({
      ...toSpan(footage),
      damagedMs: footage.damaged_seconds * 1000,
    })),
    gaps: timeline.gaps.map((gap) => ({ ...toSpan(gap), reason: gap.reason })),
    unreported: timeline.unreported.map(toSpan),
    promised: timeline.promised.map(toSpan),
    manual: timeline.manual.map((manual) => ({ ...toSpan(manual), by: manual.by })),
  };
}

/** What is known of one day of a camera, in milliseconds. */
export function useDay(cameraId: string, day: string, timeZone: string) {
  const bounds = useMemo(() => daySpan(day, timeZone), [day, timeZone]);
  const timeline = useQuery(timelineQuery(cameraId, bounds.from, bounds.to));
  const facts = useMemo(() => toFacts(timeline.data), [timeline.data]);
  return { bounds, timeline, facts };
}
