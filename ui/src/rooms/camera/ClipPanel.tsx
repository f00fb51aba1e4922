import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import type { Gap } from "@/kit/timeline/Timeline";
import { duration } from "@/lib/format";
import { type Facts, type Span, totalMs, toSelection } from "@/lib/timeline";
import { clock, momentOf } from "@/lib/zone";

import css from "./CameraScreen.module.css";
import { useClip } from "./useClip";

interface Props {
  camera: Camera;
  day: string;
  bounds: Span;
  facts: Facts<Gap>;
  timeZone: string;
  selection: Span | null;
  onSelection: (selection: Span | null) => void;
  onPlay: (ms: number) => void;
}

/** The chosen span: its times, what is in it, and the file. */
export function ClipPanel(props: Props) {
  const { camera, bounds, facts, selection, onSelection, onPlay } = props;
  const { t } = useTranslation();
  const clip = useClip(camera.id);
  const covered = selection ? totalMs(facts.covered, selection) + unreportedIn(facts, selection) : 0;
  const missing = selection ? totalMs(facts.gaps, selection) : 0;
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
          <Button
            leftSection={<Icon name="download" />}
            disabled={covered === 0}
            loading={clip.isPending}
            onClick={() => clip.mutate(selection)}
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
        {selection && covered === 0 && ` · ${t("clip.nothing")}`}
        {covered > 0 && missing > 0 && ` · ${t("clip.withGap", { length: duration(missing) })}`}
        {clip.isSuccess && ` · ${t("clip.started")}`}
      </p>
      {clip.error && <ErrorNote error={clip.error} />}
    </div>
  );
}

/** What a node has not reported may well be there, so it does not forbid a clip. */
function unreportedIn(facts: Facts<Gap>, selection: Span): number {
  return totalMs(facts.unreported, selection);
}

const EXAMPLE = "14:05:30";
const TIME = /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

function TimeFields({ day, timeZone, selection, onWrite }: Props & {
  onWrite: (from: number, to: number) => void;
}) {
  const { t } = useTranslation();
  const [from, setFrom] = useState(selection ? clock(selection.from, timeZone) : "");
  const [to, setTo] = useState(selection ? clock(selection.to, timeZone) : "");
  const write = () => {
    if (!TIME.test(from) || !TIME.test(to)) return;
    onWrite(
      momentOf(day, from.padStart(from.length + (from.indexOf(":") === 1 ? 1 : 0), "0"), timeZone),
      momentOf(day, to.padStart(to.length + (to.indexOf(":") === 1 ? 1 : 0), "0"), timeZone),
    );
  };
  const field = (label: string, value: string, set: (value: string) => void) => (
    <TextInput
      label={label}
      value={value}
      placeholder={EXAMPLE}
      w={120}
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
      {field(t("clip.from"), from, setFrom)}
      {field(t("clip.to"), to, setTo)}
    </>
  );
}
