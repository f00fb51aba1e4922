import { Input, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { camerasQuery, useFootageDays } from "@/api/queries";
import { recordingCausesQuery } from "@/api/recordings";
import { DayCalendar } from "@/kit/DayCalendar";
import { useNow } from "@/kit/useNow";
import { duration, size } from "@/lib/format";
import { GOING_ON, LENGTHS, ORDERS, type RecordingWish, SIZES, WHENS } from "@/lib/recordings";
import type { Span } from "@/lib/timeline";
import { pick } from "@/lib/words";
import { dayOf, shortDay } from "@/lib/zone";

import css from "./Recordings.module.css";

interface Props {
  wish: RecordingWish;
  span: Span;
  timeZone: string;
  onChange: (change: Partial<RecordingWish>) => void;
}

/** What the list is narrowed to. */
export function RecordingFilters({ wish, span, timeZone, onChange }: Props) {
  const { t } = useTranslation();
  const today = dayOf(useNow(60_000), timeZone);
  const choices = useChoices(wish, span);
  return (
    <div role="search" aria-label={t("recordings.search")} className={css.filters}>
      <Choice field="camera" wish={wish} onChange={onChange} options={choices.cameras} />
      <NativeSelect
        label={t("recordings.when")}
        value={wish.when}
        onChange={({ currentTarget: { value } }) =>
          onChange({
            when: WHENS.find((each) => each === value) ?? "week",
            day: value === "day" ? wish.day || today : "",
          })
        }
        data={WHENS.map((value) => ({ value, label: t(`recordings.whens.${value}`) }))}
      />
      {wish.when === "day" && (
        <DayChoice
          cameraId={wish.camera}
          day={wish.day || today}
          today={today}
          onDay={(day) => onChange({ day })}
        />
      )}
      <Choice field="cause" wish={wish} onChange={onChange} options={choices.causes} />
      <Choice field="length" wish={wish} onChange={onChange} options={choices.lengths} />
      <Choice field="size" wish={wish} onChange={onChange} options={choices.sizes} />
      <Choice field="stream" wish={wish} onChange={onChange} options={choices.streams} />
      <NativeSelect
        label={t("recordings.order")}
        value={wish.order}
        onChange={({ currentTarget: { value } }) =>
          onChange({ order: ORDERS.find((each) => each === value) ?? "newest" })
        }
        data={ORDERS.map((value) => ({ value, label: t(`recordings.orders.${value}`) }))}
      />
    </div>
  );
}

interface Option {
  value: string;
  label: string;
}

type ChoiceField = "camera" | "cause" | "length" | "size" | "stream";

function Choice({ field, wish, onChange, options }: {
  field: ChoiceField;
  wish: RecordingWish;
  onChange: Props["onChange"];
  options: readonly Option[];
}) {
  const { t } = useTranslation();
  const value = wish[field];
  const isThere = value === "" || options.some((option) => option.value === value);
  return (
    <NativeSelect
      label={t(`recordings.${field}`)}
      value={value}
      data-set={value !== ""}
      onChange={({ currentTarget }) => onChange({ [field]: currentTarget.value })}
      data={[
        { value: "", label: t(`recordings.any.${field}`) },
        ...options,
        // What an address asks for stays, also where there is none of it.
        ...(isThere ? [] : [{ value, label: value }]),
      ]}
    />
  );
}

function useChoices(wish: RecordingWish, span: Span) {
  const { t, i18n } = useTranslation();
  const cameras = useQuery({ ...camerasQuery, refetchInterval: false }).data ?? [];
  const causes = useQuery(recordingCausesQuery(wish, span)).data ?? [];
  return {
    cameras: cameras.map(({ id, name }) => ({ value: id, label: name })),
    causes: [
      { value: GOING_ON, label: t("recordings.goesOn") },
      ...causes.map((cause) => ({
        value: cause.key,
        label: `${pick(cause, i18n.language)} (${cause.count})`,
      })),
    ],
    lengths: LENGTHS.map((seconds) => ({
      value: String(seconds),
      label: t("recordings.atLeast", { much: duration(seconds * 1000) }),
    })),
    sizes: SIZES.map((bytes) => ({
      value: String(bytes),
      label: t("recordings.atLeast", { much: size(bytes, i18n.language) }),
    })),
    streams: (["main", "sub"] as const).map((value) => ({ value, label: t(`recordings.${value}`) })),
  };
}

/** With one camera chosen, the days that have footage are marked. */
function DayChoice({ cameraId, day, today, onDay }: {
  cameraId: string;
  day: string;
  today: string;
  onDay: (day: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const { marked, look } = useFootageDays(cameraId);
  return (
    <Input.Wrapper label={t("recordings.day")} labelElement="div">
      <DayCalendar
        label={`${shortDay(day, i18n.language)} ${day.slice(0, 4)}`}
        fullWidth
        fw={400}
        justify="flex-start"
        day={day}
        today={today}
        marked={marked}
        onMonth={cameraId === "" ? undefined : look}
        onDay={onDay}
      />
    </Input.Wrapper>
  );
}
