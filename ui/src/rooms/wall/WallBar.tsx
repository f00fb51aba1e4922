import { ActionIcon, Group, SegmentedControl, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useOutage } from "@/api/outage";
import { camerasQuery, useTimeZone } from "@/api/queries";
import type { Camera } from "@/api/types";
import { Icon, type IconName } from "@/kit/icons";
import { Lantern } from "@/kit/Lantern";
import { useNow } from "@/kit/useNow";
import { duration } from "@/lib/format";
import { WALL_SIZES, type WallSize } from "@/lib/grid";
import { watchOver } from "@/lib/watch";
import { clock } from "@/lib/zone";

import css from "./Wall.module.css";

interface Props {
  cameras: readonly Camera[];
  /** Null where a layout says how many tiles there are. */
  size: WallSize | null;
  onSize: (size: WallSize) => void;
  page: number;
  pages: number;
  onPage: (page: number) => void;
  onFull: () => void;
  onHelp: () => void;
  /** The choice of the layout. */
  children: ReactNode;
}

/** The watchman's call, and which tiles to show. */
export function WallBar(props: Props) {
  const { cameras, size, onSize, page, pages, onPage } = props;
  const { t } = useTranslation();
  return (
    <div className={css.bar}>
      <Call cameras={cameras} />
      <Group gap="sm" className={css.controls ?? ""}>
        {pages > 1 && <Pager page={page} pages={pages} onPage={onPage} />}
        {size !== null && (
          <SegmentedControl
            size="xs"
            aria-label={t("wall.size")}
            value={String(size)}
            onChange={(value) => onSize(WALL_SIZES.find((one) => String(one) === value) ?? "auto")}
            data={[
              { value: "auto", label: t("wall.auto") },
              ...WALL_SIZES.map((one) => ({ value: String(one), label: String(one) })),
            ]}
          />
        )}
        {props.children}
        <Sign label={t("wall.keys")} icon="question" onClick={props.onHelp} className={css.keys} />
        <Sign label={t("wall.full")} icon="full" onClick={props.onFull} />
      </Group>
    </div>
  );
}

function Sign({ label, icon, onClick, className = "" }: {
  label: string;
  icon: IconName;
  onClick: () => void;
  className?: string | undefined;
}) {
  return (
    <ActionIcon variant="default" size={30} aria-label={label} title={label} onClick={onClick} className={className}>
      <Icon name={icon} size={16} />
    </ActionIcon>
  );
}

/** “21:43, and all is well”: the sereno's own words. He calls nothing that he does not know. */
function Call({ cameras }: { cameras: readonly Camera[] }) {
  const call = useCall(cameras);
  return (
    <div className={css.call} data-calm={call.isCalm}>
      <Lantern size={34} isLit={call.isCalm} />
      <div>
        <Title order={1} size="h4" className="numeric">
          {call.title}
        </Title>
        <Text size="sm" c="dimmed">
          {call.hint}
        </Text>
      </div>
    </div>
  );
}

function useCall(cameras: readonly Camera[]): { title: string; hint: string; isCalm: boolean } {
  const { t } = useTranslation();
  const now = useNow();
  const time = clock(now, useTimeZone(cameras[0]?.site_id), false);
  const heardAt = useQuery(camerasQuery).dataUpdatedAt;
  if (useOutage()) {
    const ago = duration(now - heardAt);
    return { title: t("watch.unknown", { time }), hint: t("watch.unknownHint", { ago }), isCalm: false };
  }
  const { count, recording, resting, isCalm } = watchOver(
    cameras.map((camera) => camera.status.state),
  );
  const rest = resting > 0 ? ` ${t("watch.resting", { count: resting })}` : "";
  const part = t("watch.troubleHint", { count, recording }) + rest;
  if (isCalm) {
    const hint = resting > 0 ? part : t("watch.calmHint", { count });
    return { title: t("watch.calm", { time }), hint, isCalm };
  }
  const missing = count - recording - resting;
  return { title: t("watch.trouble", { time, count: missing }), hint: part, isCalm };
}

function Pager({ page, pages, onPage }: Pick<Props, "page" | "pages" | "onPage">) {
  const { t } = useTranslation();
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="default"
        aria-label={t("wall.previous")}
        disabled={page === 0}
        onClick={() => onPage(page - 1)}
      >
        <Icon name="back" size={16} />
      </ActionIcon>
      <Text size="sm" className="numeric" style={{ whiteSpace: "nowrap" }}>
        {t("wall.page", { page: page + 1, pages })}
      </Text>
      <ActionIcon
        variant="default"
        aria-label={t("wall.next")}
        disabled={page >= pages - 1}
        onClick={() => onPage(page + 1)}
      >
        <Icon name="next" size={16} />
      </ActionIcon>
    </Group>
  );
}
