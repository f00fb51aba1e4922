import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { toState } from "@/lib/state";

import { client, unwrap } from "./client";
import { statesEveryMs } from "./liveness";
import type { Camera, CameraAnswer, Site } from "./types";

/** How often a screen asks again; the hub hears from each node every 5 s. */
const NODES_EVERY_MS = 5_000;

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () => unwrap(client.GET("/api/v1/session")),
  staleTime: Infinity,
});

export const sitesQuery = queryOptions({
  queryKey: ["sites"],
  queryFn: () => unwrap(client.GET("/api/v1/sites")),
  staleTime: 5 * 60_000,
});

export const camerasQuery = queryOptions({
  queryKey: ["cameras"],
  queryFn: async () => (await unwrap(client.GET("/api/v1/cameras"))).map(toCamera),
  refetchInterval: statesEveryMs,
});

function toCamera(camera: CameraAnswer): Camera {
  return { ...camera, status: { ...camera.status, state: toState(camera.status.state) } };
}

export const nodesQuery = queryOptions({
  queryKey: ["nodes"],
  queryFn: () => unwrap(client.GET("/api/v1/nodes")),
  refetchInterval: NODES_EVERY_MS,
});

/** Whether a one-time link is still good, and for whom. */
export function setupQuery(token: string) {
  return queryOptions({
    queryKey: ["setup", token],
    queryFn: () =>
      unwrap(client.GET("/api/v1/setup/{token}", { params: { path: { token } } })),
    retry: false,
    staleTime: Infinity,
  });
}

/** The days of a month (`2026-11`) that have footage. */
function daysQuery(cameraId: string, month: string) {
  return queryOptions({
    queryKey: ["days", cameraId, month],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/cameras/{camera_id}/days", {
          params: { path: { camera_id: cameraId }, query: { month } },
        }),
      ),
    staleTime: 60_000,
  });
}

/** The days that have footage, of the month of which `look` was told a day. */
export function useFootageDays(cameraId: string) {
  const [month, setMonth] = useState("");
  const days = useQuery({ ...daysQuery(cameraId, month), enabled: month !== "" }).data?.days;
  return { marked: days && new Set(days), look: (day: string) => setMonth(day.slice(0, 7)) };
}

/** The site a camera stands at; its time zone is the one in which people speak of its footage. */
export function useSite(siteId?: Site["id"]) {
  const sites = useQuery(sitesQuery).data;
  return sites?.find((site) => site.id === siteId) ?? sites?.[0];
}

/** The zone of a site, and the browser's own until the sites are known. */
export function useTimeZone(siteId?: Site["id"]): string {
  return useSite(siteId)?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
