import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Clip } from "@/api/clips";
import { useCameraZone } from "@/api/recordings";
import { Moment } from "@/kit/Moment";
import { momentPlace } from "@/lib/places";
import { spanText } from "@/lib/recordings";
import { zoneName } from "@/lib/zone";

import { ClipActs } from "./ClipActs";
import { ClipExpiry } from "./ClipExpiry";
import { ClipName } from "./ClipName";
import css from "./Clips.module.css";
import { ClipState } from "./ClipState";

/** One clip: what it is called, what it shows, how far it is, and what can be done with it. */
export function ClipRow({ clip, onPlay }: { clip: Clip; onPlay: () => void }) {
  const { t, i18n } = useTranslation();
  const timeZone = useCameraZone(clip.camera_id);
  if (timeZone === null) return null;
  const span = { from: Date.parse(clip.from), to: Date.parse(clip.to) };
  return (
    <Table.Tr>
      <Table.Td className={css.nameCell ?? ""}>
        <ClipName clip={clip} />
      </Table.Td>
      <Table.Td data-label={t("clips.column.camera")}>
        <span>
          <Link to={momentPlace(clip.camera_id, span.from)} className={css.camera}>
            {clip.camera}
          </Link>
          {clip.stream === "sub" && ` · ${t("recordings.sub")}`}
        </span>
        <span className={`${css.quiet} numeric`}>
          {spanText(span, timeZone, i18n.language)} · {zoneName(span.from, timeZone, i18n.language)}
        </span>
      </Table.Td>
      <Table.Td data-label={t("clips.column.state")} className={css.state ?? ""}>
        <ClipState clip={clip} />
      </Table.Td>
      <Table.Td data-label={t("clips.column.made")}>
        <span>{clip.made_by}</span>
        <span className={css.quiet}>
          <Moment at={clip.made_at} timeZone={timeZone} />
        </span>
      </Table.Td>
      <Table.Td data-label={t("clips.column.expires")}>
        <ClipExpiry clip={clip} timeZone={timeZone} />
      </Table.Td>
      <Table.Td className={css.acts ?? ""}>
        <ClipActs clip={clip} onPlay={onPlay} />
      </Table.Td>
    </Table.Tr>
  );
}
