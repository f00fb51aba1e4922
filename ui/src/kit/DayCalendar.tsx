import { Button, Indicator, Popover } from "@mantine/core";
import { DatePicker } from "@mantine/dates";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import "dayjs/locale/es";

import { toLanguage } from "@/lib/words";
import { longDay, shortDay } from "@/lib/zone";

import { Icon } from "./icons";

interface Props {
  /** `2026-11-03`, as are all days here. */
  day: string;
  today: string;
  /** Those that have something; undefined: nobody knows of any. */
  marked?: ReadonlySet<string> | undefined;
  /** A day of the month that is looked at. */
  onMonth?: (day: string) => void;
  onDay: (day: string) => void;
}

/** A day, and a calendar to choose another one from. */
export function DayCalendar({ day, today, marked, onMonth, onDay }: Props) {
  const { t, i18n } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [month, setMonth] = useState(day);
  const labelOf = (date: string) => {
    const name = longDay(date, i18n.language);
    return marked?.has(date) ? `${name}, ${t("timeline.legendCovered")}` : name;
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          fullWidth
          fw={400}
          justify="flex-start"
          leftSection={<Icon name="day" size={16} />}
          onClick={() => setOpen(!isOpen)}
          aria-label={`${t("timeline.pickDay")}: ${longDay(day, i18n.language)}`}
        >
          {shortDay(day, i18n.language)} {day.slice(0, 4)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <DatePicker
          locale={toLanguage(i18n.language)}
          firstDayOfWeek={1}
          value={day}
          date={month}
          onDateChange={(shown) => {
            setMonth(shown);
            onMonth?.(shown);
          }}
          onChange={(chosen) => {
            if (!chosen) return;
            setOpen(false);
            onDay(chosen);
          }}
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
      </Popover.Dropdown>
    </Popover>
  );
}
