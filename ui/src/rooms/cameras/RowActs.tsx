import { ActionIcon, Group, Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useMay } from "@/api/rights";
import type { Camera } from "@/api/types";
import { Icon, type IconName } from "@/kit/icons";
import { ActsMenu } from "@/kit/plan/ActsMenu";
import type { CameraAct } from "@/lib/acts";

import type { Open } from "./Dialogs";

interface Props {
  camera: Camera;
  isBusy: boolean;
  timeZone: string;
  onAct: (act: CameraAct) => void;
  onOpen: (open: Open) => void;
}

/** What can be asked of one camera, as far as the person may. */
export function RowActs({ camera, isBusy, timeZone, onAct, onOpen }: Props) {
  const { t } = useTranslation();
  const [mayOperate, mayManage] = [useMay("operate"), useMay("manage")];
  const { name } = camera;
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      <Act
        icon="picture"
        label={t("snapshot.button")}
        spoken={t("snapshot.show", { name })}
        onClick={() => onOpen({ kind: "snapshot", camera })}
      />
      <ActsMenu
        name={name}
        isPaused={camera.pause !== null}
        isManual={camera.manual !== null}
        isBusy={isBusy}
        mayOperate={mayOperate}
        timeZone={timeZone}
        onAct={onAct}
      >
        {mayOperate && (
          <Menu.Item
            leftSection={<Icon name="diagnose" size={15} />}
            onClick={() => onOpen({ kind: "diagnose", camera })}
          >
            {t("diagnosis.button")}
          </Menu.Item>
        )}
        {mayManage && (
          <Menu.Item
            leftSection={<Icon name="plan" size={15} />}
            onClick={() => onOpen({ kind: "profile", cameras: [camera] })}
          >
            {t("cameras.changeProfile")}
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<Icon name="copy" size={15} />}
          onClick={() => onOpen({ kind: "command", camera })}
        >
          {t("cameras.showCommand")}
        </Menu.Item>
      </ActsMenu>
      {mayManage && (
        <>
          <Act
            icon="edit"
            label={t("cameras.edit")}
            spoken={t("cameras.editNamed", { name })}
            onClick={() => onOpen({ kind: "edit", camera })}
          />
          <Act
            icon="trash"
            label={t("cameras.remove")}
            spoken={t("cameras.removeNamed", { name })}
            onClick={() => onOpen({ kind: "remove", camera })}
          />
        </>
      )}
    </Group>
  );
}

/** Plain buttons with a title: with hundreds of rows, each tooltip that waits for a mouse counts. */
function Act({ icon, label, spoken, onClick }: {
  icon: IconName;
  label: string;
  spoken: string;
  onClick: () => void;
}) {
  return (
    <ActionIcon variant="default" size="lg" aria-label={spoken} title={label} onClick={onClick}>
      <Icon name={icon} size={17} />
    </ActionIcon>
  );
}
