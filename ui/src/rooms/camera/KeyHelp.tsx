import { Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

const PLAYER = [
  ["Space / K", "pause"],
  ["← / J", "back"],
  ["→ / L", "on"],
  [",", "stepBack"],
  [".", "stepOn"],
  ["<  >", "speed"],
  ["N", "live"],
  ["F", "full"],
  ["M", "sound"],
] as const;

const TIMELINE = [
  ["← →", "cursor"],
  ["Enter", "play"],
  ["+  −", "zoom"],
  ["[  ]", "pan"],
  ["0", "day"],
  ["G / Shift+G", "gap"],
  ["S / Shift+S", "start"],
  ["Shift+← →", "select"],
] as const;

/** What each key does. */
export function KeyHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const rows = (keys: readonly (readonly [string, (typeof PLAYER | typeof TIMELINE)[number][1]])[]) => (
    <Table mb="md">
      <Table.Tbody>
        {keys.map(([key, name]) => (
          <Table.Tr key={name}>
            <Table.Td w={150}>
              <Kbd>{key}</Kbd>
            </Table.Td>
            <Table.Td>{t(`keys.${name}`)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
  return (
    <Modal opened={isOpen} onClose={onClose} title={t("camera.keys")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <h3>{t("keys.player")}</h3>
      {rows(PLAYER)}
      <h3>{t("keys.timeline")}</h3>
      {rows(TIMELINE)}
    </Modal>
  );
}
