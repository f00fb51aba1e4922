import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { FootageFacts } from "@/api/footageFacts";
import { playbackTicket } from "@/api/playback";
import type { Camera } from "@/api/types";
import type { Playback } from "@/kit/player/playback";
import { PlaybackVideo } from "@/kit/player/PlaybackVideo";
import { useNow } from "@/kit/useNow";
import { momentPlace } from "@/lib/places";
import { knownAt } from "@/lib/timeline";
import { pick } from "@/lib/words";

import type { MemberState } from "./group";
import css from "./Together.module.css";

interface Props {
  camera: Camera;
  ms: number;
  state: MemberState | undefined;
  facts: FootageFacts | undefined;
  onPlayer: (player: Playback | null) => void;
}

/** One of several: its picture at the clock's moment, or why there is none. */
export function FollowedVideo({ camera, ms, state, facts, onPlayer }: Props) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const known = facts && knownAt(facts, ms, now);
  const why = known?.kind === "gap" ? pick(known.gap.reason, i18n.language) : t("together.noFootage");
  const name = t("together.open", { name: camera.name });
  return (
    <div className={css.cell} data-state={state}>
      <PlaybackVideo
        label={camera.name}
        takeTicket={(span) => playbackTicket(camera.id, "main", span)}
        onPlayer={onPlayer}
      >
        {state === "gap" && (
          <p className={css.gap} role="status">
            {why}
          </p>
        )}
      </PlaybackVideo>
      <Link className={css.name} to={momentPlace(camera.id, ms)} title={name}>
        {camera.name}
      </Link>
    </div>
  );
}
