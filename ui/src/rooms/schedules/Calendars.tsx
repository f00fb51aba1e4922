import { Button, Group, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useRemoveCalendar } from "@/api/planActs";
import { calendarsQuery } from "@/api/plans";
import type { Calendar } from "@/api/planTypes";
import { useMay } from "@/api/rights";
import { CardTable } from "@/kit/CardTable";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { Page } from "@/kit/Page";
import { RemoveButton } from "@/kit/RemoveButton";
import { shortDay } from "@/lib/zone";

import { CalendarDialog } from "./CalendarDialog";

/** Days that are not like others: holidays, vacations. */
export function Calendars() {
  const { t } = useTranslation();
  const calendars = useQuery(calendarsQuery);
  const [open, setOpen] = useState<{ calendar: Calendar | null } | null>(null);
  const mayManage = useMay("manage");
  const add = mayManage && (
    <Button leftSection={<Icon name="plus" />} onClick={() => setOpen({ calendar: null })}>
      {t("calendars.add")}
    </Button>
  );
  const list = calendars.data ?? [];
  const lookAgain = async () => {
    const now = (await calendars.refetch()).data?.find(({ id }) => id === open?.calendar?.id);
    setOpen(now ? { calendar: now } : null);
  };
  return (
    <Page title={t("calendars.title")} lead={t("calendars.lead")} action={list.length > 0 && add}>
      {!calendars.data && calendars.error && (
        <ErrorNote error={calendars.error} onRetry={() => void calendars.refetch()} />
      )}
      {calendars.data?.length === 0 && (
        <EmptyState isPart title={t("calendars.emptyTitle")} hint={t("calendars.emptyHint")}>
          {add}
        </EmptyState>
      )}
      {list.length > 0 && (
        <CardTable
          columns={[t("calendars.name"), t("calendars.dates")]}
          actions={t("cameras.actions")}
        >
          {list.map((calendar) => (
            <Row key={calendar.id} calendar={calendar} onEdit={() => setOpen({ calendar })} />
          ))}
        </CardTable>
      )}
      {open && (
        <CalendarDialog
          key={`${open.calendar?.id ?? "new"} ${open.calendar?.version ?? 0}`}
          calendar={open.calendar}
          onLookAgain={() => void lookAgain()}
          onClose={() => setOpen(null)}
        />
      )}
    </Page>
  );
}

const SHOWN = 6;

function Row({ calendar, onEdit }: { calendar: Calendar; onEdit: () => void }) {
  const { t, i18n } = useTranslation();
  const remove = useRemoveCalendar();
  const mayManage = useMay("manage");
  const today = new Date().toISOString().slice(0, 10);
  const ahead = calendar.dates.filter(({ date }) => date >= today);
  const words = ahead.slice(0, SHOWN).map(({ date, name }) => {
    const day = shortDay(date, i18n.language);
    return name ? `${day} (${name})` : day;
  });
  return (
    <Table.Tr>
      <Table.Td>
        <strong>{calendar.name}</strong>
      </Table.Td>
      <Table.Td data-label={t("calendars.dates")}>
        {words.join(", ")}
        <small>{t("calendars.count", { count: calendar.dates.length })}</small>
      </Table.Td>
      <Table.Td>
        {mayManage && (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            <Button
              size="xs"
              variant="default"
              aria-label={t("cameras.editNamed", { name: calendar.name })}
              onClick={onEdit}
            >
              {t("cameras.edit")}
            </Button>
            <RemoveButton
              name={calendar.name}
              hint={t("calendars.removeHint")}
              isPending={remove.isPending}
              error={remove.error}
              onRemove={() => remove.mutate(calendar)}
            />
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
