import { Kbd, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/kit/Dialog";

/** What each key does on the wall. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const rows: [string, string][] = [
    [t("wallKey.arrows"), t("wallKey.arrowsDo")],
    [t("wallKey.enter"), t("wallKey.enterDo")],
    ["F", t("wallKey.f")],
    ["W", t("wallKey.w")],
    ["P", t("wallKey.p")],
    ["D", t("wallKey.d")],
    [t("wallKey.digits"), t("wallKey.digitsDo")],
    [t("wallKey.pages"), t("wallKey.pagesDo")],
    ["?", t("wallKey.help")],
  ];
  return (
    <Dialog title={t("wallKey.title")} onClose={onClose}>
      <Table>
        <Table.Tbody>
          {rows.map(([key, does]) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" style={{ whiteSpace: "nowrap" }}>
                <Kbd>{key}</Kbd>
              </Table.Th>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Dialog>
  );
}
