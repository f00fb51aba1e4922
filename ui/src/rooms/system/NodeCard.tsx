import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useSite } from "@/api/queries";
import type { Camera, Node } from "@/api/types";
import { Icon } from "@/kit/icons";
import { useNow } from "@/kit/useNow";
import { duration } from "@/lib/format";
import { watchOver } from "@/lib/watch";

import css from "./System.module.css";
import { Volumes } from "./Volumes";

export function NodeCard({ node, cameras }: { node: Node; cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  const now = useNow();
  const site = useSite(node.site_id);
  const { count, recording } = watchOver(cameras.map((camera) => camera.status.state));
  const ago = (at: string) => duration(Math.max(0, now - Date.parse(at)));
  return (
    <section className={css.card} aria-label={node.name}>
      <div className={css.head}>
        <div>
          <Title order={2} size="h4">
            {node.name}
          </Title>
          <Text size="sm" c="dimmed" className="numeric">
            {node.last_seen ? t("system.seen", { ago: ago(node.last_seen) }) : t("system.never")}
          </Text>
        </div>
        <span className={css.online} data-online={node.is_online}>
          <Icon name={node.is_online ? "check" : "offline"} size={14} />
          {node.is_online ? t("system.online") : t("system.offline")}
        </span>
      </div>
      <dl className={css.facts}>
        {site && <Fact name={t("system.site")}>{site.name}</Fact>}
        <Fact name={t("system.cameras")}>
          {count > 0 ? t("system.camerasRecording", { count, recording }) : t("system.camerasNone")}
        </Fact>
        <Fact name={t("system.disks", { count: node.volumes.length })}>
          <Volumes volumes={node.volumes} />
        </Fact>
        <Fact name={t("system.clock")}>
          <Clock clock={node.clock} />
        </Fact>
        <Fact name={t("system.backlog")}>
          {node.backlog > 0 ? node.backlog : t("system.backlogNone")}
        </Fact>
        {node.started_at && node.is_online && (
          <Fact name={t("system.up")}>
            <span className="numeric">{ago(node.started_at)}</span>
          </Fact>
        )}
        <Fact name={t("system.version")}>{node.version || "–"}</Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Clock({ clock }: { clock: Node["clock"] }) {
  const { t } = useTranslation();
  if (clock.is_synchronised === null || clock.offset_seconds === null) return t("system.clockUnknown");
  const offset = duration(Math.abs(clock.offset_seconds) * 1000);
  if (clock.is_synchronised) return t("system.clockGood", { offset });
  return <span className={css.bad}>{t("system.clockBad", { offset })}</span>;
}
