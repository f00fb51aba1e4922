import { VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { liveTicket } from "@/api/actions";
import { useTimeZone } from "@/api/queries";
import type { Camera } from "@/api/types";
import { PlanBadges } from "@/kit/plan/PlanBadges";
import { LiveVideo } from "@/kit/player/LiveVideo";
import { lookOf } from "@/kit/state";
import { StateBadge } from "@/kit/StateBadge";

import css from "./Tile.module.css";

/** One camera of the wall. All of it is the way to the camera's own page. */
export function Tile({ camera, delayMs }: { camera: Camera; delayMs: number }) {
  const { t } = useTranslation();
  const { id, name, status } = camera;
  const timeZone = useTimeZone(camera.site_id);
  return (
    <Link
      to={`/cameras/${id}`}
      className={`${css.tile} on-night`}
      data-mood={lookOf(status.state).mood}
    >
      <LiveVideo known={status} ticket={() => liveTicket(id)} delayMs={delayMs}>
        {(now) => (
          <span className={css.foot}>
            <span className={css.name}>{name}</span>
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
        )}
      </LiveVideo>
    </Link>
  );
}
