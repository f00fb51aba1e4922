import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { type Clip, useRemoveClip } from "@/api/clips";
import { ErrorNote } from "@/kit/ErrorNote";

/** Asks once more, and says that the footage stays. */
export function RemoveClip({ clip, onClose }: { clip: Clip; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveClip(clip.id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("remove.title", { name: clip.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Stack>
        {remove.error && <ErrorNote error={remove.error} />}
        <Text>{t("clips.removeHint")}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("action.cancel")}
          </Button>
          <Button
            color="red.8"
            loading={remove.isPending}
            onClick={() => remove.mutate(undefined, { onSuccess: onClose })}
          >
            {t("clips.remove")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
