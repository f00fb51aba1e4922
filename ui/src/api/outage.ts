import { useQuery } from "@tanstack/react-query";

import { ApiError } from "./errors";
import { camerasQuery } from "./queries";

/** Whether the hub is away. The list of cameras is asked for all the time, so it knows. */
export function useOutage(): boolean {
  const { failureReason, failureCount, error } = useQuery(camerasQuery);
  const reason = failureReason ?? error;
  // One lost answer is no outage.
  return reason instanceof ApiError && reason.isOutage && failureCount !== 1;
}
