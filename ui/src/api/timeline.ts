import { queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "./client";

/** How often what still grows is asked for again: a day, and what is longer. */
const DAY_EVERY_MS = 5_000;
const LONG_EVERY_MS = 60_000;
const DAY_MS = 26 * 3_600_000;
const GROWS_MS = 60_000;

/** The timeline of one camera over a span; asked again while the span is still growing. */
export function timelineQuery(cameraId: string, from: number, to: number) {
  const query = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
  const everyMs = to - from <= DAY_MS ? DAY_EVERY_MS : LONG_EVERY_MS;
  return queryOptions({
    queryKey: ["timeline", cameraId, from, to],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/cameras/{camera_id}/timeline", {
          params: { path: { camera_id: cameraId }, query },
        }),
      ),
    staleTime: DAY_EVERY_MS,
    refetchInterval: () => (Date.now() < to + GROWS_MS ? everyMs : false),
  });
}
