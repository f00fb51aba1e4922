import { Button, Group as Line, Modal, MultiSelect, Stack, Table, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useRemoveGroup, useSaveGroup } from "@/api/planActs";
import { groupsQuery } from "@/api/plans";
import type { CameraGroup } from "@/api/planTypes";
import { camerasQuery } from "@/api/queries";
import { CardTable } from "@/kit/CardTable";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Page } from "@/kit/Page";
import { RemoveButton } from "@/kit/RemoveButton";

/** Cameras that belong together, such as those of a building. */
export function Groups() {
  const { t } = useTranslation();
  const groups = useQuery(groupsQuery);
  const [open, setOpen] = useState<{ group: CameraGroup | null } | null>(null);
  const add = (
    <Button leftSection={<Icon name="plus" />} onClick={() => setOpen({ group: null })}>
      {t("groups.add")}
    </Button>
  );
  const list = groups.data ?? [];
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
      {open && <GroupDialog group={open.group} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function Row({ group, onEdit }: { group: CameraGroup; onEdit: () => void }) {
  const { t } = useTranslation();
  const remove = useRemoveGroup();
  const cameras = useQuery(camerasQuery).data ?? [];
  const names = cameras.filter(({ id }) => group.camera_ids.includes(id)).map(({ name }) => name);
  return (
    <Table.Tr>
      <Table.Td>
        <strong>{group.name}</strong>
      </Table.Td>
      <Table.Td data-label={t("groups.cameras")}>{names.join(", ") || "–"}</Table.Td>
      <Table.Td>
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
            onRemove={() => remove.mutate(group.id)}
          />
        </Line>
      </Table.Td>
    </Table.Tr>
  );
}

function GroupDialog({ group, onClose }: { group: CameraGroup | null; onClose: () => void }) {
  const { t } = useTranslation();
  const save = useSaveGroup();
  const cameras = useQuery(camerasQuery).data ?? [];
  const [name, setName] = useState(group?.name ?? "");
  const [cameraIds, setCameraIds] = useState(group?.camera_ids ?? []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const body = { name: name.trim(), camera_ids: cameraIds };
    save.mutate({ id: group?.id ?? null, body }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={group ? t("groups.editTitle", { name: group.name }) : t("groups.add")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          {save.error && <ErrorNote error={save.error} />}
          <TextInput
            label={t("groups.name")}
            value={name}
            required
            withAsterisk={false}
            data-autofocus
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <MultiSelect
            label={t("groups.cameras")}
            value={cameraIds}
            searchable
            nothingFoundMessage={t("schedule.noneFound")}
            data={cameras.map((camera) => ({ value: camera.id, label: camera.name }))}
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
    </Modal>
  );
}
