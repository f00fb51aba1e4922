import { useQueryClient } from "@tanstack/react-query";

const PLAN_KEYS = ["profiles", "schedules", "groups", "calendars", "preview", "why", "runners", "cameras"];

/** Asks anew for everything whose key begins with one of `keys`. */
export function useRefresh(keys: readonly string[] = PLAN_KEYS) {
  const cache = useQueryClient();
  return () =>
    cache.invalidateQueries({ predicate: ({ queryKey }) => keys.includes(String(queryKey[0])) });
}
