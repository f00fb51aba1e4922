import { Button, Code, Drawer, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useTryAgain } from "@/api/actions";
import { useMay } from "@/api/rights";
import { snapshotQuery } from "@/api/snapshot";
import type { Camera, Reason } from "@/api/types";
import { Address } from "@/kit/Address";
import { Commands } from "@/kit/Commands";
import { ErrorNote } from "@/kit/ErrorNote";
import { Moment } from "@/kit/Moment";
import { SnapshotFigure } from "@/kit/SnapshotFigure";
import { StateBadge } from "@/kit/StateBadge";
import { bitrate, figure } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./Details.module.css";
import { Fact } from "./Fact";
import { RunningFacts } from "./RunningFacts";

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
        {isOpen && <Newest camera={camera} />}
        <Facts camera={camera} timeZone={timeZone} />
        <Commands command={camera.status.effective_args} ffmpeg={camera.status.ffmpeg_args} />
      </Stack>
    </Drawer>
  );
}

/** The newest picture, also while nothing is recorded. */
function Newest({ camera }: { camera: Camera }) {
  const { data, error } = useQuery(snapshotQuery(camera.id));
  return <SnapshotFigure name={camera.name} snapshot={data} error={error} />;
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
      <Fact name={t("details.sound")}>{camera.records_sound === false ? t("details.soundOff") : status.sound || t("details.noSound")}</Fact>
      <Fact name={t("details.clock")}>
        {status.clock === "rtcp" && t("details.clockCamera")}
        {status.clock === "arrival" && t("details.clockArrival")}
      </Fact>
      <Fact name={t("details.lost")}>{figure(status.lost_packets, i18n.language)}</Fact>
      <Fact name={t("details.engine")}>
        {status.engine === "native" ? t("details.engineOwn") : status.engine}
        {isFallback(camera) && <Fallback cameraId={camera.id} reason={status.engine_reason ?? null} />}
      </Fact>
      <Fact name={t("details.transport")}>
        {status.transport === "multicast" ? t("cameraForm.transports.multicast") : status.transport.toUpperCase()}
      </Fact>
      <RunningFacts camera={camera} timeZone={timeZone} />
      {status.notices.length > 0 && (
        <Fact name={t("details.notices")}>
          <ul className={css.notices}>
            {status.notices.map((notice) => (
              <li key={`${notice.key} ${notice.en}`}>{pick(notice, i18n.language)}</li>
            ))}
          </ul>
        </Fact>
      )}
      <Fact name={t("details.pid")}>{status.pid}</Fact>
      <Fact name={t("details.address")}>
        <Address address={camera.address} />
      </Fact>
    </dl>
  );
}

/** Whether the automatic choice left its first; other addresses than RTSP have no other engine. */
function isFallback({ address, engine, transport, profile, status }: Camera): boolean {
  if (status.engine_reason) return true;
  // A profile may have asked for just that.
  if (!address.startsWith("rtsp") || profile) return false;
  return (
    ((engine ?? "auto") === "auto" && status.engine === "ffmpeg") ||
    ((transport ?? "auto") === "auto" && ["udp", "multicast"].includes(status.transport))
  );
}

/** Why the first choice of engine and transport was left, and the way back to it. */
function Fallback({ cameraId, reason }: { cameraId: string; reason: Reason | null }) {
  const { t, i18n } = useTranslation();
  const again = useTryAgain(cameraId);
  const mayOperate = useMay("operate");
  return (
    <div className={css.fallback}>
      {reason && (
        <span>
          {t("details.whyNotOwn")} {pick(reason, i18n.language)}
        </span>
      )}
      {again.error && <ErrorNote error={again.error} />}
      {mayOperate && (
        <Button
          size="compact-sm"
          variant="default"
          loading={again.isPending}
          disabled={again.isSuccess}
          onClick={() => again.mutate()}
        >
          {again.isSuccess ? t("details.tryingAgain") : t("details.tryAgain")}
        </Button>
      )}
    </div>
  );
}
