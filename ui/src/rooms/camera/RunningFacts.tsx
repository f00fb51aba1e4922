import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { useNow } from "@/kit/useNow";
import { figure } from "@/lib/format";
import { untilText } from "@/lib/until";
import { pick } from "@/lib/words";

import { Fact } from "./Fact";

/** With which profile a camera is run, by which node, and what its analysis does. */
export function RunningFacts({ camera, timeZone }: { camera: Camera; timeZone: string }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const { status, lease } = camera;
  const { analysis } = status;
  return (
    <>
      <Fact name={t("runners.profile")}>
        {status.profile_version || camera.profile?.name || t("details.none")}
        {status.is_pending && <div>{t("runners.pending")}</div>}
      </Fact>
      {lease && (
        <Fact name={t("details.lease")}>
          {t("details.leaseWords", { node: lease.node, number: lease.number })}
          {lease.expires_at && (
            <div>
              {t("why.until", {
                until: untilText(Date.parse(lease.expires_at), now, timeZone, i18n.language),
              })}
            </div>
          )}
        </Fact>
      )}
      {analysis && (
        <Fact name={t("why.analysis")}>
          {t("details.analysisWords", {
            fps: figure(analysis.fps, i18n.language),
            ms: figure(analysis.decode_ms, i18n.language),
            dropped: analysis.dropped,
            hwaccel: analysis.hwaccel,
          })}
          {analysis.hwaccel_reason && <div>{pick(analysis.hwaccel_reason, i18n.language)}</div>}
          {analysis.reason && <div>{pick(analysis.reason, i18n.language)}</div>}
        </Fact>
      )}
    </>
  );
}
