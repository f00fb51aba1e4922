import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorNote } from "./ErrorNote";

interface Props {
  name: string;
  /** What removing it means. */
  hint: string;
  isPending: boolean;
  error: unknown;
  onRemove: () => void;
}

/** Removes something after a second word. */
export function RemoveButton({ name, hint, isPending, error, onRemove }: Props) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsking(true)} aria-label={t("remove.named", { name })}>
        {t("remove.button")}
      </Button>
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={t("remove.title", { name })}
        closeButtonProps={{ "aria-label": t("action.close") }}
      >
        <Stack>
          {error ? <ErrorNote error={error} /> : null}
          <Text>{hint}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              {t("action.cancel")}
            </Button>
            <Button color="red.8" loading={isPending} onClick={onRemove}>
              {t("remove.button")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
