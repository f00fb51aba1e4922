import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { RemoveDialog } from "./RemoveDialog";

interface Props {
  name: string;
  /** What removing it means. */
  hint: string;
  isPending: boolean;
  error: unknown;
  onRemove: () => void;
}

/** Removes something after a second word. */
export function RemoveButton({ name, ...question }: Props) {
  const { t } = useTranslation();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsking(true)} aria-label={t("remove.named", { name })}>
        {t("remove.button")}
      </Button>
      {isAsking && (
        <RemoveDialog
          {...question}
          title={t("remove.title", { name })}
          act={t("remove.button")}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
