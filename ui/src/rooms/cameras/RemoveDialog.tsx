import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useRemoveCamera } from "@/api/actions";
import type { Camera } from "@/api/types";
import { ErrorNote } from "@/kit/ErrorNote";

/** Asks once more, and says what happens to the footage. */
export function RemoveDialog({ camera, onClose }: { camera: Camera; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveCamera();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("removeCamera.title", { name: camera.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Stack>
        {remove.error && <ErrorNote error={remove.error} />}
        <Text>{t("removeCamera.body")}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("action.cancel")}
          </Button>
          <Button
            color="red.8"
            loading={remove.isPending}
            onClick={() => remove.mutate(camera.id, { onSuccess: onClose })}
          >
            {t("removeCamera.confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
