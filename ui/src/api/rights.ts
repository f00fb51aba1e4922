import { useQuery } from "@tanstack/react-query";

import { sessionQuery } from "./queries";
import type { User } from "./types";

type Right = User["rights"][number];

/** Whether the person here may do that; nobody may while it is not known who is here. */
export function useMay(right: Right): boolean {
  return useQuery(sessionQuery).data?.user?.rights.includes(right) ?? false;
}
