import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { Commands } from "@/kit/Commands";
import { Dialog } from "@/kit/Dialog";

/** What exactly runs for a camera. */
export function CommandDialog({ camera, onClose }: { camera: Camera; onClose: () => void }) {
  const { t } = useTranslation();
  const { effective_args, ffmpeg_args } = camera.status;
  return (
    <Dialog title={t("cameras.commandOf", { name: camera.name })} size="xl" onClose={onClose}>
      <Commands command={effective_args} ffmpeg={ffmpeg_args} />
    </Dialog>
  );
}
