import { Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { PartlyRefused } from "@/api/bulk";
import { useAssignProfile } from "@/api/planActs";
import { profilesQuery } from "@/api/plans";
import type { Applies } from "@/api/planTypes";
import type { Camera } from "@/api/types";
import { Dialog } from "@/kit/Dialog";
import { ErrorNote } from "@/kit/ErrorNote";
import { AppliesChoice } from "@/kit/plan/AppliesChoice";

/** Gives cameras another profile, or none. */
export function ProfileDialog({ cameras, onClose }: {
  /** At least one. */
  cameras: readonly Camera[];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const profiles = useQuery(profilesQuery);
  const assign = useAssignProfile();
  const [chosen, setChosen] = useState(() => sharedProfile(cameras));
  const count = cameras.length;
  const [applies, setApplies] = useState<Applies>("next_spawn");
  const refusedTitle =
    assign.error instanceof PartlyRefused && count > 1
      ? t("bulk.refused", { count: assign.error.refused, all: count })
      : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const profileId = profiles.data?.find(({ id }) => String(id) === chosen)?.id ?? null;
    assign.mutate({ cameraIds: cameras.map(({ id }) => id), profileId, applies }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={
        count === 1
          ? t("cameras.profileOf", { name: cameras[0]?.name })
          : t("bulk.profileTitle", { count })
      }
      onClose={onClose}
    >
      <form onSubmit={submit}>
        <Stack>
          {(assign.error ?? profiles.error) && (
            <ErrorNote error={assign.error ?? profiles.error} title={refusedTitle} />
          )}
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
            {assign.isPending && count > 1 && (
              <Text size="sm" c="dimmed" role="status" className="numeric">
                {t("bulk.working", { done: assign.done, count })}
              </Text>
            )}
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={assign.isPending} disabled={!profiles.data}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** The profile that all of them have; "" where they have none, or different ones. */
function sharedProfile(cameras: readonly Camera[]): string {
  const ids = new Set(cameras.map(({ profile }) => String(profile?.id ?? "")));
  const [first = ""] = ids;
  return ids.size === 1 ? first : "";
}
