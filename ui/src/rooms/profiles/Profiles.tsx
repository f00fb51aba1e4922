import { Button, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { profilesQuery } from "@/api/plans";
import type { Profile } from "@/api/planTypes";
import { useTimeZone } from "@/api/queries";
import { useMay } from "@/api/rights";
import { CardTable } from "@/kit/CardTable";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Moment } from "@/kit/Moment";
import { Page } from "@/kit/Page";

import { AssignDialog } from "./AssignDialog";

const NEW = "/plans/profiles/new";

/** The stream profiles: how cameras are run. */
export function Profiles() {
  const { t } = useTranslation();
  const profiles = useQuery(profilesQuery);
  const [assigned, setAssigned] = useState<Profile | null>(null);
  const mayManage = useMay("manage");
  const add = mayManage && (
    <Button component={Link} to={NEW} leftSection={<Icon name="plus" />}>
      {t("profiles.add")}
    </Button>
  );
  const list = profiles.data ?? [];
  return (
    <Page title={t("profiles.title")} lead={t("profiles.lead")} action={list.length > 0 && add}>
      {!profiles.data && profiles.error && (
        <ErrorNote error={profiles.error} onRetry={() => void profiles.refetch()} />
      )}
      {profiles.data?.length === 0 && (
        <EmptyState isPart title={t("profiles.emptyTitle")} hint={t("profiles.emptyHint")}>
          {add}
        </EmptyState>
      )}
      {list.length > 0 && (
        <CardTable
          columns={[t("profiles.name"), t("profiles.basedOn"), t("profiles.cameras"), t("profiles.version")]}
          actions={t("cameras.actions")}
        >
          {list.map((profile) => (
            <Row key={profile.id} profile={profile} all={list} onAssign={() => setAssigned(profile)} />
          ))}
        </CardTable>
      )}
      {assigned && <AssignDialog profile={assigned} onClose={() => setAssigned(null)} />}
    </Page>
  );
}

function Row({ profile, all, onAssign }: {
  profile: Profile;
  all: readonly Profile[];
  onAssign: () => void;
}) {
  const { t } = useTranslation();
  const timeZone = useTimeZone();
  const mayManage = useMay("manage");
  const base = all.find(({ id }) => id === profile.based_on);
  return (
    <Table.Tr>
      <Table.Td>
        <Link to={`/plans/profiles/${profile.id}`}>{profile.name}</Link>
        {profile.note && <small>{profile.note}</small>}
      </Table.Td>
      <Table.Td data-label={t("profiles.basedOn")}>{base?.name ?? "–"}</Table.Td>
      <Table.Td data-label={t("profiles.cameras")}>{profile.camera_count}</Table.Td>
      <Table.Td data-label={t("profiles.version")}>
        {profile.version} <small><Moment at={profile.changed_at} timeZone={timeZone} /></small>
      </Table.Td>
      <Table.Td>
        {mayManage && (
          <Button
            size="xs"
            variant="default"
            aria-label={t("profiles.assignNamed", { name: profile.name })}
            onClick={onAssign}
          >
            {t("profiles.assign")}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
