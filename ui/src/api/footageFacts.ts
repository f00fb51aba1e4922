import { type QueryClient, useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

import { type GapKind, toGapKind } from "@/lib/gapKinds";
import type { Facts, Span } from "@/lib/timeline";
import { joinFacts, longWindowAt, windowsOf } from "@/lib/timelineWindows";

import { timelineQuery } from "./timeline";
import type { Reason, Timeline } from "./types";

/** A time without footage, and why. */
export interface ToldGap extends Span {
  kind: GapKind;
  reason: Reason;
}

export type FootageFacts = Facts<ToldGap>;

function toSpan({ from, to }: { from: string; to: string }): Span {
  return { from: Date.parse(from), to: Date.parse(to) };
}

/** A recorder whose clock is ahead tells of footage that is to come. */
function upToNow({ from, to }: Span): Span[] {
  const end = Math.min(to, Date.now());
  return end > from ? [{ from, to: end }] : [];
}

type WindowFacts = FootageFacts & { known: readonly Span[] };

const translated = new WeakMap<Timeline, WindowFacts>();

/** An answer in milliseconds; the same answer gives the same facts. */
function toFacts(timeline: Timeline): WindowFacts {
  let facts = translated.get(timeline);
  if (!facts) {
    facts = {
      covered: timeline.covered.map((footage) => ({
        ...toSpan(footage),
        damagedMs: footage.damaged_seconds * 1000,
        ...(footage.node && { node: footage.node }),
      })),
      gaps: timeline.gaps.map((gap) => ({
        ...toSpan(gap),
        kind: toGapKind(gap.kind),
        reason: gap.reason,
      })),
      unreported: timeline.unreported.map(toSpan),
      promised: timeline.promised.map(toSpan),
      manual: timeline.manual.map((manual) => ({ ...toSpan(manual), by: manual.by })),
      onRecorder: timeline.on_recorder.map(toSpan).flatMap(upToNow),
      ...(timeline.recorder && { looked: timeline.recorder.looked.map(toSpan) }),
      known: [toSpan(timeline)],
    };
    translated.set(timeline, facts);
  }
  return facts;
}

const causeOf = ({ reason }: ToldGap) => reason.en;

/** What is known of the times in view, for each camera; what is not loaded yet is not `known`. */
export function useFootageFacts(
  cameraIds: readonly string[],
  view: Span,
  bounds: Span,
  timeZone: string,
) {
  const windows = windowsOf(view, bounds, timeZone);
  const key = windows.map(({ from, to }) => `${from}-${to}`).join();
  const cameras = cameraIds.join();
  // The windows change rarely, the view with every movement: what hangs on them is made rarely too.
  const queries = useMemo(
    () => cameraIds.flatMap((id) => windows.map(({ from, to }) => timelineQuery(id, from, to))),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [cameras, key],
  );
  const count = windows.length;
  const combine = useCallback(
    (results: { data: Timeline | undefined; error: Error | null; isPending: boolean; refetch: () => Promise<unknown> }[]) => ({
      facts: Array.from({ length: count === 0 ? 0 : results.length / count }, (_, camera) =>
        joinFacts(
          results.slice(camera * count, (camera + 1) * count).flatMap(({ data }) => (data ? [toFacts(data)] : [])),
          causeOf,
        ),
      ),
      error: results.find(({ error }) => error !== null)?.error ?? null,
      /** Who else may hold footage of the first camera; null: nobody does. */
      recorder: results.findLast(({ data }) => data)?.data?.recorder ?? null,
      isComplete: results.every(({ data }) => data !== undefined),
      retry: () => results.filter(({ error }) => error).forEach(({ refetch }) => void refetch()),
    }),
    [count],
  );
  return useQueries({ queries, combine });
}

/** How many windows of four weeks are looked through at most. */
const FARTHEST = 14;

/** Looks through windows one after the other until `pick` finds something. */
async function lookFurther(
  cache: QueryClient,
  cameraIds: readonly string[],
  from: number,
  by: 1 | -1,
  pick: (facts: FootageFacts) => number | null,
): Promise<number | null> {
  for (let beside = 0; beside <= FARTHEST; beside += 1) {
    const window = longWindowAt(from, by * beside);
    if (window.from > Date.now()) return null;
    const answers = await Promise.all(
      cameraIds.map((id) => cache.query(timelineQuery(id, window.from, window.to))),
    );
    const found = answers.map((answer) => pick(toFacts(answer))).filter((ms) => ms !== null);
    if (found.length > 0) return by === 1 ? Math.min(...found) : Math.max(...found);
  }
  return null;
}

export function useLookFurther(cameraIds: readonly string[]) {
  const cache = useQueryClient();
  return (from: number, by: 1 | -1, pick: (facts: FootageFacts) => number | null) =>
    lookFurther(cache, cameraIds, from, by, pick);
}
