import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Device } from "@/api/devices";
import { nodesQuery, useSite } from "@/api/queries";
import { Moment } from "@/kit/Moment";
import { writeDeviceAddress } from "@/lib/deviceAddress";

import css from "./Devices.module.css";
import { vendorName } from "./vendors";

const ABILITIES = [
  "channels",
  "snapshot",
  "find",
  "fetch",
  "fetch_by_time",
  "playback",
  "events",
  "health",
  "clock",
] as const;

/** What it is, where it is, and what it can be asked. */
export function DeviceFacts({ device, timeZone }: { device: Device; timeZone: string }) {
  const { t } = useTranslation();
  const site = useSite(device.site_id);
  const node = useQuery(nodesQuery).data?.find(({ id }) => id === device.node_id);
  const { host, port, is_tls: isTls } = device;
  const told = ABILITIES.filter((ability) => ability in device.capabilities);
  const list = (can: boolean) =>
    told
      .filter((ability) => device.capabilities[ability] === can)
      .map((ability) => t(`device.ability.${ability}`))
      .join(", ");
  return (
    <dl className={css.facts}>
      <Fact name={t("device.maker")}>{device.maker}</Fact>
      <Fact name={t("device.model")}>{device.model}</Fact>
      <Fact name={t("device.serial")}>{device.serial}</Fact>
      <Fact name={t("device.firmware")}>{device.firmware}</Fact>
      <Fact name={t("device.protocol")}>{vendorName(device.vendor)}</Fact>
      <Fact name={t("device.address")}>{writeDeviceAddress({ host, port, isTls })}</Fact>
      <Fact name={t("device.rtspPort")}>{device.rtsp_port}</Fact>
      <Fact name={t("device.account")}>{device.username || t("device.noAccount")}</Fact>
      <Fact name={t("device.site")}>{site?.name}</Fact>
      <Fact name={t("device.node")}>{node?.name}</Fact>
      <Fact name={t("device.askedAt")}>
        {device.asked_at ? <Moment at={device.asked_at} timeZone={timeZone} /> : t("device.never")}
      </Fact>
      {told.length > 0 && (
        <Fact name={t("device.abilities")}>
          {list(true)}
          {list(false) !== "" && (
            <span className={css.quiet}>
              {list(true) !== "" && " · "}
              {t("device.cannot", { what: list(false) })}
            </span>
          )}
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation();
  const isEmpty = children === undefined || children === null || children === "";
  return (
    <>
      <dt>{name}</dt>
      <dd className="numeric">{isEmpty ? t("details.none") : children}</dd>
    </>
  );
}
