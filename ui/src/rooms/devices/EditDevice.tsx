import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { type Device, useChangeDevice } from "@/api/devices";
import { Dialog } from "@/kit/Dialog";
import { ErrorNote } from "@/kit/ErrorNote";
import type { AddressFault } from "@/lib/deviceAddress";
import { toChange, toForm } from "@/lib/deviceForm";

import { DeviceFieldset } from "./DeviceFieldset";

/** Changes where a device is and who we are there; its cameras follow. */
export function EditDevice({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeDevice(device.id);
  const [form, setForm] = useState(() => toForm(device));
  const [fault, setFault] = useState<AddressFault | null>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = toChange(form);
    if (typeof fields === "string") setFault(fields);
    else change.mutate(fields, { onSuccess: onClose });
  };
  return (
    <Dialog title={t("device.editTitle", { name: device.name })} size="lg" onClose={onClose}>
      <form onSubmit={submit} autoComplete="off">
        <Stack>
          {change.error && <ErrorNote error={change.error} />}
          <TextInput
            label={t("device.name")}
            description={t("device.nameHint")}
            required
            withAsterisk={false}
            value={form.name}
            onChange={({ currentTarget: { value } }) => setForm({ ...form, name: value })}
          />
          <DeviceFieldset
            form={form}
            siteId={device.site_id}
            hasPassword={device.has_password}
            fault={fault}
            onChange={(changed) => {
              setFault(null);
              setForm({ ...form, ...changed });
            }}
          />
          <Group justify="flex-end" mt="sm">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
