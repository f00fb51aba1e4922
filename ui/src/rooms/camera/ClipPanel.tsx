import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useMakeClip } from "@/api/clips";
import type { FootageFacts } from "@/api/footageFacts";
import type { StreamName } from "@/api/playback";
import { useMay } from "@/api/rights";
import type { Camera } from "@/api/types";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { duration, size } from "@/lib/format";
import { type Span, totalMs, toSelection } from "@/lib/timeline";
import { addDays, clock, dayOf, momentOf, shortDay } from "@/lib/zone";

import css from "./CameraScreen.module.css";
import { useClip } from "./useClip";

interface Props {
  camera: Camera;
  stream: StreamName;
  day: string;
  bounds: Span;
  facts: FootageFacts;
  timeZone: string;
  selection: Span | null;
  onSelection: (selection: Span | null) => void;
  onPlay: (ms: number) => void;
}

/** Longer ones are made by the machine that has the footage, and fetched when they are ready. */
const LONGEST_DOWNLOAD_MS = 24 * 3_600_000;

/** The chosen span: its times, what is in it, and the ways to keep it. */
export function ClipPanel(props: Props) {
  const { camera, stream, bounds, facts, selection, onSelection, onPlay } = props;
  const { t, i18n } = useTranslation();
  const download = useClip(camera.id, stream);
  const make = useMakeClip();
  const mayOperate = useMay("operate");
  const [name, setName] = useState("");
  // What a node has not reported may well be there, so it does not forbid a clip.
  const covered = selection
    ? totalMs(facts.covered, selection) + totalMs(facts.unreported, selection)
    : 0;
  const inside = selection ? facts.gaps.filter((gap) => totalMs([gap], selection) > 0) : [];
  const missing = selection ? totalMs(facts.gaps, selection) : 0;
  const bps = stream === "main" ? camera.status.bitrate_bps : null;
  const isLong = selection !== null && selection.to - selection.from > LONGEST_DOWNLOAD_MS;
  return (
    <div className={css.clip}>
      <TimeFields
        // A selection made by dragging is written into the fields.
        key={selection ? `${selection.from}-${selection.to}` : "none"}
        {...props}
        onWrite={(from, to) => onSelection(toSelection(from, to, bounds))}
      />
      {selection && (
        <>
          {mayOperate && (
            <TextInput
              label={t("clip.name")}
              value={name}
              w={180}
              maxLength={120}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          {mayOperate && (
            <Button
              leftSection={<Icon name="select" />}
              disabled={covered === 0}
              loading={make.isPending}
              onClick={() =>
                make.mutate({
                  camera_id: camera.id,
                  stream,
                  from: new Date(selection.from).toISOString(),
                  to: new Date(selection.to).toISOString(),
                  ...(name.trim() && { name: name.trim() }),
                })
              }
            >
              {t("clip.save")}
            </Button>
          )}
          <Button
            variant="default"
            leftSection={<Icon name="download" />}
            disabled={covered === 0 || isLong}
            loading={download.isPending}
            onClick={() => download.mutate(selection)}
          >
            {t("clip.download")}
          </Button>
          <Button
            variant="default"
            leftSection={<Icon name="play" size={14} />}
            onClick={() => onPlay(selection.from)}
          >
            {t("clip.play")}
          </Button>
          <Button variant="subtle" color="gray" onClick={() => onSelection(null)}>
            {t("clip.clear")}
          </Button>
        </>
      )}
      <p aria-live="polite">
        {!selection && t("clip.hint")}
        {selection && t("clip.length", { length: duration(selection.to - selection.from) })}
        {covered > 0 && bps !== null && bps > 0 &&
          ` · ${t("clip.size", { size: size((covered / 8000) * bps, i18n.language) })}`}
        {selection && covered === 0 && ` · ${t("clip.nothing")}`}
        {covered > 0 && missing > 0 &&
          ` · ${t("clip.withGaps", { count: inside.length, length: duration(missing) })}`}
        {isLong && ` · ${t("clip.tooLong")}`}
        {download.isSuccess && ` · ${t("clip.started")}`}
        {make.isSuccess && (
          <>
            {" · "}
            {t("clip.asked")} <Link to="/clips">{t("clip.toClips")}</Link>
          </>
        )}
      </p>
      {(make.error ?? download.error) && <ErrorNote error={make.error ?? download.error} />}
    </div>
  );
}

const EXAMPLE = "14:05:30";
const TIME = /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

/** The two ends as times of the day that is shown; an end before the start is on the day after. */
function TimeFields({ day, timeZone, selection, onWrite }: Props & {
  onWrite: (from: number, to: number) => void;
}) {
  const { t, i18n } = useTranslation();
  const [from, setFrom] = useState(selection ? clock(selection.from, timeZone) : "");
  const [to, setTo] = useState(selection ? clock(selection.to, timeZone) : "");
  const startDay = selection ? dayOf(selection.from, timeZone) : day;
  const endDay = selection ? dayOf(selection.to, timeZone) : day;
  const isSeveral = startDay !== endDay || startDay !== day;
  const write = () => {
    if (!TIME.test(from) || !TIME.test(to)) return;
    const start = momentOf(startDay, padded(from), timeZone);
    let end = momentOf(startDay === endDay ? startDay : endDay, padded(to), timeZone);
    if (end <= start) end = momentOf(addDays(startDay, 1), padded(to), timeZone);
    onWrite(start, end);
  };
  const field = (label: string, value: string, on: string, set: (value: string) => void) => (
    <TextInput
      label={isSeveral ? `${label}, ${shortDay(on, i18n.language)}` : label}
      value={value}
      placeholder={EXAMPLE}
      w={130}
      className="numeric"
      onChange={(event) => set(event.currentTarget.value)}
      onBlur={write}
      onKeyDown={(event) => {
        if (event.key === "Enter") write();
      }}
      error={value !== "" && !TIME.test(value) && t("clip.badTime")}
    />
  );
  return (
    <>
      {field(t("clip.from"), from, startDay, setFrom)}
      {field(t("clip.to"), to, endDay, setTo)}
    </>
  );
}

function padded(time: string): string {
  return time.indexOf(":") === 1 ? `0${time}` : time;
}
