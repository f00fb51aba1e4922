import { Button, Group, Modal, NativeSelect, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAssignProfile } from "@/api/planActs";
import { profilesQuery } from "@/api/plans";
import type { Applies } from "@/api/planTypes";
import type { Camera } from "@/api/types";
import { ErrorNote } from "@/kit/ErrorNote";
import { AppliesChoice } from "@/kit/plan/AppliesChoice";

/** Gives a camera another profile, or none. */
export function ProfileDialog({ camera, onClose }: { camera: Camera; onClose: () => void }) {
  const { t } = useTranslation();
  const profiles = useQuery(profilesQuery);
  const assign = useAssignProfile();
  const [chosen, setChosen] = useState(String(camera.profile?.id ?? ""));
  const [applies, setApplies] = useState<Applies>("next_spawn");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const profileId = profiles.data?.find(({ id }) => String(id) === chosen)?.id ?? null;
    assign.mutate({ cameraIds: [camera.id], profileId, applies }, { onSuccess: onClose });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("cameras.profileOf", { name: camera.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          {(assign.error ?? profiles.error) && <ErrorNote error={assign.error ?? profiles.error} />}
          <NativeSelect
            label={t("cameras.profile")}
            description={t("cameras.profileHint")}
            value={chosen}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
            data={[
              { value: "", label: t("cameras.noProfile") },
              ...(profiles.data ?? []).map(({ id, name }) => ({ value: String(id), label: name })),
            ]}
            data-autofocus
          />
          <AppliesChoice value={applies} onChange={setApplies} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={assign.isPending} disabled={!profiles.data}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
