import { Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAssignProfile } from "@/api/planActs";
import type { Applies, Profile } from "@/api/planTypes";
import { camerasQuery } from "@/api/queries";
import { ErrorNote } from "@/kit/ErrorNote";
import { AppliesChoice } from "@/kit/plan/AppliesChoice";

import css from "./Profiles.module.css";

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
    <Modal
      opened
      onClose={onClose}
      title={t("profiles.assignTitle", { name: profile.name })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <form onSubmit={submit}>
        <Stack>
          {assign.error && <ErrorNote error={assign.error} />}
          <Checkbox.Group label={t("profiles.assignLabel")} value={chosen} onChange={setChosen}>
            <Stack gap="xs" mt="xs" className={css.scroll ?? ""}>
              {cameras.map((camera) => (
                <Checkbox
                  key={camera.id}
                  value={camera.id}
                  label={camera.name}
                  description={
                    camera.profile && camera.profile.id !== profile.id
                      ? t("profiles.hasOther", { name: camera.profile.name })
                      : undefined
                  }
                />
              ))}
              {cameras.length === 0 && <Text c="dimmed">{t("cameras.emptyTitle")}</Text>}
            </Stack>
          </Checkbox.Group>
          <AppliesChoice value={applies} onChange={setApplies} />
          <Group justify="flex-end">
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
    </Modal>
  );
}
