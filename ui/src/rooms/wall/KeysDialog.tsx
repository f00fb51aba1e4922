import { Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** What each key does on the wall. */
export function KeysDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
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
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={t("wallKey.title")}
      closeButtonProps={{ "aria-label": t("action.close") }}
      // What fills the screen hides all that lies outside of it.
      portalProps={{ target: document.fullscreenElement instanceof HTMLElement ? document.fullscreenElement : document.body }}
    >
      <Table>
        <Table.Tbody>
          {rows.map(([key, does]) => (
            <Table.Tr key={key}>
              <Table.Th scope="row">
                <Kbd>{key}</Kbd>
              </Table.Th>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
