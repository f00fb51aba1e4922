import { Button, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { coverageCsv, coverageQuery, type CoverageWish, groupsQuery, schedulesQuery } from "@/api/plans";
import { camerasQuery, useTimeZone } from "@/api/queries";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Page } from "@/kit/Page";
import { daysOfPeriod, type PeriodName, PERIODS, spanOfDays } from "@/lib/coverage";

import { Report } from "./Report";

type Period = PeriodName | "own";

/** How much of what was promised was recorded, and what the rest was lost to. */
export function CoverageScreen() {
  const { t } = useTranslation();
  const timeZone = useTimeZone();
  const [period, setPeriod] = useState<Period>("week");
  const [now, setNow] = useState(() => Date.now());
  const [own, setOwn] = useState(() => daysOfPeriod("week", now, timeZone));
  const [who, setWho] = useState("");
  const [scheduleId, setSchedule] = useState("");
  const days = period === "own" ? own : daysOfPeriod(period, now, timeZone);
  const span = days.first && days.last ? spanOfDays(days.first, days.last, now, timeZone) : null;
  const wish = span && toWish(span, who, scheduleId);
  const coverage = useQuery(coverageQuery(wish));
  const choose = (value: string) => {
    const chosen = PERIODS.find((one) => one === value) ?? "own";
    if (chosen === "own") setOwn(days);
    setNow(Date.now());
    setPeriod(chosen);
  };
  return (
    <Page
      title={t("coverage.title")}
      lead={t("coverage.lead")}
      action={
        wish && (
          <Button
            component="a"
            href={coverageCsv(wish)}
            download
            variant="default"
            leftSection={<Icon name="download" size={16} />}
          >
            {t("coverage.csv")}
          </Button>
        )
      }
    >
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} mb="lg">
        <NativeSelect
          label={t("coverage.period")}
          value={period}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
          data={[...PERIODS, "own" as const].map((value) => ({
            value,
            label: t(`coverage.periods.${value}`),
          }))}
        />
        <Who value={who} onChange={setWho} />
        <ScheduleChoice value={scheduleId} onChange={setSchedule} />
        {period === "own" && (
          <>
            <TextInput
              type="date"
              label={t("coverage.first")}
              value={own.first}
              onChange={({ currentTarget }) => setOwn({ ...own, first: currentTarget.value })}
            />
            <TextInput
              type="date"
              label={t("coverage.last")}
              value={own.last}
              error={!span && t("coverage.badDays")}
              onChange={({ currentTarget }) => setOwn({ ...own, last: currentTarget.value })}
            />
          </>
        )}
      </SimpleGrid>
      {coverage.error && (
        <ErrorNote error={coverage.error} onRetry={() => void coverage.refetch()} />
      )}
      {wish && coverage.isPending && <EmptyState isPart isLit title={t("app.loading")} hint="" />}
      {coverage.data && !coverage.error && (
        <Report coverage={coverage.data} isStale={coverage.isPlaceholderData} />
      )}
    </Page>
  );
}

function toWish(span: { from: number; to: number }, who: string, scheduleId: string): CoverageWish {
  const [kind, id] = who.split(":");
  return {
    from: new Date(span.from).toISOString(),
    to: new Date(span.to).toISOString(),
    ...(kind === "camera" && id && { camera_id: [id] }),
    ...(kind === "group" && id && { group_id: Number(id) }),
    ...(scheduleId && { schedule_id: Number(scheduleId) }),
  };
}

interface ChoiceProps {
  value: string;
  onChange: (value: string) => void;
}

function Who({ value, onChange }: ChoiceProps) {
  const { t } = useTranslation();
  const cameras = useQuery(camerasQuery).data ?? [];
  const groups = useQuery(groupsQuery).data ?? [];
  return (
    <NativeSelect
      label={t("coverage.who")}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">{t("coverage.everyone")}</option>
      {groups.length > 0 && (
        <optgroup label={t("groups.title")}>
          {groups.map(({ id, name }) => (
            <option key={id} value={`group:${id}`}>
              {name}
            </option>
          ))}
        </optgroup>
      )}
      <optgroup label={t("cameras.title")}>
        {cameras.map(({ id, name }) => (
          <option key={id} value={`camera:${id}`}>
            {name}
          </option>
        ))}
      </optgroup>
    </NativeSelect>
  );
}

function ScheduleChoice({ value, onChange }: ChoiceProps) {
  const { t } = useTranslation();
  const schedules = useQuery(schedulesQuery).data ?? [];
  const ofRecording = schedules.filter(({ purpose }) => purpose === "recording");
  return (
    <NativeSelect
      label={t("coverage.schedule")}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      data={[
        { value: "", label: t("coverage.anySchedule") },
        ...ofRecording.map(({ id, name }) => ({ value: String(id), label: name })),
      ]}
    />
  );
}
