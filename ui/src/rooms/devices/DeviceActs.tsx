import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type Device, useAskDevice } from "@/api/devices";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";

import css from "./Devices.module.css";
import { EditDevice } from "./EditDevice";
import { RemoveDevice } from "./RemoveDevice";

/** What can be asked of a device, by those who manage. */
export function DeviceActs({ device }: { device: Device }) {
  const { t } = useTranslation();
  const sync = useAskDevice(device.id, "sync");
  const [open, setOpen] = useState<"edit" | "remove" | null>(null);
  const close = () => setOpen(null);
  return (
    <div className={css.acts}>
      <Group gap="xs">
        <Button
          variant="default"
          leftSection={<Icon name="retry" size={16} />}
          loading={sync.isPending}
          onClick={() => sync.mutate()}
        >
          {t("device.sync")}
        </Button>
        <Button
          variant="default"
          leftSection={<Icon name="edit" size={16} />}
          onClick={() => setOpen("edit")}
        >
          {t("device.edit")}
        </Button>
        <Button
          variant="default"
          leftSection={<Icon name="trash" size={16} />}
          onClick={() => setOpen("remove")}
        >
          {t("device.remove")}
        </Button>
      </Group>
      <span role="status" className={css.quiet}>
        {sync.isSuccess && t("device.synced")}
      </span>
      {sync.error && <ErrorNote error={sync.error} />}
      {open === "edit" && <EditDevice device={device} onClose={close} />}
      {open === "remove" && <RemoveDevice device={device} onClose={close} />}
    </div>
  );
}
