import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import type { DeviceFields } from "@/lib/deviceForm";

import { client, unwrap } from "./client";
import { toApiError } from "./errors";
import { statesEveryMs } from "./liveness";
import type { paths } from "./schema";
import type { Answer } from "./types";

/** A device with its channels; the list has all of it but those. */
export type Device = Answer<paths["/api/v1/devices/{device_id}"]["get"]>;
export type ListedDevice = Answer<paths["/api/v1/devices"]["get"]>[number];
export type Channel = Device["channels"][number];
export type Advice = Device["advice"][number];
export type Disk = Device["disks"][number];

/** A device that was just added is asked by its node within seconds. */
const SOON_MS = 2_000;
const CLOCK_DAYS = 30;
const CLOCK_EVERY_MS = 10 * 60_000;
const PICTURE_EVERY_MS = 30_000;

export const devicesQuery = queryOptions({
  queryKey: ["devices"],
  queryFn: () => unwrap(client.GET("/api/v1/devices")),
  refetchInterval: ({ state }) =>
    state.data?.some(isComing) ? SOON_MS : statesEveryMs(),
});

export function deviceQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device", deviceId],
    queryFn: () => unwrap(client.GET("/api/v1/devices/{device_id}", { params: path(deviceId) })),
    refetchInterval: ({ state }) =>
      state.data && isComing(state.data) ? SOON_MS : statesEveryMs(),
  });
}

function isComing({ state }: { state: string }): boolean {
  return state === "connecting";
}

function path(deviceId: string) {
  return { path: { device_id: deviceId } };
}

/** How far its clock was from ours, over the last weeks. */
export function deviceClockQuery(deviceId: string) {
  return queryOptions({
    queryKey: ["device-clock", deviceId],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/devices/{device_id}/clock", {
          params: { ...path(deviceId), query: { days: CLOCK_DAYS } },
        }),
      ),
    refetchInterval: CLOCK_EVERY_MS,
  });
}

/** What a channel shows now, as the device itself says it; null where it has no picture. */
export function channelPictureQuery(deviceId: string, channel: string) {
  return queryOptions({
    queryKey: ["channel-picture", deviceId, channel],
    queryFn: async ({ signal }): Promise<Blob | null> => {
      const address = new URL(
        `/api/v1/devices/${deviceId}/channels/${encodeURIComponent(channel)}/snapshot.jpg`,
        location.origin,
      );
      const response = await fetch(new Request(address, { credentials: "same-origin", signal }));
      if (response.status === 404) return null;
      if (!response.ok) throw toApiError(response.status, await response.json().catch(() => null));
      return response.blob();
    },
    staleTime: PICTURE_EVERY_MS,
    retry: false,
  });
}

/** What hangs on devices and is asked for anew after one changed. */
const KEYS = ["devices", "device", "cameras", "runners", "health", "timeline"];

function useAnew() {
  const cache = useQueryClient();
  return () =>
    cache.invalidateQueries({ predicate: ({ queryKey }) => KEYS.includes(String(queryKey[0])) });
}

export function useAddDevice() {
  const anew = useAnew();
  return useMutation({
    mutationFn: (body: DeviceFields & { site_id: number; name?: string; serial?: string }) =>
      unwrap(client.POST("/api/v1/devices", { body })),
    onSuccess: () => void anew(),
    // It holds a password.
    gcTime: 0,
  });
}

export function useChangeDevice(deviceId: string) {
  const anew = useAnew();
  return useMutation({
    mutationFn: (body: Partial<DeviceFields> & { name?: string }) =>
      unwrap(client.PATCH("/api/v1/devices/{device_id}", { params: path(deviceId), body })),
    onSuccess: anew,
    gcTime: 0,
  });
}

export function useRemoveDevice(deviceId: string) {
  const anew = useAnew();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (cameras: "keep" | "remove") =>
      unwrap(
        client.DELETE("/api/v1/devices/{device_id}", {
          params: { ...path(deviceId), query: { cameras } },
        }),
      ),
    onSuccess: () => {
      cache.removeQueries({ queryKey: ["device", deviceId] });
      void anew();
    },
  });
}

/** Has everything asked of the device anew, or a refused password shown once more. */
export function useAskDevice(deviceId: string, act: "sync" | "try-again") {
  const anew = useAnew();
  return useMutation({
    mutationFn: () =>
      act === "sync"
        ? unwrap(client.POST("/api/v1/devices/{device_id}/sync", { params: path(deviceId) }))
        : unwrap(client.POST("/api/v1/devices/{device_id}/try-again", { params: path(deviceId) })),
    onSuccess: anew,
  });
}

/** Makes cameras of channels. */
export function useAddChannels(deviceId: string) {
  const anew = useAnew();
  return useMutation({
    mutationFn: (channels: { channel: string; name?: string }[]) =>
      unwrap(
        client.POST("/api/v1/devices/{device_id}/cameras", {
          params: path(deviceId),
          body: { channels },
        }),
      ),
    onSuccess: anew,
  });
}
