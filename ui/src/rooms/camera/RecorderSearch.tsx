import { Button, Group, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { beginSearch, type DeviceErrand, useDeviceErrand } from "@/api/deviceErrands";
import { devicesQuery } from "@/api/devices";
import { useMay } from "@/api/rights";
import type { Timeline } from "@/api/types";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { useClockWords } from "@/kit/useClockWords";
import { useNow } from "@/kit/useNow";
import { isErrandOver, timesOf } from "@/lib/devices";
import { duration } from "@/lib/format";
import { joinedSpans, LONGEST_SEARCH_MS, searchSpan, unlookedMs } from "@/lib/recorder";
import { type Span, totalMs } from "@/lib/timeline";
import { pick } from "@/lib/words";

import css from "./CameraScreen.module.css";

interface Props {
  cameraId: string;
  recorder: NonNullable<Timeline["recorder"]>;
  /** When it was searched. */
  looked: readonly Span[];
  view: Span;
}

/** Asks the camera's recorder which footage it holds of what is in view; it comes onto the line. */
export function RecorderSearch({ cameraId, recorder, looked, view }: Props) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const search = useDeviceErrand();
  const mayOperate = useMay("operate");
  const span = searchSpan(view, useNow(60_000));
  const { errand } = search;
  const doneId = errand && isErrandOver(errand) ? errand.id : null;
  useEffect(() => {
    if (doneId === null) return;
    void cache.invalidateQueries({ queryKey: ["timeline", cameraId] });
  }, [cache, cameraId, doneId]);
  const isLong = view.to - view.from > LONGEST_SEARCH_MS;
  return (
    <Group className={css.search ?? ""} gap="xs">
      {mayOperate && (
        <Button
          size="xs"
          variant="default"
          leftSection={<Icon name="recorder" size={16} />}
          title={t("recorder.searchHint", { device: recorder.device })}
          loading={search.isBusy}
          disabled={span === null}
          onClick={() => span && search.begin(() => beginSearch(cameraId, span))}
        >
          {t("recorder.search")}
        </Button>
      )}
      <Text size="sm" c="dimmed" role="status" className="numeric">
        <Outcome errand={errand} isBusy={search.isBusy} />
        {mayOperate && !errand && !search.isBusy && isLong && t("recorder.searchNewest")}
      </Text>
      {span && !search.isBusy && <Unlooked looked={looked} span={{ ...span, from: view.from }} />}
      <Source recorder={recorder} />
      {search.error && <ErrorNote error={search.error} />}
    </Group>
  );
}

/** Which recorder it is, and how far its clock is off. */
function Source({ recorder: { device_id: id, device, channel } }: Pick<Props, "recorder">) {
  const { t } = useTranslation();
  const clockWords = useClockWords();
  const offset = useQuery({
    ...devicesQuery,
    refetchInterval: false,
    select: (devices) => devices.find((each) => each.id === id)?.clock?.offset_seconds,
  }).data;
  const times = offset === undefined ? "right" : timesOf(offset);
  return (
    <Text size="sm" c="dimmed" className={css.source ?? ""}>
      <Link to={`/devices/${id}`}>{t("recorder.source", { device, channel })}</Link>
      {offset !== undefined && times !== "right" && (
        <>
          {" · "}
          {t(times === "lost" ? "recorder.clockLost" : "recorder.clockOff", {
            words: clockWords(offset),
          })}
        </>
      )}
    </Text>
  );
}

/** What of a time nobody has searched: there, nothing found says nothing. */
function Unlooked({ looked, span }: { looked: readonly Span[]; span: Span }) {
  const { t } = useTranslation();
  const left = unlookedMs(looked, span);
  const words = () => {
    if (left === 0) return t("recorder.lookedAll");
    if (left >= span.to - span.from) return t("recorder.lookedNone");
    return t("recorder.lookedPart", { length: duration(left) });
  };
  return (
    <Text size="sm" c="dimmed" className="numeric">
      {words()}
    </Text>
  );
}

/** How far it is, and what was found. */
function Outcome({ errand, isBusy }: { errand: DeviceErrand | undefined; isBusy: boolean }) {
  const { t, i18n } = useTranslation();
  if (isBusy) {
    if (errand?.state !== "running") return t("recorder.waiting");
    if (errand.progress === null) return t("recorder.searching");
    return t("recorder.progress", { percent: Math.round(errand.progress * 100) });
  }
  if (!errand) return null;
  if (errand.state === "expired") return t("recorder.expired");
  if (errand.reason) return pick(errand.reason, i18n.language);
  const pieces = joinedSpans(
    errand.found.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) })),
  );
  if (pieces.length === 0) return t("recorder.nothing");
  const length = duration(totalMs(pieces, { from: -Infinity, to: Infinity }));
  return t("recorder.found", { count: pieces.length, length });
}
