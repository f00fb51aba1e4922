import { Code, Drawer, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";
import { Address } from "@/kit/Address";
import { CopyText } from "@/kit/CopyText";
import { Moment } from "@/kit/Moment";
import { StateBadge } from "@/kit/StateBadge";
import { bitrate, figure } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./Details.module.css";

interface Props {
  camera: Camera;
  timeZone: string;
  isOpen: boolean;
  onClose: () => void;
}

/** What someone who mends the camera wants to know. */
export function Details({ camera, timeZone, isOpen, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size="md"
      title={t("details.title")}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Stack>
        <Facts camera={camera} timeZone={timeZone} />
        <Command command={camera.status.effective_args} />
      </Stack>
    </Drawer>
  );
}

function Facts({ camera, timeZone }: Pick<Props, "camera" | "timeZone">) {
  const { t, i18n } = useTranslation();
  const { status } = camera;
  const moment = (at: string | null | undefined) => at && <Moment at={at} timeZone={timeZone} />;
  return (
    <dl className={css.facts}>
      <Fact name={t("details.state")}>
        <StateBadge state={status.state} />
      </Fact>
      <Fact name={t("details.since")}>{moment(status.since)}</Fact>
      {status.reason && (
        <Fact name={t("details.reason")}>
          {pick(status.reason, i18n.language)}
          {status.reason.raw && (
            <details className={css.raw}>
              <summary>{t("details.raw")}</summary>
              <Code block>{status.reason.raw}</Code>
            </details>
          )}
        </Fact>
      )}
      {status.next_try && <Fact name={t("details.nextTry")}>{moment(status.next_try)}</Fact>}
      <Fact name={t("details.picture")}>
        {status.width > 0 && `${status.width} × ${status.height}`}
      </Fact>
      <Fact name={t("details.codec")}>{status.codec}</Fact>
      <Fact name={t("details.fps")}>{status.fps > 0 && figure(status.fps, i18n.language)}</Fact>
      <Fact name={t("details.bitrate")}>
        {status.bitrate_bps > 0 && bitrate(status.bitrate_bps, i18n.language)}
      </Fact>
      <Fact name={t("details.newest")}>{moment(status.newest_at)}</Fact>
      <Fact name={t("details.engine")}>{status.engine}</Fact>
      <Fact name={t("details.transport")}>{status.transport}</Fact>
      <Fact name={t("details.pid")}>{status.pid}</Fact>
      <Fact name={t("details.address")}>
        <Address address={camera.address} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation();
  const isEmpty = children === null || children === "" || children === false;
  return (
    <>
      <dt>{name}</dt>
      <dd className="numeric">{isEmpty ? t("details.none") : children}</dd>
    </>
  );
}

function Command({ command }: { command: string }) {
  const { t } = useTranslation();
  return (
    <section className={css.command}>
      <header>
        <Text fw={600}>{t("details.command")}</Text>
        {command && <CopyText value={command} />}
      </header>
      {command && <Code block>{command}</Code>}
      <Text size="sm" c="dimmed">
        {command ? t("details.commandHint") : t("details.noCommand")}
      </Text>
    </section>
  );
}
