import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { ScrollBox } from "@/kit/ScrollBox";
import type { Piece } from "@/lib/fortnight";
import { pick } from "@/lib/words";
import { dateTime } from "@/lib/zone";

import { useWhat } from "./Fortnight";
import css from "./Schedules.module.css";

/** The picture's content as a table. */
export function FortnightTable({ caption, pieces, timeZone }: {
  caption: string;
  pieces: readonly Piece[];
  timeZone: string;
}) {
  const { t, i18n } = useTranslation();
  const what = useWhat();
  const moment = (ms: number) => dateTime(ms, timeZone, i18n.language).slice(0, -3);
  return (
    <ScrollBox label={caption}>
      <Table captionSide="top" className={`numeric ${css.told}`} striped>
        <Table.Caption>{caption}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("picture.from")}</Table.Th>
            <Table.Th scope="col">{t("picture.to")}</Table.Th>
            <Table.Th scope="col">{t("picture.what")}</Table.Th>
            <Table.Th scope="col">{t("picture.why")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pieces.map((piece) => (
            <Table.Tr key={piece.from}>
              <Table.Td>{moment(piece.from)}</Table.Td>
              <Table.Td>{moment(piece.to)}</Table.Td>
              <Table.Td>{what(piece)}</Table.Td>
              <Table.Td>{pick(piece.why, i18n.language)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  );
}
