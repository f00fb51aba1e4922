import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import { camerasQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Page } from "@/kit/Page";

import { CameraList } from "./CameraList";
import { Dialogs, type Open } from "./Dialogs";

/** The list of cameras: what they are called, where they are, how they do. */
export function Cameras() {
  const { t } = useTranslation();
  const cameras = useQuery(camerasQuery);
  const mayManage = useMay("manage");
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState<Open | null>(search.has("add") ? { kind: "add" } : null);
  const close = () => {
    setOpen(null);
    setSearch(
      (before) => {
        before.delete("add");
        return before;
      },
      { replace: true },
    );
  };
  const addButton = mayManage && (
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
      {cameras.isPending && <EmptyState isPart title={t("app.loading")} hint="" isLit />}
      {isEmpty && (
        <EmptyState
          isPart
          title={t("cameras.emptyTitle")}
          hint={t(mayManage ? "cameras.emptyHint" : "cameras.emptyAsk")}
        >
          {addButton}
        </EmptyState>
      )}
      {isFull && <CameraList cameras={cameras.data} onOpen={setOpen} />}
      {open && <Dialogs open={open} onClose={close} />}
    </Page>
  );
}
