import { Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { FootageFacts, ToldGap } from "@/api/footageFacts";
import { Swatch } from "@/kit/timeline/Swatch";
import { duration } from "@/lib/format";
import { tell } from "@/lib/gaps";
import { onRecorderAt } from "@/lib/recorder";
import { type Span, totalMs } from "@/lib/timeline";
import { pick } from "@/lib/words";
import { clock } from "@/lib/zone";

import css from "./CameraScreen.module.css";

interface Props {
  facts: FootageFacts;
  bounds: Span;
  timeZone: string;
  onShow: (gap: ToldGap) => void;
}

/** The timeline in words: how much there is, and each gap with its cause. */
export function GapList({ facts, bounds, timeZone, onShow }: Props) {
  const { t, i18n } = useTranslation();
  const covered = totalMs(facts.covered, bounds);
  const inside = facts.gaps.filter((gap) => gap.to > bounds.from && gap.from < bounds.to);
  const gaps = tell(inside, (gap) => pick(gap.reason, i18n.language));
  if (covered === 0 && gaps.length === 0) {
    return (
      <Text className={css.gaps ?? ""} c="dimmed">
        {t("timeline.empty")}
      </Text>
    );
  }
  const damagedMs = facts.covered
    .filter(({ from, to }) => to > bounds.from && from < bounds.to)
    .reduce((sum, each) => sum + (each.damagedMs ?? 0), 0);
  const damage = damagedMs > 0 ? ` (${t("timeline.damaged", { length: duration(damagedMs) })})` : "";
  const summary = t("timeline.summary", { covered: duration(covered) }) + damage;
  if (gaps.length === 0) {
    return (
      <Text className={css.gaps ?? ""} c="dimmed">
        {summary}. {t("timeline.noGaps")}
      </Text>
    );
  }
  const length = duration(totalMs(facts.gaps, bounds));
  return (
    <details className={css.gaps}>
      <summary>
        {summary} · {t("timeline.gaps", { count: gaps.length, length })}
      </summary>
      <ol aria-label={t("timeline.gapsTitle")}>
        {gaps.map(({ gap, missingMs }) => (
          <li key={gap.from}>
            <span className={`${css.when} numeric`}>
              <Swatch kind={`gap-${gap.kind}`} />
              {clock(gap.from, timeZone)} – {clock(gap.to, timeZone)}
            </span>
            <span className={css.quiet}>{duration(missingMs)}</span>
            <span>
              {pick(gap.reason, i18n.language)}
              {onRecorderAt(facts, (gap.from + gap.to) / 2) && (
                <span className={css.quiet}> · {t("recorder.inGap")}</span>
              )}
            </span>
            <Button size="compact-sm" variant="default" onClick={() => onShow(gap)}>
              {t("timeline.showGap")}
            </Button>
          </li>
        ))}
      </ol>
    </details>
  );
}
