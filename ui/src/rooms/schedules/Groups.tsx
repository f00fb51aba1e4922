import { Button, Group as Line, Stack, Table, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { isStale } from "@/api/errors";
import { useRemoveGroup, useSaveGroup } from "@/api/planActs";
import { groupsQuery } from "@/api/plans";
import type { CameraGroup } from "@/api/planTypes";
import { camerasQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import { CardTable } from "@/kit/CardTable";
import { Dialog } from "@/kit/Dialog";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Page } from "@/kit/Page";
import { CameraChoice } from "@/kit/plan/CameraChoice";
import { RemoveButton } from "@/kit/RemoveButton";

/** Cameras that belong together, such as those of a building. */
export function Groups() {
  const { t } = useTranslation();
  const groups = useQuery(groupsQuery);
  const [open, setOpen] = useState<{ group: CameraGroup | null } | null>(null);
  const mayManage = useMay("manage");
  const add = mayManage && (
    <Button leftSection={<Icon name="plus" />} onClick={() => setOpen({ group: null })}>
      {t("groups.add")}
    </Button>
  );
  const list = groups.data ?? [];
  const lookAgain = async () => {
    const now = (await groups.refetch()).data?.find(({ id }) => id === open?.group?.id);
    setOpen(now ? { group: now } : null);
  };
  return (
    <Page title={t("groups.title")} lead={t("groups.lead")} action={list.length > 0 && add}>
      {!groups.data && groups.error && (
        <ErrorNote error={groups.error} onRetry={() => void groups.refetch()} />
      )}
      {groups.data?.length === 0 && (
        <EmptyState isPart title={t("groups.emptyTitle")} hint={t("groups.emptyHint")}>
          {add}
        </EmptyState>
      )}
      {list.length > 0 && (
        <CardTable columns={[t("groups.name"), t("groups.cameras")]} actions={t("cameras.actions")}>
          {list.map((group) => (
            <Row key={group.id} group={group} onEdit={() => setOpen({ group })} />
          ))}
        </CardTable>
      )}
      {open && (
        <GroupDialog
          key={`${open.group?.id ?? "new"} ${open.group?.version ?? 0}`}
          group={open.group}
          onLookAgain={() => void lookAgain()}
          onClose={() => setOpen(null)}
        />
      )}
    </Page>
  );
}

/** How many of a group's cameras are named. */
const SHOWN = 8;

function Row({ group, onEdit }: { group: CameraGroup; onEdit: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveGroup();
  const mayManage = useMay("manage");
  const cameras = useQuery(camerasQuery).data;
  const names = (cameras ?? []).filter(({ id }) => group.camera_ids.includes(id)).map(({ name }) => name);
  const rest = names.length - SHOWN;
  return (
    <Table.Tr>
      <Table.Td>
        <strong>{group.name}</strong>
      </Table.Td>
      <Table.Td data-label={t("groups.cameras")}>{cameras ? names.slice(0, SHOWN).join(", ") || "–" : t("app.loading")}
        {rest > 0 && ` ${t("profiles.andMore", { count: rest })}`}</Table.Td>
      <Table.Td>
        {mayManage && (
          <Line gap="xs" justify="flex-end" wrap="nowrap">
            <Button
              size="xs"
              variant="default"
              aria-label={t("cameras.editNamed", { name: group.name })}
              onClick={onEdit}
            >
              {t("cameras.edit")}
            </Button>
            <RemoveButton
              name={group.name}
              hint={t("groups.removeHint")}
              isPending={remove.isPending}
              error={remove.error}
              onRemove={() => remove.mutate(group)}
            />
          </Line>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function GroupDialog({ group, onLookAgain, onClose }: {
  group: CameraGroup | null;
  /** Shows what somebody else made of it meanwhile. */
  onLookAgain: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const save = useSaveGroup();
  const cameras = useQuery(camerasQuery).data ?? [];
  const [name, setName] = useState(group?.name ?? "");
  const [cameraIds, setCameraIds] = useState(group?.camera_ids ?? []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const body = { name: name.trim(), camera_ids: cameraIds };
    save.mutate({ seen: group, body }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={group ? t("groups.editTitle", { name: group.name }) : t("groups.add")}
      onClose={onClose}
    >
      <form onSubmit={submit}>
        <Stack>
          {save.error && (
            <ErrorNote
              error={save.error}
              onRetry={isStale(save.error) ? onLookAgain : undefined}
              retryLabel={t("error.lookAgain")}
            />
          )}
          <TextInput
            label={t("groups.name")}
            value={name}
            required
            withAsterisk={false}
            data-autofocus
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <CameraChoice
            label={t("groups.cameras")}
            cameras={cameras}
            value={cameraIds}
            onChange={setCameraIds}
          />
          <Line justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("action.save")}
            </Button>
          </Line>
        </Stack>
      </form>
    </Dialog>
  );
}
