import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { snapshotQuery } from "@/api/snapshot";
import type { Camera } from "@/api/types";
import { SnapshotFigure } from "@/kit/SnapshotFigure";

/** The camera's newest picture, where somebody asks for it. */
export function SnapshotDialog({ camera, onClose }: { camera: Camera; onClose: () => void }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(snapshotQuery(camera.id));
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={camera.name}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <SnapshotFigure name={camera.name} snapshot={data} error={error} />
    </Modal>
  );
}
