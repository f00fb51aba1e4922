import { ActionIcon, Group, Table, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useTimeZone } from "@/api/queries";
import type { Camera } from "@/api/types";
import { Address } from "@/kit/Address";
import { Icon } from "@/kit/icons";
import { Moment } from "@/kit/Moment";
import { StateBadge } from "@/kit/StateBadge";
import { bitrate } from "@/lib/format";
import { pick } from "@/lib/words";

import css from "./CameraTable.module.css";

interface Acts {
  onEdit: (camera: Camera) => void;
  onRemove: (camera: Camera) => void;
}

/** On a narrow screen each row becomes a card; the cells carry their own headings. */
export function CameraTable({ cameras, ...acts }: Acts & { cameras: readonly Camera[] }) {
  const { t } = useTranslation();
  return (
    <Table className={css.table ?? ""} verticalSpacing="sm" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t("cameras.name")}</Table.Th>
          <Table.Th scope="col">{t("cameras.state")}</Table.Th>
          <Table.Th scope="col">{t("cameras.address")}</Table.Th>
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
          <Row key={camera.id} camera={camera} {...acts} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ camera, onEdit, onRemove }: Acts & { camera: Camera }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone(camera.site_id);
  const { status } = camera;
  return (
    <Table.Tr>
      <Table.Td>
        <Link to={`/cameras/${camera.id}`} className={css.name}>
          {camera.name}
        </Link>
      </Table.Td>
      <Table.Td data-label={t("cameras.state")}>
        <StateBadge state={status.state} />
        {status.reason && (
          <Text size="sm" c="dimmed" mt={4} maw={360}>
            {pick(status.reason, i18n.language)}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={t("cameras.address")} >
        <Address address={camera.address} />
      </Table.Td>
      <Table.Td data-label={t("cameras.bitrate")} className={`${css.figure} numeric`}>
        {status.bitrate_bps > 0 ? bitrate(status.bitrate_bps, i18n.language) : "–"}
      </Table.Td>
      <Table.Td data-label={t("cameras.since")} className={css.since ?? ""}>
        {status.since ? <Moment at={status.since} timeZone={timeZone} /> : "–"}
      </Table.Td>
      <Table.Td className={css.acts ?? ""}>
        <Group gap={4} wrap="nowrap" justify="flex-end">
          <Act
            icon="edit"
            label={t("cameras.edit")}
            spoken={t("cameras.editNamed", { name: camera.name })}
            onClick={() => onEdit(camera)}
          />
          <Act
            icon="trash"
            label={t("cameras.remove")}
            spoken={t("cameras.removeNamed", { name: camera.name })}
            onClick={() => onRemove(camera)}
          />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function Act({ icon, label, spoken, onClick }: {
  icon: "edit" | "trash";
  label: string;
  spoken: string;
  onClick: () => void;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" aria-label={spoken} onClick={onClick}>
        <Icon name={icon} size={17} />
      </ActionIcon>
    </Tooltip>
  );
}
