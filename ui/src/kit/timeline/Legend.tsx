import { useTranslation } from "react-i18next";

import { type Facts, isDamaged, type Span, unplannedIn } from "@/lib/timeline";

import css from "./Legend.module.css";

/** What each pattern means; of the rarer ones only what is in view. */
export function Legend({ lanes, view }: { lanes: readonly { facts: Facts }[]; view: Span }) {
  const { t } = useTranslation();
  const isAny = (look: (facts: Facts) => boolean) => lanes.some(({ facts }) => look(facts));
  const kinds = [
    { kind: "covered", words: t("timeline.legendCovered"), isShown: true },
    {
      kind: "manual",
      words: t("timeline.legendManual"),
      isShown: isAny(({ manual = [] }) => manual.length > 0),
    },
    {
      kind: "damaged",
      words: t("timeline.legendDamaged"),
      isShown: isAny(({ covered }) => covered.some(isDamaged)),
    },
    { kind: "gap", words: t("timeline.legendGap"), isShown: true },
    { kind: "unreported", words: t("timeline.legendUnreported"), isShown: true },
    {
      kind: "unplanned",
      words: t("timeline.legendUnplanned"),
      isShown: isAny((facts) => unplannedIn(facts, view).length > 0),
    },
  ];
  return (
    <ul className={css.legend}>
      {kinds
        .filter(({ isShown }) => isShown)
        .map(({ kind, words }) => (
          <li key={kind}>
            <span className={css.swatch} data-kind={kind} />
            {words}
          </li>
        ))}
    </ul>
  );
}
