import { Progress } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Clip } from "@/api/clips";
import { MoodBadge } from "@/kit/MoodBadge";
import type { Look } from "@/kit/state";
import { type ClipState as State, missingMs, progressOf } from "@/lib/clips";
import { duration, size } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./Clips.module.css";

const LOOKS: Record<State, Look> = {
  waiting: { icon: "clock", mood: "idle" },
  making: { icon: "retry", mood: "busy" },
  ready: { icon: "check", mood: "good" },
  failed: { icon: "alert", mood: "bad" },
};

/** How far a clip is, how large it became, and what is to be known of it. */
export function ClipState({ clip }: { clip: Clip }) {
  const { t, i18n } = useTranslation();
  const facts = [
    clip.duration_seconds !== null && duration(clip.duration_seconds * 1000),
    clip.state === "ready" && clip.size_bytes !== null && size(clip.size_bytes, i18n.language),
  ].filter(Boolean);
  const missing = missingMs(clip.gaps);
  return (
    <>
      <MoodBadge look={LOOKS[clip.state]}>{t(`clips.state.${clip.state}`)}</MoodBadge>
      {clip.state === "making" && <Making clip={clip} />}
      {facts.length > 0 && <span className={`${css.quiet} numeric`}>{facts.join(" · ")}</span>}
      {clip.gaps.length > 0 && (
        <span className={css.note}>
          {t("clips.gaps", { count: clip.gaps.length, length: duration(missing) })}
        </span>
      )}
      {clip.reason && <span className={css.note}>{pick(clip.reason, i18n.language)}</span>}
      {clip.is_cut_short && !clip.reason && <span className={css.note}>{t("clips.cutShort")}</span>}
    </>
  );
}

function Making({ clip }: { clip: Clip }) {
  const { t, i18n } = useTranslation();
  const percent = progressOf(clip);
  const done = size(clip.done_bytes, i18n.language);
  return (
    <>
      <Progress.Root size="md" mt={6} aria-hidden={percent === null}>
        <Progress.Section
          value={percent ?? 100}
          animated={percent === null}
          aria-label={t("clips.progressOf", { name: clip.name })}
        />
      </Progress.Root>
      <span className={`${css.quiet} numeric`}>
        {clip.size_bytes === null
          ? done
          : t("clips.progress", { done, all: size(clip.size_bytes, i18n.language) })}
      </span>
    </>
  );
}
