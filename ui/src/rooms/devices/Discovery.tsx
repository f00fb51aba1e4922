import { Button, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { beginDiscovery, type Discovered, useDeviceErrand } from "@/api/deviceErrands";
import { devicesQuery } from "@/api/devices";
import { Icon } from "@/kit/icons";
import { writeDeviceAddress } from "@/lib/deviceAddress";

import css from "./Devices.module.css";
import { ProbeFailure } from "./ProbeProgress";
import { vendorName } from "./vendors";

const PLACEHOLDER = "192.168.1.0/24";

/** What answers on the site's network; each address is looked at only where somebody asks. */
export function Discovery({ siteId, nodeId, onUse }: {
  siteId: number;
  nodeId: string;
  onUse: (found: Discovered) => void;
}) {
  const { t } = useTranslation();
  const look = useDeviceErrand();
  const [subnet, setSubnet] = useState("");
  const { errand } = look;
  const found = errand?.discovered ?? [];
  const isDone = errand?.state === "done" && errand.reason === null;
  const begin = () =>
    look.begin(() =>
      beginDiscovery(siteId, {
        ...(nodeId !== "" && { node_id: nodeId }),
        subnet: subnet.trim(),
      }),
    );
  return (
    <section className={css.card} aria-labelledby="add-discover">
      <h2 id="add-discover">{t("addDevice.discover")}</h2>
      <Stack>
        <p className={css.quiet}>{t("addDevice.discoverLead")}</p>
        <TextInput
          label={t("addDevice.subnet")}
          description={t("addDevice.subnetHint")}
          placeholder={PLACEHOLDER}
          autoComplete="off"
          spellCheck={false}
          value={subnet}
          onChange={({ currentTarget: { value } }) => setSubnet(value)}
        />
        <Button
          variant="default"
          leftSection={<Icon name="search" size={16} />}
          loading={look.isBusy}
          onClick={begin}
        >
          {t("addDevice.discoverButton")}
        </Button>
        {!look.isBusy && <ProbeFailure errand={errand} error={look.error} onAgain={begin} />}
        <p role="status" className={css.said}>
          {look.isBusy && t("addDevice.looking")}
          {isDone && found.length === 0 && t("addDevice.discoveredNone")}
          {isDone && found.length > 0 && t("addDevice.discovered", { count: found.length })}
        </p>
        {found.length > 0 && <FoundList found={found} onUse={onUse} />}
      </Stack>
    </section>
  );
}

function FoundList({ found, onUse }: {
  found: readonly Discovered[];
  onUse: (found: Discovered) => void;
}) {
  const { t } = useTranslation();
  const devices = useQuery(devicesQuery).data ?? [];
  return (
    <ul className={css.found}>
      {found.map((one) => {
        const address = writeDeviceAddress({ host: one.host, port: one.port, isTls: one.is_tls });
        const who = [one.maker || vendorName(one.vendor), one.model].filter(Boolean).join(" ");
        const known = devices.find(({ id }) => id === one.device_id);
        return (
          <li key={address}>
            <span>
              <strong>{one.name || who || address}</strong>
              <small>{[who, address].filter(Boolean).join(" · ")}</small>
              {known && (
                <small>
                  {t("addDevice.alreadyHere")}:{" "}
                  <Link to={`/devices/${known.id}`}>{known.name}</Link>
                </small>
              )}
            </span>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t("addDevice.use", { name: one.name || address })}
              onClick={() => onUse(one)}
            >
              {t("addDevice.useShort")}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
