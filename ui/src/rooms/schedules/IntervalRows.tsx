import { Button, Chip, Group, NativeSelect, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Interval, Profile } from "@/api/planTypes";
import { Icon } from "@/kit/icons";
import { daysText } from "@/lib/days";
import { EVERY_DAY, isOverMidnight } from "@/lib/week";
import { weekdays } from "@/lib/zone";

import { newInterval } from "./draft";
import css from "./Schedules.module.css";

interface Props {
  intervals: readonly Interval[];
  profiles: readonly Profile[];
  /** Whether each interval has its own days of the week. */
  hasDays: boolean;
  onChange: (intervals: Interval[]) => void;
}

/** Intervals to write: the days on which each starts, from when to when, and with which profile. */
export function IntervalRows({ intervals, profiles, hasDays, onChange }: Props) {
  const { t } = useTranslation();
  const put = (index: number, change: Partial<Interval>) =>
    onChange(intervals.map((one, at) => (at === index ? { ...one, ...change } : one)));
  return (
    <div className={css.rows}>
      {intervals.map((interval, index) => (
        <Row
          key={index}
          number={index + 1}
          interval={interval}
          profiles={profiles}
          hasDays={hasDays}
          onChange={(change) => put(index, change)}
          onRemove={() => onChange(intervals.filter((_, at) => at !== index))}
        />
      ))}
      <Button
        variant="default"
        size="xs"
        leftSection={<Icon name="plus" size={14} />}
        onClick={() => onChange([...intervals, newInterval()])}
      >
        {t("schedule.addInterval")}
      </Button>
    </div>
  );
}

function Row({ number, interval, profiles, hasDays, onChange, onRemove }: {
  number: number;
  interval: Interval;
  profiles: readonly Profile[];
  hasDays: boolean;
  onChange: (change: Partial<Interval>) => void;
  onRemove: () => void;
}) {
  const { t, i18n } = useTranslation();
  const isOver = isOverMidnight(interval);
  const words = `${hasDays ? `${daysText(interval.days, i18n.language)} ` : ""}${interval.from}–${interval.to}`;
  return (
    <div className={css.row} role="group" aria-label={t("schedule.interval", { number })}>
      {hasDays && <Days days={interval.days} onChange={(days) => onChange({ days })} />}
      <Group gap="sm" align="flex-end">
        <TextInput
          type="time"
          label={t("schedule.from")}
          value={interval.from}
          onChange={({ currentTarget }) => onChange({ from: currentTarget.value })}
        />
        <TextInput
          type="time"
          label={t("schedule.to")}
          value={interval.to}
          onChange={({ currentTarget }) => onChange({ to: currentTarget.value })}
        />
        <NativeSelect
          label={t("schedule.profile")}
          value={String(interval.profile_id ?? "")}
          onChange={({ currentTarget: { value } }) =>
            onChange({ profile_id: profiles.find(({ id }) => String(id) === value)?.id ?? null })
          }
          data={[
            { value: "", label: t("schedule.sameProfile") },
            ...profiles.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
        />
        <Button
          variant="default"
          px="xs"
          aria-label={t("schedule.removeInterval", { interval: words })}
          onClick={onRemove}
        >
          <Icon name="trash" size={16} />
        </Button>
      </Group>
      {isOver && <p className={css.hint}>{t("schedule.overMidnight", { to: interval.to })}</p>}
    </div>
  );
}

function Days({ days, onChange }: { days: readonly number[]; onChange: (days: number[]) => void }) {
  const { t, i18n } = useTranslation();
  const short = weekdays(i18n.language, "short");
  const long = weekdays(i18n.language, "long");
  return (
    <Chip.Group
      multiple
      value={days.map(String)}
      onChange={(chosen) => onChange(chosen.map(Number).sort((a, b) => a - b))}
    >
      <Group gap={6} role="group" aria-label={t("schedule.days")}>
        {EVERY_DAY.map((day) => (
          <Chip key={day} value={String(day)} size="xs" radius="sm" color="lantern" aria-label={long[day - 1] ?? ""}>
            {short[day - 1]}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}
