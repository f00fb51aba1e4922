import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import type { Plan } from "@/lib/layout";

import { client, unwrap } from "./client";
import type { paths } from "./schema";
import type { Answer } from "./types";

export type Layout = Answer<paths["/api/v1/layouts"]["get"]>[number];

/** What a person writes of a layout. */
export interface LayoutFields extends Plan {
  name: string;
  is_shared: boolean;
}

export const layoutsQuery = queryOptions({
  queryKey: ["layouts"],
  queryFn: () => unwrap(client.GET("/api/v1/layouts")),
  staleTime: 30_000,
});

/** Keeps a new layout (`seen` null), or changes the one that was seen as it was seen. */
export function useSaveLayout() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ seen, fields }: { seen: Layout | null; fields: LayoutFields }) => {
      const body = { ...fields, tiles: [...fields.tiles] };
      if (seen === null) return unwrap(client.POST("/api/v1/layouts", { body }));
      const params = { path: { layout_id: seen.id } };
      const change = { ...body, if_version: seen.version };
      return unwrap(client.PATCH("/api/v1/layouts/{layout_id}", { params, body: change }));
    },
    onSuccess: () => cache.invalidateQueries(layoutsQuery),
  });
}

export function useRemoveLayout() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Layout) => {
      const params = { path: { layout_id: id }, query: { if_version: version } };
      return unwrap(client.DELETE("/api/v1/layouts/{layout_id}", { params }));
    },
    onSuccess: () => cache.invalidateQueries(layoutsQuery),
  });
}
