import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";

import { useRemoveSchedule } from "@/api/planActs";
import { calendarsQuery, groupsQuery, profilesQuery, schedulesQuery } from "@/api/plans";
import type { Schedule } from "@/api/planTypes";
import { useMay } from "@/api/rights";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Page } from "@/kit/Page";
import { RemoveButton } from "@/kit/RemoveButton";

import { ScheduleEditor } from "./ScheduleEditor";

/** One schedule, or a new one. */
export function ScheduleScreen() {
  const { t } = useTranslation();
  const { scheduleId } = useParams();
  const schedules = useQuery(schedulesQuery);
  const profiles = useQuery(profilesQuery);
  const groups = useQuery(groupsQuery);
  const calendars = useQuery(calendarsQuery);
  const mayManage = useMay("manage");
  const [looks, setLooks] = useState(0);
  const error = schedules.error ?? profiles.error ?? groups.error ?? calendars.error;
  if (error) {
    return (
      <Page title={t("schedule.title")}>
        <ErrorNote error={error} />
      </Page>
    );
  }
  if (!schedules.data || !profiles.data || !groups.data || !calendars.data) {
    return <EmptyState title={t("app.loading")} hint="" isLit />;
  }
  const schedule = schedules.data.find(({ id }) => String(id) === scheduleId) ?? null;
  if (scheduleId && !schedule) {
    return (
      <EmptyState title={t("schedule.missingTitle")} hint={t("schedule.missingHint")}>
        <Button component={Link} to="/plans/schedules">
          {t("schedule.toList")}
        </Button>
      </EmptyState>
    );
  }
  return (
    <Page
      title={schedule?.name ?? t("schedule.newTitle")}
      lead={t("schedule.editLead")}
      action={schedule && mayManage && <Remove schedule={schedule} />}
    >
      <ScheduleEditor
        key={`${schedule?.id ?? "new"} ${looks}`}
        schedule={schedule}
        profiles={profiles.data}
        groups={groups.data}
        calendars={calendars.data}
        onLookAgain={() => void schedules.refetch().then(() => setLooks(looks + 1))}
      />
    </Page>
  );
}

function Remove({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const remove = useRemoveSchedule();
  return (
    <RemoveButton
      name={schedule.name}
      hint={t("schedule.removeHint")}
      isPending={remove.isPending}
      error={remove.error}
      onRemove={() =>
        remove.mutate(schedule, { onSuccess: () => void navigate("/plans/schedules") })
      }
    />
  );
}
