import { Progress } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Disk } from "@/api/devices";
import { isDiskWell, usedPercent } from "@/lib/devices";
import { size } from "@/lib/format";

import css from "./Devices.module.css";

const STATES = [
  "ok",
  "sleeping",
  "unformatted",
  "read_only",
  "failing",
  "missing",
  "full",
  "offline",
] as const;

/** The disks of a recorder, as it tells of them. */
export function Disks({ disks }: { disks: readonly Disk[] }) {
  const { t } = useTranslation();
  if (disks.length === 0) return <p className={css.quiet}>{t("device.disksNone")}</p>;
  return (
    <ul className={css.disks}>
      {disks.map((disk) => (
        <DiskItem key={disk.id} disk={disk} />
      ))}
    </ul>
  );
}

function DiskItem({ disk }: { disk: Disk }) {
  const { t, i18n } = useTranslation();
  const isWell = isDiskWell(disk);
  const known = STATES.find((state) => state === disk.state);
  const inWords = (bytes: number) => size(bytes, i18n.language);
  const name = disk.name || disk.id;
  const room = t("device.diskRoom", {
    free: inWords(disk.free_bytes),
    total: inWords(disk.size_bytes),
  });
  return (
    <li>
      <span>
        <strong>{name}</strong>{" "}
        <span className={isWell ? css.quiet : css.bad}>
          {known ? t(`devices.diskState.${known}`) : disk.state}
        </span>
      </span>
      {disk.size_bytes > 0 && (
        <>
          <Progress
            value={usedPercent(disk)}
            color={isWell ? "night.5" : "red.7"}
            size="sm"
            aria-label={`${name}: ${room}`}
          />
          <span className={`${css.quiet} numeric`}>{room}</span>
        </>
      )}
    </li>
  );
}
