import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { CameraAct } from "@/lib/acts";

import { forEachCamera } from "./bulk";
import { client, unwrap } from "./client";
import type { Applies, CalendarFields, GroupFields, ProfileFields, ScheduleFields } from "./planTypes";
import { useRefresh } from "./refresh";

/** Pauses, un-pauses, records by hand, stops, or wakes one camera. */
export function useCameraAct(cameraId: string) {
  const refresh = useRefresh(["cameras", "why", "preview", "timeline", "runners"]);
  return useMutation({
    mutationFn: (act: CameraAct) => send(cameraId, act),
    onSuccess: refresh,
  });
}

function send(cameraId: string, act: CameraAct): Promise<unknown> {
  const params = { path: { camera_id: cameraId } };
  switch (act.kind) {
    case "pause":
      return unwrap(client.POST("/api/v1/cameras/{camera_id}/pause", { params, body: act.pause }));
    case "resume":
      return unwrap(client.DELETE("/api/v1/cameras/{camera_id}/pause", { params }));
    case "record":
      return unwrap(
        client.POST("/api/v1/cameras/{camera_id}/recording", {
          params,
          body: { minutes: act.minutes },
        }),
      );
    case "stop":
      return unwrap(client.DELETE("/api/v1/cameras/{camera_id}/recording", { params }));
    case "enforce":
      return unwrap(client.POST("/api/v1/enforce", { body: { camera_ids: [cameraId] } }));
  }
}

/** Wakes all cameras, so that what should be is compared with what is at once. */
export function useEnforceAll() {
  const refresh = useRefresh(["cameras", "runners"]);
  return useMutation({
    mutationFn: () => unwrap(client.POST("/api/v1/enforce", { body: {} })),
    onSuccess: refresh,
  });
}

/** Gives cameras a profile, or (null) none; `done` counts them. Raises PartlyRefused. */
export function useAssignProfile() {
  const refresh = useRefresh();
  const [done, setDone] = useState(0);
  const mutation = useMutation({
    mutationFn: ({ cameraIds, profileId, applies }: {
      cameraIds: readonly string[];
      profileId: number | null;
      applies: Applies;
    }) => {
      const body = { profile_id: profileId, applies };
      const assign = (id: string) => {
        const params = { path: { camera_id: id } };
        return unwrap(client.PUT("/api/v1/cameras/{camera_id}/profile", { params, body }));
      };
      return forEachCamera(cameraIds, assign, setDone);
    },
    onSettled: refresh,
  });
  return { ...mutation, done };
}

/** Something that is changed or removed: where another version is there by now, the hub says so. */
export interface Seen {
  id: number;
  version: number;
}

/** What is saved: something new where nothing was seen. */
interface Saved<Fields> {
  seen: Seen | null;
  body: Fields;
}

export function useSaveProfile() {
  return useMutation({
    mutationFn: ({ seen, body: { applies, ...fields } }: Saved<ProfileFields>) => {
      if (seen === null) return unwrap(client.POST("/api/v1/profiles", { body: fields }));
      const params = { path: { profile_id: seen.id } };
      const body = { ...fields, applies, if_version: seen.version };
      return unwrap(client.PATCH("/api/v1/profiles/{profile_id}", { params, body }));
    },
    onSuccess: useRefresh(),
  });
}

export function useRemoveProfile() {
  return useMutation({
    mutationFn: ({ id, version }: Seen) => {
      const params = { path: { profile_id: id }, query: { if_version: version } };
      return unwrap(client.DELETE("/api/v1/profiles/{profile_id}", { params }));
    },
    onSettled: useRefresh(),
  });
}

export function useSaveSchedule() {
  return useMutation({
    mutationFn: ({ seen, body: fields }: Saved<ScheduleFields>) => {
      if (seen === null) return unwrap(client.POST("/api/v1/schedules", { body: fields }));
      const params = { path: { schedule_id: seen.id } };
      const body = { ...fields, if_version: seen.version };
      return unwrap(client.PATCH("/api/v1/schedules/{schedule_id}", { params, body }));
    },
    onSuccess: useRefresh(),
  });
}

export function useRemoveSchedule() {
  return useMutation({
    mutationFn: ({ id, version }: Seen) => {
      const params = { path: { schedule_id: id }, query: { if_version: version } };
      return unwrap(client.DELETE("/api/v1/schedules/{schedule_id}", { params }));
    },
    onSettled: useRefresh(),
  });
}

export function useSaveGroup() {
  return useMutation({
    mutationFn: ({ seen, body: fields }: Saved<GroupFields>) => {
      if (seen === null) return unwrap(client.POST("/api/v1/groups", { body: fields }));
      const params = { path: { group_id: seen.id } };
      const body = { ...fields, if_version: seen.version };
      return unwrap(client.PATCH("/api/v1/groups/{group_id}", { params, body }));
    },
    onSuccess: useRefresh(),
  });
}

export function useRemoveGroup() {
  return useMutation({
    mutationFn: ({ id, version }: Seen) => {
      const params = { path: { group_id: id }, query: { if_version: version } };
      return unwrap(client.DELETE("/api/v1/groups/{group_id}", { params }));
    },
    onSettled: useRefresh(),
  });
}

export function useSaveCalendar() {
  return useMutation({
    mutationFn: ({ seen, body: fields }: Saved<CalendarFields>) => {
      if (seen === null) return unwrap(client.POST("/api/v1/calendars", { body: fields }));
      const params = { path: { calendar_id: seen.id } };
      const body = { ...fields, if_version: seen.version };
      return unwrap(client.PATCH("/api/v1/calendars/{calendar_id}", { params, body }));
    },
    onSuccess: useRefresh(),
  });
}

export function useRemoveCalendar() {
  return useMutation({
    mutationFn: ({ id, version }: Seen) => {
      const params = { path: { calendar_id: id }, query: { if_version: version } };
      return unwrap(client.DELETE("/api/v1/calendars/{calendar_id}", { params }));
    },
    onSettled: useRefresh(),
  });
}
