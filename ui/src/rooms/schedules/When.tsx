import { Group, NumberInput, Radio, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Profile, ScheduleKind } from "@/api/planTypes";
import { EVERY_DAY } from "@/lib/week";

import type { Draft } from "./draft";
import { IntervalRows } from "./IntervalRows";
import css from "./Schedules.module.css";
import { Week } from "./Week";

const KINDS = ["continuous", "weekly", "daily", "once", "cron"] as const satisfies ScheduleKind[];

interface Props {
  draft: Draft;
  profiles: readonly Profile[];
  errorAt: (field: string) => string | false;
  onChange: (change: Partial<Draft>) => void;
}

/** The kind of a schedule, and the times that belong to it. */
export function When({ draft, profiles, errorAt, onChange }: Props) {
  const { t } = useTranslation();
  const { kind } = draft;
  const intervalsError = errorAt("intervals");
  return (
    <div className={css.when}>
      <Radio.Group
        aria-label={t("schedule.kind")}
        value={kind}
        onChange={(value) => onChange({ kind: KINDS.find((one) => one === value) ?? "weekly" })}
      >
        <Group gap="sm">
          {KINDS.map((value) => (
            <Radio key={value} value={value} label={t(`schedule.kinds.${value}`)} />
          ))}
        </Group>
      </Radio.Group>
      <Text size="sm" c="dimmed">
        {t(`schedule.kindHints.${kind}`)}
      </Text>
      {intervalsError && <Text c="var(--bad)" size="sm" role="alert">{intervalsError}</Text>}
      {(kind === "weekly" || kind === "daily") && (
        <div className={css.sides}>
          <IntervalRows
            intervals={draft.intervals}
            profiles={profiles}
            hasDays={kind === "weekly"}
            onChange={(intervals) => onChange({ intervals })}
          />
          <Week
            intervals={
              kind === "weekly"
                ? draft.intervals
                : draft.intervals.map((one) => ({ ...one, days: [...EVERY_DAY] }))
            }
          />
        </div>
      )}
      {kind === "once" && <Once draft={draft} error={errorAt("once")} onChange={onChange} />}
      {kind === "cron" && (
        <Group align="flex-start">
          <TextInput
            label={t("schedule.cron")}
            description={t("schedule.cronHint")}
            value={draft.cron}
            error={errorAt("cron")}
            autoComplete="off"
            spellCheck={false}
            onChange={({ currentTarget }) => onChange({ cron: currentTarget.value })}
          />
          <NumberInput
            label={t("schedule.cronMinutes")}
            value={draft.cron_minutes}
            error={errorAt("cron_minutes")}
            min={1}
            allowDecimal={false}
            onChange={(minutes) => onChange({ cron_minutes: Number(minutes) })}
          />
        </Group>
      )}
    </div>
  );
}

function Once({ draft, error, onChange }: {
  draft: Draft;
  error: string | false;
  onChange: (change: Partial<Draft>) => void;
}) {
  const { t } = useTranslation();
  const { from = "", to = "" } = draft.once ?? {};
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <TextInput
        type="datetime-local"
        label={t("schedule.from")}
        value={from}
        error={error}
        onChange={({ currentTarget }) => onChange({ once: { from: currentTarget.value, to } })}
      />
      <TextInput
        type="datetime-local"
        label={t("schedule.to")}
        value={to}
        onChange={({ currentTarget }) => onChange({ once: { from, to: currentTarget.value } })}
      />
    </SimpleGrid>
  );
}
