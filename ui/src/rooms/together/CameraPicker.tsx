import { MultiSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";

export const MOST_CAMERAS = 16;

/** Which cameras are shown. */
export function CameraPicker({ cameras, chosen, onChoose }: {
  cameras: readonly Camera[];
  chosen: readonly string[];
  onChoose: (cameraIds: string[]) => void;
}) {
  const { t } = useTranslation();
  return (
    <MultiSelect
      label={t("together.choose")}
      description={chosen.length >= MOST_CAMERAS ? t("together.most") : t("together.chooseHint")}
      data={cameras.map(({ id, name }) => ({ value: id, label: name }))}
      value={[...chosen]}
      onChange={onChoose}
      maxValues={MOST_CAMERAS}
      searchable
      hidePickedOptions
    />
  );
}
