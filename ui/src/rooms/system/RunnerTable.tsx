import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Runner } from "@/api/planTypes";
import { ScrollBox } from "@/kit/ScrollBox";
import { StateBadge } from "@/kit/StateBadge";
import { useNow } from "@/kit/useNow";
import { bitrate, duration, figure } from "@/lib/format";
import { rangesText } from "@/lib/ranges";
import { toState } from "@/lib/state";
import { pick } from "@/lib/words";

import css from "./Runners.module.css";

/** Five groups of facts a row; on a narrow screen each row becomes a card. */
export function RunnerTable({ runners }: { runners: readonly Runner[] }) {
  const { t } = useTranslation();
  const columns = ["camera", "state", "manner", "process", "stream"] as const;
  return (
    <ScrollBox label={t("runners.title")}>
      <Table className={css.table ?? ""}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column} scope="col">
                {t(`runners.${column}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runners.map((runner) => (
            <Row key={`${runner.camera_id} ${runner.stream}`} runner={runner} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
}

function Row({ runner }: { runner: Runner }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const { language } = i18n;
  const ago = (at: string) => duration(Math.max(0, now - Date.parse(at)));
  const age = runner.heard_at === null ? Infinity : now - Date.parse(runner.heard_at);
  const isLate = age > 3000 * runner.hb_interval;
  return (
    <Table.Tr>
      <Table.Td>
        <Link to={`/cameras/${runner.camera_id}`}>{runner.camera}</Link>
        <small>{t("runners.streamOf", { stream: runner.stream })}</small>
        <small>
          {runner.node} · {runner.site}
        </small>
      </Table.Td>
      <Table.Td>
        <StateBadge state={toState(runner.state)} />
        {runner.reason && <small className={css.reason}>{pick(runner.reason, language)}</small>}
        {runner.heard_at && (
          <small className={css.heard} data-late={isLate}>
            {t("runners.heard", { ago: ago(runner.heard_at) })}
          </small>
        )}
      </Table.Td>
      <Table.Td>
        <Facts
          facts={[
            [t("runners.engine"), `${runner.engine} · ${runner.transport}`],
            [t("runners.profile"), runner.profile_version || t("cameras.noProfile")],
          ]}
        />
        {runner.is_pending && <small className={css.pending}>{t("runners.pending")}</small>}
      </Table.Td>
      <Table.Td>
        <Facts
          facts={[
            [t("runners.pid"), runner.pid],
            [t("runners.sharedBy"), runner.shared_by || null],
            [t("runners.nice"), runner.nice],
            [t("runners.cpus"), rangesText(runner.cpu_affinity) || null],
            [t("runners.started"), runner.started_at && ago(runner.started_at)],
            [t("runners.restarts"), runner.restarts],
            [t("runners.lastExit"), runner.last_exit || null],
          ]}
        />
      </Table.Td>
      <Table.Td>
        <Facts
          facts={[
            [t("details.bitrate"), runner.bitrate_bps > 0 && bitrate(runner.bitrate_bps, language)],
            [t("runners.fps"), fpsText(runner, language)],
            [
              t("runners.keyInterval"),
              runner.key_interval_seconds > 0 && `${figure(runner.key_interval_seconds, language)} s`,
            ],
            [t("details.lost"), runner.lost_packets],
            [t("why.analysis"), runner.analysis && `${figure(runner.analysis.fps, language)}/s`],
          ]}
        />
      </Table.Td>
    </Table.Tr>
  );
}

/** Frames a second as measured, and as the stream says of itself. */
function fpsText({ fps, advertised_fps: advertised }: Runner, language: string): string | false {
  if (fps <= 0) return false;
  return advertised > 0 ? `${figure(fps, language)} / ${figure(advertised, language)}` : figure(fps, language);
}

function Facts({ facts }: { facts: [string, string | number | null | false | undefined][] }) {
  return (
    <dl className={css.facts}>
      {facts
        .filter(([, value]) => value !== null && value !== false && value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
