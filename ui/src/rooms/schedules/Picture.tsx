import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { groupsQuery, previewQuery } from "@/api/plans";
import type { PlanPreview, Purpose } from "@/api/planTypes";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Page } from "@/kit/Page";
import { ScrollBox } from "@/kit/ScrollBox";
import { daysOf, looksOf, type Piece, toPieces } from "@/lib/fortnight";

import { FortnightLegend, Line, Scale } from "./Fortnight";
import { FortnightTable } from "./FortnightTable";
import css from "./Schedules.module.css";

type Form = "picture" | "table";

/** What every camera will do in the next 14 days, and why. */
export function Picture() {
  const { t } = useTranslation();
  const [groupId, setGroup] = useState<number | null>(null);
  const [purpose, setPurpose] = useState<Purpose>("recording");
  const [form, setForm] = useState<Form>("picture");
  const groups = useQuery(groupsQuery).data ?? [];
  const preview = useQuery(previewQuery(groupId));
  return (
    <Page title={t("picture.title")} lead={t("picture.lead")}>
      <div className={css.bar}>
        <NativeSelect
          aria-label={t("coverage.who")}
          value={String(groupId ?? "")}
          onChange={({ currentTarget: { value } }) =>
            setGroup(groups.find(({ id }) => String(id) === value)?.id ?? null)
          }
          data={[
            { value: "", label: t("coverage.everyone") },
            ...groups.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
        />
        <SegmentedControl
          aria-label={t("schedule.purpose")}
          value={purpose}
          onChange={(value) => setPurpose(value === "analysis" ? "analysis" : "recording")}
          data={(["recording", "analysis"] as const).map((value) => ({
            value,
            label: t(`schedule.purposes.${value}`),
          }))}
        />
        <SegmentedControl
          aria-label={t("picture.form")}
          value={form}
          onChange={(value) => setForm(value === "table" ? "table" : "picture")}
          data={(["picture", "table"] as const).map((value) => ({
            value,
            label: t(`picture.forms.${value}`),
          }))}
        />
      </div>
      {!preview.data && preview.error && (
        <ErrorNote error={preview.error} onRetry={() => void preview.refetch()} />
      )}
      {preview.data?.cameras.length === 0 && (
        <EmptyState isPart title={t("cameras.emptyTitle")} hint={t("cameras.emptyHint")} />
      )}
      {preview.data && preview.data.cameras.length > 0 && (
        <Cameras preview={preview.data} purpose={purpose} form={form} />
      )}
    </Page>
  );
}

function Cameras({ preview, purpose, form }: { preview: PlanPreview; purpose: Purpose; form: Form }) {
  const window = { from: Date.parse(preview.from), to: Date.parse(preview.to) };
  const cameras = useMemo(
    () => preview.cameras.map((camera) => ({ ...camera, pieces: toPieces(camera[purpose]) })),
    [preview, purpose],
  );
  const all = useMemo(() => cameras.flatMap(({ pieces }) => pieces), [cameras]);
  const looks = useMemo(() => looksOf(all), [all]);
  const summary = useSummary();
  const { t } = useTranslation();
  if (form === "table") {
    return cameras.map(({ id, name, time_zone, pieces }) => (
      <FortnightTable key={id} caption={name} pieces={pieces} timeZone={time_zone} />
    ));
  }
  return (
    <>
      <ScrollBox label={t("picture.title")}>
        <div className={css.picture}>
          <div className={css.camera}>
            <span />
            <Scale days={daysOf(window, cameras[0]?.time_zone ?? "UTC")} />
          </div>
          {cameras.map(({ id, name, time_zone, pieces }) => (
            <div key={id} className={css.camera}>
              <span className={css.name}>{name}</span>
              <Line
                label={`${name}: ${summary(pieces)}`}
                pieces={pieces}
                window={window}
                days={daysOf(window, time_zone)}
                looks={looks}
                timeZone={time_zone}
              />
            </div>
          ))}
        </div>
      </ScrollBox>
      <FortnightLegend looks={looks} pieces={all} />
    </>
  );
}

/** How much of the time it runs, for those who do not see the picture. */
function useSummary(): (pieces: readonly Piece[]) => string {
  const { t } = useTranslation();
  return (pieces) => {
    const length = (some: readonly Piece[]) =>
      some.reduce((sum, { from, to }) => sum + to - from, 0);
    const whole = length(pieces);
    const share = whole > 0 ? length(pieces.filter(({ runs }) => runs)) / whole : 0;
    return t("picture.summary", { percent: Math.round(share * 100) });
  };
}
