import { Table, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Camera } from "@/api/types";

import { type Acts, CameraRow } from "./CameraRow";
import css from "./CameraTable.module.css";

/** On a narrow screen each row becomes a card; the cells carry their own headings. */
export function CameraTable({ cameras, ...acts }: Acts & { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  return (
    <Table className={css.table ?? ""} verticalSpacing="sm" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
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
          <CameraRow key={camera.id} camera={camera} {...acts} />
        ))}
      </Table.Tbody>
    </Table>
  );
}
