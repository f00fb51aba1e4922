import { useTranslation } from "react-i18next";

import type { LiveFacts } from "@/kit/player/liveFacts";
import type { Known } from "@/kit/player/LiveVideo";
import { bitrate } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./Tile.module.css";

/** How the connection to a camera does, in figures. */
export function TileDetails({ name, facts, now }: {
  /** The camera's. */
  name: string;
  facts: LiveFacts | null;
  now: Known;
}) {
  const { t, i18n } = useTranslation();
  const seconds = (ms: number) =>
    t("tile.seconds", { value: (ms / 1000).toLocaleString(i18n.language, { maximumFractionDigits: 2 }) });
  const none = t("tile.none");
  const rows: [string, string][] = [
    [t("tile.connection"), t(`tile.state.${facts?.connection ?? "connecting"}`)],
    [t("tile.delay"), facts?.delayMs == null ? none : seconds(facts.delayMs)],
    [t("tile.buffered"), facts ? seconds(facts.bufferedMs) : none],
    [
      t("tile.picture"),
      facts && facts.width > 0
        ? t("tile.pictureIs", { width: facts.width, height: facts.height, codec: facts.codec })
        : none,
    ],
    [t("tile.stream"), facts ? t(`tile.streams.${facts.stream}`) : none],
    [t("tile.bitrate"), facts ? bitrate(facts.bitrateBps, i18n.language) : none],
    [t("tile.dropped"), facts ? String(facts.droppedFrames) : none],
    [t("tile.skips"), facts ? String(facts.skips) : none],
  ];
  return (
    <div className={css.details} role="group" aria-label={t("wall.details", { name })}>
      {now.state !== "recording" && now.reason && <p>{pick(now.reason, i18n.language)}</p>}
      <dl>
        {rows.map(([fact, value]) => (
          <div key={fact}>
            <dt>{fact}</dt>
            <dd className="numeric">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
