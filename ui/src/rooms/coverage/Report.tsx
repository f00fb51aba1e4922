import { Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Coverage, CoverageFigures } from "@/api/planTypes";
import { CardTable } from "@/kit/CardTable";
import { percentText, shareOf } from "@/lib/coverage";
import { duration } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./Coverage.module.css";

const inWords = (seconds: number) => duration(seconds * 1000);

/** The report: one figure for all, its causes, and each camera. */
export function Report({ coverage, isStale }: { coverage: Coverage; isStale: boolean }) {
  const { t, i18n } = useTranslation();
  const { percent, promised_seconds: promised, covered_seconds: covered } = coverage;
  if (percent === null) return <Text>{t("coverage.nothingPromised")}</Text>;
  return (
    <div className={css.report} aria-busy={isStale}>
      <section className={css.card} aria-label={t("coverage.all")}>
        <p className={css.figure}>{percentText(percent, i18n.language)}</p>
        <p className={css.words}>
          {t("coverage.sentence", {
            covered: inWords(covered),
            promised: inWords(promised),
            count: coverage.causes.length,
          })}
        </p>
        <Bar figures={coverage} />
        {coverage.unreported_seconds > 0 && (
          <p className={css.quiet}>
            {t("coverage.unreported", { length: inWords(coverage.unreported_seconds) })}
          </p>
        )}
      </section>
      {coverage.causes.length > 0 && <Causes coverage={coverage} />}
      <section>
        <Title order={2} size="h4" mb="xs">
          {t("coverage.perCamera")}
        </Title>
        <CardTable
          columns={[t("cameras.name"), t("coverage.percent"), t("coverage.missing"), t("coverage.causes")]}
        >
          {coverage.cameras.map((camera) => (
            <Table.Tr key={camera.camera_id}>
              <Table.Td>
                <Link to={`/cameras/${camera.camera_id}`}>{camera.camera}</Link>
              </Table.Td>
              <Table.Td data-label={t("coverage.percent")} className={css.bars ?? ""}>
                <span className="numeric">
                  {camera.percent === null
                    ? t("coverage.notPromised")
                    : percentText(camera.percent, i18n.language)}
                </span>
                <Bar figures={camera} />
              </Table.Td>
              <Table.Td data-label={t("coverage.missing")} className="numeric">
                {inWords(missingOf(camera))}
              </Table.Td>
              <Table.Td data-label={t("coverage.causes")}>
                {camera.causes.map((cause) => (
                  <div key={`${cause.key} ${cause.en}`}>
                    {inWords(cause.seconds)}: {pick(cause, i18n.language)}
                  </div>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </CardTable>
      </section>
    </div>
  );
}

function missingOf(figures: CoverageFigures): number {
  return figures.causes.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** What was covered, what is not reported yet, and what is missing; the words beside it say it. */
function Bar({ figures }: { figures: CoverageFigures }) {
  const share = (seconds: number) => `${shareOf(seconds, figures.promised_seconds)}%`;
  if (figures.promised_seconds === 0) return null;
  return (
    <span className={css.bar} aria-hidden="true">
      <i data-kind="covered" style={{ width: share(figures.covered_seconds) }} />
      <i data-kind="unreported" style={{ width: share(figures.unreported_seconds) }} />
    </span>
  );
}

function Causes({ coverage }: { coverage: Coverage }) {
  const { t, i18n } = useTranslation();
  const missing = missingOf(coverage);
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("coverage.causes")}
      </Title>
      <ul className={css.causes}>
        {coverage.causes.map((cause) => (
          <li key={`${cause.key} ${cause.en}`}>
            <span>{pick(cause, i18n.language)}</span>
            <span className={`${css.quiet} numeric`}>{inWords(cause.seconds)}</span>
            <span className={css.cause} aria-hidden="true">
              <i style={{ width: `${shareOf(cause.seconds, missing)}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
