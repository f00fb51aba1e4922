import { Progress } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Volume } from "@/api/types";
import { size } from "@/lib/format";

import css from "./System.module.css";

/** Below this share of free room a disk without a limit of ours is shown in alarm. */
const LOW_SHARE = 0.05;
const TROUBLES = ["missing", "full", "failing", "slow"] as const;

/** The disks for footage, in the order in which they are used. */
export function Volumes({ volumes }: { volumes: readonly Volume[] }) {
  const { t } = useTranslation();
  if (volumes.length === 0) return t("system.diskUnknown");
  return (
    <ul className={css.volumes}>
      {volumes.map((volume) => (
        <VolumeItem key={volume.volume_id} volume={volume} />
      ))}
    </ul>
  );
}

function VolumeItem({ volume }: { volume: Volume }) {
  const { t, i18n } = useTranslation();
  const { free_bytes: free, total_bytes: total, budget_bytes: budget } = volume;
  const trouble = TROUBLES.find((state) => state === volume.state);
  const isLow = !trouble && budget === null && free < total * LOW_SHARE;
  const inWords = (bytes: number) => size(bytes, i18n.language);
  const room = total > 0 && t("system.diskRoom", { free: inWords(free), total: inWords(total) });
  const footage = inWords(volume.footage_bytes);
  return (
    <li>
      <span className={css.path}>{volume.path}</span>
      {trouble && <span className={css.bad}>{t(`system.volumeState.${trouble}`)}</span>}
      {!trouble && volume.state !== "ok" && <span>{volume.state}</span>}
      {room && (
        <>
          <span className="numeric">{room}</span>
          <Progress
            value={((total - free) / total) * 100}
            color={isLow || trouble ? "red.7" : "night.5"}
            size="sm"
            aria-label={`${volume.path}: ${room}`}
          />
        </>
      )}
      <span className={`${css.quiet} numeric`}>
        {budget === null
          ? t("system.volumeFootage", { footage })
          : t("system.volumeBudget", { footage, budget: inWords(budget) })}
      </span>
      {isLow && <span className={css.bad}>{t("system.diskLow")}</span>}
    </li>
  );
}
