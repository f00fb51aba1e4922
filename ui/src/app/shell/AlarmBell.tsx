import { Popover, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { alarmsQuery } from "@/api/plans";
import type { Alarm } from "@/api/planTypes";
import { ErrorNote } from "@/kit/ErrorNote";
import { Icon } from "@/kit/icons";
import { useNow } from "@/kit/useNow";
import { duration } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./AlarmBell.module.css";

/** How many that are over are still listed. */
const ENDED_SHOWN = 10;

/** The promises that are being broken now, and those that were lately. */
export function AlarmBell() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const alarms = useQuery(alarmsQuery);
  const list = alarms.data ?? [];
  const open = list.filter(({ ended_at }) => ended_at === null);
  const ended = list.filter(({ ended_at }) => ended_at !== null).slice(0, ENDED_SHOWN);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" width={360} shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton
          className={css.button}
          data-open={open.length > 0}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="bell" size={20} />
          {open.length > 0 && (
            <span className={css.count} aria-hidden="true">
              {open.length}
            </span>
          )}
          <VisuallyHidden>{t("alarms.button", { count: open.length })}</VisuallyHidden>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("alarms.title")}>
        <div className={css.list} tabIndex={-1} data-autofocus>
          <Text fw={650}>{t("alarms.title")}</Text>
          {alarms.error && <ErrorNote error={alarms.error} />}
          {alarms.data && open.length === 0 && (
            <Text size="sm" c="dimmed">
              {t("alarms.none")}
            </Text>
          )}
          <Alarms alarms={open} onLeave={() => setOpen(false)} />
          {ended.length > 0 && (
            <>
              <Text size="sm" fw={600} mt="sm">
                {t("alarms.ended")}
              </Text>
              <Alarms alarms={ended} onLeave={() => setOpen(false)} />
            </>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Alarms({ alarms, onLeave }: { alarms: readonly Alarm[]; onLeave: () => void }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  return (
    <ul className={css.alarms}>
      {alarms.map((alarm) => {
        const from = Date.parse(alarm.since);
        const to = alarm.ended_at === null ? now : Date.parse(alarm.ended_at);
        const length = duration(Math.max(0, to - from));
        return (
          <li key={`${alarm.camera_id} ${alarm.since}`}>
            <Link to={`/cameras/${alarm.camera_id}`} onClick={onLeave}>
              {alarm.camera}
            </Link>{" "}
            <span className="numeric">
              {alarm.ended_at === null ? t("alarms.since", { length }) : t("alarms.lasted", { length })}
            </span>
            <p>{pick(alarm.reason, i18n.language)}</p>
          </li>
        );
      })}
    </ul>
  );
}
