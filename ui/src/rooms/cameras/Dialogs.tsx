import type { Camera } from "@/api/types";

import { CameraDialog } from "./CameraDialog";
import { CommandDialog } from "./CommandDialog";
import { DiagnoseDialog } from "./DiagnoseDialog";
import { ProfileDialog } from "./ProfileDialog";
import { RemoveCamera } from "./RemoveCamera";
import { SnapshotDialog } from "./SnapshotDialog";

/** What is asked of a camera, of several, or to have a new one. */
export type Open =
  | { kind: "add" }
  | { kind: "edit" | "remove" | "command" | "diagnose" | "snapshot"; camera: Camera }
  | { kind: "profile"; cameras: readonly Camera[] };

export function Dialogs({ open, onClose }: { open: Open; onClose: () => void }) {
  switch (open.kind) {
    case "add":
      return <CameraDialog camera={null} onClose={onClose} />;
    case "edit":
      return <CameraDialog camera={open.camera} onClose={onClose} />;
    case "remove":
      return <RemoveCamera camera={open.camera} onClose={onClose} />;
    case "command":
      return <CommandDialog camera={open.camera} onClose={onClose} />;
    case "snapshot":
      return <SnapshotDialog camera={open.camera} onClose={onClose} />;
    case "profile":
      return <ProfileDialog cameras={open.cameras} onClose={onClose} />;
    case "diagnose":
      return (
        <DiagnoseDialog
          name={open.camera.name}
          subject={{ cameraId: open.camera.id }}
          onClose={onClose}
        />
      );
  }
}
