import { Table } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { type Recording, useCameraZone } from "@/api/recordings";
import { Icon } from "@/kit/icons";
import { duration, size } from "@/lib/format";
import { spanText } from "@/lib/recordings";
import { pick } from "@/lib/words";
import { zoneName } from "@/lib/zone";

import { RecordingActs } from "./RecordingActs";
import css from "./Recordings.module.css";
import { RowPicture } from "./RowPicture";

/** One recording: its first picture, when it was, how large it is, and why it ended. */
export const RecordingRow = memo(function RecordingRow({ recording }: { recording: Recording }) {
  const { t, i18n } = useTranslation();
  const timeZone = useCameraZone(recording.camera_id);
  if (timeZone === null) return null;
  const span = { from: Date.parse(recording.from), to: Date.parse(recording.to) };
  return (
    <Table.Tr>
      <Table.Td className={css.pictureCell ?? ""}>
        <RowPicture recording={recording} />
      </Table.Td>
      <Table.Td>
        <Link to={`/cameras/${recording.camera_id}`} className={css.name}>
          {recording.camera}
        </Link>
        <span className={css.quiet}>
          {recording.site}
          {recording.stream === "sub" && ` · ${t("recordings.sub")}`}
        </span>
      </Table.Td>
      <Table.Td data-label={t("recordings.column.when")} className="numeric">
        <span>{spanText(span, timeZone, i18n.language)}</span>
        <span className={css.quiet}>{zoneName(span.from, timeZone, i18n.language)}</span>
      </Table.Td>
      <Table.Td data-label={t("recordings.column.length")} className={`${css.figure} numeric`}>
        {duration(recording.seconds * 1000)}
      </Table.Td>
      <Table.Td data-label={t("recordings.column.size")} className={`${css.figure} numeric`}>
        {size(recording.size_bytes, i18n.language)}
      </Table.Td>
      <Table.Td data-label={t("recordings.column.end")} className={css.end ?? ""}>
        <End recording={recording} />
        {recording.damaged_seconds > 0 && (
          <span className={css.quiet}>
            {t("recordings.damaged", { length: duration(recording.damaged_seconds * 1000) })}
          </span>
        )}
      </Table.Td>
      <Table.Td className={css.acts ?? ""}>
        <RecordingActs recording={recording} span={span} timeZone={timeZone} />
      </Table.Td>
    </Table.Tr>
  );
});

function End({ recording: { is_open, end } }: { recording: Recording }) {
  const { t, i18n } = useTranslation();
  if (is_open) {
    return (
      <span className={css.goingOn}>
        <Icon name="record" size={14} />
        {t("recordings.goesOn")}
      </span>
    );
  }
  return <span>{end ? pick(end, i18n.language) : t("recordings.nobodySaid")}</span>;
}
