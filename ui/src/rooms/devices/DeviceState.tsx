import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { type Device, useAskDevice } from "@/api/devices";
import { useMay } from "@/api/rights";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Moment } from "@/kit/Moment";
import { toDeviceState } from "@/lib/devices";
import { pick } from "@/lib/words";

import { DeviceBadge, lookOfDevice } from "./DeviceBadge";
import css from "./Devices.module.css";

/** How it is, why, since when, and what to do about it. */
export function DeviceState({ device, timeZone }: { device: Device; timeZone: string }) {
  const { t, i18n } = useTranslation();
  const { reason, since, not_before: notBefore } = device;
  const state = toDeviceState(device.state);
  return (
    <div className={css.state} data-mood={lookOfDevice(device.state).mood}>
      <DeviceBadge state={device.state} />
      <div>
        <p role="status">
          {reason ? pick(reason, i18n.language) : t(`devices.stateHint.${state}`)}
        </p>
        <p className={css.quiet}>
          {since && (
            <>
              {t("device.since")} <Moment at={since} timeZone={timeZone} />
            </>
          )}
          {notBefore && (
            <>
              {" · "}
              {t("device.notBefore")} <Moment at={notBefore} timeZone={timeZone} />
            </>
          )}
        </p>
        {reason?.raw && (
          <details className={css.raw}>
            <summary>{t("addDevice.raw")}</summary>
            <code>{reason.raw}</code>
          </details>
        )}
      </div>
      {(state === "refused" || state === "locked") && <TryAgain deviceId={device.id} />}
    </div>
  );
}

/** The way back from a refused password: nobody shows it again by himself. */
function TryAgain({ deviceId }: { deviceId: string }) {
  const { t } = useTranslation();
  const mayManage = useMay("manage");
  const again = useAskDevice(deviceId, "try-again");
  if (!mayManage) return null;
  return (
    <div className={css.again}>
      <Button
        variant="default"
        leftSection={<Icon name="retry" size={16} />}
        loading={again.isPending}
        disabled={again.isSuccess}
        onClick={() => again.mutate()}
      >
        {again.isSuccess ? t("device.triedAgain") : t("device.tryAgain")}
      </Button>
      <small>{t("device.tryAgainHint")}</small>
      {again.error && <ErrorNote error={again.error} />}
    </div>
  );
}
