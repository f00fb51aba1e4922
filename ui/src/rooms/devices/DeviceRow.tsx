import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { ListedDevice } from "@/api/devices";
import type { Site } from "@/api/types";
import { useClockWords } from "@/kit/useClockWords";
import { isClockWrong, isDeviceTrouble, isDiskWell, toDeviceState } from "@/lib/devices";
import { pick } from "@/lib/words";

import { DeviceBadge } from "./DeviceBadge";
import css from "./Devices.module.css";

/** One device: what it is, how it is, and what of it should be looked at. */
export function DeviceRow({ device, site }: { device: ListedDevice; site: Site | undefined }) {
  const { t, i18n } = useTranslation();
  const clockWords = useClockWords();
  const { state, reason, clock } = device;
  const isTrouble = isDeviceTrouble(toDeviceState(state));
  const what = [device.maker, device.model].filter(Boolean).join(" ") || device.host;
  const advised = device.advice.length;
  return (
    <Table.Tr>
      <Table.Td className={css.who ?? ""}>
        <Link to={`/devices/${device.id}`}>{device.name}</Link>
        <small>{[what, site?.name].filter(Boolean).join(" · ")}</small>
      </Table.Td>
      <Table.Td data-label={t("devices.column.state")}>
        <DeviceBadge state={state} />
        {isTrouble && (
          <small className={css.note}>
            {reason ? pick(reason, i18n.language) : t(`devices.stateHint.${toDeviceState(state)}`)}
          </small>
        )}
      </Table.Td>
      <Table.Td data-label={t("devices.column.channels")} className={`${css.short} numeric`}>
        <Channels device={device} />
        <small>{t("devices.cameras", { count: device.camera_count })}</small>
      </Table.Td>
      <Table.Td data-label={t("devices.column.disks")} className={`${css.short} numeric`}>
        <Disks disks={device.disks} />
      </Table.Td>
      <Table.Td data-label={t("devices.column.clock")} className={`${css.short} numeric`}>
        {clock ? (
          <span className={isClockWrong(clock.offset_seconds) ? css.warn : undefined}>
            {clockWords(clock.offset_seconds)}
          </span>
        ) : (
          t("devices.notTold")
        )}
      </Table.Td>
      <Table.Td data-label={t("devices.column.advice")} className={`${css.short} numeric`}>
        {advised > 0 ? (
          <span className={css.warn}>{t("devices.adviceCount", { count: advised })}</span>
        ) : (
          t("devices.noAdvice")
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** How many there are; of a device that tells, how many of them have a picture. */
function Channels({ device }: { device: ListedDevice }) {
  const { t } = useTranslation();
  const { channel_count: count, online_count: online, offline_count: offline } = device;
  // What was known of a device that is away says nothing of now.
  const isTold = device.state === "online" && online + offline > 0;
  if (!isTold) return t("devices.channels", { count });
  return (
    <span className={offline > 0 ? css.warn : undefined}>
      {t("devices.channelsOnline", { online, count })}
    </span>
  );
}

function Disks({ disks }: Pick<ListedDevice, "disks">) {
  const { t } = useTranslation();
  const bad = disks.filter((disk) => !isDiskWell(disk)).length;
  if (disks.length === 0) return t("devices.noDisks");
  if (bad === 0) return t("devices.disksWell", { count: disks.length });
  return <span className={css.bad}>{t("devices.disksBad", { count: bad })}</span>;
}
