import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import { camerasQuery } from "@/api/queries";
import type { Camera } from "@/api/types";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Page } from "@/kit/Page";

import { CameraDialog } from "./CameraDialog";
import { CameraTable } from "./CameraTable";
import { CommandDialog } from "./CommandDialog";
import { ProfileDialog } from "./ProfileDialog";
import { RemoveDialog } from "./RemoveDialog";

type OneCamera = "edit" | "remove" | "profile" | "command";
type Open = { kind: "add" } | { kind: OneCamera; camera: Camera } | null;

/** The list of cameras: what they are called, where they are, how they do. */
export function Cameras() {
  const { t } = useTranslation();
  const cameras = useQuery(camerasQuery);
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState<Open>(search.has("add") ? { kind: "add" } : null);
  const close = () => {
    setOpen(null);
    setSearch({}, { replace: true });
  };
  const addButton = (
    <Button leftSection={<Icon name="plus" />} onClick={() => setOpen({ kind: "add" })}>
      {t("cameras.add")}
    </Button>
  );
  const isEmpty = cameras.data?.length === 0;
  const isFull = cameras.data !== undefined && !isEmpty;
  return (
    <Page title={t("cameras.title")} action={isFull && addButton}>
      {!cameras.data && cameras.error && (
        <ErrorNote
          error={cameras.error}
          title={t("cameras.failedTitle")}
          onRetry={() => void cameras.refetch()}
        />
      )}
      {isEmpty && (
        <EmptyState isPart title={t("cameras.emptyTitle")} hint={t("cameras.emptyHint")}>
          {addButton}
        </EmptyState>
      )}
      {isFull && (
        <CameraTable
          cameras={cameras.data}
          onEdit={(camera) => setOpen({ kind: "edit", camera })}
          onRemove={(camera) => setOpen({ kind: "remove", camera })}
          onProfile={(camera) => setOpen({ kind: "profile", camera })}
          onCommand={(camera) => setOpen({ kind: "command", camera })}
        />
      )}
      {open?.kind === "add" && <CameraDialog camera={null} onClose={close} />}
      {open?.kind === "edit" && <CameraDialog camera={open.camera} onClose={close} />}
      {open?.kind === "remove" && <RemoveDialog camera={open.camera} onClose={close} />}
      {open?.kind === "profile" && <ProfileDialog camera={open.camera} onClose={close} />}
      {open?.kind === "command" && <CommandDialog camera={open.camera} onClose={close} />}
    </Page>
  );
}
