import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { Commands } from "@/kit/Commands";

/** What exactly runs for a camera. */
export function CommandDialog({ camera, onClose }: { camera: Camera; onClose: () => void }) {
  const { t } = useTranslation();
  const { effective_args, ffmpeg_args } = camera.status;
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t("cameras.commandOf", { name: camera.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Commands command={effective_args} ffmpeg={ffmpeg_args} />
    </Modal>
  );
}
