import { VisuallyHidden } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { liveTicket } from "@/api/liveTickets";
import { useTimeZone } from "@/api/queries";
import type { Camera } from "@/api/types";
import { PlanBadges } from "@/kit/plan/PlanBadges";
import { type Known, LiveVideo } from "@/kit/player/LiveVideo";
import { lookOf } from "@/kit/state";
import { StateBadge } from "@/kit/StateBadge";
import type { StreamChoice } from "@/lib/layout";

import css from "./Tile.module.css";
import { TileDetails } from "./TileDetails";
import { TileTools } from "./TileTools";
import { useTileStream } from "./useTileStream";

interface Props {
  camera: Camera;
  choice?: StreamChoice;
  delayMs: number;
  /** Whether the tabulator key comes here; the arrows lead from tile to tile. */
  isCurrent?: boolean;
  hasDetails?: boolean;
  onFocus?: () => void;
  onDetails?: () => void;
}

/** One camera of the wall. All of it is the way to the camera's own page. */
export function Tile(props: Props) {
  const { camera, choice = "auto", delayMs, isCurrent = true, hasDetails = false } = props;
  const { id, name, status } = camera;
  const ref = useRef<HTMLElement>(null);
  const hasSub = camera.sub_address !== "";
  const stream = useTileStream(ref, choice, hasSub);
  return (
    <article
      ref={ref}
      className={`${css.tile} on-night`}
      data-mood={lookOf(status.state).mood}
      data-stream={stream}
      aria-label={name}
    >
      {stream && (
        <LiveVideo
          known={status}
          ticket={(which) => liveTicket(id, which)}
          stream={stream}
          hasOther={hasSub}
          delayMs={delayMs}
          isMeasured={hasDetails}
        >
          {(now, _, facts) => (
            <>
              <Link
                to={`/cameras/${id}`}
                className={css.open}
                tabIndex={isCurrent ? 0 : -1}
                data-tile={id}
                onFocus={props.onFocus}
              >
                <Foot camera={camera} now={now} />
              </Link>
              {hasDetails && <TileDetails name={name} facts={facts} now={now} />}
              <TileTools
                name={name}
                tile={ref}
                isReachable={isCurrent}
                hasDetails={hasDetails}
                onDetails={props.onDetails}
              />
            </>
          )}
        </LiveVideo>
      )}
    </article>
  );
}

function Foot({ camera, now }: { camera: Camera; now: Known }) {
  const { t } = useTranslation();
  const timeZone = useTimeZone(camera.site_id);
  return (
    <span className={css.foot}>
      <span className={css.name}>{camera.name}</span>
      <span className={css.plan}>
        <PlanBadges pause={camera.pause} manual={camera.manual} timeZone={timeZone} isShort />
      </span>
      {now.state === "recording" ? (
        <span className={css.dot} title={t("state.recording")}>
          <VisuallyHidden>{t("state.recording")}</VisuallyHidden>
        </span>
      ) : camera.pause && now.state === "paused" ? null : (
        <span className={css.state}>
          <StateBadge state={now.state} />
        </span>
      )}
    </span>
  );
}
