import { ActionIcon, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useFootageDays } from "@/api/queries";
import { DayCalendar } from "@/kit/DayCalendar";
import { Icon } from "@/kit/icons";
import { useNow } from "@/kit/useNow";
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
  const today = dayOf(useNow(60_000), timeZone);
  const { marked, look } = useFootageDays(cameraId);
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
      <DayCalendar
        label={longDay(day, i18n.language)}
        size="xs"
        miw={0}
        day={day}
        today={today}
        marked={marked}
        onMonth={look}
        onDay={onDay}
      />
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
