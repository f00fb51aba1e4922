import { VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { healthQuery, type Problem } from "@/api/health";
import { useTimeZone } from "@/api/queries";
import { Ago } from "@/kit/Ago";
import { EmptyState } from "@/kit/EmptyState";
import { ErrorNote } from "@/kit/ErrorNote";
import { Lantern } from "@/kit/Lantern";
import { Page } from "@/kit/Page";
import { useNow } from "@/kit/useNow";
import { chosen, SEVERITIES, urgentCount } from "@/lib/health";
import { clock } from "@/lib/zone";

import { Filters } from "./Filters";
import css from "./Health.module.css";
import { ProblemCard } from "./ProblemCard";
import { useFilter } from "./useFilter";

/** What is wrong, most severe first; and, when nothing is, the watchman's call. */
export function Health() {
  const { t } = useTranslation();
  const health = useQuery(healthQuery);
  const [filter, setFilter] = useFilter();
  const problems = health.data?.problems ?? [];
  const shown = chosen(problems, filter);
  return (
    <Page title={t("health.title")} lead={t("health.lead")}>
      {health.error && (
        <ErrorNote
          error={health.error}
          title={t("health.failedTitle")}
          onRetry={() => void health.refetch()}
        />
      )}
      {health.isPending && <EmptyState isPart isLit title={t("app.loading")} hint="" />}
      {health.data && (
        <>
          <Call problems={problems} at={health.dataUpdatedAt} />
          {problems.length > 1 && (
            <Filters problems={problems} filter={filter} onFilter={setFilter} />
          )}
          {problems.length > 0 && shown.length === 0 && <p>{t("health.noneOfThese")}</p>}
          {SEVERITIES.map((severity) => (
            <Group
              key={severity}
              severity={severity}
              problems={shown.filter((problem) => problem.severity === severity)}
            />
          ))}
        </>
      )}
    </Page>
  );
}

/** “21:43, and all is well”, or how many problems need somebody. */
function Call({ problems, at }: { problems: readonly Problem[]; at: number }) {
  const { t } = useTranslation();
  const now = useNow();
  const time = clock(now, useTimeZone(), false);
  const urgent = urgentCount(problems);
  const isCalm = urgent === 0;
  const hint = problems.length === 0 ? t("health.calmHint") : t("health.calmButKnow");
  return (
    <div className={css.call} data-calm={isCalm} data-alone={problems.length === 0}>
      <Lantern size={isCalm ? 56 : 34} isLit={isCalm} />
      <div>
        <strong className="numeric" aria-hidden="true">
          {isCalm ? t("health.calmTitle", { time }) : t("health.summary", { count: urgent })}
        </strong>
        {/* Said when it changes, and not with each minute of the clock. */}
        <VisuallyHidden role="status">
          {isCalm ? hint : t("health.summary", { count: urgent })}
        </VisuallyHidden>
        {isCalm && <p>{hint}</p>}
        <p className="numeric">
          <Ago at={at}>{(ago) => t("health.checked", { ago })}</Ago>
        </p>
      </div>
    </div>
  );
}

function Group({ severity, problems }: {
  severity: (typeof SEVERITIES)[number];
  problems: readonly Problem[];
}) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  const id = `health-${severity}`;
  return (
    <section aria-labelledby={id} className={css.group}>
      <h2 id={id}>
        {t(`health.severity.${severity}`)} <span className="numeric">({problems.length})</span>
      </h2>
      <p className={css.quiet}>{t(`health.severityHint.${severity}`)}</p>
      <ul className={css.list}>
        {problems.map((problem) => (
          <li key={problem.id}>
            <ProblemCard problem={problem} />
          </li>
        ))}
      </ul>
    </section>
  );
}
