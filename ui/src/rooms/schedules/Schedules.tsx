import { Button, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { groupsQuery, profilesQuery, schedulesQuery } from "@/api/plans";
import type { Schedule } from "@/api/planTypes";
import { camerasQuery } from "@/api/queries";
import { useMay } from "@/api/rights";
import { CardTable } from "@/kit/CardTable";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Page } from "@/kit/Page";

import css from "./Schedules.module.css";
import { useWhenWords } from "./words";

const NEW = "/plans/schedules/new";

/** When cameras are recorded and analysed. */
export function Schedules() {
  const { t } = useTranslation();
  const schedules = useQuery(schedulesQuery);
  const list = schedules.data ?? [];
  const mayManage = useMay("manage");
  const add = mayManage && (
    <Button component={Link} to={NEW} leftSection={<Icon name="plus" />}>
      {t("schedule.add")}
    </Button>
  );
  return (
    <Page title={t("schedule.title")} lead={t("schedule.lead")} action={list.length > 0 && add}>
      {!schedules.data && schedules.error && (
        <ErrorNote error={schedules.error} onRetry={() => void schedules.refetch()} />
      )}
      {schedules.data?.length === 0 && (
        <EmptyState isPart title={t("schedule.emptyTitle")} hint={t("schedule.emptyHint")}>
          {add}
        </EmptyState>
      )}
      {list.length > 0 && (
        <CardTable
          columns={[t("schedule.name"), t("schedule.when"), t("schedule.for"), t("schedule.profile")]}
        >
          {list.map((schedule) => (
            <Row key={schedule.id} schedule={schedule} />
          ))}
        </CardTable>
      )}
    </Page>
  );
}

/** How many of the cameras and groups that a schedule is for are named. */
const SHOWN = 6;

function Row({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const when = useWhenWords();
  const cameras = useQuery(camerasQuery).data;
  const groups = useQuery(groupsQuery).data;
  const profiles = useQuery(profilesQuery).data;
  const isKnown = cameras !== undefined && groups !== undefined && profiles !== undefined;
  const names = [
    ...(groups ?? []).filter(({ id }) => schedule.group_ids.includes(id)),
    ...(cameras ?? []).filter(({ id }) => schedule.camera_ids.includes(id)),
  ].map(({ name }) => name);
  const used = [schedule.profile_id, ...schedule.intervals.map((one) => one.profile_id)];
  const named = (profiles ?? []).filter(({ id }) => used.includes(id)).map(({ name }) => name);
  const rest = names.length - SHOWN;
  return (
    <Table.Tr>
      <Table.Td>
        <Link to={`/plans/schedules/${schedule.id}`}>{schedule.name}</Link>
        <small>
          {t(`schedule.purposes.${schedule.purpose}`)}
          {!schedule.is_enabled && <span className={css.off}>{t("schedule.disabled")}</span>}
        </small>
      </Table.Td>
      <Table.Td data-label={t("schedule.when")}>{when(schedule)}</Table.Td>
      <Table.Td data-label={t("schedule.for")}>
        {names.length > 0
          ? names.slice(0, SHOWN).join(", ")
          : t(isKnown ? "schedule.forNobody" : "app.loading")}
        {rest > 0 && ` ${t("profiles.andMore", { count: rest })}`}
      </Table.Td>
      <Table.Td data-label={t("schedule.profile")}>
        {named.length > 0 ? named.join("; ") : t(isKnown ? "schedule.ownProfile" : "app.loading")}
      </Table.Td>
    </Table.Tr>
  );
}
