import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Gap } from "@/kit/timeline/Timeline";
import { duration } from "@/lib/format";
import { recorderSpan } from "@/lib/recorder";
import { type Facts, knownAt, type Span } from "@/lib/timeline";
import { pick } from "@/lib/words";
import { clock } from "@/lib/zone";

/** Closer to now than this there is nothing to play that is not live. */
const LIVE_WITHIN_MS = 10_000;
/** Well behind the end of what a recorder played. */
const AFTER_MS = 500;

export type Mode =
  | { kind: "live" }
  | { kind: "playback"; at: number }
  /** The recorder plays what it holds of this span, for we have not. */
  | { kind: "recorder"; span: Span };

interface Options {
  facts: Facts<Gap>;
  timeZone: string;
  /** Where to begin, as the address says. */
  startMs: number | null;
  /** Whether there is a recorder that plays what we have not. */
  hasRecorder: boolean;
  now: number;
}

/** What is being shown, and the ways to change it. */
export function useViewer({ facts, timeZone, startMs, hasRecorder, now }: Options) {
  const { t, i18n } = useTranslation();
  const [mode, setMode] = useState<Mode>(() =>
    startMs === null ? { kind: "live" } : { kind: "playback", at: startMs },
  );
  const [notice, setNotice] = useState<string | null>(null);
  const [playing, setPlaying] = useState<number | null>(startMs);
  const [isPaused, setPaused] = useState(false);
  const [rate, setRate] = useState(1);

  // The address names a moment before it is known who has it: once it is, the recorder may play.
  const [isStarting, setStarting] = useState(startMs !== null);
  if (isStarting && startMs !== null && knownAt(facts, startMs, now).kind !== "unknown") {
    setStarting(false);
    const held = hasRecorder ? recorderSpan(facts, startMs, now) : null;
    if (held && mode.kind === "playback" && mode.at === startMs) {
      setMode({ kind: "recorder", span: held });
      setPlaying(startMs);
      setNotice(null);
    }
  }

  const goLive = () => {
    setMode({ kind: "live" });
    setNotice(null);
    setPlaying(null);
    setPaused(false);
    setRate(1);
  };

  const heldAt = (ms: number) => (hasRecorder ? recorderSpan(facts, ms, Date.now()) : null);

  /**
   * Plays from `ms`: what the recorder holds where we have nothing, else ours, or the first of ours
   * after it; the player says where it found some.
   */
  const playFrom = (ms: number) => {
    if (ms >= Date.now() - LIVE_WITHIN_MS) {
      goLive();
      return;
    }
    setNotice(null);
    setPlaying(ms);
    const span = heldAt(ms);
    if (span) {
      setPaused(false);
      setRate(1);
      setMode({ kind: "recorder", span });
    } else {
      setMode({ kind: "playback", at: ms });
    }
  };

  /** A recorder holds nothing for anybody: whoever goes on after a pause begins a new session. */
  const pause = (paused: boolean) => {
    if (mode.kind === "recorder" && !paused && playing !== null) playFrom(playing);
    else setPaused(paused);
  };

  /** The recorder has played all that was asked of it: what follows is ours, or more of it. */
  const goOn = () => {
    if (mode.kind !== "recorder") return;
    const { to } = mode.span;
    const next = to + AFTER_MS;
    if (knownAt(facts, next, Date.now()).kind === "covered" || heldAt(next)) {
      playFrom(next);
    } else {
      setPaused(true);
      setNotice(t("recorder.over", { time: clock(to, timeZone) }));
    }
  };

  /** The player stepped over a gap: say how long it was, and why where that is known. */
  const tellGap = (gap: Span) => {
    const length = duration(gap.to - gap.from);
    const known = knownAt(facts, (gap.from + gap.to) / 2, Date.now());
    const asked = mode.kind === "playback" && mode.at === gap.from;
    const [time, next] = [clock(gap.from, timeZone), clock(gap.to, timeZone)];
    const why = known.kind === "gap" ? pick(known.gap.reason, i18n.language) : null;
    const skipped = why
      ? t("camera.skippedWhy", { length, reason: why })
      : t("camera.skipped", { length });
    const words = asked
      ? [t("camera.nothingHere", { time, next }), why].filter(Boolean).join(" ")
      : skipped;
    setNotice(heldAt(gap.from) ? `${words} ${t("recorder.hasIt")}` : words);
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
    goOn,
    setPaused: pause,
    setRate,
  };
}

export type Viewing = ReturnType<typeof useViewer>;
