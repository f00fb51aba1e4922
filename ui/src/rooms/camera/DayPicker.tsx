import { ActionIcon, Button, Group, Indicator, Popover, Text } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import "dayjs/locale/es";

import { daysQuery } from "@/api/queries";
import { Icon } from "@/kit/icons";
import { useNow } from "@/kit/useNow";
import { toLanguage } from "@/lib/words";
import { addDays, dayOf, longDay } from "@/lib/zone";

interface Props {
  cameraId: string;
  day: string;
  onDay: (day: string) => void;
  timeZone: string;
}

/** The day before, the day after, and a calendar that marks the days with footage. */
export function DayPicker({ cameraId, day, onDay, timeZone }: Props) {
  const { t, i18n } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const today = dayOf(useNow(60_000), timeZone);
  return (
    <Group gap={4} wrap="nowrap" maw="100%">
      <ActionIcon
        variant="default"
        size={30}
        aria-label={t("timeline.previousDay")}
        onClick={() => onDay(addDays(day, -1))}
      >
        <Icon name="back" size={16} />
      </ActionIcon>
      <Popover opened={isOpen} onChange={setOpen} shadow="md" trapFocus>
        <Popover.Target>
          <Button
            size="xs"
            variant="default"
            miw={0}
            leftSection={<Icon name="day" size={16} />}
            onClick={() => setOpen(!isOpen)}
            aria-label={`${t("timeline.pickDay")}: ${longDay(day, i18n.language)}`}
          >
            {longDay(day, i18n.language)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Calendar
            cameraId={cameraId}
            day={day}
            today={today}
            onDay={(chosen) => {
              setOpen(false);
              onDay(chosen);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={t("timeline.nextDay")}
        disabled={day >= today}
        onClick={() => onDay(addDays(day, 1))}
      >
        <Icon name="next" size={16} />
      </ActionIcon>
    </Group>
  );
}

function Calendar({ cameraId, day, today, onDay }: {
  cameraId: string;
  day: string;
  today: string;
  onDay: (day: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const [month, setMonth] = useState(day);
  const days = useQuery(daysQuery(cameraId, month.slice(0, 7)));
  const withFootage = new Set(days.data?.days);
  const labelOf = (date: string) => {
    const name = longDay(date, i18n.language);
    return withFootage.has(date) ? `${name}, ${t("timeline.legendCovered")}` : name;
  };
  return (
    <>
      <DatePicker
        mx="auto"
        w="fit-content"
        locale={toLanguage(i18n.language)}
        firstDayOfWeek={1}
        value={day}
        date={month}
        onDateChange={setMonth}
        onChange={(chosen) => chosen && onDay(chosen)}
        maxDate={today}
        highlightToday
        maxLevel="month"
        weekendDays={[]}
        hideOutsideDates
        getDayProps={(date) => ({ "aria-label": labelOf(date) })}
        ariaLabels={{
          previousMonth: t("timeline.previousMonth"),
          nextMonth: t("timeline.nextMonth"),
        }}
        renderDay={(date) => (
          <Indicator
            size={6}
            offset={-3}
            position="bottom-center"
            {...(date === day ? { color: "night.9" } : {})}
            disabled={!withFootage.has(date)}
          >
            <span>{Number(date.slice(8))}</span>
          </Indicator>
        )}
      />
      <Text size="sm" c="dimmed" mt="xs">
        {t("timeline.daysHint")}
      </Text>
    </>
  );
}
