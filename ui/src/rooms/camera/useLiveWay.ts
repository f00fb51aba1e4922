import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { StreamName } from "@/api/playback";
import type { Camera } from "@/api/types";
import { canPlayWhep, type WhepTrouble } from "@/kit/player/whep";
import { mayBeDirect } from "@/lib/liveWay";
import { recall, remember } from "@/lib/storage";
import { pick } from "@/lib/words";

const KEY = "liveWay";
const DIRECT = "direct";

/**
 * The way of live pictures: the ordinary one, or WebRTC for the least delay. The choice is kept in
 * this browser; where WebRTC fails, the ordinary way is taken, and the words say why.
 */
export function useLiveWay({ status }: Camera, stream: StreamName) {
  const { t, i18n } = useTranslation();
  const [wantsDirect, setWants] = useState(() => recall(KEY) === DIRECT);
  const [refusal, setRefusal] = useState<{ stream: StreamName; trouble: WhepTrouble } | null>(null);
  const isOffered = canPlayWhep() && mayBeDirect(stream, status.codec);
  const trouble = refusal?.stream === stream ? refusal.trouble : null;
  const isChosen = isOffered && wantsDirect && trouble === null;
  const choose = (direct: boolean) => {
    setRefusal(null);
    setWants(direct);
    remember(KEY, direct ? DIRECT : "ordinary");
  };
  return {
    isOffered,
    isChosen,
    /** Why there is no picture, only the ordinary way tells. */
    isDirect: isChosen && status.state === "recording",
    choose,
    fail: (met: WhepTrouble) => {
      setRefusal({ stream, trouble: met });
      // There is no way from here: nobody is to wait for it each time.
      if (met.kind === "no_path") remember(KEY, "ordinary");
    },
    /** Why the ordinary way is taken though the other was asked for. */
    notice: trouble && wantsDirect && isOffered
      ? trouble.kind === "refused"
        ? `${pick(trouble.words, i18n.language)} ${t("whep.instead")}`
        : t(`whep.${trouble.kind}`)
      : null,
  };
}
