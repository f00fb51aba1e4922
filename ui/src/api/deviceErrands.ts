import { useMutation, useQuery } from "@tanstack/react-query";

import type { DeviceFields } from "@/lib/deviceForm";
import { isErrandOver } from "@/lib/devices";
import type { Span } from "@/lib/timeline";

import { client, unwrap } from "./client";
import type { paths } from "./schema";
import type { Answer } from "./types";

/** What a node looks into once, and what it found so far. */
export type DeviceErrand = Answer<paths["/api/v1/device-errands/{errand_id}"]["get"]>;
export type Discovered = DeviceErrand["discovered"][number];

const EVERY_MS = 700;

/** One errand at a time: begun when somebody asks, followed to its end. */
export function useDeviceErrand() {
  const begun = useMutation({
    // A function, and not what it sends: that may hold a password.
    mutationFn: (begin: () => Promise<{ id: string }>) => begin(),
    gcTime: 0,
  });
  const id = begun.data?.id;
  const followed = useQuery({
    queryKey: ["device-errand", id],
    queryFn: () => follow(id ?? ""),
    enabled: id !== undefined,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && isErrandOver(state.data) ? false : EVERY_MS),
  });
  const errand = id === undefined ? undefined : followed.data;
  const error = begun.error ?? (errand ? null : followed.error);
  const isFollowed = id !== undefined && !(errand && isErrandOver(errand));
  return {
    errand,
    error,
    isBusy: begun.isPending || (isFollowed && error === null),
    begin: begun.mutate,
    forget: begun.reset,
  };
}

function follow(id: string): Promise<DeviceErrand> {
  const params = { path: { errand_id: id } };
  return unwrap(client.GET("/api/v1/device-errands/{errand_id}", { params }));
}

/** What a person did not say: it is found out. */
const UNSAID = {
  vendor: "",
  password: "",
  template: "",
  template_sub: "",
  template_channels: 0,
} as const;

/** Finds out what stands at an address; `triesAgain`: also with a password that was refused there. */
export function beginProbe(siteId: number, fields: DeviceFields, triesAgain: boolean) {
  const params = { path: { site_id: siteId } };
  const body = { ...UNSAID, ...fields, tries_again: triesAgain };
  return unwrap(client.POST("/api/v1/sites/{site_id}/probes", { params, body }));
}

/** Looks for devices around the node; `subnet` has each of its addresses looked at. */
export function beginDiscovery(siteId: number, body: { node_id?: string; subnet: string }) {
  const params = { path: { site_id: siteId } };
  return unwrap(client.POST("/api/v1/sites/{site_id}/discoveries", { params, body }));
}

/** Asks a camera's recorder which footage of a span it holds. */
export function beginSearch(cameraId: string, span: Span) {
  const params = { path: { camera_id: cameraId } };
  const body = { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString() };
  return unwrap(client.POST("/api/v1/cameras/{camera_id}/recorder-searches", { params, body }));
}
