import { useTranslation } from "react-i18next";

import type { Recording } from "@/api/recordings";
import { CardTable } from "@/kit/CardTable";

import { RecordingRow } from "./RecordingRow";

/** On a narrow screen each recording becomes a card. */
export function RecordingTable({ recordings }: { recordings: readonly Recording[] }) {
  const { t } = useTranslation();
  const columns = ["picture", "camera", "when", "length", "size", "end"] as const;
  return (
    <CardTable
      columns={columns.map((column) => t(`recordings.column.${column}`))}
      actions={t("recordings.acts")}
    >
      {recordings.map((recording) => (
        <RecordingRow key={recording.run_id} recording={recording} />
      ))}
    </CardTable>
  );
}
