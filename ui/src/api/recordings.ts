import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useQuery,
} from "@tanstack/react-query";

import { GOING_ON, pictureMoment, type RecordingWish } from "@/lib/recordings";
import type { Span } from "@/lib/timeline";

import { client, unwrap } from "./client";
import { camerasQuery, sitesQuery, useTimeZone } from "./queries";
import type { paths } from "./schema";
import type { Answer } from "./types";

export type Recording = Answer<paths["/api/v1/recordings"]["get"]>["recordings"][number];

const EVERY_MS = 30_000;
const PICTURE_WIDTH = 320;

function asked(wish: RecordingWish, span: Span) {
  return {
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    ...(wish.camera && { camera_id: [wish.camera] }),
    ...(wish.stream && { stream: wish.stream as "main" | "sub" }),
    ...(wish.length && { least_seconds: Number(wish.length) }),
    ...(wish.size && { least_bytes: Number(wish.size) }),
  };
}

/** The recordings that fit, page by page; the first page is kept current. */
export function recordingsQuery(wish: RecordingWish, span: Span) {
  const query = {
    ...asked(wish, span),
    ...(wish.cause === GOING_ON && { is_open: true }),
    ...(wish.cause && wish.cause !== GOING_ON && { cause: [wish.cause] }),
    order: wish.order,
  };
  return infiniteQueryOptions({
    queryKey: ["recordings", query],
    queryFn: ({ pageParam }) =>
      unwrap(client.GET("/api/v1/recordings", { params: { query: { ...query, after: pageParam } } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : EVERY_MS),
  });
}

/** Why the recordings ended among which one can choose by cause. */
export function recordingCausesQuery(wish: RecordingWish, span: Span) {
  const query = asked(wish, span);
  return queryOptions({
    queryKey: ["recording-causes", query],
    queryFn: () => unwrap(client.GET("/api/v1/recordings/causes", { params: { query } })),
    placeholderData: keepPreviousData,
    staleTime: EVERY_MS,
  });
}

/** A picture of a recording's beginning; null where none is to be had. */
export function recordingPictureQuery(recording: Recording) {
  const span = { from: Date.parse(recording.from), to: Date.parse(recording.to) };
  const moment = pictureMoment(span);
  return queryOptions({
    queryKey: ["recording-picture", recording.camera_id, recording.stream, moment],
    queryFn: async ({ signal }) => {
      const ticket = await ticketAround(recording, moment / 1000);
      const address = `/media/v1/pictures/${moment}.jpg?width=${PICTURE_WIDTH}`;
      const headers = { Authorization: `Bearer ${ticket}` };
      const answer = await fetch(new Request(new URL(address, location.origin), { headers, signal }));
      // Its words are for whoever plays it; a row does without.
      return answer.ok ? await answer.blob() : null;
    },
    staleTime: Infinity,
    gcTime: 5 * 60_000,
    retry: false,
  });
}

/** Leave to look at a moment of a recording and nothing else. */
async function ticketAround({ camera_id, stream }: Recording, ms: number): Promise<string> {
  const body = {
    camera_id,
    stream,
    purpose: "playback",
    from: new Date(ms - 1).toISOString(),
    to: new Date(ms + 1).toISOString(),
  } as const;
  return (await unwrap(client.POST("/api/v1/tickets", { body }))).ticket;
}

/**
 * The zone in which people speak of a camera's footage; without a camera, that of the first site.
 * null while nobody knows: what is shown by another clock would be taken for true.
 */
export function useCameraZone(cameraId: string): string | null {
  const sites = useQuery(sitesQuery);
  // Rows of a list do not follow the cameras' states, which change all the time.
  const site = useQuery({
    ...camerasQuery,
    refetchInterval: false,
    select: (cameras) => cameras.find(({ id }) => id === cameraId)?.site_id ?? null,
  });
  const zone = useTimeZone(site.data ?? undefined);
  return sites.isPending || (cameraId !== "" && site.isPending) ? null : zone;
}
