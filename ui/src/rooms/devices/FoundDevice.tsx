import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { DeviceErrand } from "@/api/deviceErrands";
import { type Advice, devicesQuery, useAddDevice } from "@/api/devices";
import { ErrorNote } from "@/kit/ErrorNote";
import { type DeviceForm, toFields, toVendor } from "@/lib/deviceForm";

import { AdviceList } from "./AdviceList";
import css from "./Devices.module.css";
import { vendorName } from "./vendors";

const KINDS = ["recorder", "camera", "doorbell", "encoder"] as const;

interface Props {
  siteId: number;
  form: DeviceForm;
  identity: NonNullable<DeviceErrand["identity"]>;
  channelCount: number;
  advice: readonly Advice[];
  channels: readonly { id: string; name: string }[];
  onBack: () => void;
  onAdded: (deviceId: string) => void;
}

/** What was found, by what name it shall be known, and what should be changed on it. */
export function FoundDevice(props: Props) {
  const { siteId, form, identity, channelCount, advice, channels, onBack, onAdded } = props;
  const { t } = useTranslation();
  const add = useAddDevice();
  const { maker, model, serial, firmware, vendor } = identity;
  const what = [maker, model].filter(Boolean).join(" ") || vendorName(vendor);
  const [name, setName] = useState(identity.name || what);
  const known = useQuery(devicesQuery).data?.find((one) => serial !== "" && one.serial === serial);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = toFields(form);
    // It was understood a moment ago, or nothing would have been found.
    if (typeof fields === "string") return;
    const found = toVendor(vendor);
    const whole = { ...fields, ...(found !== "" && { vendor: found }) };
    add.mutate(
      { ...whole, site_id: siteId, name: name.trim(), serial },
      { onSuccess: ({ id }) => onAdded(id) },
    );
  };
  const kind = KINDS.find((each) => each === identity.kind) ?? "other";
  const facts = [
    t(`devices.kind.${kind}`),
    vendorName(vendor),
    t("addDevice.foundChannels", { count: channelCount }),
    serial,
    firmware,
  ];
  return (
    <form className={css.card} aria-labelledby="add-found" onSubmit={submit} autoComplete="off">
      <h2 id="add-found" ref={heading} tabIndex={-1}>
        {what}
      </h2>
      <Stack>
        <p className="numeric">{facts.filter(Boolean).join(" · ")}</p>
        {known && (
          <p className={css.warn} role="alert">
            {t("addDevice.known", { name: known.name })}{" "}
            <Link to={`/devices/${known.id}`}>{t("addDevice.toKnown")}</Link>
          </p>
        )}
        <TextInput
          label={t("device.name")}
          description={t("device.nameHint")}
          required
          withAsterisk={false}
          maxLength={120}
          value={name}
          onChange={({ currentTarget: { value } }) => setName(value)}
        />
        {advice.length > 0 && (
          <div>
            <h3>{t("device.advice")}</h3>
            <AdviceList advice={advice} channels={channels} />
          </div>
        )}
        {add.error && <ErrorNote error={add.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            {t("addDevice.back")}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={known !== undefined}>
            {t("addDevice.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
