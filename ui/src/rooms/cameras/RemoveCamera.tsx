import { useTranslation } from "react-i18next";

import { useRemoveCamera } from "@/api/actions";
import type { Camera } from "@/api/types";
import { RemoveDialog } from "@/kit/RemoveDialog";

/** Asks once more, and says what happens to the footage. */
export function RemoveCamera({ camera, onClose }: { camera: Camera; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveCamera();
  return (
    <RemoveDialog
      title={t("removeCamera.title", { name: camera.name })}
      hint={t("removeCamera.body")}
      act={t("removeCamera.confirm")}
      isPending={remove.isPending}
      error={remove.error}
      onRemove={() => remove.mutate(camera.id, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
