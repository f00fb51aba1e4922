import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import { useRemoveProfile } from "@/api/planActs";
import { knobsQuery, profilesQuery } from "@/api/plans";
import type { Profile } from "@/api/planTypes";
import { useMay } from "@/api/rights";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Page } from "@/kit/Page";
import { RemoveButton } from "@/kit/RemoveButton";

import { ProfileEditor } from "./ProfileEditor";
import { Versions } from "./Versions";

/** One profile, or a new one. */
export function ProfileScreen() {
  const { t } = useTranslation();
  const { profileId } = useParams();
  const [search] = useSearchParams();
  const profiles = useQuery(profilesQuery);
  const knobs = useQuery(knobsQuery);
  const mayManage = useMay("manage");
  const [looks, setLooks] = useState(0);
  if (profiles.error ?? knobs.error) {
    return (
      <Page title={t("profiles.title")}>
        <ErrorNote error={profiles.error ?? knobs.error} />
      </Page>
    );
  }
  if (!profiles.data || !knobs.data) return <EmptyState title={t("app.loading")} hint="" isLit />;
  const find = (id: string | null | undefined) =>
    profiles.data.find((profile) => String(profile.id) === id) ?? null;
  const profile = find(profileId);
  if (profileId && !profile) {
    return (
      <EmptyState title={t("profiles.missingTitle")} hint={t("profiles.missingHint")}>
        <Button component={Link} to="/plans/profiles">
          {t("profiles.toList")}
        </Button>
      </EmptyState>
    );
  }
  return (
    <Page
      title={profile ? profile.name : t("profiles.newTitle")}
      lead={profile ? t("profiles.versionLead", { version: profile.version }) : t("profiles.lead")}
      action={profile && mayManage && <ProfileActs profile={profile} />}
    >
      <ProfileEditor
        key={`${profile?.id ?? "new"} ${looks}`}
        profile={profile}
        base={find(search.get("based_on"))?.id ?? null}
        profiles={profiles.data}
        knobs={knobs.data}
        onLookAgain={() => void profiles.refetch().then(() => setLooks(looks + 1))}
      />
      {profile && <Versions profile={profile} profiles={profiles.data} knobs={knobs.data} />}
    </Page>
  );
}

function ProfileActs({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const remove = useRemoveProfile();
  return (
    <Group gap="xs">
      <Button component={Link} variant="default" size="xs" to={`/plans/profiles/new?based_on=${profile.id}`}>
        {t("profiles.derive")}
      </Button>
      <RemoveButton
        name={profile.name}
        hint={t("profiles.removeHint")}
        isPending={remove.isPending}
        error={remove.error}
        onRemove={() =>
          remove.mutate(profile, { onSuccess: () => void navigate("/plans/profiles") })
        }
      />
    </Group>
  );
}
