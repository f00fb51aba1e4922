import { duration } from "@/lib/format";

import { useNow } from "./useNow";

/** How long ago `at` (milliseconds) was, put into a sentence and kept current. */
export function Ago({ at, children, everyMs = 1000 }: {
  at: number;
  children: (ago: string) => string;
  everyMs?: number;
}) {
  const seconds = Math.max(0, Math.floor((useNow(everyMs) - at) / 1000));
  return children(duration(seconds * 1000));
}
