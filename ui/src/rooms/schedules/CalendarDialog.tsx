import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { isStale } from "@/api/errors";
import { useSaveCalendar } from "@/api/planActs";
import type { Calendar, CalendarDate } from "@/api/planTypes";
import { Dialog } from "@/kit/Dialog";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";

import css from "./Schedules.module.css";

/** A calendar's name and its days. */
export function CalendarDialog({ calendar, onLookAgain, onClose }: {
  calendar: Calendar | null;
  /** Shows what somebody else made of it meanwhile. */
  onLookAgain: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const save = useSaveCalendar();
  const [name, setName] = useState(calendar?.name ?? "");
  const [dates, setDates] = useState<CalendarDate[]>(calendar?.dates ?? []);
  const put = (index: number, change: Partial<CalendarDate>) =>
    setDates(dates.map((one, at) => (at === index ? { ...one, ...change } : one)));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const body = { name: name.trim(), dates: dates.filter(({ date }) => date !== "") };
    save.mutate({ seen: calendar, body }, { onSuccess: onClose });
  };
  return (
    <Dialog
      title={calendar ? t("calendars.editTitle", { name: calendar.name }) : t("calendars.add")}
      size="lg"
      onClose={onClose}
    >
      <form onSubmit={submit}>
        <Stack>
          {save.error && (
            <ErrorNote
              error={save.error}
              onRetry={isStale(save.error) ? onLookAgain : undefined}
              retryLabel={t("error.lookAgain")}
            />
          )}
          <TextInput
            label={t("calendars.name")}
            value={name}
            required
            withAsterisk={false}
            data-autofocus
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <div className={css.rows}>
            {dates.map(({ date, name: dateName }, index) => (
              <Group key={index} gap="sm" align="flex-end" role="group" aria-label={date}>
                <TextInput
                  type="date"
                  label={t("schedule.date")}
                  value={date}
                  onChange={({ currentTarget }) => put(index, { date: currentTarget.value })}
                />
                <TextInput
                  label={t("schedule.dateName")}
                  value={dateName}
                  onChange={({ currentTarget }) => put(index, { name: currentTarget.value })}
                />
                <Button
                  variant="default"
                  px="xs"
                  aria-label={t("schedule.removeDate", { date })}
                  onClick={() => setDates(dates.filter((_, at) => at !== index))}
                >
                  <Icon name="trash" size={16} />
                </Button>
              </Group>
            ))}
            <Button
              variant="default"
              size="xs"
              leftSection={<Icon name="plus" size={14} />}
              onClick={() => setDates([...dates, { date: "", name: "" }])}
            >
              {t("calendars.addDate")}
            </Button>
          </div>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
