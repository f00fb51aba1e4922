import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Gap } from "@/kit/timeline/Timeline";
import { duration } from "@/lib/format";
import { type Facts, knownAt, type Span } from "@/lib/timeline";
import { pick } from "@/lib/words";
import { clock } from "@/lib/zone";

/** Closer to now than this there is nothing to play that is not live. */
const LIVE_WITHIN_MS = 10_000;

export type Mode = { kind: "live" } | { kind: "playback"; at: number };

/** What is being shown, and the ways to change it. */
export function useViewer(facts: Facts<Gap>, timeZone: string, startMs: number | null) {
  const { t, i18n } = useTranslation();
  const [mode, setMode] = useState<Mode>(() =>
    startMs === null ? { kind: "live" } : { kind: "playback", at: startMs },
  );
  const [notice, setNotice] = useState<string | null>(null);
  const [playing, setPlaying] = useState<number | null>(startMs);
  const [isPaused, setPaused] = useState(false);
  const [rate, setRate] = useState(1);

  const goLive = () => {
    setMode({ kind: "live" });
    setNotice(null);
    setPlaying(null);
    setPaused(false);
    setRate(1);
  };

  /** Plays from `ms`, or from the first footage after it; the player says where it found some. */
  const playFrom = (ms: number) => {
    if (ms >= Date.now() - LIVE_WITHIN_MS) {
      goLive();
      return;
    }
    setNotice(null);
    setPlaying(ms);
    setMode({ kind: "playback", at: ms });
  };

  /** The player stepped over a gap: say how long it was, and why where that is known. */
  const tellGap = (gap: Span) => {
    const length = duration(gap.to - gap.from);
    const known = knownAt(facts, (gap.from + gap.to) / 2, Date.now());
    const asked = mode.kind === "playback" && mode.at === gap.from;
    const [time, next] = [clock(gap.from, timeZone), clock(gap.to, timeZone)];
    const why = known.kind === "gap" ? pick(known.gap.reason, i18n.language) : null;
    if (asked) setNotice([t("camera.nothingHere", { time, next }), why].filter(Boolean).join(" "));
    else if (why) setNotice(t("camera.skippedWhy", { length, reason: why }));
    else setNotice(t("camera.skipped", { length }));
  };

  /** There is nothing after what was played. */
  const tellEnd = () => {
    setPaused(true);
    setNotice(playing === null ? null : t("camera.noMore", { time: clock(playing, timeZone) }));
  };

  /** The screen shows seconds, so it is drawn again once a second and not for every picture. */
  const onFrame = (wallMs: number) => {
    const shown = isPaused ? Math.floor(wallMs) : Math.floor(wallMs / 1000) * 1000;
    setPlaying((before) => (before === shown ? before : shown));
  };

  return {
    mode,
    notice,
    playing,
    isPaused,
    rate,
    goLive,
    playFrom,
    tellGap,
    tellEnd,
    onFrame,
    setPaused,
    setRate,
  };
}

export type Viewing = ReturnType<typeof useViewer>;
