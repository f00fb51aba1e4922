import { useTranslation } from "react-i18next";

import { GAP_KINDS } from "@/lib/gapKinds";
import type { Facts, Span } from "@/lib/timeline";

import { kindsIn } from "./factBars";
import css from "./Legend.module.css";
import { Swatch } from "./Swatch";

/** What each pattern means, as far as it is in view. */
export function Legend({ lanes, view }: { lanes: readonly { facts: Facts }[]; view: Span }) {
  const { t } = useTranslation();
  const inView = lanes.map(({ facts }) => kindsIn(facts, view));
  const kinds = [
    { kind: "covered", words: t("timeline.legendCovered") },
    { kind: "manual", words: t("timeline.legendManual") },
    { kind: "recorder", words: t("timeline.legendRecorder") },
    { kind: "looked", words: t("timeline.legendLooked") },
    { kind: "damaged", words: t("timeline.legendDamaged") },
    ...GAP_KINDS.map((kind) => ({
      kind: `gap-${kind}` as const,
      words: t(`timeline.gapKind.${kind}`),
    })),
    { kind: "unreported", words: t("timeline.legendUnreported") },
    { kind: "unplanned", words: t("timeline.legendUnplanned") },
  ] as const;
  return (
    <ul className={css.legend}>
      {kinds
        .filter(({ kind }) => inView.some((found) => found.has(kind)))
        .map(({ kind, words }) => (
          <li key={kind}>
            <Swatch kind={kind} />
            {words}
          </li>
        ))}
    </ul>
  );
}
