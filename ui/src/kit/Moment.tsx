import { useTranslation } from "react-i18next";

import { dateTime, zoneName } from "@/lib/zone";

/** A moment in the site's time; the zone is one hover away. */
export function Moment({ at, timeZone }: { at: string; timeZone: string }) {
  const { i18n } = useTranslation();
  const ms = Date.parse(at);
  return (
    <time dateTime={at} title={zoneName(ms, timeZone, i18n.language)} className="numeric">
      {dateTime(ms, timeZone, i18n.language)}
    </time>
  );
}
