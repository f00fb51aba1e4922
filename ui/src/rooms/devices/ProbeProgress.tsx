import { useTranslation } from "react-i18next";

import type { DeviceErrand } from "@/api/deviceErrands";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { isForPattern, PROBE_STEPS, probeSteps } from "@/lib/devices";
import { pick } from "@/lib/words";

import css from "./Devices.module.css";

const SIGNS = { done: "check", now: "retry", later: "minus" } as const;

/** What is being done right now, step by step. */
export function ProbeProgress({ address, errand }: {
  address: string;
  errand: DeviceErrand | undefined;
}) {
  const { t } = useTranslation();
  const step = errand?.step ?? "";
  const known = PROBE_STEPS.find((name) => name === step);
  return (
    <div className={css.progress}>
      <strong>{t("addDevice.probing", { address: address.trim() })}</strong>
      <span role="status">
        {known ? t(`addDevice.probeStep.${known}`) : t("addDevice.waiting")}
      </span>
      <ol>
        {probeSteps(step).map(({ step: each, state }) => (
          <li key={each} data-state={state}>
            <Icon name={SIGNS[state]} size={15} />
            {t(`addDevice.probeStep.${each}`)}{" "}
            <small>({t(`addDevice.stepState.${state}`)})</small>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Why it did not work, and what to do. */
export function ProbeFailure({ errand, error }: {
  errand: DeviceErrand | undefined;
  error: unknown;
}) {
  const { t, i18n } = useTranslation();
  if (error) return <ErrorNote error={error} title={t("addDevice.failedTitle")} />;
  const isExpired = errand?.state === "expired";
  const reason = errand?.state === "done" ? errand.reason : null;
  if (!isExpired && !reason) return null;
  return (
    <div className={css.failure} role="alert">
      <Icon name="alert" />
      <div>
        <strong>{t("addDevice.failedTitle")}</strong>
        <p>{reason ? pick(reason, i18n.language) : t("addDevice.expired")}</p>
        {reason && <p>{t("addDevice.failedNext")}</p>}
        {reason && isForPattern(reason.key) && <p>{t("addDevice.failedPattern")}</p>}
        {reason?.raw && (
          <details className={css.raw}>
            <summary>{t("addDevice.raw")}</summary>
            <code>{reason.raw}</code>
          </details>
        )}
      </div>
    </div>
  );
}
