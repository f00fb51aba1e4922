import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { ApiError } from "@/api/errors";
import { sessionQuery } from "@/api/queries";

const RETRIES = 2;

/** A session that ended anywhere ends everywhere: the next look at it leads to the sign-in. */
function onError(error: Error): void {
  if (error instanceof ApiError && error.status === 401) {
    queryClient.setQueryData(sessionQuery.queryKey, (before) => before && { ...before, user: null });
  }
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // A hub that is away may come back; a refusal stays a refusal.
      retry: (count, error) =>
        count < RETRIES && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});
