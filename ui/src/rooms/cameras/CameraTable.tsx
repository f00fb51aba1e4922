import { Table, VisuallyHidden } from "@mantine/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";

import { CameraRow } from "./CameraRow";
import css from "./CameraTable.module.css";
import type { Open } from "./Dialogs";

type Ids = ReadonlySet<string>;

interface Props {
  cameras: readonly Camera[];
  chosen: Ids;
  onChoose: (change: (before: Ids) => Ids) => void;
  onOpen: (open: Open) => void;
}

/** On a narrow screen each row becomes a card; the cells carry their own headings. */
export function CameraTable({ cameras, chosen, onChoose, onOpen }: Props) {
  const { t } = useTranslation();
  const choose = useCallback(
    (id: string, isChosen: boolean) =>
      onChoose((before) => {
        const after = new Set(before);
        if (isChosen) after.add(id);
        else after.delete(id);
        return after;
      }),
    [onChoose],
  );
  return (
    <Table className={css.table ?? ""} verticalSpacing="sm" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col" className={css.tick ?? ""}>
            <VisuallyHidden>{t("list.choose")}</VisuallyHidden>
          </Table.Th>
          <Table.Th scope="col">{t("cameras.name")}</Table.Th>
          <Table.Th scope="col">{t("cameras.state")}</Table.Th>
          <Table.Th scope="col">{t("cameras.profile")}</Table.Th>
          <Table.Th scope="col" className={css.figure ?? ""}>
            {t("cameras.bitrate")}
          </Table.Th>
          <Table.Th scope="col">{t("cameras.since")}</Table.Th>
          <Table.Th scope="col">
            <VisuallyHidden>{t("cameras.actions")}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {cameras.map((camera) => (
          <CameraRow
            key={camera.id}
            camera={camera}
            isChosen={chosen.has(camera.id)}
            onChoose={choose}
            onOpen={onOpen}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}
