import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { playbackTicket, type StreamName } from "./playback";

/** A ticket opens all pictures of its stretch of time for a minute. */
const STRETCH_MS = 6 * 3_600_000;
const TICKET_MS = 45_000;
const KEPT_MS = 120_000;
const WIDTH = 160;

/** A small picture of a moment. */
export interface StripPicture {
  picture: Blob;
  /** Whose it is: the key frame at or before the moment. */
  atMs: number;
}

function ticketQuery(cameraId: string, stream: StreamName, ms: number) {
  const from = Math.floor(ms / STRETCH_MS) * STRETCH_MS;
  return queryOptions({
    queryKey: ["strip-ticket", cameraId, stream, from],
    queryFn: async () => {
      const span = { from, to: Math.min(from + STRETCH_MS, Date.now()) };
      return (await playbackTicket(cameraId, stream, span)).ticket;
    },
    staleTime: TICKET_MS,
    gcTime: TICKET_MS,
    retry: false,
  });
}

/** The picture at a moment of recorded footage; null where there is none. */
export function stripPictureQuery(
  cache: QueryClient,
  cameraId: string,
  stream: StreamName,
  ms: number,
) {
  return queryOptions({
    queryKey: ["strip", cameraId, stream, ms],
    queryFn: async ({ signal }): Promise<StripPicture | null> => {
      const ticket = await cache.query(ticketQuery(cameraId, stream, ms));
      const address = new URL(
        `/media/v1/pictures/${Math.round(ms * 1000)}.jpg?width=${WIDTH}`,
        location.origin,
      );
      const headers = { Authorization: `Bearer ${ticket}` };
      const response = await fetch(new Request(address, { headers, signal }));
      if (!response.ok) return null;
      const at = Number(response.headers.get("X-Sereno-At"));
      return { picture: await response.blob(), atMs: at > 0 ? at / 1000 : ms };
    },
    staleTime: Infinity,
    gcTime: KEPT_MS,
    retry: false,
  });
}
