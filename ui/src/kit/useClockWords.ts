import { useTranslation } from "react-i18next";

import { duration } from "@/lib/format";

/** Nearer than this nobody sees a difference. */
const RIGHT_SECONDS = 1;

/** A clock's difference in words: `12 s ahead`. */
export function useClockWords(): (offsetSeconds: number) => string {
  const { t } = useTranslation();
  return (offsetSeconds) => {
    if (Math.abs(offsetSeconds) < RIGHT_SECONDS) return t("devices.clockRight");
    const length = duration(Math.abs(offsetSeconds) * 1000);
    return t(offsetSeconds > 0 ? "devices.clockAhead" : "devices.clockBehind", { length });
  };
}
