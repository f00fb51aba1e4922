import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Problem, Severity } from "@/api/health";
import { useTimeZone } from "@/api/queries";
import { Icon, type IconName } from "@/kit/icons";
import { Moment } from "@/kit/Moment";
import { useNow } from "@/kit/useNow";
import { duration } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./Health.module.css";

const ICONS: Record<Severity, IconName> = { critical: "alert", serious: "alert", minor: "question" };

/** One cause: whose, what happened, since when, what to do, and its raw words one click away. */
export function ProblemCard({ problem }: { problem: Problem }) {
  const { t, i18n } = useTranslation();
  const { severity, subject, site, cameras, raw } = problem;
  const titleId = useId();
  const advice = pick(problem.advice, i18n.language);
  return (
    <article className={css.card} data-severity={severity} aria-labelledby={titleId}>
      <span className={css.sign}>
        <Icon name={ICONS[severity]} size={20} />
      </span>
      <div className={css.body}>
        <h3 id={titleId}>
          {subject.kind === "hub" ? t("health.kind.hub") : subject.name}
          {site && <span className={css.quiet}> · {site.name}</span>}
        </h3>
        <p>{pick(problem.words, i18n.language)}</p>
        {advice !== "" && (
          <p className={css.advice}>
            <strong>{t("health.toDo")}: </strong>
            {advice}
          </p>
        )}
        <Since problem={problem} />
        {cameras.length > 1 && <Cameras cameras={cameras} />}
        {raw !== "" && (
          <details className={css.more}>
            <summary>{t("health.raw")}</summary>
            <code>{raw}</code>
          </details>
        )}
      </div>
      <Link to={problem.link} className={css.link}>
        {t(placeOf(problem.link))}
      </Link>
    </article>
  );
}

/** What the link's page is called. */
function placeOf(link: string) {
  if (link.startsWith("/devices/")) return "health.toDevice";
  if (link.startsWith("/cameras/")) return "health.toCamera";
  return link.startsWith("/cameras") ? "health.toCameras" : "health.toSystem";
}

function Since({ problem }: { problem: Problem }) {
  const { t } = useTranslation();
  const timeZone = useTimeZone(problem.site?.id);
  const length = duration(Math.max(0, useNow() - Date.parse(problem.since)));
  return (
    <p className={`${css.quiet} numeric`}>
      {t("health.since", { length })} <Moment at={problem.since} timeZone={timeZone} />
    </p>
  );
}

function Cameras({ cameras }: Pick<Problem, "cameras">) {
  const { t } = useTranslation();
  return (
    <details className={css.more}>
      <summary>{t("health.cameras", { count: cameras.length })}</summary>
      <ul className={css.cameras}>
        {cameras.map(({ id, name }) => (
          <li key={id}>
            <Link to={`/cameras/${id}`}>{name}</Link>
          </li>
        ))}
      </ul>
    </details>
  );
}
