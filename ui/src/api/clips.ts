import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { client, unwrap } from "./client";
import type { paths } from "./schema";
import type { Answer } from "./types";

export type Clip = Answer<paths["/api/v1/clips"]["get"]>[number];

const WORKING_EVERY_MS = 1_000;
const QUIET_EVERY_MS = 15_000;

/** Whether its node still has work with it. */
export function isBeingMade({ state }: Pick<Clip, "state">): boolean {
  return state === "waiting" || state === "making";
}

/** The clips that were made; while one is being made, looked at each second. */
export const clipsQuery = queryOptions({
  queryKey: ["clips"],
  queryFn: () => unwrap(client.GET("/api/v1/clips")),
  refetchInterval: ({ state }) =>
    state.data?.some(isBeingMade) ? WORKING_EVERY_MS : QUIET_EVERY_MS,
});

/** What a clip is to be made of; times as ISO 8601. */
export interface ClipWish {
  camera_id: string;
  stream?: "main" | "sub";
  from: string;
  to: string;
  name?: string;
  expires_at?: string | null;
}

export function useMakeClip() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (wish: ClipWish) =>
      unwrap(client.POST("/api/v1/clips", { body: { stream: "main", ...wish } })),
    onSuccess: () => cache.invalidateQueries(clipsQuery),
  });
}

export function useChangeClip(clipId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { name?: string; expires_at?: string | null }) =>
      unwrap(
        client.PATCH("/api/v1/clips/{clip_id}", { params: { path: { clip_id: clipId } }, body }),
      ),
    onSuccess: () => cache.invalidateQueries(clipsQuery),
  });
}

export function useRemoveClip(clipId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(client.DELETE("/api/v1/clips/{clip_id}", { params: { path: { clip_id: clipId } } })),
    onSuccess: () => cache.invalidateQueries(clipsQuery),
  });
}

/** Addresses of a made clip, to play, to keep, and of its record; good for a minute to begin with. */
export function clipAddresses(clipId: string) {
  const path = { clip_id: clipId };
  return unwrap(client.POST("/api/v1/clips/{clip_id}/ticket", { params: { path } }));
}
