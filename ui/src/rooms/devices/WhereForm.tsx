import { Button, NativeSelect, Stack } from "@mantine/core";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { beginProbe, type Discovered, type useDeviceErrand } from "@/api/deviceErrands";
import type { Site } from "@/api/types";
import { Icon } from "@/kit/icons";
import { type AddressFault, writeDeviceAddress } from "@/lib/deviceAddress";
import { type DeviceForm, toFields, toVendor } from "@/lib/deviceForm";

import { DeviceFieldset } from "./DeviceFieldset";
import css from "./Devices.module.css";
import { Discovery } from "./Discovery";
import { ProbeFailure, ProbeProgress } from "./ProbeProgress";

interface Props {
  sites: readonly Site[];
  siteId: number;
  onSite: (siteId: number) => void;
  form: DeviceForm;
  onForm: (change: Partial<DeviceForm>) => void;
  probe: ReturnType<typeof useDeviceErrand>;
  /** Whether somebody came back to it: who uses keys alone goes on here. */
  isBack: boolean;
}

/** Address and password, or what answers on the network; then what stands there is found out. */
export function WhereForm({ sites, siteId, onSite, form, onForm, probe, isBack }: Props) {
  const { t } = useTranslation();
  const [fault, setFault] = useState<AddressFault | null>(null);
  const fields = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isBack) heading.current?.focus();
  }, [isBack]);
  const change = (changed: Partial<DeviceForm>) => {
    setFault(null);
    onForm(changed);
  };
  const findOut = (triesAgain: boolean) => {
    const wish = toFields(form);
    if (typeof wish === "string") setFault(wish);
    else probe.begin(() => beginProbe(siteId, wish, triesAgain));
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    findOut(false);
  };
  const use = ({ host, port, is_tls: isTls, vendor }: Discovered) => {
    change({ address: writeDeviceAddress({ host, port, isTls }), vendor: toVendor(vendor) });
    // The address is known now: what is missing is who we are there.
    fields.current?.querySelectorAll("input")[1]?.focus();
  };
  return (
    <div className={css.columns}>
      <form
        ref={fields}
        className={css.card}
        aria-labelledby="add-where"
        onSubmit={submit}
        autoComplete="off"
      >
        <h2 id="add-where" ref={heading} tabIndex={-1}>
          {t("addDevice.where")}
        </h2>
        <Stack>
          {sites.length > 1 && (
            <NativeSelect
              label={t("deviceForm.site")}
              value={String(siteId)}
              onChange={({ currentTarget: { value } }) => onSite(Number(value))}
              data={sites.map(({ id, name }) => ({ value: String(id), label: name }))}
            />
          )}
          <DeviceFieldset
            form={form}
            siteId={siteId}
            hasPassword={false}
            fault={fault}
            onChange={change}
          />
          {probe.isBusy ? (
            <ProbeProgress
              address={form.address}
              errand={probe.errand}
              onCancel={() => {
                probe.forget();
                heading.current?.focus();
              }}
            />
          ) : (
            <>
              <ProbeFailure errand={probe.errand} error={probe.error} onAgain={findOut} />
              <Button type="submit" leftSection={<Icon name="search" size={16} />}>
                {t("addDevice.probe")}
              </Button>
            </>
          )}
        </Stack>
      </form>
      <Discovery key={siteId} siteId={siteId} nodeId={form.nodeId} onUse={use} />
    </div>
  );
}
