import { Button, VisuallyHidden } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { DeviceErrand } from "@/api/deviceErrands";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { isForPattern, isHalted, PROBE_STEPS, probeSteps } from "@/lib/devices";
import { pick } from "@/lib/words";

import css from "./Devices.module.css";

const SIGNS = { done: "check", now: "retry", later: "minus" } as const;

/** What is being done right now, step by step. */
export function ProbeProgress({ address, errand, onCancel }: {
  address: string;
  errand: DeviceErrand | undefined;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  // What was pressed is gone: who uses keys alone goes on from here.
  useEffect(() => box.current?.focus(), []);
  const step = errand?.step ?? "";
  const known = PROBE_STEPS.find((name) => name === step);
  return (
    <div className={css.progress} ref={box} tabIndex={-1}>
      <strong>{t("addDevice.probing", { address: address.trim() })}</strong>
      {known ? (
        // The list below shows it to those who see.
        <VisuallyHidden role="status">{t(`addDevice.probeStep.${known}`)}</VisuallyHidden>
      ) : (
        <span role="status">{t("addDevice.waiting")}</span>
      )}
      <ol>
        {probeSteps(step).map(({ step: each, state }) => (
          <li key={each} data-state={state}>
            <Icon name={SIGNS[state]} size={15} />
            {t(`addDevice.probeStep.${each}`)}{" "}
            <small>({t(`addDevice.stepState.${state}`)})</small>
          </li>
        ))}
      </ol>
      <Button variant="default" size="xs" className={css.cancel ?? ""} onClick={onCancel}>
        {t("action.cancel")}
      </Button>
    </div>
  );
}

/** Why it did not work, what to do, and one more try: of a refused password for whoever wants it. */
export function ProbeFailure({ errand, error, onAgain }: {
  errand: DeviceErrand | undefined;
  error: unknown;
  /** `triesAgain`: the password that was refused is shown once more. */
  onAgain: (triesAgain: boolean) => void;
}) {
  const { t, i18n } = useTranslation();
  if (error) {
    const title = t("addDevice.failedTitle");
    return <ErrorNote error={error} title={title} onRetry={() => onAgain(false)} />;
  }
  const isExpired = errand?.state === "expired";
  const reason = errand?.state === "done" ? errand.reason : null;
  if (!isExpired && !reason) return null;
  const isPassword = reason !== null && isHalted(reason.key);
  return (
    <Failure>
      <p>{reason ? pick(reason, i18n.language) : t("addDevice.expired")}</p>
      {reason && isForPattern(reason.key) && <p>{t("addDevice.failedPattern")}</p>}
      {reason?.raw && (
        <details className={css.raw}>
          <summary>{t("addDevice.raw")}</summary>
          <code>{reason.raw}</code>
        </details>
      )}
      <Button
        variant="default"
        size="xs"
        mt="xs"
        h="auto"
        py={6}
        styles={{ label: { whiteSpace: "normal" } }}
        leftSection={<Icon name="retry" size={14} />}
        onClick={() => onAgain(isPassword)}
      >
        {t(isPassword ? "device.tryAgain" : "error.retry")}
      </Button>
      {isPassword && <p>{t("device.tryAgainHint")}</p>}
    </Failure>
  );
}

/** Where what was waited for stood a moment ago: who uses keys alone goes on from here. */
function Failure({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div className={css.failure} role="alert" ref={box} tabIndex={-1}>
      <Icon name="alert" />
      <div>
        <strong>{t("addDevice.failedTitle")}</strong>
        {children}
      </div>
    </div>
  );
}
