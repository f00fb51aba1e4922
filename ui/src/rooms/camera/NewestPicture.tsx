import { useQuery } from "@tanstack/react-query";

import { snapshotQuery } from "@/api/snapshot";
import type { Camera } from "@/api/types";
import { SnapshotFigure } from "@/kit/SnapshotFigure";

import css from "./CameraScreen.module.css";

/** The last that was seen of a camera that shows nothing now; silent where nothing ever was. */
export function NewestPicture({ camera }: { camera: Camera }) {
  const { data } = useQuery(snapshotQuery(camera.id));
  if (!data) return null;
  return (
    <div className={css.newest}>
      <SnapshotFigure isSmall name={camera.name} snapshot={data} error={null} />
    </div>
  );
}
