import { Button, Group, NativeSelect, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Calendar, DateException, Profile } from "@/api/planTypes";
import { Icon } from "@/kit/icons";

import type { Draft } from "./draft";
import { IntervalRows } from "./IntervalRows";
import css from "./Schedules.module.css";

interface Props {
  draft: Draft;
  profiles: readonly Profile[];
  calendars: readonly Calendar[];
  error: string | false;
  onChange: (change: Partial<Draft>) => void;
}

/** Days that are not as the others: single dates, and the holidays of a calendar. */
export function Exceptions({ draft, profiles, calendars, error, onChange }: Props) {
  const { t } = useTranslation();
  const put = (index: number, change: Partial<DateException>) =>
    onChange({
      exceptions: draft.exceptions.map((one, at) => (at === index ? { ...one, ...change } : one)),
    });
  return (
    <div className={css.rows}>
      <NativeSelect
        maw={340}
        label={t("schedule.calendar")}
        description={t("schedule.calendarHint")}
        value={String(draft.calendar_id ?? "")}
        onChange={({ currentTarget: { value } }) =>
          onChange({ calendar_id: calendars.find(({ id }) => String(id) === value)?.id ?? null })
        }
        data={[
          { value: "", label: t("schedule.noCalendar") },
          ...calendars.map(({ id, name }) => ({ value: String(id), label: name })),
        ]}
      />
      {draft.calendar_id !== null && (
        <div className={css.row} role="group" aria-label={t("schedule.onHolidays")}>
          <Starts
            title={t("schedule.onHolidays")}
            isNothing={draft.holiday_intervals.length === 0}
          />
          <IntervalRows
            hasDays={false}
            intervals={draft.holiday_intervals}
            profiles={profiles}
            onChange={(holiday_intervals) => onChange({ holiday_intervals })}
          />
        </div>
      )}
      {error && <Text c="var(--bad)" size="sm" role="alert">{error}</Text>}
      {draft.exceptions.map((exception, index) => (
        <div
          key={index}
          className={css.row}
          role="group"
          aria-label={t("schedule.exception", { number: index + 1 })}
        >
          <Group align="flex-end" gap="sm">
            <TextInput
              type="date"
              label={t("schedule.date")}
              value={exception.date}
              onChange={({ currentTarget }) => put(index, { date: currentTarget.value })}
            />
            <TextInput
              label={t("schedule.dateName")}
              value={exception.name}
              onChange={({ currentTarget }) => put(index, { name: currentTarget.value })}
            />
            <Button
              variant="default"
              px="xs"
              aria-label={t("schedule.removeDate", { date: exception.date })}
              onClick={() =>
                onChange({ exceptions: draft.exceptions.filter((_, at) => at !== index) })
              }
            >
              <Icon name="trash" size={16} />
            </Button>
          </Group>
          <Starts title={exception.date} isNothing={exception.intervals.length === 0} />
          <IntervalRows
            hasDays={false}
            intervals={exception.intervals}
            profiles={profiles}
            onChange={(intervals) => put(index, { intervals })}
          />
        </div>
      ))}
      <Button
        variant="default"
        size="xs"
        leftSection={<Icon name="day" size={14} />}
        onClick={() =>
          onChange({ exceptions: [...draft.exceptions, { date: "", name: "", intervals: [] }] })
        }
      >
        {t("schedule.addDate")}
      </Button>
    </div>
  );
}

function Starts({ title, isNothing }: { title: string; isNothing: boolean }) {
  const { t } = useTranslation();
  return (
    <Text size="sm">
      {title && <strong>{title}: </strong>}
      {isNothing ? t("schedule.nothingStarts") : t("schedule.onlyThese")}
    </Text>
  );
}
