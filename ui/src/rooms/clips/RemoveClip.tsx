import { useTranslation } from "react-i18next";

import { type Clip, useRemoveClip } from "@/api/clips";
import { RemoveDialog } from "@/kit/RemoveDialog";

/** Asks once more, and says that the footage stays. */
export function RemoveClip({ clip, onClose }: { clip: Clip; onClose: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveClip(clip.id);
  return (
    <RemoveDialog
      title={t("remove.title", { name: clip.name })}
      hint={t("clips.removeHint")}
      act={t("clips.remove")}
      isPending={remove.isPending}
      error={remove.error}
      onRemove={() => remove.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
    />
  );
}
