import { Button, type ButtonProps, Indicator, Popover, Text } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import "dayjs/locale/es";

import { toLanguage } from "@/lib/words";
import { longDay } from "@/lib/zone";

import { Icon } from "./icons";

interface Days {
  /** `2026-11-03`, as are all days here. */
  day: string;
  today: string;
  /** Those with footage. */
  marked?: ReadonlySet<string> | undefined;
  /** Gets a day of the month that is looked at; absent where no days are marked. */
  onMonth?: ((day: string) => void) | undefined;
  onDay: (day: string) => void;
}

interface Props extends Days, ButtonProps {
  /** The day in words, as its button says it. */
  label: string;
}

/** A day, and a calendar to choose another one from. */
export function DayCalendar({ day, today, marked, onMonth, onDay, label, ...look }: Props) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const toggle = () => {
    if (!isOpen) onMonth?.(day);
    setOpen(!isOpen);
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          {...look}
          leftSection={<Icon name="day" size={16} />}
          onClick={toggle}
          aria-label={`${t("timeline.pickDay")}: ${label}`}
        >
          <Text span inherit truncate lh={1.5}>
            {label}
          </Text>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Calendar
          day={day}
          today={today}
          marked={marked}
          onMonth={onMonth}
          onDay={(chosen) => {
            setOpen(false);
            onDay(chosen);
          }}
        />
        {onMonth && (
          <Text size="sm" c="dimmed" mt="xs">
            {t("timeline.daysHint")}
          </Text>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function Calendar({ day, today, marked, onMonth, onDay }: Days) {
  const { t, i18n } = useTranslation();
  const [month, setMonth] = useState(day);
  const labelOf = (date: string) => {
    const name = longDay(date, i18n.language);
    return marked?.has(date) ? `${name}, ${t("timeline.legendCovered")}` : name;
  };
  return (
    <DatePicker
      mx="auto"
      w="fit-content"
      locale={toLanguage(i18n.language)}
      firstDayOfWeek={1}
      value={day}
      date={month}
      onDateChange={(shown) => {
        setMonth(shown);
        onMonth?.(shown);
      }}
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
          disabled={!marked?.has(date)}
        >
          <span>{Number(date.slice(8))}</span>
        </Indicator>
      )}
    />
  );
}
