import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { type Device, deviceQuery } from "@/api/devices";
import { ApiError } from "@/api/errors";
import { useTimeZone } from "@/api/queries";
import { useMay } from "@/api/rights";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Page } from "@/kit/Page";

import { AdviceList } from "./AdviceList";
import { ChannelPicker } from "./ChannelPicker";
import { ClockHistory } from "./ClockHistory";
import { DeviceActs } from "./DeviceActs";
import { DeviceFacts } from "./DeviceFacts";
import { DeviceState } from "./DeviceState";
import css from "./Devices.module.css";
import { Disks } from "./Disks";

/** One device: how it is and what to do, its channels, its disks and its clock. */
export function DeviceScreen() {
  const { t } = useTranslation();
  const { deviceId = "" } = useParams();
  const { data: device, error, isPending, refetch } = useQuery(deviceQuery(deviceId));
  if (device) return <Whole device={device} />;
  if (isPending) return <EmptyState title={t("app.loading")} hint="" isLit />;
  if (error instanceof ApiError && error.status === 404) {
    return (
      <EmptyState title={t("device.missingTitle")} hint={t("device.missingHint")}>
        <Button component={Link} to="/devices">
          {t("device.toList")}
        </Button>
      </EmptyState>
    );
  }
  return (
    <Page title={t("devices.title")}>
      <ErrorNote error={error} title={t("device.failed")} onRetry={() => void refetch()} />
    </Page>
  );
}

function Whole({ device }: { device: Device }) {
  const { t } = useTranslation();
  const timeZone = useTimeZone(device.site_id);
  const mayManage = useMay("manage");
  const [added, setAdded] = useState(0);
  const said = useRef<HTMLParagraphElement>(null);
  // The button that was pressed is gone: who uses keys alone goes on from here.
  useEffect(() => {
    if (added > 0) said.current?.focus();
  }, [added]);
  return (
    <Page title={device.name} action={mayManage && <DeviceActs device={device} />}>
      <DeviceState device={device} timeZone={timeZone} />
      <div className={css.columns}>
        <div className={css.stack}>
          <section className={css.card} aria-labelledby="device-advice">
            <h2 id="device-advice">{t("device.advice")}</h2>
            <AdviceList advice={device.advice} channels={device.channels} />
          </section>
          <section className={css.card} aria-labelledby="device-disks">
            <h2 id="device-disks">{t("device.disks")}</h2>
            <Disks disks={device.disks} />
          </section>
        </div>
        <section className={css.card} aria-labelledby="device-facts">
          <h2 id="device-facts">{t("device.facts")}</h2>
          <DeviceFacts device={device} timeZone={timeZone} />
        </section>
      </div>
      <section className={css.card} aria-labelledby="device-channels">
        <h2 id="device-channels">{t("device.channels")}</h2>
        <ChannelPicker device={device} timeZone={timeZone} onAdded={setAdded} />
        <p role="status" className={css.said} ref={said} tabIndex={-1}>
          {added > 0 && (
            <>
              {t("device.added", { count: added })} <Link to="/">{t("device.toWall")}</Link>
            </>
          )}
        </p>
      </section>
      <section className={css.card} aria-labelledby="device-clock">
        <h2 id="device-clock">{t("device.clock")}</h2>
        <ClockHistory device={device} timeZone={timeZone} />
      </section>
    </Page>
  );
}
