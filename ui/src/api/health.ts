import { queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "./client";
import type { paths } from "./schema";
import type { Answer } from "./types";

export type Health = Answer<paths["/api/v1/health"]["get"]>;
export type Problem = Health["problems"][number];
export type Severity = Problem["severity"];

/** Nodes are heard every few seconds; what is wrong should be on the page as soon as that. */
const HEALTH_EVERY_MS = 5_000;

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: () => unwrap(client.GET("/api/v1/health")),
  refetchInterval: HEALTH_EVERY_MS,
});
