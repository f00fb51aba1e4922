import { Table } from "@mantine/core";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Runner } from "@/api/planTypes";
import { Ago } from "@/kit/Ago";
import { StateBadge } from "@/kit/StateBadge";
import { useNow } from "@/kit/useNow";
import { bitrate, figure } from "@/lib/format";
import { rangesText } from "@/lib/ranges";
import { toState } from "@/lib/state";
import { pick } from "@/lib/words";

import css from "./Runners.module.css";

/** Five groups of facts a row; on a narrow screen each row becomes a card. */
export function RunnerTable({ runners }: { runners: readonly Runner[] }) {
  const { t } = useTranslation();
  const columns = ["camera", "state", "manner", "process", "stream"] as const;
  return (
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
  );
}

const Row = memo(function Row({ runner }: { runner: Runner }) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
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
          <Heard at={Date.parse(runner.heard_at)} lateAfterMs={3000 * runner.hb_interval} />
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
            [t("runners.started"), runner.started_at && <Since at={runner.started_at} />],
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
});

/** When the node told of a stream last; marked where three of its reports are missing. */
function Heard({ at, lateAfterMs }: { at: number; lateAfterMs: number }) {
  const { t } = useTranslation();
  return (
    <small className={css.heard} data-late={useNow() - at > lateAfterMs}>
      <Ago at={at}>{(ago) => t("runners.heard", { ago })}</Ago>
    </small>
  );
}

function Since({ at }: { at: string }) {
  return <Ago at={Date.parse(at)}>{(ago) => ago}</Ago>;
}

/** Frames a second as measured, and as the stream says of itself. */
function fpsText({ fps, advertised_fps: advertised }: Runner, language: string): string | false {
  if (fps <= 0) return false;
  return advertised > 0 ? `${figure(fps, language)} / ${figure(advertised, language)}` : figure(fps, language);
}

function Facts({ facts }: { facts: [string, ReactNode][] }) {
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
