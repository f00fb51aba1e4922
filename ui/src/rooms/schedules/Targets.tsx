import { MultiSelect, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { CameraGroup } from "@/api/planTypes";
import { camerasQuery } from "@/api/queries";
import { CameraChoice } from "@/kit/plan/CameraChoice";

import type { Draft } from "./draft";
import css from "./Schedules.module.css";

/** Whom the schedule is for. */
export function Targets({ draft, groups, error, onChange }: {
  draft: Draft;
  groups: readonly CameraGroup[];
  error: string | false;
  onChange: (change: Partial<Draft>) => void;
}) {
  const { t } = useTranslation();
  const cameras = useQuery(camerasQuery).data ?? [];
  const isForNobody = draft.camera_ids.length + draft.group_ids.length === 0;
  return (
    <div className={css.rows}>
      {groups.length > 0 && (
        <MultiSelect
          label={t("schedule.groups")}
          value={draft.group_ids.map(String)}
          searchable
          clearable
          nothingFoundMessage={t("schedule.noneFound")}
          data={groups.map(({ id, name }) => ({ value: String(id), label: name }))}
          onChange={(chosen) =>
            onChange({
              group_ids: groups.filter(({ id }) => chosen.includes(String(id))).map(({ id }) => id),
            })
          }
        />
      )}
      <div className={css.choice}>
        <CameraChoice
          label={t("schedule.cameras")}
          error={error}
          value={draft.camera_ids}
          cameras={cameras}
          onChange={(camera_ids) => onChange({ camera_ids })}
        />
      </div>
      {isForNobody && (
        <Text size="sm" c="dimmed">
          {t("schedule.forNobodyHint")}
        </Text>
      )}
      {!isForNobody && draft.purpose === "recording" && (
        <Text size="sm" c="dimmed">
          {t("schedule.onlyThenHint")}
        </Text>
      )}
    </div>
  );
}
