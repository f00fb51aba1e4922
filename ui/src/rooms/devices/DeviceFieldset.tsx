import { Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { nodesQuery } from "@/api/queries";
import { SecretInput } from "@/kit/SecretInput";
import type { AddressFault } from "@/lib/deviceAddress";
import { type DeviceForm, toVendor, VENDORS } from "@/lib/deviceForm";

import css from "./Devices.module.css";
import { vendorName } from "./vendors";

interface Props {
  form: DeviceForm;
  siteId: number | undefined;
  /** Whether a password is kept already. */
  hasPassword: boolean;
  fault: AddressFault | null;
  onChange: (change: Partial<DeviceForm>) => void;
}

const PLACEHOLDER = "192.168.1.64";
const PLAIN = { autoComplete: "off", autoCapitalize: "none", spellCheck: false } as const;

/** Where a device is and who we are there; the rest is found out, and can be said under "more". */
export function DeviceFieldset({ form, siteId, hasPassword, fault, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Stack>
      <TextInput
        {...PLAIN}
        label={t("deviceForm.address")}
        description={t("deviceForm.addressHint")}
        placeholder={PLACEHOLDER}
        inputMode="url"
        required
        withAsterisk={false}
        data-autofocus
        value={form.address}
        onChange={({ currentTarget: { value } }) => onChange({ address: value })}
        error={fault && t(`deviceForm.addressFault.${fault}`)}
      />
      <Group grow align="flex-start" className={css.pair ?? ""}>
        <TextInput
          {...PLAIN}
          label={t("deviceForm.username")}
          description={t("deviceForm.usernameHint")}
          value={form.username}
          onChange={({ currentTarget: { value } }) => onChange({ username: value })}
        />
        <SecretInput
          label={t("deviceForm.password")}
          description={t(hasPassword ? "deviceForm.passwordKeep" : "deviceForm.passwordHint")}
          autoComplete="new-password"
          value={form.password}
          onChange={({ currentTarget: { value } }) => onChange({ password: value })}
        />
      </Group>
      <details className={css.raw} open={form.vendor === "rtsp" || undefined}>
        <summary>{t("deviceForm.advanced")}</summary>
        <More form={form} siteId={siteId} onChange={onChange} />
      </details>
    </Stack>
  );
}

function More({ form, siteId, onChange }: Pick<Props, "form" | "siteId" | "onChange">) {
  const { t } = useTranslation();
  const nodes = (useQuery(nodesQuery).data ?? []).filter(({ site_id }) => site_id === siteId);
  const nameOf = (vendor: (typeof VENDORS)[number]) => {
    if (vendor === "") return t("deviceForm.vendors.auto");
    return vendor === "rtsp" ? t("deviceForm.vendors.rtsp") : vendorName(vendor);
  };
  return (
    <Stack mt="sm">
      <Group grow align="flex-start" className={css.pair ?? ""}>
        <NativeSelect
          label={t("deviceForm.vendor")}
          description={t("deviceForm.vendorHint")}
          value={form.vendor}
          onChange={({ currentTarget: { value } }) => onChange({ vendor: toVendor(value) })}
          data={VENDORS.map((value) => ({ value, label: nameOf(value) }))}
        />
        <TextInput
          {...PLAIN}
          label={t("deviceForm.rtspPort")}
          description={t("deviceForm.rtspPortHint")}
          inputMode="numeric"
          value={form.rtspPort}
          onChange={({ currentTarget: { value } }) => onChange({ rtspPort: value })}
        />
      </Group>
      {nodes.length > 1 && (
        <NativeSelect
          label={t("deviceForm.node")}
          value={form.nodeId}
          onChange={({ currentTarget: { value } }) => onChange({ nodeId: value })}
          data={[
            { value: "", label: t("deviceForm.nodeAny") },
            ...nodes.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      {form.vendor === "rtsp" && <Pattern form={form} onChange={onChange} />}
    </Stack>
  );
}

/** For what answers nothing but RTSP. */
function Pattern({ form, onChange }: Pick<Props, "form" | "onChange">) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        {...PLAIN}
        label={t("deviceForm.template")}
        description={t("deviceForm.templateHint")}
        value={form.template}
        onChange={({ currentTarget: { value } }) => onChange({ template: value })}
      />
      <Group grow align="flex-start" className={css.pair ?? ""}>
        <TextInput
          {...PLAIN}
          label={t("deviceForm.templateSub")}
          value={form.templateSub}
          onChange={({ currentTarget: { value } }) => onChange({ templateSub: value })}
        />
        <TextInput
          {...PLAIN}
          label={t("deviceForm.templateChannels")}
          inputMode="numeric"
          value={form.templateChannels}
          onChange={({ currentTarget: { value } }) => onChange({ templateChannels: value })}
        />
      </Group>
    </>
  );
}
