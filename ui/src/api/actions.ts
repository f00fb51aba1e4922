import { useMutation, useQueryClient } from "@tanstack/react-query";

import { client, unwrap } from "./client";
import { camerasQuery, sessionQuery } from "./queries";
import type { CameraFields } from "./types";

export function useSignIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { username: string; password: string }) =>
      unwrap(client.POST("/api/v1/session", { body })),
    onSuccess: (session) => cache.setQueryData(sessionQuery.queryKey, session),
  });
}

export function useSignOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(client.DELETE("/api/v1/session")),
    onSuccess: async () => {
      cache.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
      await cache.invalidateQueries(sessionQuery);
    },
  });
}

export function useSetPassword(token: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (password: string) =>
      unwrap(
        client.POST("/api/v1/setup/{token}", { params: { path: { token } }, body: { password } }),
      ),
    // The answer signs in; what it says of the session is asked for, as it also sets the cookie.
    onSuccess: () => cache.query({ ...sessionQuery, staleTime: 0 }),
  });
}

/** Adds a camera, or changes the one with `cameraId`. */
export function useSaveCamera(cameraId: string | null) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: CameraFields) =>
      cameraId === null
        ? unwrap(client.POST("/api/v1/cameras", { body }))
        : unwrap(
            client.PATCH("/api/v1/cameras/{camera_id}", {
              params: { path: { camera_id: cameraId } },
              body,
            }),
          ),
    onSuccess: () => cache.invalidateQueries(camerasQuery),
  });
}

export function useRemoveCamera() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (cameraId: string) =>
      unwrap(
        client.DELETE("/api/v1/cameras/{camera_id}", { params: { path: { camera_id: cameraId } } }),
      ),
    onSuccess: () => cache.invalidateQueries(camerasQuery),
  });
}

/** Lets the automatic choice of engine and transport start from its first. */
export function useTryAgain(cameraId: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/cameras/{camera_id}/try-again", {
          params: { path: { camera_id: cameraId } },
        }),
      ),
    onSuccess: () => cache.invalidateQueries(camerasQuery),
  });
}
