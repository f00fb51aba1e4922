import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { toKnob } from "@/lib/knobs";

import { client, unwrap } from "./client";
import type { ProfileFields, ScheduleFields } from "./planTypes";

const ALARMS_EVERY_MS = 10_000;
const PREVIEW_EVERY_MS = 60_000;
const PREVIEW_DAYS = 14;

/** What each knob is; it changes with the version of the hub alone. */
export const knobsQuery = queryOptions({
  queryKey: ["knobs"],
  queryFn: async () => (await unwrap(client.GET("/api/v1/knobs"))).map(toKnob),
  staleTime: Infinity,
});

export const profilesQuery = queryOptions({
  queryKey: ["profiles"],
  queryFn: () => unwrap(client.GET("/api/v1/profiles")),
});

export function versionsQuery(profileId: number) {
  const params = { path: { profile_id: profileId } };
  return queryOptions({
    queryKey: ["profiles", profileId, "versions"],
    queryFn: () => unwrap(client.GET("/api/v1/profiles/{profile_id}/versions", { params })),
  });
}

export type PreviewWish = Pick<ProfileFields, "based_on" | "knobs"> & { id?: number };

/** The merged result of a profile that is being written; the last one stays while the next comes. */
export function profilePreviewQuery(body: PreviewWish) {
  return queryOptions({
    queryKey: ["profile-preview", body],
    queryFn: ({ signal }) => unwrap(client.POST("/api/v1/profiles/preview", { body, signal })),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
}

export const groupsQuery = queryOptions({
  queryKey: ["groups"],
  queryFn: () => unwrap(client.GET("/api/v1/groups")),
});

export const calendarsQuery = queryOptions({
  queryKey: ["calendars"],
  queryFn: () => unwrap(client.GET("/api/v1/calendars")),
});

export const schedulesQuery = queryOptions({
  queryKey: ["schedules"],
  queryFn: () => unwrap(client.GET("/api/v1/schedules")),
});

/** What a schedule that is being written would do in the next 14 days. */
export function scheduleCheckQuery(schedule: ScheduleFields, timeZone: string) {
  const body = { schedule, time_zone: timeZone };
  return queryOptions({
    queryKey: ["schedule-check", body],
    queryFn: ({ signal }) => unwrap(client.POST("/api/v1/schedules/check", { body, signal })),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
}

/** What all cameras, or those of a group, will do in the next 14 days. */
export function previewQuery(groupId: number | null) {
  const query = { days: PREVIEW_DAYS, ...(groupId !== null && { group_id: groupId }) };
  return queryOptions({
    queryKey: ["preview", groupId],
    queryFn: () => unwrap(client.GET("/api/v1/preview", { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval: PREVIEW_EVERY_MS,
  });
}

export function whyQuery(cameraId: string) {
  const params = { path: { camera_id: cameraId } };
  return queryOptions({
    queryKey: ["why", cameraId],
    queryFn: () => unwrap(client.GET("/api/v1/cameras/{camera_id}/why", { params })),
    staleTime: 0,
  });
}

export function runnersQuery(everyMs: number | false) {
  return queryOptions({
    queryKey: ["runners"],
    queryFn: () => unwrap(client.GET("/api/v1/runners")),
    refetchInterval: everyMs,
  });
}

/** What the coverage report is asked for. */
export interface CoverageWish {
  from: string;
  to: string;
  camera_id?: string[];
  group_id?: number;
  schedule_id?: number;
}

export function coverageQuery(wish: CoverageWish | null) {
  return queryOptions({
    queryKey: ["coverage", wish],
    queryFn: () =>
      unwrap(client.GET("/api/v1/coverage", { params: { query: wish ?? { from: "", to: "" } } })),
    placeholderData: keepPreviousData,
    enabled: wish !== null,
  });
}

/** Where the same report comes from as a table for other programs. */
export function coverageCsv(wish: CoverageWish): string {
  const query = new URLSearchParams({ format: "csv" });
  for (const [name, value] of Object.entries(wish)) {
    for (const one of [value].flat()) query.append(name, String(one));
  }
  return `/api/v1/coverage?${query}`;
}

export const alarmsQuery = queryOptions({
  queryKey: ["alarms"],
  queryFn: () => unwrap(client.GET("/api/v1/alarms")),
  refetchInterval: ALARMS_EVERY_MS,
});
