import { NativeSelect, SegmentedControl, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { groupsQuery, previewQuery } from "@/api/plans";
import type { PlanPreview, Purpose } from "@/api/planTypes";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Page } from "@/kit/Page";
import { ScrollBox } from "@/kit/ScrollBox";
import { SearchBox } from "@/kit/SearchBox";
import { ShowMore } from "@/kit/ShowMore";
import { useGrowing } from "@/kit/useGrowing";
import { hasWords } from "@/lib/filter";
import { daysOf, looksOf, type Piece, toPieces } from "@/lib/fortnight";
import type { Span } from "@/lib/timeline";

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
  const [text, setText] = useState("");
  const groups = useQuery(groupsQuery).data ?? [];
  const preview = useQuery(previewQuery(groupId));
  return (
    <Page title={t("picture.title")} lead={t("picture.lead")}>
      <div className={css.bar}>
        <SearchBox label={t("list.searchCamera")} value={text} onChange={setText} />
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
      {preview.isPending && <EmptyState isPart title={t("app.loading")} hint="" isLit />}
      {preview.data?.cameras.length === 0 && (
        <EmptyState isPart title={t("cameras.emptyTitle")} hint={t("cameras.emptyHint")} />
      )}
      {preview.data && preview.data.cameras.length > 0 && (
        <Cameras preview={preview.data} text={text} purpose={purpose} form={form} />
      )}
    </Page>
  );
}

const STEP = 60;
const STEP_OF_TABLES = 10;

function Cameras({ preview, text, purpose, form }: {
  preview: PlanPreview;
  text: string;
  purpose: Purpose;
  form: Form;
}) {
  const { t } = useTranslation();
  const cameras = useMemo(
    () =>
      preview.cameras
        .filter(({ name }) => hasWords(text, [name]))
        .map((camera) => ({ ...camera, pieces: toPieces(camera[purpose]) })),
    [preview, text, purpose],
  );
  if (cameras.length === 0) {
    return (
      <Text c="dimmed" ta="center" py="xl">
        {t("list.noneFound")}
      </Text>
    );
  }
  if (form === "table") return <Tables cameras={cameras} />;
  return <Lines cameras={cameras} window={{ from: Date.parse(preview.from), to: Date.parse(preview.to) }} />;
}

type Planned = Pick<PlanPreview["cameras"][number], "id" | "name" | "time_zone"> & {
  pieces: readonly Piece[];
};

function Tables({ cameras }: { cameras: readonly Planned[] }) {
  const { some, rest, more } = useGrowing(cameras, STEP_OF_TABLES);
  return (
    <>
      {some.map(({ id, name, time_zone, pieces }) => (
        <FortnightTable key={id} caption={name} pieces={pieces} timeZone={time_zone} />
      ))}
      <ShowMore rest={rest} onMore={more} />
    </>
  );
}

function Lines({ cameras, window }: { cameras: readonly Planned[]; window: Span }) {
  const { t } = useTranslation();
  const { some, rest, more } = useGrowing(cameras, STEP);
  const all = useMemo(() => cameras.flatMap(({ pieces }) => pieces), [cameras]);
  const looks = useMemo(() => looksOf(all), [all]);
  const summary = useSummary();
  return (
    <>
      <FortnightLegend looks={looks} pieces={all} />
      <ScrollBox label={t("picture.title")} isTall>
        <div className={css.picture}>
          <div className={`${css.camera} ${css.days}`}>
            <span />
            <Scale days={daysOf(window, cameras[0]?.time_zone ?? "UTC")} />
          </div>
          {some.map(({ id, name, time_zone, pieces }) => (
            <div key={id} className={css.camera}>
              <span className={css.name} title={name}>
                {name}
              </span>
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
        <ShowMore rest={rest} onMore={more} />
      </ScrollBox>
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
