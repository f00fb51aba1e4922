import { queryOptions } from "@tanstack/react-query";

import { toApiError } from "./errors";

const EVERY_MS = 30_000;

/** A camera's newest picture, and when it was taken, by this machine's clock. */
export interface Snapshot {
  picture: Blob;
  takenAt: number | null;
}

/** The newest picture of a camera; null while there is none. Its age is the node's own word. */
export function snapshotQuery(cameraId: string) {
  return queryOptions({
    queryKey: ["snapshot", cameraId],
    queryFn: ({ signal }) => fetchSnapshot(cameraId, signal),
    refetchInterval: EVERY_MS,
    staleTime: EVERY_MS / 2,
    retry: false,
  });
}

async function fetchSnapshot(cameraId: string, signal: AbortSignal): Promise<Snapshot | null> {
  const address = new URL(`/api/v1/cameras/${cameraId}/snapshot.jpg`, location.origin);
  const response = await fetch(new Request(address, { credentials: "same-origin", signal }));
  if (response.status === 404) return null;
  if (!response.ok) {
    throw toApiError(response.status, await response.json().catch(() => null));
  }
  const age = response.headers.get("X-Sereno-Age-Seconds");
  return {
    picture: await response.blob(),
    takenAt: age === null ? null : Date.now() - Number(age) * 1000,
  };
}
