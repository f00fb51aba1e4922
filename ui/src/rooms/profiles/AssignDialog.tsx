import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAssignProfile } from "@/api/planActs";
import type { Applies, Profile } from "@/api/planTypes";
import { camerasQuery } from "@/api/queries";
import { Dialog } from "@/kit/Dialog";
import { ErrorNote } from "@/kit/ErrorNote";
import { AppliesChoice } from "@/kit/plan/AppliesChoice";
import { CameraChoice } from "@/kit/plan/CameraChoice";

/** Says which cameras are run by a profile. */
export function AssignDialog({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const { t } = useTranslation();
  const cameras = useQuery(camerasQuery).data ?? [];
  const assign = useAssignProfile();
  const [applies, setApplies] = useState<Applies>("next_spawn");
  const [before] = useState(() =>
    cameras.filter((camera) => camera.profile?.id === profile.id).map(({ id }) => id),
  );
  const [chosen, setChosen] = useState<string[]>(before);
  const added = chosen.filter((id) => !before.includes(id));
  const removed = before.filter((id) => !chosen.includes(id));
  const change = async () => {
    if (added.length > 0) await assign.mutateAsync({ cameraIds: added, profileId: profile.id, applies });
    if (removed.length > 0) await assign.mutateAsync({ cameraIds: removed, profileId: null, applies });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    // A refusal is shown above the list.
    change().then(onClose, () => undefined);
  };
  return (
    <Dialog title={t("profiles.assignTitle", { name: profile.name })} onClose={onClose}>
      <form onSubmit={submit}>
        <Stack>
          {assign.error && <ErrorNote error={assign.error} />}
          <CameraChoice
            label={t("profiles.assignLabel")}
            value={chosen}
            onChange={setChosen}
            cameras={cameras.map(({ id, name, profile: other }) => ({
              id,
              name,
              hint:
                other && other.id !== profile.id ? t("profiles.hasOther", { name: other.name }) : undefined,
            }))}
          />
          <AppliesChoice value={applies} onChange={setApplies} />
          <Group justify="flex-end">
            {assign.isPending && (
              <Text size="sm" c="dimmed" role="status" className="numeric">
                {t("bulk.working", { done: assign.done, count: assign.variables.cameraIds.length })}
              </Text>
            )}
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button
              type="submit"
              loading={assign.isPending}
              disabled={added.length + removed.length === 0}
            >
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
