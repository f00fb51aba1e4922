import { useQuery } from "@tanstack/react-query";

import { snapshotQuery } from "@/api/snapshot";
import type { Camera } from "@/api/types";
import { Dialog } from "@/kit/Dialog";
import { SnapshotFigure } from "@/kit/SnapshotFigure";

/** The camera's newest picture, where somebody asks for it. */
export function SnapshotDialog({ camera, onClose }: { camera: Camera; onClose: () => void }) {
  const { data, error } = useQuery(snapshotQuery(camera.id));
  return (
    <Dialog title={camera.name} size="lg" onClose={onClose}>
      <SnapshotFigure name={camera.name} snapshot={data} error={error} />
    </Dialog>
  );
}
