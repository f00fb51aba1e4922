import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Gap } from "@/kit/timeline/Timeline";
import { duration } from "@/lib/format";
import { type Facts, knownAt, nextCovered, type Span } from "@/lib/timeline";
import { pick } from "@/lib/words";
import { clock } from "@/lib/zone";

/** Footage is loaded an hour at a time. */
const WINDOW_MS = 60 * 60_000;
/** Closer to now than this there is nothing to play that is not live. */
const LIVE_WITHIN_MS = 10_000;

export type Mode = { kind: "live" } | { kind: "playback"; at: number; span: Span };

/** What is being shown, and the ways to change it. */
export function useViewer(facts: Facts<Gap>, bounds: Span, timeZone: string) {
  const { t, i18n } = useTranslation();
  const [mode, setMode] = useState<Mode>({ kind: "live" });
  const [notice, setNotice] = useState<string | null>(null);
  const [playing, setPlaying] = useState<number | null>(null);

  const goLive = () => {
    setMode({ kind: "live" });
    setNotice(null);
    setPlaying(null);
  };

  /** Plays from `ms`, or from the first footage after it, and says so. */
  const playFrom = (ms: number) => {
    const now = Date.now();
    if (ms >= now - LIVE_WITHIN_MS) {
      goLive();
      return;
    }
    // Of other days nothing is known here, so the node is simply asked.
    const isOtherDay = ms < bounds.from || ms >= bounds.to;
    const { kind } = knownAt(facts, ms, now);
    const isThere = isOtherDay || kind === "covered" || kind === "unreported";
    const at = isThere ? ms : nextCovered(facts.covered, ms);
    const time = clock(ms, timeZone);
    if (at === null) {
      setNotice(t("camera.nothingAfter", { time }));
      return;
    }
    setNotice(isThere ? null : t("camera.nothingHere", { time, next: clock(at, timeZone) }));
    setPlaying(at);
    setMode({ kind: "playback", at, span: { from: at, to: Math.min(at + WINDOW_MS, now) } });
  };

  /** The player stepped over a gap: say how long it was, and why where that is known. */
  const tellGap = (gap: Span) => {
    const length = duration(gap.to - gap.from);
    const known = knownAt(facts, (gap.from + gap.to) / 2, Date.now());
    setNotice(
      known.kind === "gap"
        ? t("camera.skippedWhy", { length, reason: pick(known.gap.reason, i18n.language) })
        : t("camera.skipped", { length }),
    );
  };

  /** The screen shows seconds, so it is drawn again once a second and not for every picture. */
  const onFrame = (wallMs: number) => {
    const second = Math.floor(wallMs / 1000) * 1000;
    setPlaying((before) => (before === second ? before : second));
  };

  return { mode, notice, playing, goLive, playFrom, tellGap, onFrame };
}
