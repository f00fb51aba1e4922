import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { PauseWish } from "@/lib/acts";

import { client, unwrap } from "./client";
import { ApiError } from "./errors";
import { useRefresh } from "./refresh";

/** What can be asked of several cameras at once. */
export type BulkAct = { kind: "pause"; pause: PauseWish } | { kind: "resume" } | { kind: "enforce" };

/** Some of several calls were refused; the words are those of the first refusal. */
export class PartlyRefused extends ApiError {
  constructor(
    readonly refused: number,
    readonly count: number,
    first: ApiError,
  ) {
    super(first.status, first.key, first.words, first.field);
  }
}

/**
 * Does `call` for one camera after the other, also after a refusal, and tells how many are done.
 * Raises PartlyRefused at the end where some were refused; a hub that is away ends it at once.
 */
export async function forEachCamera(
  cameraIds: readonly string[],
  call: (id: string) => Promise<unknown>,
  tell: (done: number) => void,
): Promise<void> {
  const refusals: ApiError[] = [];
  for (const [index, id] of cameraIds.entries()) {
    tell(index);
    try {
      await call(id);
    } catch (error) {
      if (!(error instanceof ApiError) || error.isOutage) throw error;
      refusals.push(error);
    }
  }
  const [first] = refusals;
  if (first) throw new PartlyRefused(refusals.length, cameraIds.length, first);
}

interface Wanted {
  cameraIds: readonly string[];
  act: BulkAct;
}

/** Pauses, un-pauses or wakes several cameras; `done` counts them where it is one after the other. */
export function useBulkAct() {
  const refresh = useRefresh(["cameras", "why", "preview", "timeline", "runners"]);
  const [done, setDone] = useState(0);
  const mutation = useMutation({
    mutationFn: ({ cameraIds, act }: Wanted) => send([...cameraIds], act, setDone),
    onSettled: refresh,
  });
  return { ...mutation, done };
}

function send(cameraIds: string[], act: BulkAct, tell: (done: number) => void): Promise<unknown> {
  tell(0);
  switch (act.kind) {
    case "pause":
      return unwrap(client.POST("/api/v1/pauses", { body: { ...act.pause, camera_ids: cameraIds } }));
    case "enforce":
      return unwrap(client.POST("/api/v1/enforce", { body: { camera_ids: cameraIds } }));
    case "resume":
      return forEachCamera(
        cameraIds,
        (id) =>
          unwrap(
            client.DELETE("/api/v1/cameras/{camera_id}/pause", { params: { path: { camera_id: id } } }),
          ),
        tell,
      );
  }
}
