import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Dialog } from "./Dialog";
import { ErrorNote } from "./ErrorNote";

interface Props {
  title: string;
  /** What removing it means, and what stays. */
  hint: string;
  /** The word for it. */
  act: string;
  isPending: boolean;
  error: unknown;
  onRemove: () => void;
  onClose: () => void;
}

/** The second word before something is removed. */
export function RemoveDialog({ title, hint, act, isPending, error, onRemove, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog title={title} onClose={onClose}>
      <Stack>
        {error ? <ErrorNote error={error} /> : null}
        <Text>{hint}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("action.cancel")}
          </Button>
          <Button color="red.8" loading={isPending} onClick={onRemove}>
            {act}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
