import { Code } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { type DiagnosisStep, toVerdict } from "@/lib/diagnosis";
import { duration } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./DiagnosisDialog.module.css";
import { VerdictBadge } from "./VerdictBadge";

/** One step: how it went, how long it took, what was seen, and what to do. */
export function StepItem({ step }: { step: DiagnosisStep }) {
  const { t, i18n } = useTranslation();
  const say = (words: { en: string; es: string }) => pick(words, i18n.language);
  return (
    <li className={css.step}>
      <div className={css.head}>
        <VerdictBadge verdict={toVerdict(step.verdict)} />
        <strong>{say(step.name)}</strong>
        {step.ms !== null && <span className={`${css.quiet} numeric`}>{duration(step.ms)}</span>}
      </div>
      {step.saw && <p className={css.saw}>{step.saw}</p>}
      {step.words && <p>{say(step.words)}</p>}
      {step.advice.length > 0 && (
        <ul className={css.advice} aria-label={t("diagnosis.advice")}>
          {step.advice.map((one) => (
            <li key={one.key}>{say(one)}</li>
          ))}
        </ul>
      )}
      {step.raw && (
        <details className={css.raw}>
          <summary>{t("details.raw")}</summary>
          <Code block>{step.raw}</Code>
        </details>
      )}
    </li>
  );
}

/** What was not tried, as something before it failed or it does not exist here: in one line. */
export function SkippedItem({ steps }: { steps: readonly DiagnosisStep[] }) {
  const { i18n } = useTranslation();
  return (
    <li className={`${css.step} ${css.skipped}`}>
      <div className={css.head}>
        <VerdictBadge verdict="skipped" />
        <span>{steps.map(({ name }) => pick(name, i18n.language)).join(", ")}</span>
      </div>
    </li>
  );
}
