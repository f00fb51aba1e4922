import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useDeviceErrand } from "@/api/deviceErrands";
import { deviceQuery } from "@/api/devices";
import { sitesQuery, useTimeZone } from "@/api/queries";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Page } from "@/kit/Page";
import { type DeviceForm, EMPTY_FORM } from "@/lib/deviceForm";

import { ChannelPicker } from "./ChannelPicker";
import css from "./Devices.module.css";
import { FoundDevice } from "./FoundDevice";
import { WhereForm } from "./WhereForm";

const STEPS = ["where", "who", "channels"] as const;
type Step = (typeof STEPS)[number];

/** Adds a device: where it is, what it turns out to be, which of its channels become cameras. */
export function AddDevice() {
  const { t } = useTranslation();
  const sites = useQuery(sitesQuery);
  const [chosenSite, setSite] = useState<number | null>(null);
  const [form, setForm] = useState<DeviceForm>(EMPTY_FORM);
  const probe = useDeviceErrand();
  const [addedId, setAdded] = useState<string | null>(null);
  const [isBack, setBack] = useState(false);
  const siteId = chosenSite ?? sites.data?.[0]?.id;
  const { errand } = probe;
  const isFound = errand?.state === "done" && errand.reason === null && errand.identity !== null;
  const step: Step = addedId !== null ? "channels" : isFound ? "who" : "where";
  const back = () => {
    setBack(true);
    probe.forget();
  };
  const again = () => {
    setAdded(null);
    setForm(EMPTY_FORM);
    back();
  };
  return (
    <Page title={t("addDevice.title")} action={<Steps step={step} />}>
      {sites.error && <ErrorNote error={sites.error} onRetry={() => void sites.refetch()} />}
      {sites.data && siteId !== undefined && step === "where" && (
        <WhereForm
          sites={sites.data}
          siteId={siteId}
          onSite={setSite}
          form={form}
          onForm={(change) => setForm((before) => ({ ...before, ...change }))}
          probe={probe}
          isBack={isBack}
        />
      )}
      {siteId !== undefined && step === "who" && errand?.identity && (
        <FoundDevice
          siteId={siteId}
          form={form}
          identity={errand.identity}
          channelCount={errand.channels?.length ?? 0}
          advice={errand.advice}
          channels={errand.channels ?? []}
          onBack={back}
          onAdded={setAdded}
        />
      )}
      {addedId !== null && <Channels deviceId={addedId} onAgain={again} />}
    </Page>
  );
}

/** How far it is; the present step is told to those who listen, too. */
function Steps({ step }: { step: Step }) {
  const { t } = useTranslation();
  return (
    <ol className={css.steps} aria-label={t("addDevice.steps")}>
      {STEPS.map((each, index) => (
        <li
          key={each}
          aria-current={each === step ? "step" : undefined}
          data-done={index < STEPS.indexOf(step)}
        >
          {t(`addDevice.step.${each}`)}
        </li>
      ))}
    </ol>
  );
}

/** The channels of the new device, as soon as it was asked; and afterwards the way to the wall. */
function Channels({ deviceId, onAgain }: { deviceId: string; onAgain: () => void }) {
  const { t } = useTranslation();
  const device = useQuery(deviceQuery(deviceId));
  const timeZone = useTimeZone(device.data?.site_id);
  const [count, setCount] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const isDone = count > 0;
  useEffect(() => heading.current?.focus(), [isDone]);
  return (
    <section className={css.card} aria-labelledby="add-channels">
      <h2 id="add-channels" ref={heading} tabIndex={-1}>
        {t(isDone ? "addDevice.doneTitle" : "addDevice.channelsTitle")}
      </h2>
      {isDone ? (
        <>
          <p role="status">{t("device.added", { count })}</p>
          <Group>
            <Button component={Link} to="/">
              {t("device.toWall")}
            </Button>
            <Button component={Link} to={`/devices/${deviceId}`} variant="default">
              {device.data?.name ?? t("device.toList")}
            </Button>
            <Button variant="default" onClick={onAgain}>
              {t("addDevice.again")}
            </Button>
          </Group>
        </>
      ) : (
        <>
          <p className={css.quiet}>{t("addDevice.channelsLead")}</p>
          {device.error && <ErrorNote error={device.error} onRetry={() => void device.refetch()} />}
          {device.isPending && <EmptyState isPart isLit title={t("app.loading")} hint="" />}
          {device.data && (
            <ChannelPicker device={device.data} timeZone={timeZone} onAdded={setCount} />
          )}
          <p>
            <Link to={`/devices/${deviceId}`}>{t("addDevice.later")}</Link>
          </p>
        </>
      )}
    </section>
  );
}
