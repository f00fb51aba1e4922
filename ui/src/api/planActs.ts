import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { CameraAct } from "@/lib/acts";

import { client, unwrap } from "./client";
import type { Applies, Calendar, CameraGroup, ProfileFields, ScheduleFields } from "./planTypes";

const PLAN_KEYS = ["profiles", "schedules", "groups", "calendars", "preview", "why", "runners", "cameras"];

function useRefresh(keys: readonly string[] = PLAN_KEYS) {
  const cache = useQueryClient();
  return () =>
    cache.invalidateQueries({ predicate: ({ queryKey }) => keys.includes(String(queryKey[0])) });
}

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

/** Gives cameras a profile, or (null) none. */
export function useAssignProfile() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: async ({ cameraIds, profileId, applies }: {
      cameraIds: readonly string[];
      profileId: number | null;
      applies: Applies;
    }) => {
      const body = { profile_id: profileId, applies };
      for (const id of cameraIds) {
        const params = { path: { camera_id: id } };
        await unwrap(client.PUT("/api/v1/cameras/{camera_id}/profile", { params, body }));
      }
    },
    onSettled: refresh,
  });
}

/** What is saved: something new where there is no id. */
interface Saved<Fields> {
  id: number | null;
  body: Fields;
}

export function useSaveProfile() {
  return useMutation({
    mutationFn: ({ id, body: { applies, ...fields } }: Saved<ProfileFields>) => {
      if (id === null) return unwrap(client.POST("/api/v1/profiles", { body: fields }));
      const params = { path: { profile_id: id } };
      const body = { ...fields, applies };
      return unwrap(client.PATCH("/api/v1/profiles/{profile_id}", { params, body }));
    },
    onSuccess: useRefresh(),
  });
}

export function useRemoveProfile() {
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(client.DELETE("/api/v1/profiles/{profile_id}", { params: { path: { profile_id: id } } })),
    onSuccess: useRefresh(),
  });
}

export function useSaveSchedule() {
  return useMutation({
    mutationFn: ({ id, body }: Saved<ScheduleFields>) => {
      if (id === null) return unwrap(client.POST("/api/v1/schedules", { body }));
      const params = { path: { schedule_id: id } };
      return unwrap(client.PATCH("/api/v1/schedules/{schedule_id}", { params, body }));
    },
    onSuccess: useRefresh(),
  });
}

export function useRemoveSchedule() {
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(
        client.DELETE("/api/v1/schedules/{schedule_id}", { params: { path: { schedule_id: id } } }),
      ),
    onSuccess: useRefresh(),
  });
}

export function useSaveGroup() {
  return useMutation({
    mutationFn: ({ id, body }: Saved<Omit<CameraGroup, "id">>) => {
      if (id === null) return unwrap(client.POST("/api/v1/groups", { body }));
      const params = { path: { group_id: id } };
      return unwrap(client.PATCH("/api/v1/groups/{group_id}", { params, body }));
    },
    onSuccess: useRefresh(),
  });
}

export function useRemoveGroup() {
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(client.DELETE("/api/v1/groups/{group_id}", { params: { path: { group_id: id } } })),
    onSuccess: useRefresh(),
  });
}

export function useSaveCalendar() {
  return useMutation({
    mutationFn: ({ id, body }: Saved<Omit<Calendar, "id">>) => {
      if (id === null) return unwrap(client.POST("/api/v1/calendars", { body }));
      const params = { path: { calendar_id: id } };
      return unwrap(client.PATCH("/api/v1/calendars/{calendar_id}", { params, body }));
    },
    onSuccess: useRefresh(),
  });
}

export function useRemoveCalendar() {
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(
        client.DELETE("/api/v1/calendars/{calendar_id}", { params: { path: { calendar_id: id } } }),
      ),
    onSuccess: useRefresh(),
  });
}
