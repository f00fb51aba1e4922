import { useTranslation } from "react-i18next";

import { duration } from "@/lib/format";
import { isLookedAt, onRecorderAt } from "@/lib/recorder";
import { type Facts, isDamaged, knownAt, manualAt } from "@/lib/timeline";
import { pick } from "@/lib/words";
import { clock } from "@/lib/zone";

import type { Gap, Lane } from "./Timeline";

/** What is known about a moment, in words: of one camera all, of several how many have it. */
export function useSay(lanes: readonly Lane[], now: number, timeZone: string) {
  const { t } = useTranslation();
  const sayOne = useSayOne(now, timeZone);
  return (ms: number): string => {
    const [first, ...others] = lanes;
    if (!first) return clock(ms, timeZone);
    if (others.length === 0) return sayOne(first.facts, ms);
    const count = lanes.filter(({ facts }) => knownAt(facts, ms, now).kind === "covered").length;
    const missing = lanes
      .filter(({ facts }) => knownAt(facts, ms, now).kind === "gap")
      .map(({ name }) => name);
    const time = clock(ms, timeZone);
    const all = t("timeline.valueSeveral", { time, count, total: lanes.length });
    return missing.length > 0 ? `${all}; ${t("timeline.missing", { names: missing.join(", ") })}` : all;
  };
}

/** The same of one camera. */
function useSayOne(now: number, timeZone: string): (facts: Facts<Gap>, ms: number) => string {
  const { t } = useTranslation();
  const sayKnown = useSayKnown(now, timeZone);
  /** Whether the recorder has it; that it has not is told where we have not either. */
  const sayRecorder = (facts: Facts<Gap>, ms: number) => {
    if (onRecorderAt(facts, ms)) return t("timeline.valueRecorder");
    const isLooked = isLookedAt(facts, ms);
    const { kind } = knownAt(facts, ms, now);
    if (isLooked === null || ["covered", "future", "unknown"].includes(kind)) return null;
    return t(isLooked ? "timeline.valueNotOnRecorder" : "timeline.valueNotLooked");
  };
  return (facts, ms) => {
    const manual = manualAt(facts, ms);
    return [
      sayKnown(facts, ms),
      sayRecorder(facts, ms),
      manual && t("timeline.valueManual", { by: manual.by }),
    ]
      .filter(Boolean)
      .join("; ");
  };
}

function useSayKnown(now: number, timeZone: string): (facts: Facts<Gap>, ms: number) => string {
  const { t, i18n } = useTranslation();
  return (facts, ms) => {
    const time = clock(ms, timeZone);
    const known = knownAt(facts, ms, now);
    switch (known.kind) {
      case "covered": {
        const words = isDamaged(known.span)
          ? t("timeline.valueDamaged", { time, length: duration(known.span.damagedMs ?? 0) })
          : t("timeline.valueCovered", { time });
        const { node } = known.span;
        return node === undefined ? words : `${words}; ${t("timeline.valueNode", { node })}`;
      }
      case "gap":
        return t("timeline.valueGap", { time, reason: pick(known.gap.reason, i18n.language) });
      case "unreported":
        return t("timeline.valueUnreported", { time });
      case "future":
        return t("timeline.valueFuture", { time });
      case "unplanned":
        return t("timeline.valueUnplanned", { time });
      case "unknown":
        return t("timeline.valueUnknown", { time });
      case "nothing":
        return t("timeline.valueNothing", { time });
    }
  };
}
