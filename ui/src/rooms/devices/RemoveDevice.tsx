import { Button, Group, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { type Device, useRemoveDevice } from "@/api/devices";
import { Dialog } from "@/kit/Dialog";
import { ErrorNote } from "@/kit/ErrorNote";

/** Asks once more, what becomes of its cameras too, and says what stays. */
export function RemoveDevice({ device, onClose }: { device: Device; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveDevice(device.id);
  const navigate = useNavigate();
  const toList = () => void navigate("/devices", { replace: true });
  const [cameras, setCameras] = useState<"keep" | "remove">("keep");
  return (
    <Dialog title={t("device.removeTitle", { name: device.name })} onClose={onClose}>
      <Stack>
        {remove.error && <ErrorNote error={remove.error} />}
        <Text>{t("device.removeHint")}</Text>
        {device.camera_count > 0 && (
          <Radio.Group
            label={t("device.removeChoice", { count: device.camera_count })}
            value={cameras}
            onChange={(value) => setCameras(value === "remove" ? "remove" : "keep")}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="keep" label={t("device.removeKeep")} />
              <Radio value="remove" label={t("device.removeCameras")} />
            </Stack>
          </Radio.Group>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("action.cancel")}
          </Button>
          <Button
            color="red.8"
            loading={remove.isPending}
            onClick={() => remove.mutate(cameras, { onSuccess: toList })}
          >
            {t("device.removeConfirm")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
