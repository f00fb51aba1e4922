import { Button, Checkbox, Fieldset, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { ApiError, isStale } from "@/api/errors";
import { useSaveSchedule } from "@/api/planActs";
import { scheduleCheckQuery } from "@/api/plans";
import type { Calendar, CameraGroup, Profile, Schedule } from "@/api/planTypes";
import { camerasQuery, useTimeZone } from "@/api/queries";
import { useMay } from "@/api/rights";
import { ErrorNote, useErrorText } from "@/kit/ErrorNote";
import { useLast } from "@/kit/useLast";

import { CheckPanel } from "./CheckPanel";
import { type Draft, draftOf, newDraft, toBody } from "./draft";
import { Exceptions } from "./Exceptions";
import css from "./Schedules.module.css";
import { Targets } from "./Targets";
import { When } from "./When";

const DEBOUNCE_MS = 350;
/** The fields that show what the hub says of them. */
const PLACED = ["name", "once", "cron", "cron_minutes", "intervals", "exceptions", "camera_ids"];
const PURPOSES = ["recording", "analysis"] as const;

interface Props {
  /** null: a new one. */
  schedule: Schedule | null;
  profiles: readonly Profile[];
  groups: readonly CameraGroup[];
  calendars: readonly Calendar[];
  /** Shows what somebody else made of it meanwhile. */
  onLookAgain: () => void;
}

/** A schedule to write, with what it would do beside it. */
export function ScheduleEditor(props: Props) {
  const { schedule, profiles, groups, calendars, onLookAgain } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const save = useSaveSchedule();
  // The version that was shown when the writing began, whatever comes meanwhile.
  const [seen] = useState(schedule);
  const mayManage = useMay("manage");
  const [draft, setDraft] = useState<Draft>(() => (schedule ? draftOf(schedule) : newDraft()));
  const body = useMemo(() => toBody(draft), [draft]);
  const timeZone = useZoneOf(draft);
  // A name is asked for when it is saved, not while the times are still being written.
  const tried = useMemo(() => ({ ...body, name: body.name || t("schedule.newTitle") }), [body, t]);
  const [settled] = useDebouncedValue(tried, DEBOUNCE_MS);
  const check = useQuery(scheduleCheckQuery(settled, timeZone));
  // While something is refused, what was there before is still worth seeing.
  const shown = useLast(check.data);
  const put = (change: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...change }));
    save.reset();
  };
  const refused = [save.error, check.error].find((error) => error instanceof ApiError);
  const errorAt = (field: string): string | false =>
    refused instanceof ApiError && refused.field === field && errorText(refused);
  const hasPlace = refused instanceof ApiError && PLACED.includes(refused.field ?? "");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    save.mutate(
      { seen, body },
      { onSuccess: () => void navigate("/plans/schedules") },
    );
  };
  return (
    <form onSubmit={submit} className={css.editor}>
      <fieldset disabled={!mayManage} className={css.fields}>
        {refused && !hasPlace && (
          <ErrorNote
            error={refused}
            onRetry={isStale(refused) ? onLookAgain : undefined}
            retryLabel={t("error.lookAgain")}
          />
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label={t("schedule.name")}
            description={t("schedule.nameHint")}
            value={draft.name}
            error={errorAt("name")}
            required
            withAsterisk={false}
            onChange={({ currentTarget }) => put({ name: currentTarget.value })}
          />
          <NativeSelect
            label={t("schedule.purpose")}
            description={t("schedule.purposeHint")}
            value={draft.purpose}
            onChange={({ currentTarget: { value } }) =>
              put({ purpose: PURPOSES.find((one) => one === value) ?? "recording" })
            }
            data={PURPOSES.map((value) => ({ value, label: t(`schedule.purposes.${value}`) }))}
          />
          <NativeSelect
            label={t("schedule.profile")}
            description={t("schedule.profileHint")}
            value={String(draft.profile_id ?? "")}
            onChange={({ currentTarget: { value } }) =>
              put({ profile_id: profiles.find(({ id }) => String(id) === value)?.id ?? null })
            }
            data={[
              { value: "", label: t("schedule.ownProfile") },
              ...profiles.map(({ id, name }) => ({ value: String(id), label: name })),
            ]}
          />
          <Checkbox
            mt={{ base: 0, sm: 28 }}
            label={t("schedule.enabled")}
            description={t("schedule.enabledHint")}
            checked={draft.is_enabled}
            onChange={({ currentTarget }) => put({ is_enabled: currentTarget.checked })}
          />
        </SimpleGrid>
        <Fieldset legend={t("schedule.when")} className={css.group ?? ""}>
          <When draft={draft} profiles={profiles} errorAt={errorAt} onChange={put} />
        </Fieldset>
        {draft.kind !== "once" && (
          <Fieldset legend={t("schedule.exceptions")} className={css.group ?? ""}>
            <Exceptions
              draft={draft}
              profiles={profiles}
              calendars={calendars}
              error={errorAt("exceptions")}
              onChange={put}
            />
          </Fieldset>
        )}
        <Fieldset legend={t("schedule.for")} className={css.group ?? ""}>
          <Targets draft={draft} groups={groups} error={errorAt("camera_ids")} onChange={put} />
        </Fieldset>
      </fieldset>
      <CheckPanel
        check={shown}
        isStale={check.isPlaceholderData || check.isError || settled !== tried}
        timeZone={timeZone}
      />
      <div className={css.save}>
        <Button variant="default" onClick={() => void navigate("/plans/schedules")}>
          {t("action.cancel")}
        </Button>
        {mayManage && (
          <Button type="submit" loading={save.isPending}>
            {schedule ? t("action.save") : t("schedule.create")}
          </Button>
        )}
      </div>
    </form>
  );
}

/** The zone of the first camera it is for, as times are the site's. */
function useZoneOf({ camera_ids }: Draft): string {
  const cameras = useQuery(camerasQuery).data ?? [];
  return useTimeZone(cameras.find(({ id }) => camera_ids.includes(id))?.site_id);
}
